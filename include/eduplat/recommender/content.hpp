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
    double tag_weight = 1.0;  ///< of each part beside the text, 0 to 1e6
    double teacher_weight = 1.0;
    double concept_weight = 1.0;
    /// Whether it learns from interactions at all. Where they are few, what items say is better
    /// taken as it is.
    bool learns = true;
    /// Of what is learned from interactions: how similar items have to be to speak for each other,
    /// above 0, at most 1e6. It is added to products of features, which are 4 at most with weights
    /// of 1.
    double regularization = 3.0;
};

/// Recommends by what items say: terms of core/text (Chinese and English), tags, teachers and
/// concepts. Two items are as similar as the weighted cosines of these four.
///
/// Where there are interactions it learns from them which features matter: EASE says what goes with
/// what, a ridge regression on the features carries that to items that nobody has taken. Known
/// items are scored as if they were new, so that all are on one scale. Above
/// limits::content_learned_items_max items it adds up similarities instead. It knows users by their
/// rows only. Fits are bit-identical for any number of threads.
/// Errors of the constructor: invalid_argument (the options' names: "not_finite", "too_small",
/// "too_large"; "profiles": "empty", "too_many"; "profiles[3].text": "utf8").
class ContentModel final : public Model {
  public:
    /// One profile an item, by index. Interactions may have fewer items than there are profiles.
    explicit ContentModel(std::vector<ItemProfile> const& profiles,
                          ContentOptions const& options = {});
    ~ContentModel() override;

    [[nodiscard]] std::string_view name() const noexcept override { return "content"; }
    [[nodiscard]] Shape shape() const noexcept override;
    /// Errors: also invalid_argument (field "user_items", rule "too_many_items").
    void fit(Interactions const& user_items, FitControl const& control = {}) override;

    /// The best items for somebody who is interested in this: a search, a persona. By similarity
    /// alone, also before a fit. Items that share nothing with it come last.
    [[nodiscard]] std::vector<Scored> recommend_for(ItemProfile const& interests,
                                                    RecommendOptions const& options = {}) const;

    /// By what they say, also those that nobody has taken.
    [[nodiscard]] std::vector<Scored> similar_items(Index itemid, int n = 10) const override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<ContentModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    void score_items(Index userid, SparseRow row, bool recalculate, std::span<Index const> items,
                     std::span<float> out) const override;
    [[nodiscard]] bool knows_user(Index userid) const noexcept override;

    class Impl;
    explicit ContentModel(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat::recommender
