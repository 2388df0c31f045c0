#include "analytics/distributions.hpp"
#include "analytics/risk_table.hpp"

#include <eduplat/analytics/survival.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

namespace eduplat::analytics {

namespace {

/// Observed less expected events of each group and their covariance, summed over event times.
class Comparison {
  public:
    Comparison(std::span<Durations const> groups, std::vector<std::vector<RiskRow>> tables)
        : tables_(std::move(tables)) {
        for (auto const& group : groups)
            at_risk_.push_back(static_cast<double>(group.durations.size()));
        next_.resize(groups.size());
        expected_.resize(groups.size());
        covariance_.resize(groups.size() * groups.size());
        for (auto const time : times())
            add(time);
    }

    [[nodiscard]] double expected(std::size_t group) const { return expected_[group]; }
    [[nodiscard]] double covariance(std::size_t a, std::size_t b) const {
        return covariance_[a * expected_.size() + b];
    }

  private:
    [[nodiscard]] std::vector<double> times() const {
        std::vector<double> times;
        for (auto const& table : tables_) {
            for (auto const& row : table)
                times.push_back(row.time);
        }
        std::sort(times.begin(), times.end());
        times.erase(std::unique(times.begin(), times.end()), times.end());
        return times;
    }

    void add(double time) {
        double n = 0;
        double d = 0;
        for (std::size_t g = 0; g < tables_.size(); ++g) {
            n += at_risk_[g];
            if (is_at(g, time)) d += static_cast<double>(tables_[g][next_[g]].events);
        }
        if (d > 0) expect(n, d);
        for (std::size_t g = 0; g < tables_.size(); ++g) {
            if (!is_at(g, time)) continue;
            auto const& row = tables_[g][next_[g]++];
            at_risk_[g] -= static_cast<double>(row.events + row.censored);
        }
    }

    [[nodiscard]] bool is_at(std::size_t group, double time) const {
        auto const& table = tables_[group];
        return next_[group] < table.size() && table[next_[group]].time == time;
    }

    void expect(double n, double d) {
        auto const groups = at_risk_.size();
        // The hypergeometric variance of d of n, without the shares of groups.
        auto const variance = n > 1 ? d * (n - d) / (n - 1) : 0;
        for (std::size_t a = 0; a < groups; ++a) {
            auto const share = at_risk_[a] / n;
            expected_[a] += share * d;
            covariance_[a * groups + a] += share * variance;
            if (share == 0) continue;
            for (std::size_t b = 0; b < groups; ++b)
                covariance_[a * groups + b] -= share * at_risk_[b] / n * variance;
        }
    }

    std::vector<std::vector<RiskRow>> tables_;
    std::vector<std::size_t> next_;
    std::vector<double> at_risk_;
    std::vector<double> expected_;
    std::vector<double> covariance_;
};

/// x' A^-1 x by Cholesky's decomposition of A, row after row; absent if A is singular.
std::optional<double> quadratic_form(std::vector<double> a, std::vector<double> x) {
    auto const n = x.size();
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double value = a[i * n + j];
            for (std::size_t k = 0; k < j; ++k)
                value -= a[i * n + k] * a[j * n + k];
            if (j < i) {
                a[i * n + j] = value / a[j * n + j];
            } else if (value > 0) {
                a[i * n + i] = std::sqrt(value);
            } else {
                return std::nullopt;
            }
        }
        for (std::size_t k = 0; k < i; ++k)
            x[i] -= a[i * n + k] * x[k];
        x[i] /= a[i * n + i];
        sum += x[i] * x[i];
    }
    return sum;
}

std::vector<std::vector<RiskRow>> checked_tables(std::span<Durations const> groups) {
    Validation validation;
    std::vector<std::vector<RiskRow>> tables;
    if (groups.size() > limits::analytics_groups_max)
        validation.add("groups", "too_many", limits::analytics_groups_max);
    for (std::size_t g = 0; g < groups.size() && g < limits::analytics_groups_max; ++g) {
        auto const prefix = "groups[" + std::to_string(g) + "].";
        tables.push_back(risk_table(groups[g].durations, groups[g].observed, validation, prefix));
    }
    validation.check("the log-rank test");
    return tables;
}

}  // namespace

LogRank log_rank(std::span<Durations const> groups) {
    Comparison const comparison{groups, checked_tables(groups)};
    LogRank result;
    std::vector<std::size_t> taking_part;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        auto const& observed = groups[g].observed;
        auto const censored = std::count(observed.begin(), observed.end(), std::uint8_t{0});
        auto const subjects = static_cast<std::int64_t>(observed.size());
        result.groups.push_back({subjects, subjects - censored, comparison.expected(g)});
        if (comparison.expected(g) > 0) taking_part.push_back(g);
    }
    if (taking_part.size() < 2) return result;

    // The differences add up to zero: the last one follows from the others.
    taking_part.pop_back();
    result.degrees = static_cast<int>(taking_part.size());
    std::vector<double> covariance;
    std::vector<double> difference;
    for (auto const a : taking_part) {
        auto const& group = result.groups[a];
        difference.push_back(static_cast<double>(group.events) - group.expected);
        for (auto const b : taking_part)
            covariance.push_back(comparison.covariance(a, b));
    }
    result.chi_squared = quadratic_form(std::move(covariance), std::move(difference));
    if (result.chi_squared) result.p_value = chi_squared_tail(*result.chi_squared, result.degrees);
    return result;
}

}  // namespace eduplat::analytics
