#pragma once

#include "recommender/ranking.hpp"

#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace eduplat::recommender {

/// One call that ranks items with a model. Arguments were checked.
class Model::Serving {
  public:
    /// Both outlive it.
    Serving(Model const& model, RecommendOptions const& options);

    [[nodiscard]] std::vector<Scored> rank(Index userid, SparseRow user_items) const;
    [[nodiscard]] Ranking rank(std::span<Index const> userids, CsrView user_items) const;
    void score(Index userid, SparseRow user_items, std::span<Index const> items,
               std::span<float> out) const;

  private:
    class Rows;
    struct Scratch;

    [[nodiscard]] bool recalculates(Index userid) const noexcept;
    /// How many items are ranked, and so how many scores a user has.
    [[nodiscard]] std::size_t candidates() const noexcept;
    [[nodiscard]] Index item_of(Index candidate) const noexcept;
    void take_out(std::span<float> scores, std::span<Index const> items) const;

    void score_rows(std::span<Index const> userids, Rows const& rows, std::span<float> out) const;
    void rank_chunk(std::span<Index const> userids, CsrView user_items, std::size_t begin,
                    Scratch& scratch, Ranking& to) const;
    [[nodiscard]] std::span<Scored const> select(std::span<float> scores, SparseRow row,
                                                 Scratch& scratch) const;
    [[nodiscard]] std::span<Scored const> select_asking(std::span<float const> scores,
                                                        Scratch& scratch) const;

    Model const& model_;
    RecommendOptions const& options_;
    std::size_t items_;
    std::vector<Index> only_;  ///< RecommendOptions::items, ascending, each once
};

}  // namespace eduplat::recommender
