#include "insights_fixture.hpp"

#include <set>
#include <string>

using namespace eduplat;
using namespace eduplat::test;

namespace {

/// Ada comes on days 0, 1 and 3, Ben on day 1 only, both an hour after midnight.
struct TwoLearners : InsightSchool {
    TwoLearners() {
        open_at(ada, first, day(0) + 1h);
        open_at(ada, second, day(1) + 1h);
        open_at(ben, first, day(1) + 1h);
        open_at(ada, second, day(1) + 1h + 10min);
        open_at(ada, first, day(3) + 1h);
        clock.set(day(4));
    }

    Actor ada = enrolled("ada", two_lectures);
    Actor ben = enrolled("ben", two_lectures);
    Actor const system = Actor::system();
};

}  // namespace

TEST_CASE("active learners of a day count once, whatever they did", "[insights]") {
    TwoLearners school;
    auto const buckets = school.insights.activity(school.system, {school.scope(), school.days(4)});
    REQUIRE(buckets.size() == 4);
    CHECK(buckets[0].learners == 1);
    CHECK(buckets[1].learners == 2);
    CHECK(buckets[1].events == 3);
    CHECK(buckets[2].learners == 0);
    CHECK(buckets[3].learners == 1);
    CHECK(buckets[3].from == school.day(3));
    CHECK(buckets[3].to == school.day(4));
}

TEST_CASE("a scope takes courses, lectures, times and kinds together", "[insights]") {
    TwoLearners school;
    auto const events_in = [&](InsightScope const& scope) {
        std::int64_t events = 0;
        for (auto const& bucket : school.insights.activity(school.system, {scope, school.days(4)}))
            events += bucket.events;
        return events;
    };
    CHECK(events_in({}) == 5);
    CHECK(events_in({.courses = {school.two_lectures}, .lectures = {school.second}}) == 2);
    CHECK(events_in({.from = school.day(1), .to = school.day(3)}) == 3);
    CHECK(events_in({.kinds = {LearningKind::enrolled}}) == 2);
    auto const other = school.course({by_opening});
    CHECK(events_in({.courses = {other}}) == 0);
    CHECK(events_in({.courses = {other, school.two_lectures}}) == 5);
}

TEST_CASE("stickiness is a day's learners of those of its window", "[insights]") {
    TwoLearners school;
    auto const buckets =
        school.insights.stickiness(school.system, {school.scope(), school.days(4), 3});
    REQUIRE(buckets.size() == 4);
    CHECK(!buckets[1].active_in_window);
    CHECK(buckets[2].active_in_window == 2);
    CHECK(buckets[2].ratio == 0.0);
    CHECK(buckets[3].ratio == 0.5);
}

TEST_CASE("sessions end after a gap", "[insights]") {
    TwoLearners school;
    auto const sessions = school.insights.sessions(school.system, {school.scope()});
    CHECK(sessions.total.sessions == 4);
    CHECK(sessions.total.learners == 2);
    CHECK(sessions.total.length == 10min);
    auto const short_gap = school.insights.sessions(school.system, {school.scope(), {.gap = 5min}});
    CHECK(short_gap.total.sessions == 5);
}

TEST_CASE("habits gather buckets into cells", "[insights]") {
    TwoLearners school;
    auto const cells =
        school.insights.habits(school.system, {school.scope(), school.days(4), {0, 1, 0, 1}});
    REQUIRE(cells.size() == 2);
    CHECK(cells[0].learners == 1);
    CHECK(cells[0].events == 1);
    CHECK(cells[1].learners == 2);
    CHECK(cells[1].events == 4);
}

TEST_CASE("percentiles are of what learners of the day did", "[insights]") {
    TwoLearners school;
    auto const buckets = school.insights.activity_percentiles(
        school.system, {school.scope(), school.days(4), {0.5, 1.0}});
    REQUIRE(buckets.size() == 4);
    CHECK(buckets[1].learners == 2);
    CHECK(buckets[1].percentiles[0].value == 1);
    CHECK(buckets[1].percentiles[1].value == 2);
    CHECK(!buckets[2].percentiles[0].value);
}

