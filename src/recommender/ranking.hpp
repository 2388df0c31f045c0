#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

/// The best of many scores.
namespace eduplat::recommender {

/// The score of an item that a filter has taken out.
inline constexpr float filtered_out = -std::numeric_limits<float>::infinity();

/// Selects from arrays of scores; its memory is used again from one to the next.
///
/// A first pass takes the maxima of groups of scores; score i is in group i mod their number. At
/// least n scores reach the n-th greatest of these, and hardly more do: the second pass takes them
/// out, and only they are sorted.
class TopN {
  public:
    /// The n best but for those that were filtered out, by score descending, ties by id. Id i is
    /// that of scores[i]. The result is valid until the next call.
    [[nodiscard]] std::span<Scored const> select(std::span<float const> scores, int n);

  private:
    [[nodiscard]] float threshold(std::span<float const> scores, std::size_t n);
    void collect(std::span<float const> scores, float from);

    std::vector<float> maxima_;
    std::vector<std::uint32_t> found_;
    std::vector<std::uint64_t> keys_;
    std::vector<Scored> selected_;
};

/// For one array of scores.
[[nodiscard]] std::vector<Scored> top_n(std::span<float const> scores, int n);

}  // namespace eduplat::recommender
