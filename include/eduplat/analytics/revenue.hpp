#pragma once

#include <eduplat/analytics/proportion.hpp>
#include <eduplat/analytics/retention.hpp>
#include <eduplat/analytics/survival.hpp>
#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// What a school earns. Money stays Money: sums are exact, an average or a part is rounded once, to
/// the nearest minor unit, halves to the even one. Each currency has rows of its own, by code; none
/// is ever added to another. Errors of all: those of Money's arithmetic ("amount": "overflow");
/// "edges": as everywhere; invalid_argument (field "rows[3].amount", rule "negative").
namespace eduplat::analytics {

enum class RevenueKind : std::uint8_t {
    payment,  ///< captured
    refund,   ///< given back, or taken back by a bank
};

/// Money that moved: the kind says which way. Only a refund may be negative: it was turned back.
struct RevenueRow {
    UserId user;
    CourseId course;
    Timestamp at;
    RevenueKind kind;
    Money amount;
};

/// The mean of an amount over a number of things; absent if there are none.
[[nodiscard]] std::optional<Money> average(Money total, std::int64_t count);

/// What moved, in all; net = gross - refunds, below zero where older payments went back.
struct Takings {
    Money gross;
    Money refunds;
    Money net;
    std::int64_t payments = 0;
    std::int64_t refunded = 0;  ///< number of refunds, less those turned back
    std::int64_t payers = 0;    ///< users with a payment
    /// Net per payer (ARPPU).
    std::optional<Money> net_per_payer = std::nullopt;
};

struct RevenueBucket {
    Timestamp from;
    Timestamp to;
    Takings takings;
    std::optional<Money> net_per_user = std::nullopt;  ///< ARPU: net / audience; where it is given
    std::optional<Proportion> conversion = std::nullopt;  ///< payers of audience, likewise
};

/// Takings by currency and bucket: every currency of `rows` that moves in [first edge, last edge)
/// has every bucket. `audience` is empty, or says for each bucket how many users could have paid
/// (active or registered). More payers than audience: conversion is absent.
/// Errors: as above; invalid_argument (field "audience", rule "length"; "audience[3]": "negative").
[[nodiscard]] std::vector<RevenueBucket> revenue(std::span<RevenueRow const> rows,
                                                 std::span<Timestamp const> edges,
                                                 std::span<std::int64_t const> audience = {});

struct CourseTakings {
    CourseId course;
    Takings takings;
};

/// Takings by currency and course, of rows in [from, to). Errors: as above; field "to", "reversed".
[[nodiscard]] std::vector<CourseTakings> revenue_by_course(
    std::span<RevenueRow const> rows, std::optional<Timestamp> from = std::nullopt,
    std::optional<Timestamp> to = std::nullopt);

/// A cohort: who was born (registered, enrolled, paid first) in bucket i, and what came in from
/// them, in one currency.
struct RevenueCohort {
    Timestamp from;
    Timestamp to;
    std::int64_t users = 0;
    /// Of their period 0 (bucket i, and all before it), 1 (i + 1) ...
    std::vector<Money> net = {};
    std::vector<Money> cumulative = {};  ///< all that they brought up to the end of the period
    std::vector<std::optional<Money>> per_user = {};  ///< cumulative / users
};

/// Money by cohort and period, by currency and bucket. Periods that end after the last edge are not
/// there. Of several births of a user the first counts. What moved before its bucket, be it before
/// the first edge, is of period 0: who pays and begins later brought what he paid, and a refund
/// has its payment beside it. Rows of users who were born in no bucket do not count. Memory: 56
/// bytes a cell. Errors: as above; field "edges", rule "too_many" beyond
/// limits::analytics_cells_max cells, too, even if nothing moved.
[[nodiscard]] std::vector<RevenueCohort> cohort_revenue(std::span<RevenueRow const> rows,
                                                        std::span<Birth const> births,
                                                        std::span<Timestamp const> edges);

/// A payment for a period [from, to), as subscriptions have.
struct PeriodRow {
    UserId user;
    Money amount;
    Timestamp from;
    Timestamp to;
    /// Where it broke off before `to`: from then on it does not run. Its length stays to - from.
    std::optional<Timestamp> ended_at = std::nullopt;
};

struct MonthlyRecurring {
    Timestamp at;
    Money amount;            ///< MRR
    std::int64_t users = 0;  ///< whose periods run
    std::optional<Money> per_user = std::nullopt;
};

/// Monthly recurring revenue at each moment, by currency: of each period that runs then, amount *
/// month / its length, rounded each by itself; a month is 30.436875 days, the Gregorian mean.
/// Errors: as above; invalid_argument (field "rows[3].to", rule "reversed": not after from;
/// "moments", rules "not_ascending", "too_many").
[[nodiscard]] std::vector<MonthlyRecurring> monthly_recurring(std::span<PeriodRow const> rows,
                                                              std::span<Timestamp const> moments);

struct LifetimeOptions {
    double period = 1;         ///< length, in the curve's unit of time
    double discount_rate = 0;  ///< r, by period: 0 to 1
    int periods = 36;          ///< at most: 1 to limits::analytics_buckets_max
};

struct LifetimeValue {
    std::optional<Money> value = std::nullopt;  ///< absent if not even the first period is known
    int periods = 0;    ///< that are in it: fewer where the curve ends before
    double factor = 0;  ///< sum of S(t period) / (1 + r)^t over t = 0 to periods - 1
};

/// What a learner is worth: margin * sum of S(t) / (1 + r)^t, t = 0, 1 ... (Gupta, Lehmann and
/// Stuart, Journal of Marketing Research 41, 2004), where `margin` is earned in each period from
/// whoever is still there at its beginning. The factor is a double; the money is rounded once.
/// Errors: invalid_argument (field "period", "discount_rate", "periods", rule "out_of_range").
[[nodiscard]] LifetimeValue lifetime_value(Money margin, SurvivalCurve const& curve,
                                           LifetimeOptions const& options = {});

}  // namespace eduplat::analytics
