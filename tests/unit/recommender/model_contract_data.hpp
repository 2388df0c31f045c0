#pragma once

#include "unit/recommender/model_contract.hpp"

#include <eduplat/recommender/interactions.hpp>
#include <eduplat/recommender/model.hpp>

#include <memory>
#include <vector>

/// A section for each model. Of whoever includes support/catch.hpp as well.
#define FOR_EACH_MODEL(kind)                   \
    for (auto const& kind : contract_models()) \
    DYNAMIC_SECTION(kind.name)

/// Data that the contract's cases share.
namespace eduplat::recommender::test {

struct OwnedRow {
    std::vector<Index> ids;
    std::vector<float> weights;

    [[nodiscard]] SparseRow view() const noexcept { return {ids, weights}; }
};

struct OwnedRows {
    std::vector<std::int64_t> offsets = {0};
    std::vector<Index> ids = {};
    std::vector<float> weights = {};

    void add(SparseRow row);
    [[nodiscard]] CsrView view(Index columns) const noexcept {
        return {offsets, ids, weights, columns};
    }
};

/// User u has the items of his own parity but u itself: that is what he lacks.
[[nodiscard]] Interactions checkerboard(Index size);

inline constexpr Index sample_users = 30;
inline constexpr Index sample_items = 20;
inline constexpr Index empty_user = 7;
inline constexpr Index untaken_item = 11;

/// Tastes in three groups, with weights. A user has nothing and an item is nobody's.
[[nodiscard]] Interactions sample();

/// 0, 1, 2 ...
[[nodiscard]] std::vector<Index> ascending(Index end);
/// The same, in a seeded order.
[[nodiscard]] std::vector<Index> shuffled(Index end, std::uint64_t seed);
/// User u and item i of the data become users[u] and items[i].
[[nodiscard]] Interactions permuted(Interactions const& data, std::vector<Index> const& users,
                                    std::vector<Index> const& items);

[[nodiscard]] std::unique_ptr<Model> fitted(ContractModel const& kind, Interactions const& data);
[[nodiscard]] std::unique_ptr<Model> unfitted(ContractModel const& kind, Index items);

/// All items' scores of all users, who are taken as the data has them.
[[nodiscard]] std::vector<std::vector<float>> all_scores(Model const& model,
                                                         Interactions const& data);
/// Every user's whole ranking, nothing filtered.
[[nodiscard]] Ranking all_rankings(Model const& model, Interactions const& data);
[[nodiscard]] bool same(Ranking const& a, Ranking const& b);

}  // namespace eduplat::recommender::test
