#pragma once

#include "repositories/recommender_models.hpp"
#include "services/access.hpp"
#include "services/job_runner.hpp"

#include <eduplat/core/function_ref.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/recommender/model.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/recommendations_types.hpp>

#include <string_view>

/// Trains recommenders and stores them.
namespace eduplat {

/// Of the bytes that are stored: a reader knows its own and older ones.
inline constexpr int recommender_format = 1;
/// Complete recommenders that a school keeps, the newest among them.
inline constexpr int recommenders_kept = 3;

/// Reads the school, trains, measures, stores and tidies up. Rights are asked in the last
/// transaction too. Errors: as Recommendations::train.
[[nodiscard]] RecommenderQuality train_recommender(Dependencies const& dependencies,
                                                   Actor const& actor,
                                                   recommender::FitControl const& control);

[[nodiscard]] RecommenderQuality quality_of(repositories::recommender_models::Row const& row);

/// The job that trains when something has changed since the newest recommender.
inline constexpr std::string_view recommender_training_job = "recommender_training";
[[nodiscard]] JobStep train_if_changed(Dependencies const& dependencies, KeepLease keep);

}  // namespace eduplat
