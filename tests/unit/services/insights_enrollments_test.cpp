#include "insights_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <string>

using namespace eduplat;
using namespace eduplat::test;

namespace {

/// Four learners, enrolled on day 0 and day 2, two of each. Of the first ones one completes after
/// a day and one is taken back after three; of the others one opens a lecture.
struct FourLearners : InsightSchool {
    FourLearners() {
        clock.set(day(0));
        auto const done = enrolled("done", two_lectures);
        auto const gone = enrolled("gone", two_lectures);
        open_at(done, first, day(0) + 1h);
        open_at(done, second, day(1));
        clock.set(day(2));
        auto const opener = enrolled("opener", two_lectures);
        static_cast<void>(enrolled("idle", two_lectures));
        open_at(opener, first, day(2) + 1h);
        clock.set(day(3));
        take_back(gone);
        clock.set(day(4));
    }

    void take_back(Actor const& learner) {
        auto const enrollment =
            enrollments.find_enrollment(Actor::system(), learner.user(), two_lectures)->id;
        auto const grant = enrollments.grants(Actor::system(), enrollment).items.front().id;
        enrollments.take_back(Actor::system(), grant);
    }

    Actor const system = Actor::system();
};

}  // namespace

TEST_CASE("survival until withdrawal: who completes or stays is censored", "[insights]") {
    FourLearners school;
    auto const survival = school.insights.survival(school.system, {.scope = school.scope()});
    REQUIRE(survival.groups.size() == 1);
    CHECK(!survival.log_rank);
    auto const& curve = survival.groups[0].curve;
    CHECK(curve.subjects == 4);
    CHECK(curve.events == 1);
    // A day: one censored; two days: two censored; three days: the only one at risk left.
    REQUIRE(curve.steps.size() == 3);
    CHECK(curve.steps[0].time == Approx(1));
    CHECK(curve.steps[0].censored == 1);
    CHECK(curve.steps[1].censored == 2);
    CHECK(curve.steps[2].time == Approx(3));
    CHECK(curve.steps[2].at_risk == 1);
    CHECK(curve.steps[2].survival == Approx(0));
    CHECK(curve.median == Approx(3));
}

TEST_CASE("survival until completion: who withdraws is censored", "[insights]") {
    FourLearners school;
    auto const survival = school.insights.survival(
        school.system, {.scope = school.scope(), .until = SurvivalUntil::completion});
    auto const& curve = survival.groups.at(0).curve;
    CHECK(curve.events == 1);
    CHECK(curve.steps[0].events == 1);
    CHECK(curve.steps[0].survival == Approx(0.75));
}

TEST_CASE("survival as of an earlier moment knows nothing of later ones", "[insights]") {
    FourLearners school;
    auto const survival = school.insights.survival(
        school.system, {.scope = school.scope(), .at = school.day(1) + 12h});
    auto const& curve = survival.groups.at(0).curve;
    CHECK(curve.subjects == 2);
    CHECK(curve.events == 0);
}

TEST_CASE("what is to come was not observed", "[insights]") {
    FourLearners school;
    for (auto const until : {SurvivalUntil::withdrawal, SurvivalUntil::completion}) {
        auto const curve_at = [&](std::optional<Timestamp> at) {
            auto const asked = SurvivalRequest{.scope = school.scope(), .until = until, .at = at};
            return school.insights.survival(school.system, asked).groups.at(0).curve;
        };
        auto const now = curve_at(std::nullopt);
        CHECK(now.events == 1);
        CHECK(curve_at(school.day(400)) == now);
        CHECK(curve_at(Timestamp::max()) == now);
    }
    auto const weeks_at = [&](std::optional<Timestamp> at) {
        auto const asked = ProgressRequest{.scope = school.scope(), .at = at};
        return school.insights.progress(school.system, asked).at(0).learner_weeks;
    };
    CHECK(weeks_at(school.day(400)) == weeks_at(std::nullopt));
    CHECK(weeks_at(Timestamp::max()) == weeks_at(std::nullopt));
}

TEST_CASE("a log-rank test compares so many groups, curves are of more", "[insights]") {
    InsightSchool school;
    auto const start = school.clock.now();
    SurvivalRequest request{.groups = SurvivalGroups::enrollment_period, .edges = {start}};
    auto const enroll_another = [&] {
        auto const name = "learner" + std::to_string(request.edges.size());
        auto const user = school.accounts->register_user(
            Actor::system(), {.email = name + "@example.org", .display_name = name});
        school.enroll(Actor{user.id}, school.two_lectures);
        school.clock.advance(1h);
        request.edges.push_back(school.clock.now());
    };
    for (std::size_t i = 0; i < limits::analytics_groups_max; ++i)
        enroll_another();
    auto const at_limit = school.insights.survival(Actor::system(), request);
    CHECK(at_limit.groups.size() == limits::analytics_groups_max);
    CHECK(at_limit.log_rank);
    enroll_another();
    auto const above = school.insights.survival(Actor::system(), request);
    CHECK(above.groups.size() == limits::analytics_groups_max + 1);
    CHECK(!above.log_rank);
}

