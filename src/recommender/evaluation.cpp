#include "core/parallel.hpp"
#include "recommender/checks.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/recommender/evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace eduplat::recommender {
namespace {

constexpr std::size_t block_users = 2048;      // whose lists are held at once
constexpr std::size_t users_of_a_chunk = 128;  // of candidates that one thread takes

std::size_t at(Index index) noexcept {
    return static_cast<std::size_t>(index);
}

double discount(std::size_t rank) {
    return 1.0 / std::log2(static_cast<double>(rank) + 1.0);
}

/// discounted[n]: the greatest gain of n hits.
std::vector<double> ideal_gains(int k) {
    std::vector<double> gains(static_cast<std::size_t>(k) + 1, 0.0);
    for (std::size_t rank = 1; rank < gains.size(); ++rank)
        gains[rank] = gains[rank - 1] + discount(rank);
    return gains;
}

void check(EvaluationOptions const& options) {
    Validation validation;
    if (options.k < 1) validation.add("k", "too_small", 1);
    if (options.k > limits::recommend_n_max)
        validation.add("k", "too_large", limits::recommend_n_max);
    validation.check("evaluation");
}

/// What is asked of each recommended item, by its id.
class ItemValues {
  public:
    ItemValues(Interactions const& train, Index items)
        : counts_(at(items), 0), novelty_(at(items)), less_popular_(at(items), 1.0) {
        for (auto const item : train.by_user().ids)
            ++counts_[at(item)];
        auto const users = static_cast<double>(std::max(train.shape().users, 1));
        std::transform(counts_.begin(), counts_.end(), novelty_.begin(), [&](auto count) {
            return std::log2(users / static_cast<double>(std::max<std::int64_t>(count, 1)));
        });
        rank();
    }
    [[nodiscard]] double novelty(Index item) const { return novelty_[at(item)]; }
    [[nodiscard]] double less_popular(Index item) const { return less_popular_[at(item)]; }

  private:
    void rank() {
        if (counts_.size() < 2) return;
        std::vector<std::size_t> order(counts_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](auto a, auto b) { return counts_[a] < counts_[b]; });
        for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
            while (end < order.size() && counts_[order[end]] == counts_[order[begin]])
                ++end;
            auto const below =
                static_cast<double>(begin) + static_cast<double>(end - begin - 1) / 2;
            for (auto i = begin; i < end; ++i)
                less_popular_[order[i]] = below / static_cast<double>(order.size() - 1);
        }
    }

    std::vector<std::int64_t> counts_;
    std::vector<double> novelty_;
    std::vector<double> less_popular_;
};

/// Sums over users, in their order.
class Sums {
  public:
    Sums(int k, Index items)
        : k_(static_cast<std::size_t>(k)), ideal_(ideal_gains(k)), recommended_(at(items), 0) {}

    /// `list` ends before the first id -1; `test` is sorted.
    void add(std::span<Index const> list, std::span<Index const> test, ItemValues const& items) {
        std::size_t hits = 0;
        auto gain = 0.0;
        auto precisions = 0.0;
        for (std::size_t i = 0; i < list.size() && list[i] >= 0; ++i) {
            add_item(list[i], items);
            if (!std::binary_search(test.begin(), test.end(), list[i])) continue;
            ++hits;
            gain += discount(i + 1);
            precisions += static_cast<double>(hits) / static_cast<double>(i + 1);
        }
        add_user(hits, gain, precisions, test.size());
    }

    void add_user(std::size_t hits, double gain, double precisions, std::size_t test_items) {
        auto const best = std::min(k_, test_items);
        ++sums_.users;
        sums_.hr += hits > 0 ? 1.0 : 0.0;
        sums_.recall += static_cast<double>(hits) / static_cast<double>(test_items);
        sums_.precision += static_cast<double>(hits) / static_cast<double>(k_);
        sums_.ndcg += gain / ideal_[best];
        sums_.map += precisions / static_cast<double>(best);
    }

    [[nodiscard]] Metrics means() const {
        auto out = sums_;
        out.k = static_cast<int>(k_);
        auto const users = std::max(1.0, static_cast<double>(sums_.users));
        for (auto* sum : {&out.hr, &out.recall, &out.precision, &out.ndcg, &out.map})
            *sum /= users;
        auto const slots = std::max(1.0, static_cast<double>(slots_));
        out.novelty /= slots;
        out.popularity_bias /= slots;
        auto const seen = std::accumulate(recommended_.begin(), recommended_.end(), 0.0);
        out.coverage = seen / std::max(1.0, static_cast<double>(recommended_.size()));
        return out;
    }

