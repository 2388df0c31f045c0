#include "oulad_rows.hpp"

#include "oulad_import.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace edu = eduplat;

namespace school_day {
namespace {

using std::chrono::days;

/// "Module AAA, from October 2013".
std::string title_of(oulad::PresentationId const& id) {
    auto const month = id.presentation.ends_with('B') ? "February " : "October ";
    return "Module " + id.module + ", from " + month + id.presentation.substr(0, 4);
}

/// What the dataset calls its types of activity, in words.
std::string section_title(std::string const& activity) {
    static std::map<std::string, std::string, std::less<>> const titles{
        {"dataplus", "Data"},
        {"dualpane", "Two panes"},
        {"externalquiz", "Quizzes elsewhere"},
        {"folder", "Folders"},
        {"forumng", "Forums"},
        {"glossary", "Glossary"},
        {"homepage", "Home page"},
        {"htmlactivity", "Activities"},
        {"oucollaborate", "Online rooms"},
        {"oucontent", "Course texts"},
        {"ouelluminate", "Online rooms (Elluminate)"},
        {"ouwiki", "Wikis"},
        {"page", "Pages"},
        {"questionnaire", "Questionnaires"},
        {"quiz", "Quizzes"},
        {"repeatactivity", "Repeated activities"},
        {"resource", "Resources"},
        {"sharedsubpage", "Shared pages"},
        {"subpage", "Subpages"},
        {"url", "Links"},
    };
    auto const known = titles.find(activity);
    return known == titles.end() ? activity : known->second;
}

edu::ImportedLecture lecture_row(oulad::Material const& material, edu::Timestamp start) {
    auto const number = std::to_string(material.site);
    edu::ImportedLecture out{
        .source_id = number,
        .title = {{"en", material.activity_type + ' ' + number}},
        .items = {edu::Embed{.address = "https://vle.example.org/" + number}},
    };
    if (material.week_from) {
        // Week 1 begins with the presentation.
        out.release = {.rule = edu::ReleaseRule::at,
                       .at = start + days{7} * (*material.week_from - 1)};
    }
    return out;
}

std::string type_title(oulad::AssessmentType type) {
    switch (type) {
        case oulad::AssessmentType::tutor_marked:
            return "TMA";
        case oulad::AssessmentType::computer_marked:
            return "CMA";
        case oulad::AssessmentType::exam:
            return "Exam";
    }
    return "Assessment";
}

auto by_due_day(oulad::Assessment const& assessment) {
    auto const due = assessment.due_day.value_or(std::numeric_limits<std::int32_t>::max());
    return std::tuple{due, assessment.type, assessment.id};
}

auto by_week(oulad::Material const* material) {
    return std::tuple{material->activity_type, material->week_from, material->site};
}

}  // namespace

std::string name_of(oulad::PresentationId const& id) {
    return id.module + '-' + id.presentation;
}

std::string slug_of(oulad::PresentationId const& id) {
    auto slug = name_of(id);
    auto const lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    std::transform(slug.begin(), slug.end(), slug.begin(), lower);
    return slug;
}

std::string teachers_name(std::string_view module) {
    return "teachers of " + std::string{module};
}

std::vector<edu::ImportedUser> people_rows(std::vector<oulad::Presentation> const& presentations,
                                           std::vector<oulad::Learner> const& learners) {
    std::vector<edu::ImportedUser> rows;
    rows.reserve(presentations.size() + learners.size());
    std::set<std::string> modules;
    for (auto const& presentation : presentations)
        modules.insert(presentation.id.module);
    for (auto const& module : modules) {
        rows.push_back({.source = oulad_source,
                        .source_id = teachers_name(module),
                        .display_name = "Teachers of " + module,
                        .roles = {edu::Role::learner, edu::Role::teacher}});
    }
    // Who came several times is as he was the last time.
    std::map<std::int64_t, oulad::Learner const*> latest;
    for (auto const& learner : learners)
        latest.insert_or_assign(learner.student, &learner);
    for (auto const& [student, learner] : latest) {
        auto const number = std::to_string(student);
        rows.push_back({.source = oulad_source,
                        .source_id = number,
                        .display_name = "Learner " + number,
                        .persona = edu::Persona{.age_band = learner->age_band,
                                                .gender = learner->gender,
                                                .region = learner->region}});
    }
    return rows;
}

edu::ImportedCourse course_row(oulad::Presentation const& presentation,
                               std::vector<oulad::Material> const& materials, edu::UserId teacher) {
    auto const& id = presentation.id;
    std::vector<oulad::Material const*> own;
    for (auto const& material : materials)
        if (material.presentation == id) own.push_back(&material);
    std::sort(own.begin(), own.end(), [](auto* a, auto* b) { return by_week(a) < by_week(b); });

    edu::ImportedCourse out{
        .source = oulad_source,
        .source_id = name_of(id),
        .course = {.title = {{"en", title_of(id)}},
                   .summary = {{"en", "Presentation " + id.presentation + " of module " +
                                          id.module + ", which took " +
                                          std::to_string(presentation.length_days) + " days."}},
                   .slug = slug_of(id),
                   .tags = {id.module},
                   .teachers = {{.user = teacher}}},
        .publish = !own.empty()};
    for (auto const* material : own) {
        auto const section = name_of(id) + ' ' + material->activity_type;
        if (out.sections.empty() || out.sections.back().source_id != section) {
            out.sections.push_back(
                {.source_id = section, .title = {{"en", section_title(material->activity_type)}}});
        }
        out.sections.back().lectures.push_back(
            lecture_row(*material, edu::Timestamp{oulad::start_of(id.presentation)}));
    }
    return out;
}

std::vector<NamedAssessment> assessments_of(oulad::PresentationId const& presentation,
                                            std::vector<oulad::Assessment> const& assessments) {
    std::vector<NamedAssessment> out;
    std::map<oulad::AssessmentType, int> of_type;
    for (auto const& assessment : assessments) {
        if (assessment.presentation != presentation) continue;
        out.push_back({assessment, {}});
        ++of_type[assessment.type];
    }
    std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) {
        return by_due_day(a.assessment) < by_due_day(b.assessment);
    });
    std::map<oulad::AssessmentType, int> seen;
    for (auto& [assessment, title] : out) {
        auto const number = ++seen[assessment.type];
        title = type_title(assessment.type);
        if (assessment.type != oulad::AssessmentType::exam || of_type[assessment.type] > 1)
            title += ' ' + std::to_string(number);
    }
    return out;
}

