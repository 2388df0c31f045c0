#include "close.hpp"
#include "reference_values.hpp"

#include <eduplat/analytics/survival.hpp>
#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <support/catch.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::close;
namespace reference = eduplat::test::reference;

namespace {

using Doubles = std::vector<double>;
using Flags = std::vector<std::uint8_t>;

struct ReferenceCurve {
    char const* name;
    Durations durations;
    std::span<reference::ReferenceStep const> steps;
    std::optional<double> median;
};

#define EDUPLAT_CURVE(name)                                                \
    ReferenceCurve {                                                       \
#name, {reference::name##_durations, reference::name##_observed }, \
                reference::name##_steps, reference::name##_median          \
    }
ReferenceCurve const curves[] = {
    EDUPLAT_CURVE(treated), EDUPLAT_CURVE(placebo),    EDUPLAT_CURVE(days),
    EDUPLAT_CURVE(moments), EDUPLAT_CURVE(many),       EDUPLAT_CURVE(all_censored),
    EDUPLAT_CURVE(at_zero), EDUPLAT_CURVE(all_events), EDUPLAT_CURVE(one),
};
#undef EDUPLAT_CURVE

std::vector<Violation> violations_of(auto call) {
    try {
        call();
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        return {error.violations().begin(), error.violations().end()};
    }
    return {};
}

Durations const treated{reference::treated_durations, reference::treated_observed};
Durations const placebo{reference::placebo_durations, reference::placebo_observed};
Durations const days{reference::days_durations, reference::days_observed};
Durations const nobody{};

}  // namespace

TEST_CASE("survival curves are those of lifelines, their errors those of statsmodels",
          "[analytics][survival]") {
    for (auto const& expected : curves) {
        CAPTURE(expected.name);
        auto const& [durations, observed] = expected.durations;
        auto const curve = kaplan_meier(durations, observed);
        CHECK(curve.subjects == static_cast<std::int64_t>(durations.size()));
        CHECK(curve.events + curve.censored == curve.subjects);
        CHECK(close(curve.median, expected.median));
        REQUIRE(curve.steps.size() >= expected.steps.size());
        for (auto const& row : expected.steps) {
            CAPTURE(row.time);
            auto const& step = curve.steps.at(row.step);
            CHECK(step.time == row.time);
            CHECK(step.at_risk == row.at_risk);
            CHECK(step.events == row.events);
            CHECK(step.censored == row.censored);
            CHECK(close(step.survival, row.survival));
            CHECK(close(step.std_error, row.std_error));
            CHECK(close(step.low, row.low));
            CHECK(close(step.high, row.high));
        }
    }
}

TEST_CASE("who is censored at the time of an event was at risk of it", "[analytics][survival]") {
    auto const curve = kaplan_meier(Doubles{1, 2, 2, 3}, Flags{1, 1, 0, 0});
    REQUIRE(curve.steps.size() == 3);
    CHECK(curve.steps[1].at_risk == 3);
    CHECK(curve.steps[1].survival == 0.75 * (2.0 / 3));
    CHECK(curve.steps[2].at_risk == 1);
    CHECK(curve.median == 2.0);
}

TEST_CASE("nobody and one learner have curves without undefined numbers", "[analytics][survival]") {
    auto const empty = kaplan_meier({}, {});
    CHECK(empty == SurvivalCurve{});
    CHECK_FALSE(survival_at(empty, 0));

    auto const censored = kaplan_meier(Doubles{4}, Flags{0});
    REQUIRE(censored.steps.size() == 1);
    CHECK(censored.steps[0].survival == 1);
    CHECK(censored.steps[0].std_error == 0.0);
    CHECK_FALSE(censored.steps[0].low);
    CHECK_FALSE(censored.median);

    auto const gone = kaplan_meier(Doubles{4}, Flags{1});
    CHECK(gone.steps[0].survival == 0);
    CHECK_FALSE(gone.steps[0].std_error);
    CHECK_FALSE(gone.steps[0].high);
}

