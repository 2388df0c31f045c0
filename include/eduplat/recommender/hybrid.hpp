#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace eduplat::recommender {

class ArrayReader;

struct HybridOptions {
    /// Of each part, in their order, 0 to 1e6; empty to learn them on a validation part of the
    /// interactions, by NDCG at 20: that many of each user's pairs, rounded down; where this holds
    /// out nothing of most users with two pairs or more, one pair of each. Equal if there are none.
    std::vector<double> weights = {};
    double validation_fraction = 0.1;  ///< of each user's pairs, above 0, at most 0.5
    std::uint64_t random_state = 42;   ///< of the choice of the validation part
};

/// A weighted sum of other models' scores, each divided by its mean deviation among one user's
/// items, which is measured at the fit.
///
/// Items that nobody has taken get what a part that is a ContentModel says, by the ratio in which
/// such scores predict the whole sum of known items: new and known items are on one scale. Similar
/// items are those that having the item adds most to.
/// Errors of the constructor: invalid_argument (fields "parts": "empty", "too_many" at
/// limits::hybrid_parts_max; "parts[1]": "required"; "weights": "length", "all_zero"; "weights[1]":
/// "not_finite", "too_small", "too_large"; "validation_fraction": "not_finite", "too_small",
/// "too_large").
class HybridModel final : public Model {
  public:
    explicit HybridModel(std::vector<std::unique_ptr<Model>> parts,
                         HybridOptions const& options = {});

    [[nodiscard]] std::string_view name() const noexcept override { return "hybrid"; }
    [[nodiscard]] Shape shape() const noexcept override;
    /// Where it learns the weights it fits the parts twice: to learn them, and to everything. A fit
    /// that fails puts back parts that were fitted from copies, as a file would keep them: part()
    /// is then another object. Parts that were not may be fitted after it; the hybrid is not.
    void fit(Interactions const& user_items, FitControl const& control = {}) override;

    /// Of the parts: given or, after a fit, learned.
    [[nodiscard]] std::vector<double> const& weights() const noexcept { return weights_; }
    /// Valid until the next fit.
    [[nodiscard]] Model const& part(std::size_t index) const { return *parts_.at(index); }
    [[nodiscard]] std::size_t parts() const noexcept { return parts_.size(); }

    [[nodiscard]] std::vector<Scored> similar_items(Index itemid, int n = 10) const override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    void forget_users() override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<HybridModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    void score_items(Index userid, SparseRow row, bool recalculate, std::span<Index const> items,
                     std::span<float> out) const override;

    struct Fitted;
    [[nodiscard]] std::vector<double> weights_for(Interactions const& user_items,
                                                  FitControl const& control);
    [[nodiscard]] Fitted learn(Interactions const& user_items, FitControl const& control);
    void fit_parts(Interactions const& user_items, FitControl const& control);
    [[nodiscard]] float factor(std::size_t part, bool is_new) const noexcept;
    [[nodiscard]] bool is_new(Index item) const noexcept;
    void add_part(std::size_t part, std::span<float const> scores, std::span<float> out) const;

    HybridOptions options_;
    std::vector<std::unique_ptr<Model>> parts_;
    std::vector<double> weights_;
    // From the fit; empty before.
    std::vector<float> factors_;           ///< of the parts' scores
    std::vector<float> factors_for_new_;   ///< for items that nobody has taken
    std::vector<std::int32_t> new_items_;  ///< ascending, each once
};

}  // namespace eduplat::recommender
