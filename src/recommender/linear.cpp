#include "recommender/linear.hpp"

#include <algorithm>

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

}  // namespace eduplat::recommender
