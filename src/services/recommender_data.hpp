#pragma once

#include "repositories/recommender_input.hpp"
#include "repositories/recommender_models.hpp"
#include "services/recommendation_weights.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/evaluation.hpp>
#include <eduplat/recommender/interactions.hpp>
#include <eduplat/recommender/model.hpp>
#include <eduplat/services/dependencies.hpp>

#include <vector>

/// What a training reads of a school.
namespace eduplat {

/// Users and courses by numbers: rows and columns of the interactions.
struct TrainingData {
    repositories::recommender_models::LogEnds ends;  ///< where the logs stood before it was read
    std::vector<repositories::recommender_models::CourseRow> courses;  ///< by number
    std::vector<recommender::ItemProfile> profiles;                    ///< likewise
    recommender::Interactions interactions;
    /// Of each learner of enough courses those begun last are the test part.
    recommender::Split hold_out;
};

/// Reads all of it, in pieces, each a transaction: what is written meanwhile may be missed.
/// Errors: canceled, if `control` says so; those of Storage.
[[nodiscard]] TrainingData read_training_data(Dependencies const& dependencies,
                                              recommender::FitControl const& control);

/// What an enrollment says of a learner and a course.
void add(Doings& done, repositories::recommender_input::Enrolled const& enrolled);

/// How a recommender sees a course, but for its teachers: in a training they go by numbers of that
/// training alone, so that it keeps nothing of a user.
[[nodiscard]] recommender::ItemProfile profile_of(
    repositories::recommender_input::CourseTexts const& texts);

/// Errors: canceled, if the host wants no more.
void check_wanted(recommender::FitControl const& control, recommender::FitProgress const& progress);

}  // namespace eduplat
