#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace eduplat::recommender {

class ArrayReader;

struct HybridOptions {
    /// Of each part, in their order; empty to learn them on a validation part of the interactions.
    std::vector<double> weights = {};
    double validation_fraction = 0.1;  ///< of each user's pairs
    std::uint64_t random_state = 42;
};

/// A weighted sum of other models' scores, each brought to the same scale. Parts that know texts
/// carry new items and new users.
class HybridModel final : public Model {
  public:
    explicit HybridModel(std::vector<std::unique_ptr<Model>> parts,
                         HybridOptions const& options = {});

    [[nodiscard]] std::string_view name() const noexcept override { return "hybrid"; }
    [[nodiscard]] Shape shape() const noexcept override;
    /// Without given weights it fits the parts twice: to learn the weights, and to everything.
    void fit(Interactions const& user_items, FitControl const& control = {}) override;

    [[nodiscard]] std::vector<double> const& weights() const noexcept { return weights_; }
    [[nodiscard]] Model const& part(std::size_t index) const { return *parts_.at(index); }
    [[nodiscard]] std::size_t parts() const noexcept { return parts_.size(); }

    [[nodiscard]] std::vector<Scored> similar_items(Index itemid, int n = 10) const override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<HybridModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    [[nodiscard]] bool knows_user(Index userid) const noexcept override;

    HybridOptions options_;
    std::vector<std::unique_ptr<Model>> parts_;
    std::vector<double> weights_;
};

}  // namespace eduplat::recommender
