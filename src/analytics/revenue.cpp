#include "analytics/buckets.hpp"
#include "analytics/fractions.hpp"

#include <eduplat/analytics/revenue.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace eduplat::analytics {

namespace {

/// Takings on their way.
class TakingsSum {
  public:
    explicit TakingsSum(Currency currency) : gross_(0, currency), refunds_(0, currency) {}

    void add(RevenueRow const& row) {
        if (row.kind == RevenueKind::payment) {
            gross_ += row.amount;
            ++payments_;
            payers_.push_back(row.user);
        } else {
            refunds_ += row.amount;
            refunded_ += row.amount.minor_units() < 0 ? -1 : 1;
        }
    }

    [[nodiscard]] Takings finish() {
        std::sort(payers_.begin(), payers_.end());
        auto const last = std::unique(payers_.begin(), payers_.end());
        auto const payers = static_cast<std::int64_t>(last - payers_.begin());
        auto const net = gross_ - refunds_;
        return {gross_, refunds_, net, payments_, refunded_, payers, average(net, payers)};
    }

  private:
    Money gross_;
    Money refunds_;
    std::int64_t payments_ = 0;
    std::int64_t refunded_ = 0;
    std::vector<UserId> payers_;
};

void check_amounts(std::span<RevenueRow const> rows, Validation& validation) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].kind == RevenueKind::payment && rows[i].amount.minor_units() < 0)
            validation.add("rows[" + std::to_string(i) + "].amount", "negative", 0);
    }
}

void check_audience(std::span<std::int64_t const> audience, std::span<Timestamp const> edges,
                    Validation& validation) {
    auto const buckets = edges.empty() ? 0 : edges.size() - 1;
    if (!audience.empty() && audience.size() != buckets)
        validation.add("audience", "length", static_cast<std::int64_t>(buckets));
    for (std::size_t i = 0; i < audience.size(); ++i) {
        if (audience[i] < 0) validation.add("audience[" + std::to_string(i) + "]", "negative", 0);
    }
}

/// The bucket a moment lies in, if any.
std::optional<std::size_t> bucket_of(std::span<Timestamp const> edges, Timestamp at) {
    auto const after = std::upper_bound(edges.begin(), edges.end(), at);
    if (after == edges.begin() || after == edges.end()) return std::nullopt;
    return static_cast<std::size_t>(after - edges.begin()) - 1;
}

}  // namespace

std::vector<RevenueBucket> revenue(std::span<RevenueRow const> rows,
                                   std::span<Timestamp const> edges,
                                   std::span<std::int64_t const> audience) {
    Validation validation;
    check_amounts(rows, validation);
    check_edges(validation, edges);
    check_audience(audience, edges, validation);
    validation.check("the revenue");

    auto const buckets = edges.size() - 1;
    std::map<Currency, std::vector<TakingsSum>> currencies;
    for (auto const& row : rows) {
        auto const bucket = bucket_of(edges, row.at);
        if (!bucket) continue;
        auto& sums = currencies[row.amount.currency()];
        if (sums.empty()) sums.assign(buckets, TakingsSum{row.amount.currency()});
        sums[*bucket].add(row);
    }
    std::vector<RevenueBucket> result;
    for (auto& [currency, sums] : currencies) {
        for (std::size_t i = 0; i < buckets; ++i) {
            auto& bucket =
                result.emplace_back(RevenueBucket{edges[i], edges[i + 1], sums[i].finish()});
            if (audience.empty()) continue;
            auto const& takings = bucket.takings;
            bucket.net_per_user = average(takings.net, audience[i]);
            if (takings.payers <= audience[i])
                bucket.conversion = proportion(takings.payers, audience[i]);
        }
    }
    return result;
}

std::vector<CourseTakings> revenue_by_course(std::span<RevenueRow const> rows,
                                             std::optional<Timestamp> from,
                                             std::optional<Timestamp> to) {
    Validation validation;
    check_amounts(rows, validation);
    if (from && to && *to < *from) validation.add("to", "reversed");
    validation.check("the revenue");

    std::map<std::pair<Currency, CourseId>, TakingsSum> sums;
    for (auto const& row : rows) {
        if ((from && row.at < *from) || (to && row.at >= *to)) continue;
        auto const currency = row.amount.currency();
        sums.try_emplace({currency, row.course}, currency).first->second.add(row);
    }
    std::vector<CourseTakings> result;
    result.reserve(sums.size());
    for (auto& [key, sum] : sums)
        result.push_back({key.second, sum.finish()});
    return result;
}

