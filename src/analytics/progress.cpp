#include "analytics/distributions.hpp"
#include "analytics/medians.hpp"

#include <eduplat/analytics/progress.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

namespace eduplat::analytics {

namespace {

using DoubleHours = std::chrono::duration<double, std::ratio<3600>>;
using DoubleDays = std::chrono::duration<double, std::ratio<86'400>>;

bool is_by(std::optional<Timestamp> moment, Timestamp at) {
    return moment && *moment <= at;
}

/// What the enrollments of one course add up to.
class CourseSum {
  public:
    CourseSum(CourseId course, Timestamp at) : progress_{.course = course}, at_(at) {}

    void add(EnrollmentRow const& row) {
        bool const is_completed = is_by(row.completed_at, at_);
        bool const is_ended = is_by(row.ended_at, at_);
        ++progress_.enrolled;
        if (is_completed) {
            ++progress_.completed;
        } else {
            ++(is_ended ? progress_.ended : progress_.active);
        }
        auto const time_out = is_ended ? *row.ended_at : at_;
        auto const days =
            DoubleDays{(is_completed ? *row.completed_at : time_out) - row.enrolled_at};
        durations_.push_back(days.count());
        completed_.push_back(is_completed ? 1 : 0);
        if (is_completed) days_of_completed_.push_back(days.count());

        auto const stop = is_completed ? std::min(*row.completed_at, time_out) : time_out;
        auto const weeks = DoubleDays{stop - row.enrolled_at}.count() / 7;
        progress_.lectures += row.lectures;
        progress_.learner_weeks += weeks;
        if (weeks > 0) velocities_.push_back(static_cast<double>(row.lectures) / weeks);
    }

    [[nodiscard]] CourseProgress finish(double confidence) {
        auto const closed = progress_.completed + progress_.ended;
        progress_.completion = proportion(progress_.completed, progress_.enrolled, confidence);
        progress_.completion_of_closed = proportion(progress_.completed, closed, confidence);
        if (progress_.learner_weeks > 0) {
            progress_.lectures_per_week =
                static_cast<double>(progress_.lectures) / progress_.learner_weeks;
        }
        progress_.median_lectures_per_week = median(std::move(velocities_));
        progress_.median_days_of_completed = median(std::move(days_of_completed_));
        progress_.days_to_complete = kaplan_meier(durations_, completed_, confidence);
        return std::move(progress_);
    }

  private:
    CourseProgress progress_;
    Timestamp at_;
    std::vector<double> durations_;
    std::vector<std::uint8_t> completed_;
    std::vector<double> days_of_completed_;
    std::vector<double> velocities_;
};

void check(std::span<EnrollmentRow const> rows, double confidence) {
    Validation validation;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const& row = rows[i];
        auto const field = "enrollments[" + std::to_string(i) + "]";
        if (is_by(row.completed_at, row.enrolled_at) && *row.completed_at != row.enrolled_at)
            validation.add(field + ".completed_at", "before_enrolled");
        if (is_by(row.ended_at, row.enrolled_at) && *row.ended_at != row.enrolled_at)
            validation.add(field + ".ended_at", "before_enrolled");
        if (row.lectures < 0) validation.add(field + ".lectures", "negative", 0);
    }
    check_confidence(confidence, validation);
    validation.check("the progress");
}

/// What the due moments of one lecture add up to.
struct LatenessSum {
    Lateness lateness;
    std::vector<double> hours = {};
    double hours_late = 0;

    void add(DueRow const& row, Timestamp at) {
        ++lateness.due;
        if (!is_by(row.done_at, at)) {
            ++lateness.missing;
            return;
        }
        auto const behind = DoubleHours{*row.done_at - row.due_at}.count();
        hours.push_back(behind);
        bool const is_late = *row.done_at > row.due_at;
        ++(is_late ? lateness.late : lateness.on_time);
        if (is_late) hours_late += behind;
    }

    [[nodiscard]] Lateness finish(double confidence) {
        lateness.on_time_of_due = proportion(lateness.on_time, lateness.due, confidence);
        lateness.median_hours = median(std::move(hours));
        if (lateness.late > 0)
            lateness.mean_hours_late = hours_late / static_cast<double>(lateness.late);
        return lateness;
    }
};

}  // namespace

std::vector<CourseProgress> course_progress(std::span<EnrollmentRow const> enrollments,
                                            Timestamp at, double confidence) {
    check(enrollments, confidence);
    std::map<CourseId, CourseSum> courses;
    for (auto const& row : enrollments) {
        if (row.enrolled_at > at) continue;
        courses.try_emplace(row.course, row.course, at).first->second.add(row);
    }
    std::vector<CourseProgress> result;
    result.reserve(courses.size());
    for (auto& [course, sum] : courses)
        result.push_back(sum.finish(confidence));
    return result;
}

std::vector<Lateness> lateness(std::span<DueRow const> rows, Timestamp at, double confidence) {
    Validation validation;
    check_confidence(confidence, validation);
    validation.check("the lateness");
    std::map<LectureId, LatenessSum> lectures;
    for (auto const& row : rows) {
        if (row.due_at > at) continue;
        auto const sum = LatenessSum{.lateness = {.lecture = row.lecture}};
        lectures.try_emplace(row.lecture, sum).first->second.add(row, at);
    }
    std::vector<Lateness> result;
    result.reserve(lectures.size());
    for (auto& [lecture, sum] : lectures)
        result.push_back(sum.finish(confidence));
    return result;
}

}  // namespace eduplat::analytics
