#pragma once

#include "recommender/content_features.hpp"

#include <eduplat/recommender/content.hpp>

#include <cstddef>
#include <vector>

namespace eduplat::recommender {

/// What each item adds to each other's score, items x items, as learned from interactions through
/// the items' features.
///
/// Between items that were taken, EASE says what goes with what. A ridge regression on the features
/// (in its dual form, over items) then says of every item which of those it is like: of a new item
/// by its features, of a known one as though its own interactions were not there (leaving one out
/// is closed form). So new and known items are on one scale.
[[nodiscard]] std::vector<float> learn_item_weights(ContentFeatures const& features,
                                                    Interactions const& user_items,
                                                    ContentOptions const& options,
                                                    FitControl const& control);

}  // namespace eduplat::recommender
