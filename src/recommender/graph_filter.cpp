#include "recommender/arrays.hpp"
#include "recommender/checks.hpp"
#include "recommender/kernels/kernels.hpp"
#include "recommender/linear.hpp"
#include "recommender/ranking.hpp"
#include "recommender/row_list.hpp"
#include "recommender/spectrum.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/graph_filter.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eduplat::recommender {
namespace {

constexpr int iterations_max = 100;

void check_range(Validation& validation, std::string_view name, double value, double low,
                 double high) {
    if (!std::isfinite(value)) {
        validation.add(name, "not_finite");
    } else if (value < low) {
        validation.add(name, "too_small", static_cast<std::int64_t>(low));
    } else if (value > high) {
        validation.add(name, "too_large", static_cast<std::int64_t>(high));
    }
}

void check_options(GraphFilterOptions const& options) {
    constexpr double weight_max = 1e6;
    Validation validation;
    check_range(validation, "factors", options.factors, 1, limits::recommender_factors_max);
    check_range(validation, "user_exponent", options.user_exponent, 0, 1);
    check_range(validation, "item_exponent", options.item_exponent, 0, 1);
    check_range(validation, "low_pass_weight", options.low_pass_weight, 0, weight_max);
    check_range(validation, "neighbor_weight", options.neighbor_weight, 0, weight_max);
    check_range(validation, "sharpening", options.sharpening, 0, weight_max);
    check_range(validation, "iterations", options.iterations, 1, iterations_max);
    if (options.low_pass_weight == 0 && options.neighbor_weight == 0)
        validation.add("low_pass_weight", "both_zero");
    validation.check("graph_filter");
}

/// The same pairs, the greatest weight of them 1: scores do not depend on it.
Interactions brought_to_one(Interactions const& pairs) {
    auto const rows = pairs.by_user();
    auto const greatest = *std::max_element(rows.weights.begin(), rows.weights.end());
    if (greatest == 1) return pairs;
    std::vector<float> weights(rows.weights.begin(), rows.weights.end());
    for (auto& weight : weights)
        weight /= greatest;
    return Interactions::from_csr({rows.offsets, rows.ids, weights, rows.columns});
}

/// (the sum of each row's weights)^exponent, 0 for rows of nothing.
std::vector<float> powers_of_sums(CsrView rows, double exponent) {
    std::vector<float> result(static_cast<std::size_t>(rows.rows()));
    for (Index r = 0; r < rows.rows(); ++r) {
        double sum = 0;
        for (auto const weight : rows.row(r).weights)
            sum += static_cast<double>(weight);
        if (sum > 0)
            result[static_cast<std::size_t>(r)] = static_cast<float>(std::pow(sum, exponent));
    }
    return result;
}

std::vector<float> inverses(std::vector<float> values) {
    for (auto& value : values)
        value = value > 0 ? 1 / value : 0.0F;
    return values;
}

/// Scales users so that no entry of the matrix is above 1: its products stay in floats' range.
void bring_entries_to_one(ScaledPairs& matrix) {
    auto const by_user = matrix.pairs.by_user();
    double greatest = 0;
    for (Index user = 0; user < by_user.rows(); ++user) {
        auto const row = by_user.row(user);
        for (std::size_t k = 0; k < row.size(); ++k) {
            auto const entry =
                static_cast<double>(matrix.users[static_cast<std::size_t>(user)]) *
                static_cast<double>(row.weights[k]) *
                static_cast<double>(matrix.items[static_cast<std::size_t>(row.ids[k])]);
            greatest = std::max(greatest, entry);
        }
    }
    for (auto& scale : matrix.users)
        scale = static_cast<float>(static_cast<double>(scale) / greatest);
}

}  // namespace

class GraphFilterModel::Impl {
  public:
    GraphFilterOptions options;
    Shape shape;
    Factors vectors;            ///< items x factors
    std::vector<float> filter;  ///< what passes of each vector, with the weight of this part
    std::vector<float> powers;  ///< of items: D^e
    std::vector<float> inverse_powers;
    ScaledPairs matrix;  ///< N, for the second part; else without pairs

