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
    weights_ = to_weights(matrix);
    shape_ = shape;
}

void EaseModel::score_block(Block const& block, std::span<float> out) const {
    auto const items = static_cast<std::size_t>(shape_.items);
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::size_t k = 0; k < block.rows.size(); ++k) {
        auto const row = block.rows[k];
        auto const scores = out.subspan(k * items, items);
        for (std::size_t i = 0; i < row.size(); ++i)
            add_scaled(row.weights[i], weights_of(row.ids[i]), scores);
    }
}

void EaseModel::score_items(Index /*userid*/, SparseRow row, bool /*recalculate*/,
                            std::span<Index const> items, std::span<float> out) const {
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::size_t i = 0; i < row.size(); ++i) {
        auto const* const weights = weights_of(row.ids[i]);
        for (std::size_t k = 0; k < items.size(); ++k)
            out[k] += row.weights[i] * weights[items[k]];
    }
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
    std::vector<Contribution> contributions(user_items.size());
    for (std::size_t i = 0; i < contributions.size(); ++i) {
        auto const item = user_items.ids[i];
        contributions[i] = {item, user_items.weights[i] * weights_of(item)[itemid]};
    }
    return explained(std::move(contributions), 0.0F, n);
}

float const* EaseModel::weights_of(Index item) const noexcept {
    return weights_.data() +
           static_cast<std::size_t>(item) * static_cast<std::size_t>(shape_.items);
}

void EaseModel::write_to(ArrayWriter& writer) const {
    writer.put("users", std::int64_t{shape_.users});
    writer.put("regularization", options_.regularization);
    writer.put("dropout", options_.dropout);
    writer.put("item_weights", weights_, shape_.items);
}

std::unique_ptr<EaseModel> EaseModel::read_from(ArrayReader const& reader) {
    EaseOptions options;
    options.regularization = reader.number("regularization");
    options.dropout = reader.number("dropout");
    auto model = std::make_unique<EaseModel>(options);
    model->weights_ = reader.floats("item_weights", -1, -1);
    auto const items = std::lround(std::sqrt(static_cast<double>(model->weights_.size())));
    if (static_cast<std::size_t>(items * items) != model->weights_.size() ||
        items > limits::ease_items_max)
        fail(ErrorCode::data_loss, "item_weights", "shape");
    model->shape_ = {reader.index("users"), static_cast<Index>(items)};
    return model;
}

}  // namespace eduplat::recommender
