#pragma once

#include <eduplat/recommender/interactions.hpp>

#include <cstdint>
#include <vector>

namespace eduplat::recommender {

/// Sparse rows as they are gathered, one after another.
struct RowList {
    std::vector<std::int64_t> offsets{0};
    std::vector<Index> ids;
    std::vector<float> weights;

    void add(Index id, float weight) {
        ids.push_back(id);
        weights.push_back(weight);
    }
    void end_row() { offsets.push_back(static_cast<std::int64_t>(ids.size())); }
    [[nodiscard]] CsrView view(Index columns) const noexcept {
        return {offsets, ids, weights, columns};
    }
};

}  // namespace eduplat::recommender
