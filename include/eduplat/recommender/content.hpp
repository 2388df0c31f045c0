#pragma once

#include <eduplat/recommender/model.hpp>

#include <memory>
#include <string>
#include <vector>

namespace eduplat::recommender {

class ArrayReader;

/// What is known of an item before anybody has taken it.
struct ItemProfile {
    std::string text;  ///< title, summary, body; several languages one after another
    std::vector<std::string> tags = {};
    std::vector<std::string> teachers = {};  ///< names or ids, compared as they are
    std::vector<std::string> concepts = {};
};

struct ContentOptions {
    double tag_weight = 1.0;  ///< of each part beside the text, 0 or more
    double teacher_weight = 1.0;
    double concept_weight = 1.0;
};

/// Recommends by what items say: terms of core/text (Chinese and English), tags, teachers and
/// concepts. It knows items that nobody has taken, and users by a text alone. Where there are
/// interactions it learns from them which terms matter.
class ContentModel final : public Model {
  public:
    /// One profile an item, by index. Interactions may have fewer items than there are profiles.
    explicit ContentModel(std::vector<ItemProfile> profiles, ContentOptions const& options = {});
    ~ContentModel() override;

    [[nodiscard]] std::string_view name() const noexcept override { return "content"; }
    [[nodiscard]] Shape shape() const noexcept override;
    /// Errors: also invalid_argument (field "user_items", rule "too_many_items").
    void fit(Interactions const& user_items, FitControl const& control = {}) override;

    /// The best items for somebody who is interested in this: a search, a persona.
    [[nodiscard]] std::vector<Scored> recommend_for(ItemProfile const& interests,
                                                    RecommendOptions const& options = {}) const;

    [[nodiscard]] std::vector<Scored> similar_items(Index itemid, int n = 10) const override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<ContentModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    [[nodiscard]] bool knows_user(Index userid) const noexcept override;

    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat::recommender
