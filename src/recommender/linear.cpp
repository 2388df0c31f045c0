#include "recommender/linear.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace eduplat::recommender {

Explanation explained(std::vector<Contribution> contributions, float rest, int n) {
    Explanation result{.total = 0.0F, .rest = rest, .contributions = std::move(contributions)};
    auto& all = result.contributions;
    for (auto const& one : all)
        result.total += one.score;
    result.total += rest;
    std::erase_if(all, [](Contribution const& one) { return one.score == 0.0F; });
    std::sort(all.begin(), all.end(), [](Contribution const& a, Contribution const& b) {
        return a.score != b.score ? a.score > b.score : a.item < b.item;
    });
    all.resize(std::min(all.size(), static_cast<std::size_t>(n)));
    return result;
}

void ItemWeights::score(SparseRow row, std::span<float> out) const noexcept {
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::size_t i = 0; i < row.size(); ++i)
        add_scaled(row.weights[i], of(row.ids[i]), out);
}

void ItemWeights::score(SparseRow row, std::span<Index const> wanted,
                        std::span<float> out) const noexcept {
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::size_t i = 0; i < row.size(); ++i) {
        auto const* const weights = of(row.ids[i]);
        for (std::size_t k = 0; k < wanted.size(); ++k)
            out[k] += row.weights[i] * weights[wanted[k]];
    }
}

std::vector<Index> rows_with_pairs(CsrView rows) {
    std::vector<Index> result;
    for (Index row = 0; row < rows.rows(); ++row) {
        if (rows.row(row).size() > 0) result.push_back(row);
    }
    return result;
}

bool all_finite(std::span<float const> values) noexcept {
    return std::all_of(values.begin(), values.end(),
                       [](float value) { return std::isfinite(value); });
}

}  // namespace eduplat::recommender
