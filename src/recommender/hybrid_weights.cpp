#include "recommender/hybrid_weights.hpp"

#include "core/parallel.hpp"
#include "recommender/checks.hpp"
#include "recommender/linear.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>

namespace eduplat::recommender {
namespace {

constexpr std::size_t measured_users = 256;
constexpr std::size_t validation_users = 3'000;
constexpr int candidates_of_part = 100;
constexpr std::size_t ndcg_at = 20;
constexpr std::size_t users_of_chunk = 16;

/// At most `count` of the users who have something, evenly spread.
std::vector<Index> sample_of_users(CsrView rows, std::size_t count) {
    auto users = rows_with_pairs(rows);
    if (users.size() <= count) return users;
    for (std::size_t i = 0; i < count; ++i)
        users[i] = users[i * users.size() / count];
    users.resize(count);
    return users;
}

/// Sums over the items of one user.
struct UserMoments {
    std::vector<double> deviations;  ///< of parts
    std::vector<double> products;
};

double deviation_of(std::span<float const> scores) {
    double sum = 0;
    double squares = 0;
    for (auto const score : scores) {
        sum += static_cast<double>(score);
        squares += static_cast<double>(score) * static_cast<double>(score);
    }
    auto const n = static_cast<double>(scores.size());
    return std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
}

double mean_product(std::span<float const> a, std::span<float const> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum / static_cast<double>(a.size());
}

UserMoments moments_of(Parts const& parts, Index user, SparseRow row,
                       std::span<Index const> items) {
    std::vector<std::vector<float>> scores;
    for (auto const& part : parts)
        scores.push_back(part->score(user, row, items));
    UserMoments result;
    for (auto const& a : scores) {
        result.deviations.push_back(deviation_of(a));
        for (auto const& b : scores)
            result.products.push_back(mean_product(a, b));
    }
    return result;
}

void add(std::vector<double>& sums, std::vector<double> const& values) {
    std::transform(sums.begin(), sums.end(), values.begin(), sums.begin(), std::plus<>{});
}

/// work(k) for each k before count, in chunks that report.
void for_each_user(std::size_t count, std::string_view stage, FitControl const& control,
                   std::function<void(std::size_t)> const& work) {
    constexpr std::size_t steps = 20;
    for (std::size_t step = 0; step < steps; ++step) {
        report(control, stage, static_cast<int>(step), static_cast<int>(steps));
        auto const begin = count * step / steps;
        auto const end = count * (step + 1) / steps;
        auto const chunks = (end - begin + users_of_chunk - 1) / users_of_chunk;
        parallel_for(control.num_threads, chunks, [&](std::size_t chunk, int /*worker*/) {
            auto const first = begin + chunk * users_of_chunk;
            for (auto k = first; k < std::min(end, first + users_of_chunk); ++k)
                work(k);
        });
    }
}

/// What the parts say of the items of one validation user that may be among his first ones.
struct Case {
    std::vector<float> scores;  ///< parts x items, scaled
    std::vector<char> hits;     ///< of items
    std::size_t wanted = 0;     ///< items of the validation part

    [[nodiscard]] std::size_t items() const noexcept { return hits.size(); }
};

/// What may be among his first ones. Not every part has more items than were in the fit.
std::vector<Index> candidates_of(Parts const& parts, Index user, SparseRow row, SparseRow wanted,
                                 Index fitted) {
    std::vector<Index> items(wanted.ids.begin(), wanted.ids.end());
    for (auto const& part : parts) {
        RecommendOptions options{.n = candidates_of_part};
        if (part->shape().items > fitted)
            options.predicate = [fitted](Index item) { return item < fitted; };
        for (auto const& scored : part->recommend(user, row, options))
            items.push_back(scored.id);
    }
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
}

Case case_of(Parts const& parts, ScoreMoments const& moments, Index user, SparseRow row,
             SparseRow wanted, Index fitted) {
    auto const items = candidates_of(parts, user, row, wanted, fitted);
    Case result;
    result.wanted = wanted.size();
    for (auto const item : items) {
        result.hits.push_back(
            std::binary_search(wanted.ids.begin(), wanted.ids.end(), item) ? char{1} : char{0});
    }
    for (std::size_t p = 0; p < parts.size(); ++p) {
        for (auto const score : parts[p]->score(user, row, items))
            result.scores.push_back(score * static_cast<float>(moments.scales[p]));
    }
    return result;
}

/// The best items of a case by weighted scores, ties by id.
std::vector<std::size_t> ranking_of(Case const& one, std::vector<double> const& weights) {
    std::vector<double> totals(one.items());
    for (std::size_t p = 0; p < weights.size(); ++p) {
        for (std::size_t i = 0; i < totals.size(); ++i)
            totals[i] += weights[p] * static_cast<double>(one.scores[p * totals.size() + i]);
    }
    std::vector<std::size_t> order(one.items());
    std::iota(order.begin(), order.end(), 0U);
    auto const middle =
        order.begin() + static_cast<std::ptrdiff_t>(std::min(ndcg_at, order.size()));
    std::partial_sort(order.begin(), middle, order.end(), [&](std::size_t a, std::size_t b) {
        return totals[a] != totals[b] ? totals[a] > totals[b] : a < b;
    });
    order.erase(middle, order.end());
    return order;
}

double discount(std::size_t rank) {
    return 1 / std::log2(static_cast<double>(rank) + 2);
}

double ndcg_of(Case const& one, std::vector<double> const& weights) {
    double gain = 0;
    double ideal = 0;
    auto const ranking = ranking_of(one, weights);
    for (std::size_t rank = 0; rank < ranking.size(); ++rank)
        gain += one.hits[ranking[rank]] != 0 ? discount(rank) : 0;
    for (std::size_t rank = 0; rank < std::min(ndcg_at, one.wanted); ++rank)
        ideal += discount(rank);
    return gain / ideal;
}

class Search {
  public:
    Search(std::vector<Case> const& cases, FitControl const& control)
        : cases_(cases), control_(control) {}

