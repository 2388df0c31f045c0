#pragma once

#include <eduplat/recommender/content.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// What items say, as sparse vectors.
namespace eduplat::recommender {

class ArrayReader;
class ArrayWriter;

/// A term by its number, with its weight.
struct Feature {
    Index term;
    float weight;
};

/// The features of all items. Terms of texts, tags, teachers and concepts are kept apart; each of
/// these blocks is weighted by frequency in the item (1 + log) and rarity among items, brought to
/// length 1, then scaled by the root of its weight. So the product of two items' features is the
/// weighted sum of their blocks' cosines.
class ContentFeatures {
  public:
    ContentFeatures() = default;
    ContentFeatures(std::span<ItemProfile const> profiles, ContentOptions const& options);

    [[nodiscard]] Index items() const noexcept {
        return offsets_.empty() ? 0 : static_cast<Index>(offsets_.size() - 1);
    }

    [[nodiscard]] ContentOptions const& options() const noexcept { return options_; }

    /// Of a text that is no item's. Terms that no item has are left out.
    [[nodiscard]] std::vector<Feature> of(ItemProfile const& profile) const;

    /// out[i] += factor * the product of item i and the given features, for all items. A product's
    /// bits do not depend on what else is asked.
    void add_similarities(std::span<Feature const> features, float factor,
                          std::span<float> out) const;
    [[nodiscard]] std::span<Feature const> of_item(Index item) const noexcept;

    void write_to(ArrayWriter& writer) const;
    /// Errors: data_loss.
    void read_from(ArrayReader const& reader);

  private:
    void index();

    ContentOptions options_;
    std::vector<std::uint64_t> terms_;  ///< hashes, ascending
    std::vector<float> rarities_;       ///< of terms
    std::vector<std::int64_t> offsets_;
    std::vector<Feature> features_;
    /// The transpose: which items have a term.
    std::vector<std::int64_t> posting_offsets_;
    std::vector<Feature> postings_;  ///< `term` is the item
};

}  // namespace eduplat::recommender
