#include "analytics/fractions.hpp"

#include <eduplat/analytics/revenue.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace eduplat::analytics {

namespace {

constexpr std::chrono::microseconds month = std::chrono::seconds{2'629'746};  // 30.436875 days

/// Places of moments: [begin, end).
struct Run {
    std::size_t begin;
    std::size_t end;
};

/// What recurs in one currency, by moment.
class Recurring {
  public:
    Recurring(std::size_t moments, Currency currency)
        : changes_(moments + 1, Money{0, currency}), users_(moments + 1) {}

    void add(PeriodRow const& row, Run run) {
        auto const monthly = times_fraction(row.amount, month.count(), (row.to - row.from).count());
        changes_[run.begin] += monthly;
        changes_[run.end] -= monthly;
        runs_[row.user].push_back(run);
    }

    void finish(std::span<Timestamp const> moments, std::vector<MonthlyRecurring>& result) {
        for (auto& [user, runs] : runs_)
            count(runs);
        auto amount = Money{0, changes_.front().currency()};
        std::int64_t users = 0;
        for (std::size_t i = 0; i < moments.size(); ++i) {
            amount += changes_[i];
            users += users_[i];
            result.push_back({moments[i], amount, users, average(amount, users)});
        }
    }

  private:
    /// A user once at each moment, however many of his periods run.
    void count(std::vector<Run>& runs) {
        std::sort(runs.begin(), runs.end(),
                  [](Run const& a, Run const& b) { return a.begin < b.begin; });
        std::size_t counted = 0;
        for (auto const& run : runs) {
            auto const begin = std::max(run.begin, counted);
            if (begin >= run.end) continue;
            ++users_[begin];
            --users_[run.end];
            counted = run.end;
        }
    }

    std::vector<Money> changes_;
    std::vector<std::int64_t> users_;
    std::map<UserId, std::vector<Run>> runs_;
};

void check(std::span<PeriodRow const> rows, std::span<Timestamp const> moments) {
    Validation validation;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const field = "rows[" + std::to_string(i) + "]";
        if (rows[i].amount.minor_units() < 0) validation.add(field + ".amount", "negative", 0);
        if (rows[i].to <= rows[i].from) validation.add(field + ".to", "reversed");
    }
    constexpr auto most = limits::analytics_buckets_max;
    if (moments.size() > most) validation.add("moments", "too_many", most);
    auto const not_before = [](Timestamp a, Timestamp b) { return a >= b; };
    if (std::adjacent_find(moments.begin(), moments.end(), not_before) != moments.end())
        validation.add("moments", "not_ascending");
    validation.check("the recurring revenue");
}

void check(LifetimeOptions const& options) {
    Validation validation;
    if (!(options.period > 0) || !std::isfinite(options.period))
        validation.add("period", "out_of_range");
    if (!(options.discount_rate >= 0 && options.discount_rate <= 1))
        validation.add("discount_rate", "out_of_range");
    constexpr auto most = static_cast<int>(limits::analytics_buckets_max);
    if (options.periods < 1 || options.periods > most)
        validation.add("periods", "out_of_range", most);
    validation.check("the lifetime value");
}

}  // namespace

std::optional<Money> average(Money total, std::int64_t count) {
    if (count <= 0) return std::nullopt;
    return times_fraction(total, 1, count);
}

std::vector<MonthlyRecurring> monthly_recurring(std::span<PeriodRow const> rows,
                                                std::span<Timestamp const> moments) {
    check(rows, moments);
    auto const place = [moments](Timestamp at) {
        auto const found = std::lower_bound(moments.begin(), moments.end(), at);
        return static_cast<std::size_t>(found - moments.begin());
    };
    std::map<Currency, Recurring> currencies;
    for (auto const& row : rows) {
        Run const run{place(row.from), place(std::min(row.to, row.ended_at.value_or(row.to)))};
        if (run.begin >= run.end) continue;
        auto const currency = row.amount.currency();
        currencies.try_emplace(currency, moments.size(), currency).first->second.add(row, run);
    }
    std::vector<MonthlyRecurring> result;
    for (auto& [currency, recurring] : currencies)
        recurring.finish(moments, result);
    return result;
}

LifetimeValue lifetime_value(Money margin, SurvivalCurve const& curve,
                             LifetimeOptions const& options) {
    check(options);
    LifetimeValue result;
    double discount = 1;
    for (; result.periods < options.periods; ++result.periods) {
        auto const survival = survival_at(curve, result.periods * options.period);
        if (!survival) break;
        result.factor += *survival * discount;
        discount /= 1 + options.discount_rate;
    }
    if (result.periods > 0) result.value = times_factor(margin, result.factor);
    return result;
}

}  // namespace eduplat::analytics