TEST_CASE("survival is known up to the last step, and beyond it only if nobody is left",
          "[analytics][survival]") {
    auto const some = kaplan_meier(Doubles{1, 2, 3}, Flags{1, 1, 0});
    CHECK(survival_at(some, 0) == 1.0);
    CHECK(survival_at(some, 1.5) == some.steps[0].survival);
    CHECK(survival_at(some, 3) == some.steps[2].survival);
    CHECK_FALSE(survival_at(some, 3.1));
    CHECK(survival_at(kaplan_meier(Doubles{1}, Flags{1}), 9) == 0.0);
}

TEST_CASE("the interval widens with its confidence", "[analytics][survival]") {
    auto const narrow = kaplan_meier(treated.durations, treated.observed, 0.8);
    auto const wide = kaplan_meier(treated.durations, treated.observed, 0.99);
    CHECK(narrow.confidence == 0.8);
    CHECK(*narrow.steps[0].low > *wide.steps[0].low);
    CHECK(*narrow.steps[0].high < *wide.steps[0].high);
}

TEST_CASE("bad durations are named", "[analytics][survival]") {
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    constexpr auto infinite = std::numeric_limits<double>::infinity();
    auto const of = [](Doubles const& durations, Flags const& observed, double confidence) {
        return violations_of([&] { (void)kaplan_meier(durations, observed, confidence); });
    };
    using Violations = std::vector<Violation>;
    CHECK(of({1, -1}, {1, 1}, .95) == Violations{{"durations[1]", "negative", std::nullopt}});
    CHECK(of({-4503599627370496.0}, {1}, .95) ==
          Violations{{"durations[0]", "negative", std::nullopt}});
    CHECK(of({nan, -1}, {1, 1}, .95) == Violations{{"durations[0]", "not_finite", std::nullopt}});
    CHECK(of({1, infinite}, {1, 1}, .95) ==
          Violations{{"durations[1]", "not_finite", std::nullopt}});
    for (auto const confidence : {0.0, 1.0, -1.0, 2.0, nan}) {
        CHECK(of({1}, {1, 1}, confidence) ==
              Violations{{"observed", "length", 1}, {"confidence", "out_of_range", std::nullopt}});
    }
    CHECK(of({0, -0.0, 1e300, 5e-324}, {1, 1, 0, 0}, .95).empty());
}

TEST_CASE("log-rank tests are those of lifelines", "[analytics][survival]") {
    Durations const five[] = {days,
                              treated,
                              placebo,
                              {reference::all_events_durations, reference::all_events_observed},
                              {reference::moments_durations, reference::moments_observed}};
    auto const check = [](std::vector<Durations> const& groups, double chi_squared, double p) {
        auto const test = log_rank(groups);
        CHECK(close(test.chi_squared, chi_squared));
        CHECK(close(test.p_value, p));
        return test;
    };
    check({treated, placebo}, reference::remission_chi_squared, reference::remission_p_value);
    check({placebo, treated}, reference::remission_chi_squared, reference::remission_p_value);
    check({days, treated, placebo}, reference::three_chi_squared, reference::three_p_value);
    check({five, five + 5}, reference::five_chi_squared, reference::five_p_value);

    auto const with_empty = check({treated, nobody, placebo}, reference::remission_chi_squared,
                                  reference::remission_p_value);
    CHECK(with_empty.degrees == 1);
    CHECK(with_empty.groups[1] == LogRankGroup{0, 0, 0});
    CHECK(with_empty.groups[0].events == 9);
    CHECK(with_empty.groups[2].events == 21);
    CHECK(with_empty.groups[0].expected + with_empty.groups[2].expected == Approx(30));
}