    RowList between;  ///< N'N, once users were forgotten

    [[nodiscard]] std::size_t items() const noexcept {
        return static_cast<std::size_t>(shape.items);
    }

    /// x D^-e V, filtered.
    void project(SparseRow row, float* out) const {
        std::span<float> const sum(out, vectors.d);
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto const id = static_cast<std::size_t>(row.ids[i]);
            add_scaled(row.weights[i] * inverse_powers[id], vectors.row(id), sum);
        }
        for (std::size_t k = 0; k < vectors.d; ++k)
            sum[k] *= filter[k];
    }

    /// out = the first part of all scores of some users.
    void low_pass(std::span<SparseRow const> rows, std::span<float> out) const {
        auto const width = kernels().padded(vectors.d);
        FloatBuffer projected(rows.size() * width);
        std::fill_n(projected.data(), projected.size(), 0.0F);
        for (std::size_t k = 0; k < rows.size(); ++k)
            project(rows[k], projected.data() + k * width);
        kernels().scores(projected.data(), rows.size(), vectors.floats.data(), vectors.d, nullptr,
                         items(), out.data(), items());
        for (std::size_t k = 0; k < rows.size(); ++k) {
            for (std::size_t i = 0; i < items(); ++i)
                out[k * items() + i] *= powers[i];
        }
    }

    /// N x, for all users: how much each is like one who has this row.
    void find_neighbors(SparseRow row, std::vector<float>& out) const {
        std::fill(out.begin(), out.end(), 0.0F);
        auto const by_item = matrix.pairs.by_item();
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto const factor = row.weights[i] * matrix.items[static_cast<std::size_t>(row.ids[i])];
            auto const users = by_item.row(row.ids[i]);
            for (std::size_t k = 0; k < users.size(); ++k)
                out[static_cast<std::size_t>(users.ids[k])] += factor * users.weights[k];
        }
        for (std::size_t u = 0; u < out.size(); ++u)
            out[u] *= matrix.users[u];
    }

    /// out += the second part of one user's scores.
    void add_neighbors(SparseRow row, std::vector<float>& neighbors, std::vector<float>& sums,
                       std::span<float> out) const {
        find_neighbors(row, neighbors);
        std::fill(sums.begin(), sums.end(), 0.0F);
        auto const by_user = matrix.pairs.by_user();
        for (std::size_t u = 0; u < neighbors.size(); ++u) {
            if (neighbors[u] == 0) continue;
            auto const factor = neighbors[u] * matrix.users[u];
            auto const theirs = by_user.row(static_cast<Index>(u));
            for (std::size_t k = 0; k < theirs.size(); ++k)
                sums[static_cast<std::size_t>(theirs.ids[k])] += factor * theirs.weights[k];
        }
        auto const weight = static_cast<float>(options.neighbor_weight);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] += weight * matrix.items[i] * sums[i];
    }

    /// out += the second part of one user's scores, from what is known of items.
    void add_between(SparseRow row, std::span<float> out) const {
        auto const rows = between.view(shape.items);
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto const factor = row.weights[i] * static_cast<float>(options.neighbor_weight);
            auto const others = rows.row(row.ids[i]);
            for (std::size_t k = 0; k < others.size(); ++k)
                out[static_cast<std::size_t>(others.ids[k])] += factor * others.weights[k];
        }
    }

    /// N'N, and no user any more.
    void forget_users() {
        RowList rows;
        std::vector<float> sums(items());
        std::vector<Index> others;
        for (Index item = 0; item < shape.items; ++item) {
            add_others(item, sums, others);
            std::sort(others.begin(), others.end());
            for (auto const other : others) {
                auto const at = static_cast<std::size_t>(other);
                auto const weight = matrix.items[at] * sums[at];
                if (weight > 0) rows.add(other, weight);
                sums[at] = 0;
            }
            others.clear();
            rows.end_row();
        }
        between = std::move(rows);
        matrix = {};
    }
    [[nodiscard]] bool has_users() const noexcept { return matrix.pairs.pairs() > 0; }

    [[nodiscard]] bool has_low_pass() const noexcept { return options.low_pass_weight > 0; }
    [[nodiscard]] bool has_neighbors() const noexcept { return options.neighbor_weight > 0; }

    /// What each item of the row adds to the score of one.
    [[nodiscard]] std::vector<Contribution> contributions(SparseRow row, Index item) const {
        std::vector<Contribution> result(row.size());
        auto const at = static_cast<std::size_t>(item);
        Index const ids[] = {item};
        float const ones[] = {1.0F};
        std::vector<float> neighbors(matrix.users.size());
        if (has_users()) find_neighbors({ids, ones}, neighbors);
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto score = 0.0F;
            if (has_low_pass()) score += low_pass_between(row.ids[i], at);
            if (has_users()) score += neighbors_between(row.ids[i], neighbors);
            if (has_neighbors() && !has_users()) score += between_items(row.ids[i], item);
            result[i] = {row.ids[i], row.weights[i] * score};
        }
        return result;
    }

    /// Whether all that scores are made of are numbers, and no item has lost its power.
    [[nodiscard]] bool is_sound() const {
        return all_finite(vectors.floats.view()) && all_finite(filter) && all_finite(powers) &&
               all_finite(inverse_powers) && all_finite(matrix.users) &&
               std::none_of(powers.begin(), powers.end(), [](float power) { return power < 0; });
    }

  private:
    /// sums = N'N's row of an item before its columns are scaled; `others` are the items in it.
    void add_others(Index item, std::vector<float>& sums, std::vector<Index>& others) const {
        auto const scale = matrix.items[static_cast<std::size_t>(item)];
        auto const users = matrix.pairs.by_item().row(item);
        for (std::size_t k = 0; k < users.size(); ++k) {
            auto const user = matrix.users[static_cast<std::size_t>(users.ids[k])];
            auto const factor = scale * users.weights[k] * user * user;
            auto const theirs = matrix.pairs.by_user().row(users.ids[k]);
            for (std::size_t i = 0; i < theirs.size(); ++i) {
                auto const more = factor * theirs.weights[i];
                auto& sum = sums[static_cast<std::size_t>(theirs.ids[i])];
                if (sum == 0 && more > 0) others.push_back(theirs.ids[i]);
                sum += more;
            }
        }
    }

    [[nodiscard]] float low_pass_between(Index from, std::size_t to) const {
        auto const id = static_cast<std::size_t>(from);
        auto sum = 0.0F;
        for (std::size_t k = 0; k < vectors.d; ++k)
            sum += vectors.row(id)[k] * filter[k] * vectors.row(to)[k];
        return sum * inverse_powers[id] * powers[to];
    }

    [[nodiscard]] float between_items(Index from, Index to) const {
        auto const row = between.view(shape.items).row(from);
        auto const found = std::lower_bound(row.ids.begin(), row.ids.end(), to);
        if (found == row.ids.end() || *found != to) return 0;
        return row.weights[static_cast<std::size_t>(found - row.ids.begin())] *
               static_cast<float>(options.neighbor_weight);
    }

    [[nodiscard]] float neighbors_between(Index from, std::vector<float> const& neighbors) const {
        auto const users = matrix.pairs.by_item().row(from);
        auto sum = 0.0F;
        for (std::size_t k = 0; k < users.size(); ++k) {
            auto const user = static_cast<std::size_t>(users.ids[k]);
            sum += users.weights[k] * matrix.users[user] * neighbors[user];
        }
        return sum * matrix.items[static_cast<std::size_t>(from)] *
               static_cast<float>(options.neighbor_weight);
    }
};

