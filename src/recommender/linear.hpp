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

/// items x items: what having item r adds to the score of item c. They belong to somebody else.
struct ItemWeights {
    float const* values;
    std::size_t items;

    [[nodiscard]] float const* of(Index item) const noexcept {
        return values + static_cast<std::size_t>(item) * items;
    }
    /// out = the scores of all items for a user with this row.
    void score(SparseRow row, std::span<float> out) const noexcept;
    /// The same bits, of `wanted` alone.
    void score(SparseRow row, std::span<Index const> wanted, std::span<float> out) const noexcept;
};

/// Which rows have something, ascending: of rows of items those that somebody has taken.
[[nodiscard]] std::vector<Index> rows_with_pairs(CsrView rows);

[[nodiscard]] bool all_finite(std::span<float const> values) noexcept;

}  // namespace eduplat::recommender
