#include "recommender/checks.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace eduplat::recommender {

namespace {

constexpr auto weight_max = static_cast<float>(limits::recommender_weight_max);

}  // namespace

void check_fitted(Model const& model) {
    if (model.shape().items == 0) fail(ErrorCode::failed_precondition, "model", "not_fitted");
}

void check_fit(Interactions const& user_items, FitControl const& control) {
    Validation validation;
    check_threads(validation, control.num_threads);
    if (user_items.pairs() == 0) validation.add("user_items", "empty");
    validation.check("fit");
}

void check_threads(Validation& validation, int num_threads) {
    if (num_threads < 0) validation.add("num_threads", "negative");
    if (num_threads > limits::threads_max)
        validation.add("num_threads", "too_large", limits::threads_max);
}

void check_n(Validation& validation, int n) {
    if (n < 1) validation.add("n", "too_small", 1);
    if (n > limits::recommend_n_max) validation.add("n", "too_large", limits::recommend_n_max);
}

void check_id(Validation& validation, std::string_view field, Index id, Index end) {
    if (id < 0 || id >= end) validation.add(field, "out_of_range", end);
}

void check_ids(Validation& validation, std::string_view field, std::span<Index const> ids,
               Index end) {
    auto const bad =
        std::find_if(ids.begin(), ids.end(), [end](Index id) { return id < 0 || id >= end; });
    if (bad == ids.end()) return;
    auto const element = std::string{field} + '[' + std::to_string(bad - ids.begin()) + ']';
    validation.add(element, "out_of_range", end);
}

void check_row(Validation& validation, std::string_view field, SparseRow row, Index columns) {
    if (row.ids.size() != row.weights.size()) {
        validation.add(field, "length");
        return;
    }
    // One look at all, without a branch for each.
    bool in_range = true;
    bool finite = true;
    bool positive = true;
    bool bounded = true;
    for (auto const id : row.ids)
        in_range &= id >= 0 && id < columns;
    for (auto const weight : row.weights) {
        finite &= std::isfinite(weight);
        positive &= !(weight < 0.0F);
        bounded &= !(weight > weight_max);
    }
    if (!in_range) validation.add(field, "out_of_range", columns);
    if (!finite) validation.add(field, "not_finite");
    if (finite && !positive) validation.add(field, "negative");
    if (finite && !bounded) validation.add(field, "too_large", limits::recommender_weight_max);
}

bool is_well_formed(CsrView rows) noexcept {
    auto const& offsets = rows.offsets;
    return offsets.empty() ||
           (offsets.front() >= 0 && std::is_sorted(offsets.begin(), offsets.end()) &&
            offsets.back() <= std::ssize(rows.ids));
}

void check_rows(Validation& validation, std::string_view field, std::size_t count, CsrView rows,
                Index columns) {
    if (!is_well_formed(rows)) {
        validation.add(field, "malformed");
    } else if ((rows.offsets.empty() ? 0 : rows.offsets.size() - 1) != count) {
        validation.add(field, "length");
    } else {
        check_row(validation, field, {rows.ids, rows.weights}, columns);
    }
}

bool is_normal(SparseRow row) noexcept {
    bool normal = true;
    for (std::size_t i = 1; i < row.size(); ++i)
        normal &= row.ids[i - 1] < row.ids[i];
    for (auto const weight : row.weights)
        normal &= weight > 0.0F;
    return normal;
}

NormalRow::NormalRow(SparseRow row) : view_{row} {
    if (is_normal(row)) return;
    std::vector<std::pair<Index, float>> pairs;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row.weights[i] > 0.0F) pairs.emplace_back(row.ids[i], row.weights[i]);
    }
    std::sort(pairs.begin(), pairs.end());
    for (auto const& [id, weight] : pairs) {
        if (!ids_.empty() && ids_.back() == id) {
            weights_.back() = std::min(weights_.back() + weight, weight_max);
        } else {
            ids_.push_back(id);
            weights_.push_back(weight);
        }
    }
    view_ = {ids_, weights_};
}

void check_similar(Model const& model, std::string_view field, Index id, Index end, int n) {
    check_fitted(model);
    Validation validation;
    check_id(validation, field, id, end);
    check_n(validation, n);
    validation.check("similar");
}

void check_explain(Model const& model, Index userid, SparseRow user_items, Index itemid, int n) {
    check_fitted(model);
    auto const items = model.shape().items;
    Validation validation;
    if (userid < 0) validation.add("userid", "out_of_range");
    check_row(validation, "user_items", user_items, items);
    check_id(validation, "itemid", itemid, items);
    check_n(validation, n);
    validation.check("explain");
}

void report(FitControl const& control, std::string_view stage, int step, int steps) {
    if (!control.on_progress || control.on_progress({stage, step, steps})) return;
    throw Error(ErrorCode::canceled, "the fit was canceled");
}

}  // namespace eduplat::recommender