GraphFilterModel::GraphFilterModel(GraphFilterOptions const& options) {
    check_options(options);
    impl_ = std::make_unique<Impl>();
    impl_->options = options;
}

GraphFilterModel::~GraphFilterModel() = default;

Shape GraphFilterModel::shape() const noexcept {
    return impl_->shape;
}

GraphFilterOptions const& GraphFilterModel::options() const noexcept {
    return impl_->options;
}

void GraphFilterModel::fit(Interactions const& user_items, FitControl const& control) {
    check_fit(user_items, control);
    auto const& options = impl_->options;
    auto const pairs = brought_to_one(user_items);
    auto next = std::make_unique<Impl>();
    next->options = options;
    next->shape = user_items.shape();
    next->powers = powers_of_sums(pairs.by_item(), options.item_exponent);
    next->inverse_powers = inverses(next->powers);
    next->matrix = {pairs, inverses(powers_of_sums(pairs.by_user(), options.user_exponent)),
                    next->inverse_powers};
    bring_entries_to_one(next->matrix);
    // The first value is needed even where no vector passes.
    auto const size = next->has_low_pass() ? static_cast<std::size_t>(options.factors) : 1;
    auto spectrum =
        spectrum_of(next->matrix, {size, options.iterations, options.random_state}, control);

    auto const first = spectrum.values.front();
    for (auto const value : spectrum.values) {
        auto const square = static_cast<double>(value / first) * static_cast<double>(value / first);
        next->filter.push_back(
            static_cast<float>(options.low_pass_weight * (1 - options.sharpening * square)));
    }
    for (auto& scale : next->matrix.users)
        scale /= first;
    next->vectors = std::move(spectrum.vectors);
    if (!(first > 0) || !next->is_sound())
        fail(ErrorCode::invalid_argument, "user_items", "too_large");
    if (!next->has_neighbors()) next->matrix = {};
    impl_ = std::move(next);
}

