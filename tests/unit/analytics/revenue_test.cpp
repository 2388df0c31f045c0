#include "broken_rules.hpp"

#include <eduplat/analytics/revenue.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/money_literals.hpp>

#include <support/catch.hpp>

#include <limits>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::literals;
using eduplat::test::broken_rules;

namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();
auto const euro = Currency::named("EUR");
auto const yen = Currency::named("JPY");

Timestamp day(int number) {
    return std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::days{number};
}

RevenueRow row(std::int64_t user, std::int64_t course, int on, Money amount,
               RevenueKind kind = RevenueKind::payment) {
    return {UserId{user}, CourseId{course}, day(on), kind, amount};
}

}  // namespace

TEST_CASE("averages of money are rounded once, halves to even", "[analytics][revenue]") {
    CHECK(average(Money{5, euro}, 2) == Money{2, euro});
    CHECK(average(Money{7, euro}, 2) == Money{4, euro});
    CHECK(average(Money{-5, euro}, 2) == Money{-2, euro});
    CHECK(average(Money{-7, euro}, 2) == Money{-4, euro});
    CHECK(average(Money{-8, euro}, 3) == Money{-3, euro});
    CHECK(average(Money{largest, euro}, 1) == Money{largest, euro});
    CHECK_FALSE(average(Money{5, euro}, 0));
}

