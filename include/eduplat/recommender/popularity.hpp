#pragma once

#include <eduplat/recommender/model.hpp>

#include <memory>
#include <vector>

namespace eduplat::recommender {

class ArrayReader;

/// Everybody is recommended what has the greatest sum of weights. The score is that sum, divided by
/// the number of users.
class PopularityModel final : public Model {
  public:
    [[nodiscard]] std::string_view name() const noexcept override { return "popularity"; }
    [[nodiscard]] Shape shape() const noexcept override;
    void fit(Interactions const& user_items, FitControl const& control = {}) override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<PopularityModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    void score_items(Index userid, SparseRow row, bool recalculate, std::span<Index const> items,
                     std::span<float> out) const override;

    Index users_ = 0;
    std::vector<float> scores_;
};

}  // namespace eduplat::recommender
