#include "analytics/distributions.hpp"
#include "analytics/risk_table.hpp"

#include <eduplat/analytics/survival.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace eduplat::analytics {

namespace {

/// Products that are a half, however they were rounded.
constexpr double half = 0.5 * (1 + 1e-12);

/// The product-limit estimate and its error, from one time to the next.
class ProductLimit {
  public:
    ProductLimit(std::int64_t subjects, double confidence)
        : at_risk_(subjects), z_(normal_within(confidence)) {}

    SurvivalStep next(RiskRow const& row) {
        now_.time = row.time;
        now_.at_risk = at_risk_;
        now_.events = row.events;
        now_.censored = row.censored;
        if (row.events > 0) lose(row.events);
        at_risk_ -= row.events + row.censored;
        return now_;
    }

  private:
    void lose(std::int64_t events) {
        auto const n = static_cast<double>(at_risk_);
        auto const left = static_cast<double>(at_risk_ - events);
        now_.survival *= left / n;
        greenwood_ += static_cast<double>(events) / (n * left);
        now_.std_error = now_.low = now_.high = std::nullopt;
        if (events == at_risk_) return;
        auto const error = std::sqrt(greenwood_);
        auto const log = std::log(now_.survival);
        auto const widening = std::exp(-z_ * error / log);
        now_.std_error = now_.survival * error;
        now_.low = std::exp(log * widening);
        now_.high = std::exp(log / widening);
    }

    SurvivalStep now_{0, 0, 0, 0, 1, 0.0, std::nullopt, std::nullopt};
    std::int64_t at_risk_;
    double greenwood_ = 0;
    double z_;
};

void check_edges(std::span<double const> edges, Validation& validation) {
    constexpr auto most = limits::analytics_buckets_max;
    if (edges.size() < 2) validation.add("edges", "too_few", 2);
    if (edges.size() > most + 1) validation.add("edges", "too_many", most);
    auto const finite = [](double edge) { return std::isfinite(edge); };
    if (!std::all_of(edges.begin(), edges.end(), finite)) validation.add("edges", "not_finite");
    auto const not_before = [](double a, double b) { return a >= b; };
    if (std::adjacent_find(edges.begin(), edges.end(), not_before) != edges.end())
        validation.add("edges", "not_ascending");
}

}  // namespace

SurvivalCurve kaplan_meier(std::span<double const> durations,
                           std::span<std::uint8_t const> observed, double confidence) {
    Validation validation;
    auto const table = risk_table(durations, observed, validation);
    check_confidence(confidence, validation);
    validation.check("the survival curve");

    SurvivalCurve curve{.subjects = static_cast<std::int64_t>(durations.size()),
                        .confidence = confidence};
    curve.steps.reserve(table.size());
    ProductLimit estimate{curve.subjects, confidence};
    for (auto const& row : table) {
        auto const& step = curve.steps.emplace_back(estimate.next(row));
        curve.events += row.events;
        if (!curve.median && step.survival <= half) curve.median = step.time;
    }
    curve.censored = curve.subjects - curve.events;
    return curve;
}

std::optional<double> survival_at(SurvivalCurve const& curve, double time) noexcept {
    auto const& steps = curve.steps;
    auto const earlier = [](double at, SurvivalStep const& step) { return at < step.time; };
    auto const after = std::upper_bound(steps.begin(), steps.end(), time, earlier);
    if (steps.empty()) return std::nullopt;
    if (after == steps.begin()) return 1;
    auto const survival = std::prev(after)->survival;
    bool const is_beyond = time > steps.back().time;
    return is_beyond && survival > 0 ? std::nullopt : std::optional{survival};
}

std::vector<HazardPeriod> discrete_hazard(std::span<double const> durations,
                                          std::span<std::uint8_t const> observed,
                                          std::span<double const> edges, double confidence) {
    Validation validation;
    auto const table = risk_table(durations, observed, validation);
    check_edges(edges, validation);
    check_confidence(confidence, validation);
    validation.check("the hazard");

    std::vector<std::int64_t> events(edges.size());
    std::vector<std::int64_t> all(edges.size());  // of the last: who lasted beyond
    std::int64_t at_risk = 0;
    for (auto const& row : table) {
        auto const after = std::upper_bound(edges.begin(), edges.end(), row.time);
        if (after == edges.begin()) continue;
        auto const period = static_cast<std::size_t>(after - edges.begin()) - 1;
        events[period] += row.events;
        all[period] += row.events + row.censored;
        at_risk += row.events + row.censored;
    }

    std::vector<HazardPeriod> periods;
    std::optional<double> survival = 1;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        auto const hazard = proportion(events[i], at_risk, confidence);
        survival = survival && hazard.share ? std::optional{*survival * (1 - *hazard.share)}
                                            : std::nullopt;
        periods.push_back({edges[i], edges[i + 1], at_risk, all[i] - events[i], hazard, survival});
        at_risk -= all[i];
    }
    return periods;
}

}  // namespace eduplat::analytics
