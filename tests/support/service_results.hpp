#pragma once

#include <eduplat/core/page.hpp>
#include <eduplat/domain/persona.hpp>
#include <eduplat/domain/session.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/services/accounts.hpp>
#include <eduplat/services/enrollments.hpp>
#include <eduplat/services/jobs.hpp>
#include <eduplat/services/journal.hpp>
#include <eduplat/services/learning_types.hpp>

#include <optional>
#include <string>
#include <vector>

/// Results of service calls as text, to be compared and shown.
namespace eduplat::test {

[[nodiscard]] std::string show(User const& user);
[[nodiscard]] std::string show(Session const& session);
[[nodiscard]] std::string show(Identity const& identity);
[[nodiscard]] std::string show(Persona const& persona);
[[nodiscard]] std::string show(SignIn const& sign_in);
[[nodiscard]] std::string show(ImportReport const& report);
[[nodiscard]] std::string show(PersonalData const& data);
[[nodiscard]] std::string show(JournalEntry const& entry);
[[nodiscard]] std::string show(JobReport const& report);
[[nodiscard]] std::string show(Enrollment const& enrollment);
[[nodiscard]] std::string show(EnrollmentChange const& change);
[[nodiscard]] std::string show(RosterEntry const& entry);
[[nodiscard]] std::string show(Grant const& grant);
[[nodiscard]] std::string show(LectureAccess const& access);
[[nodiscard]] std::string show(Recorded const& recorded);
[[nodiscard]] std::string show(CourseProgress const& progress);
[[nodiscard]] std::string show(GradebookRow const& row);
[[nodiscard]] std::string show(LoggedEvent const& event);
[[nodiscard]] std::string show(Certificate const& certificate);
[[nodiscard]] std::string show(VerifiedCertificate const& certificate);

template <class T>
[[nodiscard]] std::string show(std::optional<T> const& value) {
    return value ? show(*value) : "nothing";
}
template <class T>
[[nodiscard]] std::string show(std::vector<T> const& values) {
    std::string text;
    for (auto const& value : values)
        text += show(value) + '\n';
    return text;
}
template <class T>
[[nodiscard]] std::string show(Page<T> const& page) {
    return show(page.items) + (page.next ? page.next->text() : "end");
}

}  // namespace eduplat::test
