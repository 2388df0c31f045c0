#pragma once

#include <eduplat/core/validation.hpp>
#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <span>
#include <string_view>

/// What all models check alike: see the contracts of Model.
namespace eduplat::recommender {

/// Throws failed_precondition unless the model has items.
void check_fitted(Model const& model);

/// Throws invalid_argument if there is nothing to be fitted to, or the threads are too many.
void check_fit(Interactions const& user_items, FitControl const& control);
void check_threads(Validation& validation, int num_threads);

void check_n(Validation& validation, int n);
/// That an id is one of `end`.
void check_id(Validation& validation, std::string_view field, Index id, Index end);
/// The first id that is none of `end`.
void check_ids(Validation& validation, std::string_view field, std::span<Index const> ids,
               Index end);
void check_row(Validation& validation, std::string_view field, SparseRow row, Index items);

/// What similar_items() and similar_users() check: an id of `end`.
void check_similar(Model const& model, std::string_view field, Index id, Index end, int n);
void check_explain(Model const& model, Index userid, SparseRow user_items, Index itemid, int n);

/// Throws `canceled` if the caller wants no more.
void report(FitControl const& control, std::string_view stage, int step, int steps);

}  // namespace eduplat::recommender
