#pragma once

#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/evaluation.hpp>
#include <eduplat/recommender/interactions.hpp>
#include <eduplat/recommender/model.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/recommendations_types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

/// Which models serve a school, and what they are worth. No storage here.
namespace eduplat {

/// Metrics are of so many recommended courses: 20, but half of all courses at most.
[[nodiscard]] int measured_at(std::int64_t courses) noexcept;
/// Below so many pairs the weights of a hybrid's parts are not learned but given.
inline constexpr std::int64_t pairs_to_learn_weights = 2'000;

struct Measured {
    std::int64_t learners;
    OfflineMetrics metrics;
    OfflineMetrics popularity;
    double coverage;
};

struct TrainedRecommender {
    std::unique_ptr<recommender::Model> model;  ///< none: there is nothing to be recommended
    std::optional<Measured> measured = std::nullopt;
};

/// Matrix factorization, weights between courses if they are not too many, contents and
/// popularity; where there are few pairs contents alone, from which nothing is learned. Of learners
/// it keeps nothing. The like is measured before, trained on the train part of `hold_out`.
[[nodiscard]] TrainedRecommender train(std::vector<recommender::ItemProfile> const& profiles,
                                       recommender::Interactions const& interactions,
                                       recommender::Split const& hold_out,
                                       RecommendationOptions const& options,
                                       recommender::FitControl const& control);

}  // namespace eduplat
