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

/// Reads the school, trains, measures, stores and tidies up, in short transactions. Rights are
/// asked in that which completes it too; if it ends before, its rows are removed at once, and those
/// that a killed process left by a later training, a day after they were begun. Errors: as
/// Recommendations::train.
[[nodiscard]] RecommenderQuality train_recommender(Dependencies const& dependencies,
                                                   Actor const& actor,
                                                   recommender::FitControl const& control);

[[nodiscard]] RecommenderQuality quality_of(repositories::recommender_models::Row const& row);

/// The job that trains when enough has changed since the newest recommender, or when that cannot be
/// read or came of other options.
///
/// It keeps its lease whenever models, readers and writers report, the last time right before its
/// recommender is completed. If it is silent for so long that another process gets the job, it ends
/// at the next report, and what it has written is removed. Should it fall asleep between that last
/// report and the commit, both recommenders are complete: each is whole, the one begun to be
/// written last serves, and the other is one of those kept.
inline constexpr std::string_view recommender_training_job = "recommender_training";
[[nodiscard]] JobStep train_if_changed(Dependencies const& dependencies, KeepLease keep);

}  // namespace eduplat
