#include "recommender/arrays.hpp"
#include "recommender/checks.hpp"
#include "recommender/content_features.hpp"
#include "recommender/content_learning.hpp"
#include "recommender/linear.hpp"
#include "recommender/ranking.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>
#include <eduplat/recommender/content.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace eduplat::recommender {
namespace {

constexpr double option_max = 1e6;

void check_number(Validation& validation, std::string_view name, double value) {
    if (!std::isfinite(value)) {
        validation.add(name, "not_finite");
    } else if (value < 0) {
        validation.add(name, "too_small", 0);
    } else if (value > option_max) {
        validation.add(name, "too_large", static_cast<std::int64_t>(option_max));
    }
}

void check_options(Validation& validation, ContentOptions const& options) {
    check_number(validation, "tag_weight", options.tag_weight);
    check_number(validation, "teacher_weight", options.teacher_weight);
    check_number(validation, "concept_weight", options.concept_weight);
    check_number(validation, "regularization", options.regularization);
    if (options.regularization == 0) validation.add("regularization", "too_small", 0);
}

void check(std::vector<ItemProfile> const& profiles, ContentOptions const& options) {
    Validation validation;
    check_options(validation, options);
    if (profiles.empty()) validation.add("profiles", "empty");
    if (profiles.size() > static_cast<std::size_t>(limits::recommender_rows_max))
        validation.add("profiles", "too_many", limits::recommender_rows_max);
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        if (!text::is_valid_utf8(profiles[i].text))
            validation.add("profiles[" + std::to_string(i) + "].text", "utf8");
    }
    validation.check("content");
}

/// Ranks items for one text, with all of Model's filters.
class TextModel final : public Model {
  public:
    TextModel(ContentFeatures const& features, ItemProfile const& interests)
        : features_(features), interests_(features.of(interests)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "text"; }
    [[nodiscard]] Shape shape() const noexcept override { return {1, features_.items()}; }
    void fit(Interactions const& /*user_items*/, FitControl const& /*control*/) override {}
    [[nodiscard]] Explanation explain(Index /*userid*/, SparseRow /*user_items*/, Index /*itemid*/,
                                      int /*n*/) const override {
        return {};
    }
    void write_to(ArrayWriter& /*writer*/) const override {}

  private:
    void score_block(Block const& /*block*/, std::span<float> out) const override {
        std::fill(out.begin(), out.end(), 0.0F);
        features_.add_similarities(interests_, 1.0F, out);
    }

    ContentFeatures const& features_;
    std::vector<Feature> interests_;
};

}  // namespace

class ContentModel::Impl {
  public:
    [[nodiscard]] std::size_t items() const noexcept {
        return static_cast<std::size_t>(features.items());
    }
    [[nodiscard]] bool is_learned() const noexcept { return !weights.empty(); }
    [[nodiscard]] ItemWeights learned() const noexcept { return {weights.data(), items()}; }

    void score(SparseRow row, std::span<float> out) const {
        if (is_learned()) return learned().score(row, out);
        std::fill(out.begin(), out.end(), 0.0F);
        for (std::size_t i = 0; i < row.size(); ++i)
            features.add_similarities(features.of_item(row.ids[i]), row.weights[i], out);
    }

    /// What each item of the row adds to the score of one.
    [[nodiscard]] std::vector<Contribution> contributions(SparseRow row, Index item) const {
        std::vector<float> similar(is_learned() ? 0 : items());
        if (!is_learned()) features.add_similarities(features.of_item(item), 1.0F, similar);
        std::vector<Contribution> result(row.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto const id = row.ids[i];
            auto const weight =
                is_learned() ? learned().of(id)[item] : similar[static_cast<std::size_t>(id)];
            result[i] = {id, row.weights[i] * weight};
        }
        return result;
    }

    ContentOptions options;
    ContentFeatures features;
    Index users = 0;
    bool fitted = false;
    std::vector<float> weights;  ///< items x items; none if they were not learned
};