TEST_CASE("who was away for too long is idle", "[insights]") {
    TwoLearners school;
    auto const idle =
        school.insights.idle_learners(school.system, {.scope = school.scope(), .idle = 48h});
    CHECK(idle.learners == 2);
    REQUIRE(idle.idle.size() == 1);
    CHECK(idle.idle[0].user == school.ben.user());
    CHECK(idle.idle[0].last == school.day(1) + 1h);
    CHECK(idle.idle[0].events == 1);
    auto const before = school.insights.idle_learners(
        school.system, {.scope = school.scope(), .at = school.day(1), .idle = 1h});
    CHECK(before.learners == 1);
    CHECK(before.idle.size() == 1);
}

TEST_CASE("lectures tell who opened them, and who did so again", "[insights]") {
    TwoLearners school;
    auto const activity = school.insights.lecture_activity(school.system, school.scope());
    REQUIRE(activity.lectures.size() == 2);
    CHECK(activity.lectures[0].lecture == school.first);
    CHECK(activity.lectures[0].opens == 3);
    CHECK(activity.lectures[0].openers == 2);
    CHECK(activity.lectures[0].reopeners == 1);
    CHECK(activity.lectures[1].learners == 1);
    REQUIRE(activity.courses.size() == 1);
    CHECK(activity.courses[0].events == 5);
}

TEST_CASE("learners see what they did themselves, and nothing else", "[insights]") {
    TwoLearners school;
    auto const mine = school.insights.my_activity(
        school.ben, {.courses = {school.two_lectures}, .edges = school.days(4)});
    REQUIRE(mine.buckets.size() == 4);
    CHECK(mine.buckets[0].events == 0);
    CHECK(mine.buckets[1].events == 1);
    CHECK(mine.sessions.sessions == 1);
    REQUIRE(mine.lectures.lectures.size() == 1);
    CHECK(mine.lectures.lectures[0].openers == 1);

    auto const opened =
        school.insights.export_my_events(school.ben, {.scope = {.kinds = {LearningKind::opened}}});
    CHECK(opened.table.rows() == 1);
}

TEST_CASE("marks that others set are nothing a learner did", "[insights]") {
    TwoLearners school;
    auto const teacher = school.teacher_of(school.two_lectures, "teacher");
    auto const idle = [&] {
        return school.insights.idle_learners(school.system, {.scope = school.scope(), .idle = 48h});
    };
    auto const events = school.events();
    school.learning.mark(teacher, {.user = school.ben.user(), .lecture = school.second});
    school.learning.mark(Actor::system(), {.user = school.ada.user(), .lecture = school.second});
    school.clock.advance(1h);
    CHECK(school.events() == events);
    CHECK(idle().idle.size() == 1);
    auto const exported = [&](InsightScope const& scope) {
        return school.insights.export_events(school.system, {.scope = scope}).table.rows();
    };
    CHECK(exported({}) == 5);
    CHECK(exported({.kinds = {LearningKind::marked}}) == 2);

    school.record(school.ben, {Marked{school.first}});
    school.clock.advance(1h);
    CHECK(idle().idle.empty());
    CHECK(exported({}) == 6);
}

TEST_CASE("of oneself all is exported, also what the school and others noted", "[insights]") {
    TwoLearners school;
    school.learning.mark(Actor::system(), {.user = school.ben.user(), .lecture = school.second});
    auto const piece = school.insights.export_my_events(school.ben, {});
    auto const& kinds = std::get<std::vector<std::string>>(piece.table.find("kind")->values);
    CHECK(std::set<std::string>{kinds.begin(), kinds.end()} ==
          std::set<std::string>{"enrolled", "marked", "opened", "session_opened"});
    CHECK(school.insights.export_my_events(school.ben, {.scope = {.courses = {CourseId{4711}}}})
              .table.rows() == 0);
}

TEST_CASE("an empty school has empty buckets", "[insights]") {
    InsightSchool school;
    CHECK(school.active_by_day(2) == std::vector<std::int64_t>{0, 0});
    CHECK(school.insights.lecture_activity(Actor::system(), {}).courses.empty());
    CHECK(school.insights.idle_learners(Actor::system(), {}).learners == 0);
    CHECK(school.insights.survival(Actor::system(), {}).groups.empty());
    CHECK(school.insights.progress(Actor::system(), {}).empty());
    CHECK(school.insights.items(Actor::system(), {}).items.empty());
    auto const revenue = school.insights.revenue(Actor::system(), {.edges = school.days(2)});
    CHECK(revenue.buckets.empty());
    auto const steps = school.insights.funnel(Actor::system(), {});
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].learners == 0);
    CHECK(!steps[1].overall_conversion);
}