void GraphFilterModel::score_block(Block const& block, std::span<float> out) const {
    if (impl_->has_low_pass()) {
        impl_->low_pass(block.rows, out);
    } else {
        std::fill(out.begin(), out.end(), 0.0F);
    }
    if (!impl_->has_neighbors()) return;
    auto const items = impl_->items();
    std::vector<float> neighbors(impl_->matrix.users.size());
    std::vector<float> sums(items);
    for (std::size_t k = 0; k < block.rows.size(); ++k) {
        auto const scores = out.subspan(k * items, items);
        if (impl_->has_users()) {
            impl_->add_neighbors(block.rows[k], neighbors, sums, scores);
        } else {
            impl_->add_between(block.rows[k], scores);
        }
    }
}

bool GraphFilterModel::knows_user(Index /*userid*/) const noexcept {
    return false;
}

std::vector<Scored> GraphFilterModel::similar_items(Index itemid, int n) const {
    check_similar(*this, "itemid", itemid, impl_->shape.items, n);
    Index const ids[] = {itemid};
    float const ones[] = {1.0F};
    SparseRow const rows[] = {{ids, ones}};
    std::vector<float> scores(impl_->items());
    score_block({.users = {}, .rows = rows, .recalculate = true}, scores);
    scores[static_cast<std::size_t>(itemid)] = filtered_out;
    return top_n(scores, n);
}

Explanation GraphFilterModel::explain(Index userid, SparseRow user_items, Index itemid,
                                      int n) const {
    check_explain(*this, userid, user_items, itemid, n);
    NormalRow const row(user_items);
    return explained(impl_->contributions(row.view(), itemid), 0.0F, n);
}

void GraphFilterModel::forget_users() {
    if (impl_->has_users()) impl_->forget_users();
}