TEST_CASE("survival is compared between courses or periods of enrollment", "[insights]") {
    FourLearners school;
    auto const periods = school.insights.survival(
        school.system, {.scope = school.scope(),
                        .groups = SurvivalGroups::enrollment_period,
                        .edges = {school.day(0), school.day(1), school.day(2), school.day(3)}});
    REQUIRE(periods.groups.size() == 2);
    CHECK(periods.groups[0].from == school.day(0));
    CHECK(periods.groups[0].curve.subjects == 2);
    CHECK(periods.groups[1].from == school.day(2));
    REQUIRE(periods.log_rank);
    CHECK(periods.log_rank->groups[0].events == 1);

    auto const other = school.course({by_opening});
    static_cast<void>(school.enrolled("another", other));
    auto const courses =
        school.insights.survival(school.system, {.groups = SurvivalGroups::course});
    REQUIRE(courses.groups.size() == 2);
    CHECK(courses.groups[0].course == school.two_lectures);
    CHECK(courses.groups[1].curve.subjects == 1);
}

TEST_CASE("the usual funnel goes from enrolling to completing", "[insights]") {
    FourLearners school;
    auto const steps = school.insights.funnel(school.system, {.scope = school.scope()});
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].name == "enrolled");
    CHECK(steps[0].learners == 4);
    CHECK(steps[1].learners == 2);
    CHECK(steps[1].step_conversion == 0.5);
    CHECK(steps[1].median_time == 1h);
    CHECK(steps[2].learners == 0);  // nothing was asked
    CHECK(steps[3].learners == 0);

    auto const given = school.insights.funnel(
        school.system, {.scope = school.scope(),
                        .steps = {{.kinds = {LearningKind::opened}, .lectures = {school.first}},
                                  {.kinds = {LearningKind::opened}, .lectures = {school.second}}}});
    REQUIRE(given.size() == 2);
    CHECK(given[0].learners == 2);
    CHECK(given[1].learners == 1);
}

TEST_CASE("cohorts begin with the first event, or with the enrollment", "[insights]") {
    FourLearners school;
    auto const by_event =
        school.insights.cohorts(school.system, {.scope = school.scope(), .edges = school.days(4)});
    REQUIRE(by_event.size() == 4);
    CHECK(by_event[0].size == 1);
    CHECK(by_event[0].retained == std::vector<std::int64_t>{1, 1, 0, 0});
    CHECK(by_event[2].size == 1);
    auto const by_enrollment = school.insights.cohorts(
        school.system,
        {.scope = school.scope(), .edges = school.days(4), .by = CohortsBy::enrollment});
    CHECK(by_enrollment[0].size == 2);
    CHECK(by_enrollment[0].retained == std::vector<std::int64_t>{1, 1, 0, 0});
    CHECK(by_enrollment[2].size == 2);
    CHECK(by_enrollment[2].retained == std::vector<std::int64_t>{1, 0});
}

TEST_CASE("progress counts who completed, who left, and how fast", "[insights]") {
    FourLearners school;
    auto const courses = school.insights.progress(school.system, {.scope = school.scope()});
    REQUIRE(courses.size() == 1);
    CHECK(courses[0].course == school.two_lectures);
    CHECK(courses[0].enrolled == 4);
    CHECK(courses[0].completed == 1);
    CHECK(courses[0].ended == 1);
    CHECK(courses[0].active == 2);
    CHECK(courses[0].completion.share == 0.25);
    CHECK(courses[0].lectures == 3);
    CHECK(courses[0].learner_weeks == Approx((1 + 3 + 2 + 2) / 7.0));
    auto const before = school.insights.progress(
        school.system, {.scope = school.scope(), .at = school.day(0) + 2h});
    CHECK(before[0].enrolled == 2);
    CHECK(before[0].completed == 0);
    CHECK(before[0].lectures == 1);
}

TEST_CASE("what erased learners did, were enrolled in and are counts nowhere", "[insights]") {
    FourLearners school;
    auto const done = school.accounts->find_user_by_email(school.system, "done@example.org")->id;
    static_cast<void>(school.accounts->erase_user(Actor::system(), done));
    CHECK(school.active_by_day(2) == std::vector<std::int64_t>{0, 0});
    CHECK(school.insights.survival(school.system, {}).groups.at(0).curve.subjects == 3);
    CHECK(school.insights.progress(school.system, {})[0].enrolled == 3);
    CHECK(school.insights.funnel(school.system, {})[0].learners == 3);
    CHECK(school.insights.cohorts(school.system, {.edges = school.days(4)})[0].size == 0);
    CHECK(school.insights.export_events(school.system, {}).table.rows() == 1);
}