ContentModel::ContentModel(std::vector<ItemProfile> const& profiles, ContentOptions const& options)
    : impl_(std::make_unique<Impl>()) {
    check(profiles, options);
    impl_->options = options;
    impl_->features = ContentFeatures(profiles, options);
}

ContentModel::ContentModel(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

ContentModel::~ContentModel() = default;

Shape ContentModel::shape() const noexcept {
    return impl_->fitted ? Shape{impl_->users, impl_->features.items()} : Shape{};
}

void ContentModel::fit(Interactions const& user_items, FitControl const& control) {
    check_fit(user_items, control);
    auto const items = impl_->features.items();
    if (user_items.shape().items > items)
        fail(ErrorCode::invalid_argument, "user_items", "too_many_items", items);
    std::vector<float> weights;
    if (impl_->options.learns && items <= limits::content_learned_items_max)
        weights = learn_item_weights(impl_->features, user_items, impl_->options, control);
    report(control, "features", 1, 1);
    impl_->weights = std::move(weights);
    impl_->users = user_items.shape().users;
    impl_->fitted = true;
}

std::vector<Scored> ContentModel::recommend_for(ItemProfile const& interests,
                                                RecommendOptions const& options) const {
    if (!text::is_valid_utf8(interests.text))
        fail(ErrorCode::invalid_argument, "interests.text", "utf8");
    return TextModel(impl_->features, interests).recommend(0, {}, options);
}

void ContentModel::score_block(Block const& block, std::span<float> out) const {
    for (std::size_t k = 0; k < block.rows.size(); ++k)
        impl_->score(block.rows[k], out.subspan(k * impl_->items(), impl_->items()));
}

void ContentModel::score_items(Index /*userid*/, SparseRow row, bool /*recalculate*/,
                               std::span<Index const> items, std::span<float> out) const {
    if (impl_->is_learned()) return impl_->learned().score(row, items, out);
    std::vector<float> scores(impl_->items());
    impl_->score(row, scores);
    for (std::size_t k = 0; k < items.size(); ++k)
        out[k] = scores[static_cast<std::size_t>(items[k])];
}

bool ContentModel::knows_user(Index /*userid*/) const noexcept {
    return false;
}

std::vector<Scored> ContentModel::similar_items(Index itemid, int n) const {
    check_similar(*this, "itemid", itemid, impl_->features.items(), n);
    std::vector<float> scores(impl_->items());
    impl_->features.add_similarities(impl_->features.of_item(itemid), 1.0F, scores);
    scores[static_cast<std::size_t>(itemid)] = filtered_out;
    return top_n(scores, n);
}

Explanation ContentModel::explain(Index userid, SparseRow user_items, Index itemid, int n) const {
    check_explain(*this, userid, user_items, itemid, n);
    NormalRow const row(user_items);
    return explained(impl_->contributions(row.view(), itemid), 0.0F, n);
}

void ContentModel::write_to(ArrayWriter& writer) const {
    writer.put("users", std::int64_t{impl_->users});
    writer.put("regularization", impl_->options.regularization);
    writer.put("learns", std::int64_t{impl_->options.learns ? 1 : 0});
    impl_->features.write_to(writer);
    if (impl_->is_learned()) writer.put("item_weights", impl_->weights, impl_->features.items());
}

std::unique_ptr<ContentModel> ContentModel::read_from(ArrayReader const& reader) {
    auto impl = std::make_unique<Impl>();
    impl->features.read_from(reader);
    impl->users = reader.index("users");
    impl->options = impl->features.options();
    impl->options.regularization = reader.number("regularization");
    auto const learns = reader.index("learns");
    if (learns > 1) fail(ErrorCode::data_loss, "learns", "out_of_range");
    impl->options.learns = learns == 1;
    Validation validation;
    check_options(validation, impl->options);
    validation.check("content");
    auto const items = impl->features.items();
    if (items == 0) fail(ErrorCode::data_loss, "feature_offsets", "malformed");
    if (reader.has("item_weights")) impl->weights = reader.floats("item_weights", items, items);
    impl->fitted = true;
    return std::unique_ptr<ContentModel>(new ContentModel(std::move(impl)));
}

}  // namespace eduplat::recommender