TEST_CASE("a log-rank test without two groups at risk, or without chance, says nothing",
          "[analytics][survival]") {
    Doubles const two{1, 2};
    Flags const events{1, 1};
    Flags const censored{0, 0};
    std::vector<std::vector<Durations>> const cases{
        {},
        {treated},
        {treated, nobody},
        {{two, censored}, {two, censored}},
        {treated, {two, censored}},  // gone before the first event
        {{Doubles{}, {}}, {}},
    };
    for (auto const& groups : cases) {
        auto const test = log_rank(groups);
        CHECK_FALSE(test.chi_squared);
        CHECK_FALSE(test.p_value);
        CHECK(test.degrees == 0);
        CHECK(test.groups.size() == groups.size());
    }
    // All at once: whatever the groups, this is how it goes.
    Doubles const same{3, 3};
    Durations const at_once[] = {{same, events}, {same, events}};
    CHECK_FALSE(log_rank(at_once).chi_squared);
    Durations const equal[] = {treated, treated};
    CHECK(log_rank(equal).chi_squared.value() == Approx(0).margin(1e-12));
    CHECK(log_rank(equal).p_value.value() == Approx(1));
}

TEST_CASE("groups of a log-rank test are checked and bounded", "[analytics][survival]") {
    Doubles const bad{1, -2};
    Flags const events{1, 1};
    Durations const groups[] = {treated, {bad, events}};
    CHECK(violations_of([&] { (void)log_rank(groups); }) ==
          std::vector<Violation>{{"groups[1].durations[1]", "negative", std::nullopt}});
    std::vector<Durations> many(limits::analytics_groups_max, nobody);
    many.front() = treated;
    many.back() = placebo;
    CHECK(close(log_rank(many).chi_squared, reference::remission_chi_squared));
    many.push_back(nobody);
    CHECK(violations_of([&] { (void)log_rank(many); }) ==
          std::vector<Violation>{{"groups", "too_many", limits::analytics_groups_max}});
}

TEST_CASE("the hazard of a period is that of those who begin it", "[analytics][survival]") {
    Doubles const durations{0, 0.5, 1, 1, 1.5, 2, 5, 7};
    Flags const observed{1, 0, 1, 1, 0, 1, 1, 1};
    auto const periods = discrete_hazard(durations, observed, Doubles{0, 1, 2, 3, 4});
    REQUIRE(periods.size() == 4);
    CHECK(periods[0].at_risk == 8);
    CHECK(periods[0].censored == 1);
    CHECK(periods[0].hazard == proportion(1, 8));
    CHECK(periods[1].at_risk == 6);
    CHECK(periods[1].hazard == proportion(2, 6));
    CHECK(periods[1].survival == Approx(7.0 / 8 * 4 / 6));
    CHECK(periods[2].hazard == proportion(1, 3));
    CHECK(periods[3].hazard == proportion(0, 2));

    auto const later = discrete_hazard(durations, observed, Doubles{6, 8, 9, 10});
    CHECK(later[0].at_risk == 1);
    CHECK(later[0].survival == 0.0);
    CHECK(later[1].hazard == Proportion{});
    CHECK_FALSE(later[1].survival);
    CHECK_FALSE(later[2].survival);
}

TEST_CASE("edges of periods are checked", "[analytics][survival]") {
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    auto const rules = [](Doubles const& edges) {
        std::string all;
        for (auto const& violation :
             violations_of([&] { (void)discrete_hazard(Doubles{1}, Flags{1}, edges); }))
            all += violation.field + ":" + violation.rule + " ";
        return all;
    };
    CHECK(rules({}) == "edges:too_few ");
    CHECK(rules({1}) == "edges:too_few ");
    CHECK(rules({1, 1}) == "edges:not_ascending ");
    CHECK(rules({1, nan}) == "edges:not_finite ");
    Doubles most(limits::analytics_buckets_max + 1);
    for (std::size_t i = 0; i < most.size(); ++i)
        most[i] = static_cast<double>(i);
    CHECK(rules(most).empty());
    most.push_back(1e9);
    CHECK(rules(most) == "edges:too_many ");
}
