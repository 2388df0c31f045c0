#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <span>
#include <vector>

/// What the models share whose scores are linear in the user's row.
namespace eduplat::recommender {

/// Sums what a user's items add, and keeps the n greatest, ties by id. What adds nothing is left
/// out. The sum is taken in the order of `contributions`, in float, as scores are.
[[nodiscard]] Explanation explained(std::vector<Contribution> contributions, float rest, int n);

/// out += factor * row
inline void add_scaled(float factor, float const* row, std::span<float> out) noexcept {
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] += factor * row[i];
}

}  // namespace eduplat::recommender
