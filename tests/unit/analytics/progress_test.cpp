#include "broken_rules.hpp"

#include <eduplat/analytics/progress.hpp>

#include <support/catch.hpp>

#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::broken_rules;

namespace {

Timestamp day(int number) {
    return std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::days{number};
}

}  // namespace

TEST_CASE("progress counts each enrollment where it stands at a moment", "[analytics][progress]") {
    std::vector<EnrollmentRow> const rows{
        {UserId{1}, CourseId{2}, day(0), std::nullopt, day(10), 4},  // completed
        {UserId{2}, CourseId{2}, day(0), day(7), std::nullopt, 1},   // ended
        {UserId{3}, CourseId{2}, day(0), std::nullopt, std::nullopt, 3},
        {UserId{4}, CourseId{2}, day(6), day(90), day(80), 2},  // not yet
        {UserId{5}, CourseId{2}, day(21)},                      // not there yet
        {UserId{1}, CourseId{1}, day(20), std::nullopt, std::nullopt, 0},
    };
    auto const courses = course_progress(rows, day(20));
    REQUIRE(courses.size() == 2);
    auto const& course = courses[1];
    CHECK(course.course == CourseId{2});
    CHECK(course.enrolled == 4);
    CHECK(course.completed == 1);
    CHECK(course.ended == 1);
    CHECK(course.active == 2);
    CHECK(course.completion == proportion(1, 4));
    CHECK(course.completion_of_closed == proportion(1, 2));
    CHECK(course.lectures == 10);
    CHECK(course.learner_weeks == Approx((10 + 7 + 20 + 14) / 7.0));
    CHECK(course.lectures_per_week.value() == Approx(70 / 51.0));
    // 2.8, 1, 1.05 and 1 a week
    CHECK(course.median_lectures_per_week.value() == Approx(1.025));
    CHECK(course.median_days_of_completed == 10.0);
    CHECK(course.days_to_complete.events == 1);
    CHECK(course.days_to_complete.censored == 3);
    CHECK(survival_at(course.days_to_complete, 10).value() == Approx(2.0 / 3));
    CHECK_FALSE(course.days_to_complete.median);

    // Enrolled this moment: nothing to measure yet.
    CHECK(courses[0].completion == proportion(0, 1));
    CHECK(courses[0].completion_of_closed == Proportion{});
    CHECK_FALSE(courses[0].lectures_per_week);
    CHECK_FALSE(courses[0].median_lectures_per_week);
    CHECK_FALSE(courses[0].median_days_of_completed);
    CHECK(course_progress({}, day(0)).empty());
}

TEST_CASE("enrollments that end before they begin are named", "[analytics][progress]") {
    std::vector<EnrollmentRow> const rows{
        {UserId{1}, CourseId{1}, day(1), day(1), day(1), 0},
        {UserId{1}, CourseId{1}, day(1), day(0), day(0), -1},
    };
    CHECK(broken_rules([&] { (void)course_progress(rows, day(2), 0); }) ==
          "enrollments[1].completed_at:before_enrolled enrollments[1].ended_at:before_enrolled "
          "enrollments[1].lectures:negative confidence:out_of_range ");
}

TEST_CASE("lateness looks at the moments that have come", "[analytics][progress]") {
    LectureId const lecture{3};
    std::vector<DueRow> const rows{
        {UserId{1}, lecture, day(5), day(4)},  // a day early
        {UserId{2}, lecture, day(5), day(5)},  // in time
        {UserId{3}, lecture, day(5), day(7)},  // two days late
        {UserId{4}, lecture, day(5), day(9)},  // not by then
        {UserId{5}, lecture, day(5)},         {UserId{6}, lecture, day(9), day(1)},  // not due
        {UserId{6}, LectureId{1}, day(8)},
    };
    auto const found = lateness(rows, day(8));
    REQUIRE(found.size() == 2);
    auto const& late = found[1];
    CHECK(late.due == 5);
    CHECK(late.on_time == 2);
    CHECK(late.late == 1);
    CHECK(late.missing == 2);
    CHECK(late.on_time_of_due == proportion(2, 5));
    CHECK(late.median_hours == 0.0);
    CHECK(late.mean_hours_late == 48.0);
    CHECK(found[0].missing == 1);
    CHECK_FALSE(found[0].median_hours);
    CHECK_FALSE(found[0].mean_hours_late);
    CHECK(lateness({}, day(0)).empty());
    CHECK(broken_rules([] { (void)lateness({}, day(0), 1); }) == "confidence:out_of_range ");
}
