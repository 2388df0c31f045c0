#pragma once

#include <eduplat/platform.hpp>

#include <oulad/oulad.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What becomes of a row of OULAD in a school.
namespace school_day {

[[nodiscard]] std::string name_of(oulad::PresentationId const& id);  ///< "AAA-2013J"
[[nodiscard]] std::string slug_of(oulad::PresentationId const& id);  ///< "aaa-2013j"
/// The dataset names no teachers: each module gets an account for them.
[[nodiscard]] std::string teachers_name(std::string_view module);

/// The teachers of each module, and each learner once, with a persona.
[[nodiscard]] std::vector<eduplat::ImportedUser> people_rows(
    std::vector<oulad::Presentation> const& presentations,
    std::vector<oulad::Learner> const& learners);

/// A presentation with those of the materials that are its own: a section for each type of
/// activity, in it the materials by week. What has a week opens at its beginning.
[[nodiscard]] eduplat::ImportedCourse course_row(oulad::Presentation const& presentation,
                                                 std::vector<oulad::Material> const& materials,
                                                 eduplat::UserId teacher);

/// An assessment by its type and its number among those of this type: "TMA 3", "Exam".
struct NamedAssessment {
    oulad::Assessment assessment;
    std::string title;
};
/// Those of a presentation in the order in which they are due, exams at the end.
[[nodiscard]] std::vector<NamedAssessment> assessments_of(
    oulad::PresentationId const& presentation, std::vector<oulad::Assessment> const& assessments);

/// The section of a course in which they are.
inline constexpr auto assessments_title = "Assessments";
/// It says when the assessment is due, and is open before: nobody is kept from handing in. Progress
/// is by materials, so no course requires it.
[[nodiscard]] eduplat::NewLecture assessment_row(NamedAssessment const& assessment,
                                                 eduplat::CourseId course,
                                                 eduplat::SectionId section);

/// What was handed in on a day is an answer with a score of 100; what has no score is not graded.
/// None for a result that was carried over from an earlier presentation: in this one nobody did
/// anything for it.
[[nodiscard]] std::optional<eduplat::ImportedEvent> answer_row(oulad::Submission const& submission,
                                                               eduplat::UserId user,
                                                               eduplat::LectureId lecture,
                                                               eduplat::Timestamp start);

struct Term {
    eduplat::Timestamp start;
    eduplat::Timestamp end;
};

/// Who left is revoked from that day on, who passed has completed the course at its end, and all
/// others are active.
[[nodiscard]] eduplat::ImportedEnrollment enrollment_row(oulad::Registration const& registration,
                                                         oulad::Outcome outcome,
                                                         eduplat::CourseId course,
                                                         Term const& term);

}  // namespace school_day
