#pragma once

#include "learning_fixture.hpp"

#include <eduplat/services/insights.hpp>

#include <string>
#include <vector>

namespace eduplat::test {

/// The edges of days that follow each other.
inline std::vector<Timestamp> days_from(Timestamp start, int count) {
    std::vector<Timestamp> edges;
    for (int i = 0; i <= count; ++i)
        edges.push_back(start + std::chrono::days{i});
    return edges;
}

/// A school whose days are counted, with a course of two lectures.
struct InsightSchool : LearningSchool {
    InsightSchool() {
        clock.set(day(0));
        two_lectures = course({by_opening, by_opening});
        first = lectures[0];
        second = lectures[1];
    }

    /// Midnight of the first day, and days after it.
    static Timestamp day(int number) {
        return Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}} +
               std::chrono::days{number};
    }
    static std::vector<Timestamp> days(int count) { return days_from(day(0), count); }

    void open_at(Actor const& learner, LectureId lecture, Timestamp at) {
        clock.set(at);
        record(learner, {Opened{lecture}});
    }

    InsightScope scope() const { return {.courses = {two_lectures}}; }

    std::vector<std::int64_t> active_by_day(int count) {
        std::vector<std::int64_t> learners;
        for (auto const& bucket : insights.activity(Actor::system(), {scope(), days(count)}))
            learners.push_back(bucket.learners);
        return learners;
    }

    std::int64_t events() { return insights.status(Actor::system()).events; }

    CourseId two_lectures{0};
    LectureId first{0};
    LectureId second{0};
    Insights insights{dependencies()};
};

}  // namespace eduplat::test
