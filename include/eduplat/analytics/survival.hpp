#pragma once

#include <eduplat/analytics/proportion.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// How long learners stay. A duration is a number in a unit of the caller's (days, weeks), 0 or
/// more; it ended with the event (1 in `observed`: the learner left) or was still going on when it
/// was last looked at (0: censored). Who is censored at the time of an event was at risk of it.
/// Errors of all: invalid_argument; of two columns of different lengths field "observed" rule
/// "length", of the place of the first bad value "durations" rules "negative", "not_finite";
/// "confidence" rule "out_of_range" unless it is between 0 and 1.
namespace eduplat::analytics {

/// Durations and whether they ended with the event, of equal length.
struct Durations {
    std::span<double const> durations;
    std::span<std::uint8_t const> observed;  ///< 0: censored
};

/// What is known from one time on, up to the next.
struct SurvivalStep {
    double time;
    std::int64_t at_risk;   ///< n: neither gone nor censored before this time
    std::int64_t events;    ///< d, at this time
    std::int64_t censored;  ///< at this time
    double survival;        ///< S: the product of 1 - d/n up to here
    /// S * sqrt(sum of d / (n (n - d))): Greenwood (1926). Absent once S is 0.
    std::optional<double> std_error;
    /// exp(-exp(log(-log S) +- z e)), e^2 = sum of d / (n (n - d)) / (log S)^2: Kalbfleisch and
    /// Prentice (1980). Absent while S is 1 and once it is 0.
    std::optional<double> low;
    std::optional<double> high;

    friend bool operator==(SurvivalStep const&, SurvivalStep const&) = default;
};

struct SurvivalCurve {
    std::int64_t subjects = 0;
    std::int64_t events = 0;
    std::int64_t censored = 0;
    double confidence = confidence_default;
    /// The first time at which S is a half or less; absent if it never is.
    std::optional<double> median = std::nullopt;
    /// One a time at which anything ended or was censored, ascending. Before the first S is 1.
    std::vector<SurvivalStep> steps = {};

    friend bool operator==(SurvivalCurve const&, SurvivalCurve const&) = default;
};

/// The product-limit estimate of the share that stays longer than each time: Kaplan and Meier
/// (Journal of the American Statistical Association 53, 1958). Of nobody: a curve without steps.
[[nodiscard]] SurvivalCurve kaplan_meier(std::span<double const> durations,
                                         std::span<std::uint8_t const> observed,
                                         double confidence = confidence_default);

/// S at a time. Absent after the last step, unless S is 0 there, and for a curve without steps.
[[nodiscard]] std::optional<double> survival_at(SurvivalCurve const& curve, double time) noexcept;

/// Of one group: how many events there were, and would have been if all groups were alike.
struct LogRankGroup {
    std::int64_t subjects;
    std::int64_t events;
    double expected;

    friend bool operator==(LogRankGroup const&, LogRankGroup const&) = default;
};

struct LogRank {
    std::vector<LogRankGroup> groups = {};  ///< as given
    int degrees = 0;                        ///< groups with an expectation above 0, less one
    std::optional<double> chi_squared = std::nullopt;
    std::optional<double> p_value = std::nullopt;  ///< that chance alone does this or more
};

/// Whether groups leave alike: the log-rank test of Mantel (1966) and Peto (1972) for k groups,
/// chi squared of (observed - expected) with its hypergeometric covariance. Groups that were at
/// risk at no event (empty ones too) take no part. Absent: chi squared and p, where fewer than two
/// groups take part or nothing varies. Errors: as above, "groups[2].durations" ...; field "groups",
/// rule "too_many" (limits::analytics_groups_max).
[[nodiscard]] LogRank log_rank(std::span<Durations const> groups);

/// Those who reached the beginning of a period, [from, to), and what became of them in it.
struct HazardPeriod {
    double from;
    double to;
    std::int64_t at_risk;
    std::int64_t censored;  ///< in the period; they were at risk of its events
    Proportion hazard;      ///< events of those at risk
    /// The product of 1 - hazard up to the end of the period; absent after one without risk.
    std::optional<double> survival;

    friend bool operator==(HazardPeriod const&, HazardPeriod const&) = default;
};

/// The discrete hazard: which share of those who begin a period leaves in it (Singer and Willett,
/// Journal of Educational Statistics 18, 1993). Period i is [edges[i], edges[i+1]) of durations;
/// what ended before the first edge does not count, what lasts beyond the last edge survived.
/// Errors: as above; field "edges", rules "too_few" (below 2), "not_ascending", "not_finite",
/// "too_many".
[[nodiscard]] std::vector<HazardPeriod> discrete_hazard(std::span<double const> durations,
                                                        std::span<std::uint8_t const> observed,
                                                        std::span<double const> edges,
                                                        double confidence = confidence_default);

}  // namespace eduplat::analytics
