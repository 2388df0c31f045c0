#include "insights_fixture.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

/// Learners who came on day 0 and whose access ends on days that are named.
struct StaySchool : InsightSchool {
    Grant give(Actor const& learner, std::optional<Timestamp> ends_at) {
        return enrollments.give(
            system, {.user = learner.user(), .course = two_lectures, .ends_at = ends_at});
    }

    Actor until(std::string_view name, int last_day) {
        auto const learner = with_role(name, Role::learner);
        give(learner, day(last_day));
        return learner;
    }

    analytics::CourseProgress progress(std::optional<Timestamp> at = std::nullopt) const {
        return insights.progress(system, {.scope = scope(), .at = at}).at(0);
    }

    Actor const system = Actor::system();
};

/// Of six learners one has access until day 300 and one for good, as he does not stop with what
/// he had before. The others end: on day 5, taken back; on day 30, where taking back comes
/// too late for one of two; on day 60, after a renewal and a time without access.
struct SixStays : StaySchool {
    SixStays() {
        static_cast<void>(until("expired", 30));
        auto const renewed = until("renewed", 30);
        auto const kept = until("kept", 30);
        static_cast<void>(until("long", 300));
        auto const short_one = give(with_role("short", Role::learner), day(30));
        auto const late = give(with_role("late", Role::learner), day(30));
        clock.set(day(5));
        enrollments.take_back(system, short_one.id);
        clock.set(day(10));
        give(kept, std::nullopt);
        clock.set(day(40));
        give(renewed, day(60));
        clock.set(day(50));
        enrollments.take_back(system, late.id);
        clock.set(day(200));
    }
};

}  // namespace

TEST_CASE_METHOD(SixStays, "access that ends ends the stay, a renewal goes on with it",
                 "[insights]") {
    auto const found = progress();
    CHECK(found.enrolled == 6);
    CHECK(found.ended == 4);
    CHECK(found.active == 2);
    CHECK(found.completion_of_closed.share == 0);
    CHECK(found.learner_weeks == Approx((5 + 30 + 30 + 60 + 200 + 200) / 7.0));
    // What ends after the moment has not ended.
    CHECK(progress(day(30) - 1s).ended == 1);
    CHECK(progress(day(30)).ended == 3);
    CHECK(progress(day(59)).active == 3);
}

TEST_CASE_METHOD(SixStays, "access that ends is a withdrawal", "[insights]") {
    auto const curve = insights.survival(system, {.scope = scope()}).groups.at(0).curve;
    CHECK(curve.events == 4);
    REQUIRE(curve.steps.size() == 4);
    CHECK(curve.steps[0].time == Approx(5));
    CHECK(curve.steps[0].survival == Approx(5 / 6.0));
    CHECK(curve.steps[1].time == Approx(30));
    CHECK(curve.steps[1].events == 2);
    CHECK(curve.steps[1].survival == Approx(0.5));
    CHECK(curve.steps[2].time == Approx(60));
    CHECK(curve.steps[2].survival == Approx(1 / 3.0));
    CHECK(curve.steps[3].censored == 2);

    auto const hazard = insights.hazard(system, {.scope = scope(), .edges = {0, 30, 60, 90}});
    REQUIRE(hazard.size() == 3);
    CHECK(hazard[0].hazard.share == Approx(1 / 6.0));
    CHECK(hazard[1].hazard.share == Approx(2 / 5.0));
    CHECK(hazard[2].hazard.share == Approx(1 / 3.0));

    // There at day 0, 30, 60 and 90: 1, 1/2, 1/3 and 1/3.
    auto const worth =
        insights.lifetime_value(system, {.scope = scope(),
                                         .margin = Money{600, Currency::named("EUR")},
                                         .options = {.period = 30, .periods = 4}});
    CHECK(worth.value.value == Money{1300, Currency::named("EUR")});
}

TEST_CASE_METHOD(StaySchool, "nothing is due for whose access had ended", "[insights]") {
    static_cast<void>(until("before", 1));
    static_cast<void>(until("after", 3));
    give(until("renewed", 1), day(9));
    clock.set(day(4));
    auto const found =
        insights.lateness(system, {.scope = scope(), .due = {{first, day(2)}}}).at(0);
    CHECK(found.due == 2);
    CHECK(found.missing == 2);
}

TEST_CASE_METHOD(StaySchool, "what is done after completing a course is no part of its pace",
                 "[insights]") {
    auto const ada = with_role("ada", Role::learner);
    give(ada, std::nullopt);
    open_at(ada, first, day(1));
    open_at(ada, second, day(7));
    CHECK(progress().completed == 1);
    for (int week = 2; week < 10; ++week) {
        auto const lecture = add_lecture(two_lectures, by_opening);
        publish(two_lectures);
        open_at(ada, lecture, day(7 * week));
    }
    auto const found = progress();
    CHECK(found.lectures == 2);
    CHECK(found.learner_weeks == Approx(1));
    CHECK(found.lectures_per_week == Approx(2));
    CHECK(found.median_lectures_per_week == Approx(2));
    CHECK(progress(day(6)).lectures == 1);
}

TEST_CASE_METHOD(StaySchool, "what is done after access ended is no part of the pace",
                 "[insights]") {
    auto const ada = until("ada", 7);
    open_at(ada, first, day(1));
    clock.set(day(8));
    learning.mark(system, {.user = ada.user(), .lecture = second, .done = true});
    clock.set(day(70));
    auto const found = progress();
    CHECK(found.lectures == 1);
    CHECK(found.learner_weeks == Approx(1));
    CHECK(found.lectures_per_week == Approx(1));
}

TEST_CASE("stays are refused for all that is wrong at once", "[insights]") {
    using Rules = std::vector<std::string>;
    InsightSchool school;
    auto const system = Actor::system();
    auto const& insights = school.insights;
    InsightScope const bad{.from = school.day(1), .to = school.day(0)};

    SurvivalRequest survival{.scope = bad, .groups = SurvivalGroups::enrollment_period};
    survival.confidence = 2;
    CHECK(broken_rules([&] { return insights.survival(system, survival); }) ==
          Rules{"to: reversed", "edges: too_few", "confidence: out_of_range"});
    HazardRequest const hazard{.scope = bad, .edges = {0}, .confidence = 2};
    CHECK(broken_rules([&] { return insights.hazard(system, hazard); }) ==
          Rules{"to: reversed", "edges: too_few", "confidence: out_of_range"});
    LifetimeRequest worth{.scope = bad, .margin = Money{1, Currency::named("EUR")}};
    worth.options.period = 0;
    worth.confidence = 2;
    CHECK(broken_rules([&] { return insights.lifetime_value(system, worth); }) ==
          Rules{"to: reversed", "confidence: out_of_range", "period: out_of_range"});
    ProgressRequest const progress{.scope = bad, .confidence = 2};
    CHECK(broken_rules([&] { return insights.progress(system, progress); }) ==
          Rules{"to: reversed", "confidence: out_of_range"});
    LatenessRequest late{.scope = bad, .confidence = 2};
    late.due = {{school.first, school.day(0)}, {school.first, school.day(1)}};
    CHECK(broken_rules([&] { return insights.lateness(system, late); }) ==
          Rules{"to: reversed", "due[1].lecture: duplicate", "confidence: out_of_range"});
}