    void start(std::size_t parts) {
        try_weights(std::vector<double>(parts, 1.0));
        for (std::size_t p = 0; p < parts; ++p) {
            std::vector<double> one(parts);
            one[p] = 1;
            try_weights(one);
        }
    }

    void refine() {
        constexpr int rounds = 5;
        double step = 0.4;
        for (int round = 0; round < rounds; ++round, step /= 2) {
            do {
                report(control_, "weights", round, rounds);
            } while (improve(step));
        }
    }

    [[nodiscard]] std::vector<double> const& best() const noexcept { return best_; }

  private:
    bool improve(double step) {
        bool improved = false;
        for (std::size_t p = 0; p < best_.size(); ++p) {
            for (auto const by : {step, -step}) {
                auto weights = best_;
                weights[p] = std::max(0.0, weights[p] + by);
                improved |= try_weights(std::move(weights));
            }
        }
        return improved;
    }

    /// Whether they are better than all before by more than rounding.
    bool try_weights(std::vector<double> weights) {
        constexpr double least = 1e-6;
        auto const sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        if (sum <= 0) return false;
        for (auto& weight : weights)
            weight /= sum;
        auto const value = value_of(weights);
        if (!best_.empty() && value <= value_ + least) return false;
        best_ = std::move(weights);
        value_ = value;
        return true;
    }

    [[nodiscard]] double value_of(std::vector<double> const& weights) const {
        std::vector<double> values(cases_.size());
        auto const chunks = (cases_.size() + users_of_chunk - 1) / users_of_chunk;
        parallel_for(control_.num_threads, chunks, [&](std::size_t chunk, int /*worker*/) {
            auto const end = std::min(cases_.size(), (chunk + 1) * users_of_chunk);
            for (auto k = chunk * users_of_chunk; k < end; ++k)
                values[k] = ndcg_of(cases_[k], weights);
        });
        return std::accumulate(values.begin(), values.end(), 0.0) /
               static_cast<double>(std::max<std::size_t>(1, values.size()));
    }

    std::vector<Case> const& cases_;
    FitControl const& control_;
    std::vector<double> best_;
    double value_ = 0;
};

}  // namespace

ScoreMoments measure_scores(Parts const& parts, Interactions const& user_items,
                            FitControl const& control) {
    auto const rows = user_items.by_user();
    auto const users = sample_of_users(rows, measured_users);
    auto const items = rows_with_pairs(user_items.by_item());
    std::vector<UserMoments> all(users.size());
    for_each_user(users.size(), "scales", control, [&](std::size_t k) {
        all[k] = moments_of(parts, users[k], rows.row(users[k]), items);
    });

    auto const n = parts.size();
    ScoreMoments result{std::vector<double>(n), std::vector<double>(n * n)};
    for (auto const& one : all) {
        add(result.scales, one.deviations);
        add(result.products, one.products);
    }
    auto const count = static_cast<double>(all.size());
    for (auto& scale : result.scales)
        scale = scale > 0 && std::isfinite(count / scale) ? count / scale : 1.0;
    for (std::size_t i = 0; i < n * n; ++i)
        result.products[i] *= result.scales[i / n] * result.scales[i % n] / count;
    return result;
}

std::vector<double> learn_weights(Parts const& parts, ScoreMoments const& moments,
                                  Interactions const& train, Interactions const& validation,
                                  FitControl const& control) {
    auto const wanted = validation.by_user();
    auto const users = sample_of_users(wanted, validation_users);
    std::vector<Case> cases(users.size());
    for_each_user(users.size(), "candidates", control, [&](std::size_t k) {
        cases[k] = case_of(parts, moments, users[k], train.by_user().row(users[k]),
                           wanted.row(users[k]), train.shape().items);
    });
    Search search(cases, control);
    search.start(parts.size());
    search.refine();
    return search.best();
}

}  // namespace eduplat::recommender