namespace {

/// Who was born when, in which bucket.
class CohortsOfUsers {
  public:
    CohortsOfUsers(std::span<Birth const> births, std::span<Timestamp const> edges)
        : sizes_(edges.size() - 1) {
        std::map<UserId, Timestamp> first;
        for (auto const& birth : births) {
            auto const at = timestamp(whole_seconds(birth.at));
            auto& earliest = first.try_emplace(birth.user, at).first->second;
            earliest = std::min(earliest, at);
        }
        for (auto const& [user, at] : first) {
            auto const bucket = cohorts_.try_emplace(user, bucket_of(edges, at)).first->second;
            if (bucket) ++sizes_[*bucket];
        }
    }

    [[nodiscard]] std::int64_t size(std::size_t cohort) const { return sizes_[cohort]; }
    /// The bucket that the user was born in, if any.
    [[nodiscard]] std::optional<std::size_t> cohort(UserId user) const {
        auto const found = cohorts_.find(user);
        return found != cohorts_.end() ? found->second : std::nullopt;
    }

  private:
    std::map<UserId, std::optional<std::size_t>> cohorts_;
    std::vector<std::int64_t> sizes_;
};

/// Net money by cohort and period, of one currency.
using Triangle = std::vector<std::vector<Money>>;

Triangle empty_triangle(std::size_t buckets, Currency currency) {
    Triangle triangle;
    for (std::size_t cohort = 0; cohort < buckets; ++cohort)
        triangle.emplace_back(buckets - cohort, Money{0, currency});
    return triangle;
}

void check_cells(std::size_t currencies, std::size_t buckets) {
    constexpr auto most = limits::analytics_cells_max;
    if (currencies * (buckets * (buckets + 1) / 2) > most)
        fail(ErrorCode::invalid_argument, "edges", "too_many", most);
}

RevenueCohort cohort_of(std::vector<Money> net, std::int64_t users) {
    RevenueCohort result{.from = {}, .to = {}, .users = users};
    auto total = Money{0, net.front().currency()};
    for (auto const amount : net) {
        total += amount;
        result.cumulative.push_back(total);
        result.per_user.push_back(average(total, users));
    }
    result.net = std::move(net);
    return result;
}

}  // namespace

std::vector<RevenueCohort> cohort_revenue(std::span<RevenueRow const> rows,
                                          std::span<Birth const> births,
                                          std::span<Timestamp const> edges) {
    Validation validation;
    check_amounts(rows, validation);
    check_edges(validation, edges);
    validation.check("the revenue of cohorts");

    auto const buckets = edges.size() - 1;
    check_cells(1, buckets);
    CohortsOfUsers const cohorts{births, edges};
    std::map<Currency, Triangle> currencies;
    for (auto const& row : rows) {
        auto const cohort = cohorts.cohort(row.user);
        if (!cohort || row.at >= edges.back()) continue;
        auto const period = std::max(bucket_of(edges, row.at).value_or(0), *cohort) - *cohort;
        auto const currency = row.amount.currency();
        auto& triangle = currencies[currency];
        check_cells(currencies.size(), buckets);
        if (triangle.empty()) triangle = empty_triangle(buckets, currency);
        auto& net = triangle[*cohort][period];
        net = row.kind == RevenueKind::payment ? net + row.amount : net - row.amount;
    }
    std::vector<RevenueCohort> result;
    for (auto& [currency, triangle] : currencies) {
        for (std::size_t cohort = 0; cohort < buckets; ++cohort) {
            auto& one =
                result.emplace_back(cohort_of(std::move(triangle[cohort]), cohorts.size(cohort)));
            one.from = edges[cohort];
            one.to = edges[cohort + 1];
        }
    }
    return result;
}

}  // namespace eduplat::analytics
