#pragma once

#include <eduplat/recommender/model.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace eduplat::test {

/// A model whose scores are given: users x items.
class TableModel final : public recommender::Model {
  public:
    TableModel(recommender::Shape shape, std::vector<float> scores)
        : shape_(shape), scores_(std::move(scores)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "table"; }
    [[nodiscard]] recommender::Shape shape() const noexcept override { return shape_; }
    void fit(recommender::Interactions const&, recommender::FitControl const&) override {}
    [[nodiscard]] recommender::Explanation explain(recommender::Index, recommender::SparseRow,
                                                   recommender::Index, int) const override {
        return {};
    }
    void write_to(recommender::ArrayWriter&) const override {}

  private:
    void score_block(Block const& block, std::span<float> out) const override {
        auto const items = static_cast<std::size_t>(shape_.items);
        for (std::size_t i = 0; i < block.users.size(); ++i) {
            auto const* const row =
                scores_.data() + static_cast<std::size_t>(block.users[i]) * items;
            std::copy_n(row, items, out.data() + i * items);
        }
    }

    recommender::Shape shape_;
    std::vector<float> scores_;
};

}  // namespace eduplat::test
