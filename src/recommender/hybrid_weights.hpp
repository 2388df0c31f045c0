#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

/// How a hybrid's parts are put together. All is found from samples of users that are the same for
/// any number of threads.
namespace eduplat::recommender {

using Parts = std::vector<std::unique_ptr<Model>>;

/// How parts' scores of items that somebody has are spread.
struct ScoreMoments {
    /// 1 / the mean over users of the deviation among items; 1 if there is none.
    std::vector<double> scales;
    /// parts x parts: means of products of scaled scores.
    std::vector<double> products;
};

/// Errors: canceled.
[[nodiscard]] ScoreMoments measure_scores(Parts const& parts, Interactions const& user_items,
                                          FitControl const& control);

/// Weights of scaled scores, 0 or more with a sum of 1, whose sums rank `validation` best by NDCG
/// at 20: a search from the best single part and equal weights, along one weight at a time. The
/// parts are fitted to `train`. Errors: canceled.
[[nodiscard]] std::vector<double> learn_weights(Parts const& parts, ScoreMoments const& moments,
                                                Interactions const& train,
                                                Interactions const& validation,
                                                FitControl const& control);

}  // namespace eduplat::recommender