TEST_CASE("revenue is gross, refunds and net by currency and bucket", "[analytics][revenue]") {
    std::vector const rows{
        row(1, 1, 0, 10'00_eur),       row(2, 1, 0, 5'01_eur),
        row(1, 2, 0, 2'00_eur),        row(3, 1, 1, 3'00_eur, RevenueKind::refund),
        row(3, 1, 1, Money{500, yen}), row(1, 1, 2, 99'00_eur)};  // after the last edge
    std::vector const edges{day(0), day(1), day(2)};
    std::vector<std::int64_t> const audience{4, 0};
    auto const found = revenue(rows, edges, audience);
    REQUIRE(found.size() == 4);  // two currencies, two buckets
    auto const& first = found[0];
    CHECK(first.from == day(0));
    CHECK(first.to == day(1));
    CHECK(first.takings.gross == 17'01_eur);
    CHECK(first.takings.net == 17'01_eur);
    CHECK(first.takings.payments == 3);
    CHECK(first.takings.payers == 2);
    CHECK(first.takings.net_per_payer == 8'50_eur);
    CHECK(first.net_per_user == 4'25_eur);
    CHECK(first.conversion == proportion(2, 4));
    auto const& second = found[1].takings;
    CHECK(second.net == -(3'00_eur));
    CHECK(second.refunded == 1);
    CHECK_FALSE(second.net_per_payer);
    CHECK_FALSE(found[1].net_per_user);
    CHECK(found[1].conversion == Proportion{});
    CHECK(found[2].takings.gross == Money{0, yen});
    CHECK(found[3].takings.gross == Money{500, yen});
    CHECK_FALSE(found[3].conversion);  // somebody paid, but nobody was there
    CHECK_FALSE(revenue(rows, edges)[0].conversion);
    CHECK(revenue({}, edges).empty());
}

TEST_CASE("revenue by course is within the window", "[analytics][revenue]") {
    std::vector const rows{row(1, 2, 0, 1'00_eur), row(1, 1, 1, 2'00_eur), row(1, 2, 2, 4'00_eur)};
    auto const all = revenue_by_course(rows);
    REQUIRE(all.size() == 2);
    CHECK(all[0].course == CourseId{1});
    CHECK(all[1].takings.net == 5'00_eur);
    CHECK(all[1].takings.payers == 1);
    auto const some = revenue_by_course(rows, day(1), day(2));
    REQUIRE(some.size() == 1);
    CHECK(some[0].takings.net == 2'00_eur);
    CHECK(broken_rules([&] { (void)revenue_by_course(rows, day(2), day(1)); }) == "to:reversed ");
}

TEST_CASE("cohorts bring money from the bucket of their birth on", "[analytics][revenue]") {
    std::vector<Birth> const births{{UserId{1}, day(0)},
                                    {UserId{2}, day(0)},
                                    {UserId{2}, day(9)},
                                    {UserId{3}, day(1)},
                                    {UserId{9}, day(5)}};
    std::vector const rows{row(1, 1, 0, 1'00_eur),  row(2, 1, 1, 2'01_eur),
                           row(3, 1, 0, 50'00_eur),  // before the birth: of period 0
                           row(3, 1, -1, 8'00_eur),  // and before the first edge
                           row(3, 1, 3, 9'00_eur),   // after the last one
                           row(3, 1, 2, 4'00_eur),  row(1, 1, 2, 1'00_eur, RevenueKind::refund),
                           row(9, 1, 1, 60'00_eur),   // born outside
                           row(8, 1, 1, 70'00_eur)};  // never born
    std::vector const edges{day(0), day(1), day(2), day(3)};
    auto const cohorts = cohort_revenue(rows, births, edges);
    REQUIRE(cohorts.size() == 3);
    CHECK(cohorts[0].users == 2);
    CHECK(cohorts[0].net == std::vector{1'00_eur, 2'01_eur, -(1'00_eur)});
    CHECK(cohorts[0].cumulative == std::vector{1'00_eur, 3'01_eur, 2'01_eur});
    CHECK(cohorts[0].per_user[1] == 1'50_eur);
    CHECK(cohorts[1].net == std::vector{58'00_eur, 4'00_eur});
    CHECK(cohorts[1].cumulative == std::vector{58'00_eur, 62'00_eur});
    CHECK(cohorts[2].users == 0);
    CHECK_FALSE(cohorts[2].per_user[0]);
    CHECK(cohort_revenue({}, births, edges).empty());
}

TEST_CASE("who is born late in a bucket brought all that moved in it", "[analytics][revenue]") {
    std::vector<Birth> const births{{UserId{1}, day(0) + std::chrono::hours{22}}};
    std::vector const rows{row(1, 1, 0, 49'00_eur), row(1, 1, 2, 49'00_eur, RevenueKind::refund)};
    std::vector const edges{day(0), day(1), day(2), day(3)};
    auto const cohorts = cohort_revenue(rows, births, edges);
    REQUIRE(cohorts.size() == 3);
    CHECK(cohorts[0].net == std::vector{49'00_eur, 0'00_eur, -(49'00_eur)});
}

TEST_CASE("a refund that is turned back makes refunds less", "[analytics][revenue]") {
    std::vector const rows{row(1, 1, 0, 49'00_eur), row(1, 1, 0, 49'00_eur, RevenueKind::refund),
                           row(1, 1, 1, -(49'00_eur), RevenueKind::refund)};
    auto const found = revenue_by_course(rows).at(0).takings;
    CHECK(found.gross == 49'00_eur);
    CHECK(found.refunds == 0'00_eur);
    CHECK(found.refunded == 0);
    CHECK(found.payments == 1);
    std::vector const edges{day(0), day(1), day(2)};
    auto const turned_back = revenue(rows, edges).at(1).takings;
    CHECK(turned_back.refunds == -(49'00_eur));
    CHECK(turned_back.net == 49'00_eur);
    CHECK(turned_back.refunded == -1);
    std::vector<Birth> const births{{UserId{1}, day(0)}};
    CHECK(cohort_revenue(rows, births, edges).at(0).net == std::vector{0'00_eur, 49'00_eur});
}

TEST_CASE("cohorts are bounded by their cells", "[analytics][revenue]") {
    std::vector<Birth> const births{{UserId{1}, day(0)}};
    std::vector const rows{row(1, 1, 0, 1'00_eur)};
    auto const rules = [&](std::int64_t buckets) {
        std::vector<Timestamp> edges;
        for (std::int64_t i = 0; i <= buckets; ++i)
            edges.push_back(day(0) + std::chrono::seconds{i});
        return broken_rules([&] { (void)cohort_revenue(rows, births, edges); });
    };
    // 4471 * 4472 / 2 cells are just below ten million.
    STATIC_REQUIRE(limits::analytics_cells_max == 10'000'000);
    CHECK(rules(4472) == "edges:too_many ");
    CHECK(rules(100).empty());
}

TEST_CASE("recurring revenue is what runs at a moment, by the month", "[analytics][revenue]") {
    constexpr auto month = std::chrono::seconds{2'629'746};
    std::vector<PeriodRow> const rows{
        {UserId{1}, 10'00_eur, day(0), day(0) + month},
        {UserId{1}, 3'00_eur, day(10), day(10) + 3 * month},  // a second one beside it
        {UserId{2}, 120'00_eur, day(0), day(0) + 12 * month},
        {UserId{3}, 0'05_eur, day(0), day(0) + 2 * month},  // 2.5 cents: 2
    };
    std::vector const moments{day(-1), day(0), day(10), day(0) + month};
    auto const found = monthly_recurring(rows, moments);
    REQUIRE(found.size() == 4);
    CHECK(found[0].amount == 0'00_eur);
    CHECK_FALSE(found[0].per_user);
    CHECK(found[1].amount == 20'02_eur);
    CHECK(found[1].users == 3);
    CHECK(found[2].amount == 21'02_eur);
    CHECK(found[2].users == 3);
    CHECK(found[2].per_user == 7'01_eur);
    CHECK(found[3].amount == 11'02_eur);
    CHECK(monthly_recurring(rows, {}).empty());
    CHECK(monthly_recurring({}, moments).empty());
}

TEST_CASE("a period that broke off runs until then, at the price of a month",
          "[analytics][revenue]") {
    std::vector<PeriodRow> const rows{{UserId{1}, 30'00_eur, day(0), day(30), day(10)},
                                      {UserId{2}, 30'00_eur, day(0), day(30), day(0)},
                                      {UserId{3}, 30'00_eur, day(5), day(35), day(1)},
                                      {UserId{4}, 30'00_eur, day(0), day(30), day(99)}};
    auto const found = monthly_recurring(rows, std::vector{day(9), day(10), day(30)});
    REQUIRE(found.size() == 3);
    CHECK(found[0].amount == 60'88_eur);
    CHECK(found[0].users == 2);
    CHECK(found[1].amount == 30'44_eur);
    CHECK(found[1].users == 1);
    CHECK(found[2].users == 0);
}

TEST_CASE("lifetime value is the margin of those still there, discounted", "[analytics][revenue]") {
    std::vector<double> const durations{1, 2, 3, 4};
    std::vector<std::uint8_t> const observed{1, 1, 1, 1};
    auto const curve = kaplan_meier(durations, observed);
    auto const plain = lifetime_value(10'01_eur, curve);
    CHECK(plain.factor == Approx(1 + 0.75 + 0.5 + 0.25));
    CHECK(plain.periods == 36);
    CHECK(plain.value == 25'02_eur);  // 25.025: to the even cent
    auto const discounted = lifetime_value(10'00_eur, curve, {.discount_rate = 0.25});
    CHECK(discounted.factor == Approx(1 + 0.6 + 0.32 + 0.128));
    CHECK(discounted.value == 20'48_eur);
    CHECK(lifetime_value(10'00_eur, curve, {.period = 2, .periods = 2}).value == 15'00_eur);

    std::vector<std::uint8_t> const censored{1, 1, 0, 0};
    auto const known = lifetime_value(10'00_eur, kaplan_meier(durations, censored));
    CHECK(known.periods == 5);
    CHECK(known.factor == Approx(1 + 0.75 + 0.5 * 3));
    CHECK(lifetime_value(-(10'00_eur), curve).value == -(25'00_eur));

    auto const unknown = lifetime_value(10'00_eur, {});
    CHECK_FALSE(unknown.value);
    CHECK(unknown.periods == 0);
}

TEST_CASE("what revenue cannot be made of is named", "[analytics][revenue]") {
    std::vector const edges{day(0), day(1)};
    std::vector const negative{row(1, 1, 0, 1'00_eur), row(1, 1, 0, -(1'00_eur))};
    std::vector<std::int64_t> const audience{-1, 2};
    CHECK(broken_rules([&] { (void)revenue(negative, {}, audience); }) ==
          "rows[1].amount:negative edges:too_few audience:length audience[0]:negative ");
    std::vector const huge{row(1, 1, 0, Money{largest, euro}), row(1, 1, 0, 1'00_eur)};
    CHECK(broken_rules([&] { (void)revenue(huge, edges); }) == "amount:overflow ");
    CHECK(broken_rules([&] { (void)cohort_revenue(negative, {}, {}); }) ==
          "rows[1].amount:negative edges:too_few ");

    std::vector<PeriodRow> const periods{{UserId{1}, -(1'00_eur), day(1), day(1)}};
    std::vector const moments{day(1), day(1)};
    CHECK(broken_rules([&] { (void)monthly_recurring(periods, moments); }) ==
          "rows[0].amount:negative rows[0].to:reversed moments:not_ascending ");
    std::vector<PeriodRow> const short_one{
        {UserId{1}, Money{largest, euro}, day(1), day(1) + std::chrono::seconds{1}}};
    CHECK(broken_rules([&] { (void)monthly_recurring(short_one, std::vector{day(1)}); }) ==
          "amount:overflow ");

    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    constexpr auto most = static_cast<int>(limits::analytics_buckets_max);
    auto const rules = [](LifetimeOptions const& options) {
        return broken_rules([&] { (void)lifetime_value(1'00_eur, {}, options); });
    };
    auto const all = "period:out_of_range discount_rate:out_of_range periods:out_of_range ";
    CHECK(rules({.period = 0, .discount_rate = -1, .periods = 0}) == all);
    CHECK(rules({.period = nan, .discount_rate = nan, .periods = most + 1}) == all);
    CHECK(rules({.period = 1e9, .discount_rate = 1, .periods = most}).empty());
}
