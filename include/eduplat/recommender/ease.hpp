#pragma once

#include <eduplat/recommender/model.hpp>

#include <memory>
#include <span>
#include <vector>

namespace eduplat::recommender {

class ArrayReader;

struct EaseOptions {
    double regularization = 300.0;  ///< above 0; the same for each item
    /// Share of each item's pairs that is thought to be missing, 0 to before 1: it regularizes
    /// items by their frequency, and is worth several percent of NDCG. 0 gives EASE as it was first
    /// described. Source: Steck: Autoencoders that don't overfit towards the Identity, 2020.
    double dropout = 0.75;
};

/// Linear item-item weights in closed form, zero on the diagonal: the strongest simple baseline at
/// the size of a course catalog. Source: Steck: Embarrassingly Shallow Autoencoders for Sparse
/// Data, 2019. The number of items is capped (limits::ease_items_max): the matrix is dense. A fit
/// takes 12 bytes of items x items at its peak, the model keeps 4; it is bit-identical for any
/// number of threads.
///
/// It knows users by their rows only. Similar items are those that having the item adds most to.
/// Errors: invalid_argument (fields "regularization": "too_small", "not_finite"; "dropout":
/// "too_small", "too_large", "not_finite"); of fit also resource_exhausted (field "items", rule
/// "too_many", limit), and invalid_argument ("regularization", "too_small") if rounding leaves no
/// solution.
class EaseModel final : public Model {
  public:
    explicit EaseModel(EaseOptions const& options = {});

    [[nodiscard]] std::string_view name() const noexcept override { return "ease"; }
    [[nodiscard]] Shape shape() const noexcept override;
    [[nodiscard]] EaseOptions const& options() const noexcept { return options_; }
    void fit(Interactions const& user_items, FitControl const& control = {}) override;

    /// items x items: what having item r adds to the score of item c.
    [[nodiscard]] std::span<float const> item_weights() const noexcept { return weights_; }

    [[nodiscard]] std::vector<Scored> similar_items(Index itemid, int n = 10) const override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<EaseModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    void score_items(Index userid, SparseRow row, bool recalculate, std::span<Index const> items,
                     std::span<float> out) const override;
    [[nodiscard]] bool knows_user(Index userid) const noexcept override;
    [[nodiscard]] float const* weights_of(Index item) const noexcept;

    EaseOptions options_;
    Shape shape_;
    std::vector<float> weights_;
};

}  // namespace eduplat::recommender