void GraphFilterModel::write_to(ArrayWriter& writer) const {
    auto const& options = impl_->options;
    writer.put("users", std::int64_t{impl_->shape.users});
    writer.put("factors", std::int64_t{options.factors});
    writer.put("user_exponent", options.user_exponent);
    writer.put("item_exponent", options.item_exponent);
    writer.put("low_pass_weight", options.low_pass_weight);
    writer.put("neighbor_weight", options.neighbor_weight);
    writer.put("sharpening", options.sharpening);
    writer.put("iterations", std::int64_t{options.iterations});
    writer.put("random_state", static_cast<std::int64_t>(options.random_state));
    writer.put("item_vectors", impl_->vectors.floats.view(),
               static_cast<std::int64_t>(impl_->vectors.d));
    writer.put("filter", impl_->filter);
    writer.put("item_powers", impl_->powers);
    if (!impl_->has_neighbors()) return;
    auto const rows = impl_->has_users() ? impl_->matrix.pairs.by_user()
                                         : impl_->between.view(impl_->shape.items);
    if (impl_->has_users()) writer.put("user_scales", impl_->matrix.users);
    writer.put("offsets", rows.offsets);
    writer.put("ids", rows.ids);
    writer.put("weights", rows.weights);
}

namespace {

GraphFilterOptions read_options(ArrayReader const& reader) {
    GraphFilterOptions options;
    options.factors = reader.index("factors");
    options.user_exponent = reader.number("user_exponent");
    options.item_exponent = reader.number("item_exponent");
    options.low_pass_weight = reader.number("low_pass_weight");
    options.neighbor_weight = reader.number("neighbor_weight");
    options.sharpening = reader.number("sharpening");
    options.iterations = reader.index("iterations");
    options.random_state = static_cast<std::uint64_t>(reader.integer("random_state"));
    return options;
}

struct StoredPairs {
    RowList rows;
    Interactions pairs;
};

StoredPairs read_pairs(ArrayReader const& reader, Shape shape) {
    StoredPairs read;
    auto& [offsets, ids, weights] = read.rows;
    offsets = reader.int64s("offsets");
    ids = reader.int32s("ids");
    weights = reader.floats("weights", static_cast<std::int64_t>(ids.size()));
    if (offsets.size() != static_cast<std::size_t>(shape.users) + 1)
        fail(ErrorCode::data_loss, "offsets", "shape");
    try {
        read.pairs = Interactions::from_csr({offsets, ids, weights, shape.items});
    } catch (Error const&) {
        fail(ErrorCode::data_loss, "offsets", "malformed");
    }
    auto const sorted = read.pairs.by_user();
    if (!std::equal(ids.begin(), ids.end(), sorted.ids.begin(), sorted.ids.end()))
        fail(ErrorCode::data_loss, "ids", "order");
    return read;
}

}  // namespace

std::unique_ptr<GraphFilterModel> GraphFilterModel::read_from(ArrayReader const& reader) {
    auto model = std::make_unique<GraphFilterModel>(read_options(reader));
    auto& impl = *model->impl_;
    impl.powers = reader.floats("item_powers", -1);
    impl.filter = reader.floats("filter", -1);
    auto const items = impl.powers.size();
    auto const d = impl.filter.size();
    if (items == 0 || d == 0) fail(ErrorCode::data_loss, "item_powers", "shape");
    auto const vectors = reader.floats("item_vectors", static_cast<std::int64_t>(items),
                                       static_cast<std::int64_t>(d));
    impl.vectors = Factors(items, d);
    std::copy(vectors.begin(), vectors.end(), impl.vectors.floats.data());
    impl.inverse_powers = inverses(impl.powers);
    impl.shape = {reader.index("users"), static_cast<Index>(items)};
    if (impl.has_neighbors() && !reader.has("user_scales")) {
        impl.between = read_pairs(reader, {impl.shape.items, impl.shape.items}).rows;
    } else if (impl.has_neighbors()) {
        impl.matrix.pairs = read_pairs(reader, impl.shape).pairs;
        impl.matrix.users = reader.floats("user_scales", impl.shape.users);
        impl.matrix.items = impl.inverse_powers;
    }
    if (!impl.is_sound()) fail(ErrorCode::data_loss, "item_powers", "out_of_range");
    return model;
}

}  // namespace eduplat::recommender