  private:
    void add_item(Index item, ItemValues const& items) {
        recommended_[at(item)] = 1;
        sums_.novelty += items.novelty(item);
        sums_.popularity_bias += items.less_popular(item);
        ++slots_;
    }

    std::size_t k_;
    std::vector<double> ideal_;
    std::vector<char> recommended_;
    std::int64_t slots_ = 0;
    Metrics sums_;
};

/// Some users with their rows, put one after another.
struct Rows {
    std::vector<Index> users;
    std::vector<std::int64_t> offsets{0};
    std::vector<Index> ids;
    std::vector<float> weights;

    void add(Index user, SparseRow row) {
        users.push_back(user);
        ids.insert(ids.end(), row.ids.begin(), row.ids.end());
        weights.insert(weights.end(), row.weights.begin(), row.weights.end());
        offsets.push_back(static_cast<std::int64_t>(ids.size()));
    }
    void clear() { *this = Rows{}; }
};

void add_block(Model const& model, Rows const& rows, Interactions const& test,
               ItemValues const& items, EvaluationOptions const& options, Sums& sums) {
    CsrView const view{rows.offsets, rows.ids, rows.weights, test.shape().items};
    RecommendOptions wanted;
    wanted.n = options.k;
    wanted.num_threads = options.num_threads;
    auto const ranking = model.recommend(rows.users, view, wanted);
    auto const n = static_cast<std::size_t>(ranking.n);
    for (std::size_t i = 0; i < rows.users.size(); ++i) {
        auto const list = std::span{ranking.ids}.subspan(i * n, n);
        sums.add(list, test.by_user().row(rows.users[i]).ids, items);
    }
}

void check(Interactions const& train, std::span<Candidates const> candidates) {
    auto const shape = train.shape();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto const& [user, ids] = candidates[i];
        auto const field = "candidates[" + std::to_string(i) + "].";
        if (user < 0 || user >= shape.users)
            fail(ErrorCode::invalid_argument, field + "user", "out_of_range");
        if (ids.empty()) fail(ErrorCode::invalid_argument, field + "items", "required");
        if (std::any_of(ids.begin(), ids.end(),
                        [&](Index id) { return id < 0 || id >= shape.items; }))
            fail(ErrorCode::invalid_argument, field + "items", "out_of_range");
    }
}

/// Of the first item, which stands behind all that score as much.
std::size_t rank_of_first(Model const& model, Interactions const& train, Candidates const& one) {
    auto const scores = model.score(one.user, train.by_user().row(one.user), one.items);
    std::size_t rank = 1;
    for (std::size_t i = 1; i < scores.size(); ++i) {
        if (scores[i] >= scores[0] && one.items[i] != one.items[0]) ++rank;
    }
    return rank;
}

}  // namespace

Metrics evaluate(Model const& model, Interactions const& train, Interactions const& test,
                 EvaluationOptions const& options) {
    check(options);
    if (train.shape() != test.shape()) fail(ErrorCode::invalid_argument, "test", "shape");
    auto const items = std::max(train.shape().items, model.shape().items);
    ItemValues const values{train, items};
    Sums sums{options.k, items};
    FitControl const control{.on_progress = options.on_progress};
    auto const users = test.shape().users;
    report(control, "evaluate", 0, users);
    Rows rows;
    for (Index user = 0; user < users; ++user) {
        if (test.by_user().row(user).size() > 0) rows.add(user, train.by_user().row(user));
        if (rows.users.size() < block_users) continue;
        add_block(model, rows, test, values, options, sums);
        rows.clear();
        report(control, "evaluate", user + 1, users);
    }
    if (!rows.users.empty()) add_block(model, rows, test, values, options, sums);
    return sums.means();
}

Metrics evaluate_candidates(Model const& model, Interactions const& train,
                            std::span<Candidates const> candidates,
                            EvaluationOptions const& options) {
    check(options);
    check(train, candidates);
    std::vector<std::size_t> ranks(candidates.size());
    auto const chunks = (candidates.size() + users_of_a_chunk - 1) / users_of_a_chunk;
    parallel_for(options.num_threads, chunks, [&](std::size_t chunk, int) {
        auto const end = std::min(candidates.size(), (chunk + 1) * users_of_a_chunk);
        for (auto i = chunk * users_of_a_chunk; i < end; ++i)
            ranks[i] = rank_of_first(model, train, candidates[i]);
    });
    Sums sums{options.k, 0};
    for (auto const rank : ranks) {
        auto const hit = rank <= static_cast<std::size_t>(options.k);
        sums.add_user(hit ? 1 : 0, hit ? discount(rank) : 0.0,
                      hit ? 1.0 / static_cast<double>(rank) : 0.0, 1);
    }
    return sums.means();
}

}  // namespace eduplat::recommender
