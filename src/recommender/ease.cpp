#include "recommender/arrays.hpp"
#include "recommender/checks.hpp"
#include "recommender/dense.hpp"
#include "recommender/linear.hpp"
#include "recommender/ranking.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/ease.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eduplat::recommender {
namespace {

void check_options(EaseOptions const& options) {
    Validation validation;
    if (!std::isfinite(options.regularization)) {
        validation.add("regularization", "not_finite");
    } else if (options.regularization <= 0) {
        validation.add("regularization", "too_small", 0);
    }
    if (!std::isfinite(options.dropout)) {
        validation.add("dropout", "not_finite");
    } else if (options.dropout < 0) {
        validation.add("dropout", "too_small", 0);
    } else if (options.dropout >= 1) {
        validation.add("dropout", "too_large", 1);
    }
    validation.check("ease");
}

void add_regularization(SquareMatrix& gram, EaseOptions const& options) {
    auto const factor = options.dropout / (1 - options.dropout);
    for (std::size_t i = 0; i < gram.n; ++i)
        gram(i, i) += factor * gram(i, i) + options.regularization;
}

/// -P(r, c) / P(c, c), and 0 on the diagonal, for P the inverse.
std::vector<float> to_weights(SquareMatrix const& inverse) {
    auto const n = inverse.n;
    std::vector<float> weights(n * n);
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t c = 0; c < n; ++c) {
            auto const value = inverse(std::max(r, c), std::min(r, c));
            if (r != c) weights[r * n + c] = static_cast<float>(-value / inverse(c, c));
        }
    }
    return weights;
}

}  // namespace

EaseModel::EaseModel(EaseOptions const& options) : options_(options) {
    check_options(options);
}

Shape EaseModel::shape() const noexcept {
    return shape_;
}

void EaseModel::fit(Interactions const& user_items, FitControl const& control) {
    check_fit(user_items, control);
    auto const shape = user_items.shape();
    if (shape.items > limits::ease_items_max)
        fail(ErrorCode::resource_exhausted, "items", "too_many", limits::ease_items_max);

    auto matrix = gram_of_items(user_items, control);
    add_regularization(matrix, options_);
    if (!invert(matrix, control)) fail(ErrorCode::invalid_argument, "regularization", "too_small");
    auto weights = to_weights(matrix);
    if (!all_finite(weights)) fail(ErrorCode::invalid_argument, "regularization", "too_small");
    weights_ = std::move(weights);
    shape_ = shape;
}

void EaseModel::score_block(Block const& block, std::span<float> out) const {
    auto const items = static_cast<std::size_t>(shape_.items);
    ItemWeights const weights{weights_.data(), items};
    for (std::size_t k = 0; k < block.rows.size(); ++k)
        weights.score(block.rows[k], out.subspan(k * items, items));
}

void EaseModel::score_items(Index /*userid*/, SparseRow row, bool /*recalculate*/,
                            std::span<Index const> items, std::span<float> out) const {
    ItemWeights const weights{weights_.data(), static_cast<std::size_t>(shape_.items)};
    weights.score(row, items, out);
}

bool EaseModel::knows_user(Index /*userid*/) const noexcept {
    return false;
}

std::vector<Scored> EaseModel::similar_items(Index itemid, int n) const {
    check_similar(*this, "itemid", itemid, shape_.items, n);
    auto const* const weights = weights_of(itemid);
    std::vector<float> scores(weights, weights + shape_.items);
    scores[static_cast<std::size_t>(itemid)] = filtered_out;
    return top_n(scores, n);
}

Explanation EaseModel::explain(Index userid, SparseRow user_items, Index itemid, int n) const {
    check_explain(*this, userid, user_items, itemid, n);
    NormalRow const normal(user_items);
    auto const row = normal.view();
    std::vector<Contribution> contributions(row.size());
    for (std::size_t i = 0; i < contributions.size(); ++i) {
        auto const item = row.ids[i];
        contributions[i] = {item, row.weights[i] * weights_of(item)[itemid]};
    }
    return explained(std::move(contributions), 0.0F, n);
}

float const* EaseModel::weights_of(Index item) const noexcept {
    return weights_.data() +
           static_cast<std::size_t>(item) * static_cast<std::size_t>(shape_.items);
}

void EaseModel::write_to(ArrayWriter& writer) const {
    writer.put("users", std::int64_t{shape_.users});
    writer.put("items", std::int64_t{shape_.items});
    writer.put("regularization", options_.regularization);
    writer.put("dropout", options_.dropout);
    writer.put("item_weights", weights_, shape_.items);
}

std::unique_ptr<EaseModel> EaseModel::read_from(ArrayReader const& reader) {
    EaseOptions options;
    options.regularization = reader.number("regularization");
    options.dropout = reader.number("dropout");
    auto model = std::make_unique<EaseModel>(options);
    model->shape_ = {reader.index("users"), reader.index("items")};
    auto const items = model->shape_.items;
    if (items < 1 || items > limits::ease_items_max)
        fail(ErrorCode::data_loss, "items", "out_of_range");
    model->weights_ = reader.floats("item_weights", items, items);
    return model;
}

}  // namespace eduplat::recommender
