#pragma once

#include <eduplat/analytics/proportion.hpp>
#include <eduplat/analytics/survival.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// How far learners come, and how fast.
namespace eduplat::analytics {

/// A learner's stay in a course.
struct EnrollmentRow {
    UserId user;
    CourseId course;
    Timestamp enrolled_at;
    std::optional<Timestamp> ended_at = std::nullopt;  ///< lost access or left
    std::optional<Timestamp> completed_at = std::nullopt;
    /// Completed in it, up to what is first of completed_at, ended_at and the moment asked about.
    std::int64_t lectures = 0;
};

struct CourseProgress {
    CourseId course;
    std::int64_t enrolled = 0;   ///< by `at`
    std::int64_t completed = 0;  ///< by `at`
    std::int64_t ended = 0;      ///< by `at`, without having completed
    std::int64_t active = 0;     ///< the rest
    Proportion completion = {};  ///< completed of enrolled
    /// Completed of those whose time in the course is over: completed and ended.
    Proportion completion_of_closed = {};

    std::int64_t lectures = 0;
    /// From enrolling to completing, ending or `at`, whichever is first, in weeks of 7 days.
    double learner_weeks = 0;
    std::optional<double> lectures_per_week = std::nullopt;  ///< lectures / learner_weeks
    /// Median over learners of their own velocity, of those with any time; of an even number the
    /// mean of the middle two.
    std::optional<double> median_lectures_per_week = std::nullopt;

    /// Days to complete of those who did: who is still learning is missing, so it looks too fast.
    std::optional<double> median_days_of_completed = std::nullopt;
    /// Days until completion; who has not completed is censored where his time ended, at `at` at
    /// the latest. Its median is the time to complete, absent while fewer than half would have.
    SurvivalCurve days_to_complete = {};
};

/// The progress of each course up to a moment, by id; enrollments after it do not count yet, nor do
/// completions and ends. Errors: invalid_argument (field "enrollments[3].completed_at",
/// "enrollments[3].ended_at", rule "before_enrolled"; "enrollments[3].lectures", rule "negative";
/// "confidence", rule "out_of_range").
[[nodiscard]] std::vector<CourseProgress> course_progress(
    std::span<EnrollmentRow const> enrollments, Timestamp at,
    double confidence = confidence_default);

/// When a learner had to have done something, and when he had.
struct DueRow {
    UserId user;
    LectureId lecture;
    Timestamp due_at;
    std::optional<Timestamp> done_at = std::nullopt;
};

struct Lateness {
    LectureId lecture;
    std::int64_t due = 0;      ///< moments up to `at`
    std::int64_t on_time = 0;  ///< done at the moment or before
    std::int64_t late = 0;     ///< done after it
    std::int64_t missing = 0;  ///< not done by `at`
    Proportion on_time_of_due = {};
    /// done - due of what was done, in hours: negative is early. Absent if nothing was.
    std::optional<double> median_hours = std::nullopt;
    std::optional<double> mean_hours_late = std::nullopt;  ///< of what was late
};

/// How far from their due moments things were done, of the moments up to `at`, by lecture.
/// Errors: invalid_argument (field "confidence", rule "out_of_range").
[[nodiscard]] std::vector<Lateness> lateness(std::span<DueRow const> rows, Timestamp at,
                                             double confidence = confidence_default);

}  // namespace eduplat::analytics
