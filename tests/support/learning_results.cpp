#include "support/service_results.hpp"

#include <string>

namespace eduplat::test {
namespace {

template <class Number>
std::string text_of(std::optional<Number> const& number) {
    return number ? std::to_string(*number) : "-";
}

template <class Tag>
std::string text_of(std::optional<Id<Tag>> const& id) {
    return id ? std::to_string(id->value()) : "-";
}

std::string text_of(std::optional<Timestamp> const& at) {
    return at ? to_string(*at) : "-";
}

}  // namespace

std::string show(Recorded const& recorded) {
    std::string text = std::to_string(recorded.accepted);
    for (auto const& credit : recorded.credits) {
        text += " event " + std::to_string(credit.event) + " to " +
                std::to_string(credit.credited_to.count()) + " new " +
                std::to_string(credit.credited.count());
    }
    for (auto const lecture : recorded.completed_lectures)
        text += " lecture " + std::to_string(lecture.value());
    for (auto const course : recorded.completed_courses)
        text += " course " + std::to_string(course.value());
    for (auto const& certificate : recorded.certificates)
        text += ' ' + show(certificate);
    return text;
}

std::string show(CourseProgress const& progress) {
    std::string text = std::string{name(progress.state)} + ' ' + std::to_string(progress.percent) +
                       "% " + std::to_string(progress.completed) + '/' +
                       std::to_string(progress.needed) + ' ' + text_of(progress.completed_at);
    for (auto const& lecture : progress.lectures) {
        text += " [" + std::to_string(lecture.lecture.value()) + " opens " +
                std::to_string(lecture.opens) + ' ' + text_of(lecture.item) + ' ' +
                text_of(lecture.completed_at) + ']';
    }
    return text;
}

std::string show(GradebookRow const& row) {
    return row.display_name + ' ' + std::string{name(row.state)} + ' ' +
           std::to_string(row.percent) + "% " + std::to_string(row.completed) + '/' +
           std::to_string(row.needed) + ' ' + text_of(row.completed_at);
}

std::string show(LoggedEvent const& event) {
    return std::to_string(event.seq) + ' ' + std::string{name(event.kind)} + ' ' +
           to_string(event.at) + ' ' + text_of(event.client_at) + ' ' + text_of(event.lecture) +
           ' ' + text_of(event.enrollment) + ' ' + text_of(event.item) + ' ' + text_of(event.a) +
           ' ' + text_of(event.b) + ' ' + text_of(event.c) + ' ' + event.detail;
}

std::string show(Certificate const& certificate) {
    return to_string(certificate.uid) + ' ' + certificate.code + ' ' +
           to_string(certificate.issued_at) + ' ' + text_of(certificate.revoked_at);
}

std::string show(VerifiedCertificate const& certificate) {
    return std::string{certificate.course_title.best_for("en")} + ' ' + certificate.holder + ' ' +
           to_string(certificate.issued_at) + ' ' + std::string{name(certificate.state)};
}

}  // namespace eduplat::test
