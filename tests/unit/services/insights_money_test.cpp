#include "insights_fixture.hpp"
#include "payments_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <limits>
#include <string>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

/// Sells its course for good, for 30 days and for 60; days begin when it does.
struct SellingSchool : PaymentSchool {
    SellingSchool() : PaymentSchool{{.platform_fee_bp = 1000}} {
        set_price("EUR", 30, 30'00);
        set_price("EUR", 60, 60'00);
    }

    Timestamp day(int number) const { return start + std::chrono::days{number}; }
    std::vector<Timestamp> days(int count) const { return days_from(start, count); }

    PaymentStep buy(Actor const& buyer, int period_days, std::string key = "order-1") {
        auto request = order(std::move(key));
        request.period_days = period_days;
        return finish(payments->checkout(buyer, request));
    }

    std::vector<analytics::RevenueCohort> cohorts(
        RevenueCohortsBy by = RevenueCohortsBy::first_payment) {
        return insights.cohort_revenue(Actor::system(), {scope, days(3), by});
    }

    Timestamp start = clock.now();
    Actor ann{learner("ann").id};
    Actor cid{learner("cid").id};
    InsightScope scope{.courses = {course}};
    Insights insights{dependencies()};
};

/// Ann pays on day 0 and gets it back on day 2, Ben pays on day 1; Cid is given the course on day
/// 0. Ann is active from the middle of day 0 on, Cid from day 1 on, Ben never.
struct CohortSchool : SellingSchool {
    CohortSchool() {
        Learning learning{dependencies()};
        auto const payment = sell(ann).payment;
        static_cast<void>(enrollments.give(*admin, {.user = cid.user(), .course = course}));
        clock.advance(12h);
        learning.record(ann, {.batch = "ann", .events = {Viewed{course}}});
        clock.set(day(1));
        static_cast<void>(sell(ben));
        learning.record(cid, {.batch = "cid", .events = {Viewed{course}}});
        clock.set(day(2));
        static_cast<void>(pay_back(payment));
    }
};

using Amounts = std::vector<Money>;

/// Of four learners two leave, after a day and after two.
struct LeavingSchool : InsightSchool {
    LeavingSchool() {
        for (auto const* const name : {"ada", "ben", "cid", "dee"})
            learners.push_back(enrolled(name, two_lectures));
        for (int i = 1; i <= 2; ++i) {
            clock.set(day(i));
            auto const user = learners.at(static_cast<std::size_t>(i)).user();
            auto const enrollment =
                enrollments.find_enrollment(Actor::system(), user, two_lectures)->id;
            auto const grant = enrollments.grants(Actor::system(), enrollment).items.front().id;
            enrollments.take_back(Actor::system(), grant);
        }
        clock.set(day(4));
    }

    std::vector<Actor> learners;
};

LifetimeRequest lifetime(InsightScope scope = {}) {
    return {.scope = std::move(scope), .margin = 10'00_eur, .options = {.period = 1}};
}

}  // namespace

TEST_CASE_METHOD(CohortSchool, "what cohorts brought in counts from the first payment on",
                 "[insights]") {
    auto const found = cohorts();
    REQUIRE(found.size() == 3);
    CHECK(found[0].from == day(0));
    CHECK(found[0].to == day(1));
    CHECK(found[0].users == 1);
    CHECK(found[0].net == Amounts{49'00_eur, 0'00_eur, -(49'00_eur)});
    CHECK(found[0].cumulative == Amounts{49'00_eur, 49'00_eur, 0'00_eur});
    CHECK(found[1].users == 1);
    CHECK(found[1].net == Amounts{49'00_eur, 0'00_eur});
    CHECK(found[2].users == 0);
    CHECK(found[2].net == Amounts{0'00_eur});
    CHECK_FALSE(found[2].per_user[0]);
    auto const all = insights.cohort_revenue(Actor::system(), {.edges = days(3)});
    CHECK(all.at(1).net == found[1].net);
}

TEST_CASE_METHOD(CohortSchool, "or from the enrollment, or the first activity", "[insights]") {
    auto const enrolled = cohorts(RevenueCohortsBy::enrollment);
    REQUIRE(enrolled.size() == 3);
    CHECK(enrolled[0].users == 2);
    CHECK(enrolled[0].net == Amounts{49'00_eur, 0'00_eur, -(49'00_eur)});
    CHECK(enrolled[0].per_user[0] == 24'50_eur);
    CHECK(enrolled[1].users == 1);
    CHECK(enrolled[1].net == Amounts{49'00_eur, 0'00_eur});

    // Ann paid before she did anything, on the same day.
    auto const active = cohorts(RevenueCohortsBy::first_activity);
    REQUIRE(active.size() == 3);
    CHECK(active[0].users == 1);
    CHECK(active[0].net == Amounts{49'00_eur, 0'00_eur, -(49'00_eur)});
    CHECK(active[0].cumulative == Amounts{49'00_eur, 49'00_eur, 0'00_eur});
    CHECK(active[1].users == 1);
    CHECK(active[1].net == Amounts{0'00_eur, 0'00_eur});
    auto const all = insights.cohort_revenue(
        Actor::system(), {.edges = days(3), .by = RevenueCohortsBy::first_activity});
    CHECK(all.at(0).users == 1);
}

TEST_CASE_METHOD(CohortSchool, "of cohorts a teacher sees his share", "[insights]") {
    Actor const tess{teacher.id};
    auto const share = insights.cohort_revenue(tess, {scope, days(3)});
    CHECK(share.at(1).net == Amounts{44'10_eur, 0'00_eur});
    CHECK(refusal([&] { return insights.cohort_revenue(tess, {.edges = days(3)}); }) ==
          denied("actor", "insights_cohort_revenue"));
    CHECK(refusal([&] {
              return insights.cohort_revenue(ben, {scope, days(3)});
          }) == denied("actor", "insights_cohort_revenue"));
}

TEST_CASE_METHOD(CohortSchool, "of erased users only what they paid is known", "[insights]") {
    static_cast<void>(accounts->erase_user(Actor::system(), ben.user()));
    CHECK(cohorts().at(1).net.at(0) == 49'00_eur);
    CHECK(cohorts(RevenueCohortsBy::enrollment).at(1).users == 0);
    CHECK(cohorts(RevenueCohortsBy::enrollment).at(1).net.at(0) == 0'00_eur);
}

TEST_CASE_METHOD(SellingSchool, "what recurs is bought for a time", "[insights]") {
    static_cast<void>(sell(cid));  // for good
    static_cast<void>(buy(ann, 30));
    static_cast<void>(buy(ann, 30, "renewal"));  // from day 30 on
    static_cast<void>(buy(ben, 60));
    RecurringRequest const request{scope,
                                   {day(0) - 1h, day(0), day(29), day(30), day(59), day(60)}};
    auto const found = insights.monthly_recurring(Actor::system(), request);
    REQUIRE(found.size() == 6);
    CHECK(found[0].amount == 0'00_eur);
    CHECK(found[0].users == 0);
    for (std::size_t i = 1; i < 5; ++i) {
        CHECK(found[i].amount == 60'88_eur);  // each 30.436875, rounded
        CHECK(found[i].users == 2);
        CHECK(found[i].per_user == 30'44_eur);
    }
    CHECK(found[5].amount == 0'00_eur);
    CHECK(insights.monthly_recurring(Actor::system(), {{}, {day(0)}}).at(0).amount == 60'88_eur);

    Actor const tess{teacher.id};
    auto const share = insights.monthly_recurring(tess, {scope, {day(0)}});
    CHECK(share.at(0).amount == 54'78_eur);  // each 27.3931875
    CHECK(refusal([&] {
              return insights.monthly_recurring(tess, {{}, {day(0)}});
          }) == denied("actor", "insights_monthly_recurring"));
    CHECK(refusal([&] {
              return insights.monthly_recurring(ben, {scope, {day(0)}});
          }) == denied("actor", "insights_monthly_recurring"));
}

TEST_CASE_METHOD(SellingSchool, "of two teachers each sees his own share of what recurs",
                 "[insights]") {
    Actor const tess{teacher.id};
    auto const theo = with_role("theo", Role::teacher);
    Courses{dependencies()}.add_teacher(Actor::system(), course, {.user = theo.user(), .share = 2});
    static_cast<void>(buy(ann, 30));
    auto const of = [&](Actor const& asker) {
        return insights.monthly_recurring(asker, {scope, {day(0)}}).at(0).amount;
    };
    CHECK(of(tess) == 9'13_eur);  // a third of 27.00, by month
    CHECK(of(theo) == 18'26_eur);
    CHECK(of(Actor::system()) == 30'44_eur);
}

TEST_CASE_METHOD(SellingSchool, "what was paid back does not recur, nor what was revoked",
                 "[insights]") {
    auto const part = buy(ann, 30).payment;
    auto const whole = buy(cid, 30).payment;
    auto const kept = buy(ben, 60).payment;
    clock.set(day(10));
    static_cast<void>(pay_back(part, 15'00_eur, "part"));
    static_cast<void>(pay_back(whole, std::nullopt, "whole"));
    static_cast<void>(payments->revoke(*admin, kept));
    auto const found = insights.monthly_recurring(Actor::system(), {scope, {day(9), day(10)}});
    REQUIRE(found.size() == 2);
    CHECK(found[0].amount == 15'22_eur + 30'44_eur);  // of what 15.00 and 60.00 are by month
    CHECK(found[0].users == 2);
    CHECK(found[1].amount == 15'22_eur);
    CHECK(found[1].users == 1);
}

TEST_CASE_METHOD(SellingSchool, "where nothing was sold nothing came in", "[insights]") {
    CHECK(cohorts().empty());
    CHECK(insights.monthly_recurring(Actor::system(), {scope, days(3)}).empty());
    CHECK(insights.monthly_recurring(Actor::system(), {}).empty());
}

TEST_CASE_METHOD(SellingSchool, "what is asked about money is checked", "[insights]") {
    auto const system = Actor::system();
    CHECK(refusal([&] {
              return insights.cohort_revenue(system, {scope, {}});
          }) == invalid("edges", "too_few", 2));
    CHECK(refusal([&] {
              return insights.cohort_revenue(system, {scope, {day(1), day(0)}});
          }) == invalid("edges", "not_ascending"));
    // As many buckets as there are cells for, and one more.
    constexpr int buckets_max = 4471;
    constexpr auto cells_max = static_cast<std::int64_t>(limits::analytics_cells_max);
    CHECK(insights.cohort_revenue(system, {scope, days(buckets_max)}).empty());
    CHECK(refusal([&] {
              return insights.cohort_revenue(system, {scope, days(buckets_max + 1)});
          }) == invalid("edges", "too_many", cells_max));
    CHECK(refusal([&] {
              return insights.monthly_recurring(system, {scope, {day(1), day(0)}});
          }) == invalid("moments", "not_ascending"));
    InsightScope const twice{.courses = {course, course}};
    CHECK(refusal([&] {
              return insights.cohort_revenue(system, {twice, days(1)});
          }) == invalid("scope.courses[1]", "duplicate"));
    CHECK(refusal([&] {
              return insights.monthly_recurring(system, {twice, days(1)});
          }) == invalid("scope.courses[1]", "duplicate"));
}

TEST_CASE_METHOD(LeavingSchool, "a learner is worth his margin as long as he stays", "[insights]") {
    auto const system = Actor::system();
    auto const found = insights.lifetime_value(system, lifetime(scope()));
    CHECK(found.curve.subjects == 4);
    CHECK(found.curve.events == 2);
    CHECK(found.curve.median == Approx(2));
    // 1, 0.75, then a half up to day 4, beyond which nobody was seen.
    CHECK(found.value.periods == 5);
    CHECK(found.value.factor == Approx(1 + 0.75 + 3 * 0.5));
    CHECK(found.value.value == 32'50_eur);

    auto const months = insights.lifetime_value(system, {.margin = 10'00_eur});
    CHECK(months.value.periods == 1);
    CHECK(months.value.value == 10'00_eur);
    auto early = lifetime();
    early.at = day(1) - 1h;
    CHECK(insights.lifetime_value(system, early).curve.events == 0);
}

TEST_CASE_METHOD(LeavingSchool, "the hazard is the share that leaves, of who is there",
                 "[insights]") {
    auto const system = Actor::system();
    HazardRequest request{.scope = scope(), .edges = {0, 1, 2, 3, 4, 5}};
    auto const found = insights.hazard(system, request);
    REQUIRE(found.size() == 5);
    std::vector<std::int64_t> at_risk;
    std::vector<std::int64_t> events;
    for (auto const& period : found) {
        at_risk.push_back(period.at_risk);
        events.push_back(period.hazard.count);
    }
    CHECK(at_risk == std::vector<std::int64_t>{4, 4, 3, 2, 2});
    CHECK(events == std::vector<std::int64_t>{0, 1, 1, 0, 0});
    CHECK(found[2].hazard.share == Approx(1.0 / 3));
    CHECK(found[2].survival == Approx(0.5));
    CHECK(found[4].censored == 2);
    request.until = SurvivalUntil::completion;
    CHECK(insights.hazard(system, request)[1].hazard.count == 0);
    request.scope.from = day(1);  // nobody was enrolled since
    CHECK(insights.hazard(system, request)[0].at_risk == 0);
}

TEST_CASE_METHOD(LeavingSchool, "who may ask how long learners stay, and what for", "[insights]") {
    auto const tess = teacher_of(two_lectures, "tess");
    HazardRequest const hazards{.scope = scope(), .edges = {0, 1}};
    CHECK(insights.hazard(tess, hazards)[0].at_risk == 4);
    CHECK(insights.lifetime_value(tess, lifetime(scope())).curve.subjects == 4);
    CHECK(refusal([&] {
              return insights.hazard(tess, {.edges = {0, 1}});
          }) == test::denied("actor", "insights_hazard"));
    CHECK(refusal([&] { return insights.lifetime_value(learners[0], lifetime(scope())); }) ==
          test::denied("actor", "insights_lifetime_value"));

    auto const system = Actor::system();
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(broken_rules([&] {
              return insights.hazard(system, {.edges = {1, nan, 1}, .confidence = 1});
          }) == std::vector<std::string>{"edges: not_finite", "confidence: out_of_range"});
    CHECK(refusal([&] { return insights.hazard(system, {}); }) == invalid("edges", "too_few", 2));
    auto request = lifetime();
    request.options = {.period = 0, .discount_rate = nan, .periods = 0};
    CHECK(broken_rules([&] { return insights.lifetime_value(system, request); }) ==
          std::vector<std::string>{"period: out_of_range", "discount_rate: out_of_range",
                                   "periods: out_of_range"});
    request = lifetime();
    request.confidence = 0;
    CHECK(refusal([&] { return insights.lifetime_value(system, request); }).violation.field ==
          "confidence");
}

TEST_CASE("nobody leaves an empty school, nor is worth anything", "[insights]") {
    InsightSchool school;
    auto const system = Actor::system();
    auto const found = school.insights.lifetime_value(system, lifetime());
    CHECK_FALSE(found.value.value);
    CHECK(found.curve.steps.empty());
    auto const periods = school.insights.hazard(system, {.edges = {0, 7}});
    REQUIRE(periods.size() == 1);
    CHECK(periods[0].at_risk == 0);
    CHECK_FALSE(periods[0].hazard.share);
}