edu::NewLecture assessment_row(NamedAssessment const& assessment, edu::CourseId course,
                               edu::SectionId section) {
    auto const& [row, title] = assessment;
    auto const due = row.due_day ? "Due on day " + std::to_string(*row.due_day) + " of the course."
                                 : std::string{"Due at the end of the course."};
    return {.course = course,
            .section = section,
            .title = {{"en", title}},
            .items = {edu::Text{.body = {{"en", due}}}},
            .required = false};
}

std::optional<edu::ImportedEvent> answer_row(oulad::Submission const& submission, edu::UserId user,
                                             edu::LectureId lecture, edu::Timestamp start) {
    if (submission.banked) return std::nullopt;
    edu::ImportedAnswer answer;
    if (submission.score) answer = {.score = std::lround(*submission.score), .max_score = 100};
    return edu::ImportedEvent{
        .user = user, .lecture = lecture, .at = start + days{submission.day}, .answer = answer};
}

edu::ImportedEnrollment enrollment_row(oulad::Registration const& registration,
                                       oulad::Outcome outcome, edu::CourseId course,
                                       Term const& term) {
    auto const student = std::to_string(registration.student);
    auto const left = registration.unregistered_day;
    auto const came = registration.registered_day.value_or(std::min(0, left.value_or(0)));
    edu::ImportedEnrollment out{
        .source = oulad_source,
        .source_id = name_of(registration.presentation) + '-' + student,
        .user = edu::SourceName{.source = oulad_source, .source_id = student},
        .course = course,
        .enrolled_at = term.start + days{came},
    };
    if (left) {
        out.state = edu::EnrollmentState::revoked;
        out.ended_at = term.start + days{std::max(*left, came)};
    } else if (outcome == oulad::Outcome::pass || outcome == oulad::Outcome::distinction) {
        out.state = edu::EnrollmentState::completed;
        out.completed_at = std::max(term.end, out.enrolled_at);
    }
    return out;
}

}  // namespace school_day
