#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

/// Offline evaluation: splits and metrics as the field's papers define them. All of it is
/// deterministic: the seed decides, never the number of threads.
namespace eduplat::recommender {

/// Two parts of the same shape.
struct Split {
    Interactions train;
    Interactions test;
};

/// k pairs of each user who has more than k go to the test part, chosen at random. What is chosen
/// of a user depends on the seed, the user and how many pairs he has, not on other users. Errors:
/// invalid_argument (field "k", rule "too_small").
[[nodiscard]] Split leave_k_out(Interactions const& user_items, int k, std::uint64_t seed);

/// Of each user's pairs this fraction, rounded down, goes to the test part.
/// Errors: invalid_argument (field "test_fraction", rule "out_of_range": below 0, above 1, NaN).
[[nodiscard]] Split split_fraction(Interactions const& user_items, double test_fraction,
                                   std::uint64_t seed);

/// Pairs at `cutoff` or later go to the test part, but not those that the user had before: they
/// cannot be recommended anew. All spans have the same length.
/// Errors: as Interactions::from_pairs(); "times": "length".
[[nodiscard]] Split split_by_time(std::span<Index const> users, std::span<Index const> items,
                                  std::span<float const> weights,
                                  std::span<std::int64_t const> times, std::int64_t cutoff,
                                  Shape shape);

/// Means over the users who have something in the test part; 0 to 1, but for `novelty`.
struct Metrics {
    int k = 0;
    Index users = 0;       ///< evaluated
    double hr = 0;         ///< users with a hit among the first k
    double recall = 0;     ///< hits / test items (He et al.: LightGCN, 2020)
    double precision = 0;  ///< hits / k
    double ndcg = 0;       ///< sum of 1 / log2(rank + 1), over the best that k and test allow
    double map = 0;        ///< precision at each hit's rank, summed, over min(k, test items)
    double coverage = 0;   ///< items recommended to anybody / items
    double novelty = 0;    ///< mean of -log2(share of users who have the item), in bits
    double popularity_bias =
        0;  ///< mean share of items that are less popular than a recommended one
};

struct EvaluationOptions {
    int k = 20;           ///< 1 to limits::recommend_n_max
    int num_threads = 1;  ///< as FitControl::num_threads
    /// Of evaluate(): as FitControl::on_progress, between blocks of users.
    std::function<bool(FitProgress const&)> on_progress = {};
};

/// Ranks all items but the user's own train items, for each user who has test items. Among items of
/// one score the ids decide, as in Model::recommend(). Of novelty, an item without users counts as
/// if one had it; of popularity_bias, items of the same popularity count half.
/// Errors: invalid_argument (field "k": "too_small", "too_large"; "test": "shape"), canceled, and
/// those of Model::recommend().
[[nodiscard]] Metrics evaluate(Model const& model, Interactions const& train,
                               Interactions const& test, EvaluationOptions const& options = {});

/// One user's items to be ranked: the first is in the test part, the others are not.
struct Candidates {
    Index user = 0;
    std::vector<Index> items;
};

/// Ranks the candidates of each user (1 + 99 of He et al.: Neural Collaborative Filtering, 2017).
/// Ties count against the first; if it stands among the others once more, it counts once. coverage,
/// novelty and popularity_bias stay 0.
/// Errors: as evaluate(); "candidates[3].items": "required" if empty; "candidates[3].user",
/// "candidates[3].items": "out_of_range".
[[nodiscard]] Metrics evaluate_candidates(Model const& model, Interactions const& train,
                                          std::span<Candidates const> candidates,
                                          EvaluationOptions const& options = {.k = 10});

/// A mean with its 95 % confidence interval over runs, by Student's t. Of one run nothing is known
/// but the run: low and high are its value.
struct Interval {
    double mean = 0;
    double low = 0;
    double high = 0;

    friend bool operator==(Interval const&, Interval const&) = default;
};

/// Errors: invalid_argument (field "values", rules "required", "not_finite").
[[nodiscard]] Interval interval(std::span<double const> values);

/// The t that a Student variable of so many degrees of freedom (1 or more) stays within, either
/// side, in 95 of 100 cases: 12.706 for 1, 1.960 for very many.
[[nodiscard]] double student_t95(int degrees_of_freedom);

}  // namespace eduplat::recommender
