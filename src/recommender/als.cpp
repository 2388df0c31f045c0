#include "recommender/als_solver.hpp"
#include "recommender/arrays.hpp"
#include "recommender/checks.hpp"
#include "recommender/ranking.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/recommender/als.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace eduplat::recommender {

namespace {

constexpr std::size_t users_a_block = 64;

/// Above 0 and a number of full precision as a float, which is what kernels take.
void check_above_zero(Validation& validation, std::string_view field, double value) {
    using Float = std::numeric_limits<float>;
    if (!std::isfinite(value)) {
        validation.add(field, "not_finite");
    } else if (value < static_cast<double>(Float::min())) {
        validation.add(field, "too_small", 0);
    } else if (value > static_cast<double>(Float::max())) {
        validation.add(field, "too_large");
    }
}

void check_between(Validation& validation, std::string_view field, int value, int from, int to) {
    if (value < from) validation.add(field, "too_small", from);
    if (value > to) validation.add(field, "too_large", to);
}

void check_options(Validation& validation, AlsOptions const& options) {
    check_between(validation, "factors", options.factors, 1, limits::recommender_factors_max);
    check_above_zero(validation, "regularization", options.regularization);
    check_above_zero(validation, "unobserved_weight", options.unobserved_weight);
    auto const exponent = options.regularization_exponent;
    if (!std::isfinite(exponent)) {
        validation.add("regularization_exponent", "not_finite");
    } else if (exponent < 0.0) {
        validation.add("regularization_exponent", "too_small", 0);
    } else if (exponent > 1.0) {
        validation.add("regularization_exponent", "too_large", 1);
    }
    check_above_zero(validation, "alpha", options.alpha);
    check_between(validation, "iterations", options.iterations, 1,
                  limits::recommender_iterations_max);
}

/// Rows of one side to be solved anew.
struct Update {
    std::string_view ids_field;
    std::string_view rows_field;
    std::span<Index const> ids;
    CsrView rows;
};

void check_update(Update const& update, Index columns) {
    Validation validation;
    check_ids(validation, update.ids_field, update.ids, limits::recommender_rows_max);
    check_rows(validation, update.rows_field, update.ids.size(), update.rows, columns);
    validation.check("partial fit");
}

/// A copy with as many rows, those beyond its own zero.
Factors grown(Factors const& from, std::size_t rows) {
    Factors result{rows, from.d};
    auto* const end = std::copy_n(from.floats.data(), from.rows * from.d, result.floats.data());
    std::fill(end, result.row(rows), 0.0F);
    return result;
}

/// Where each id stands last, by id.
std::vector<std::size_t> last_places(std::span<Index const> ids) {
    std::vector<std::size_t> places(ids.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::stable_sort(places.begin(), places.end(),
                     [ids](auto a, auto b) { return ids[a] < ids[b]; });
    auto const kept = std::unique(places.rbegin(), places.rend(),
                                  [ids](auto a, auto b) { return ids[a] == ids[b]; });
    places.erase(places.begin(), kept.base());
    return places;
}

/// The Gram matrix after some rows have become others.
Gram replaced(Gram sums, Factors const& side, Factors const& solved, std::span<Index const> ids) {
    for (std::size_t k = 0; k < ids.size(); ++k) {
        auto const row = static_cast<std::size_t>(ids[k]);
        if (row < side.rows) add_to(sums, side.row(row), side.d, -1.0);
        add_to(sums, solved.row(k), side.d, 1.0);
    }
    return sums;
}

/// Solves all rows, then puts them into `side`: if one fails, nothing has changed. The side is only
/// copied if it grows.
void apply(Update const& update, FoldIn& fold_in, Factors& side, GramBasis& gram) {
    if (update.ids.empty()) return;
    auto const d = side.d;
    auto const places = last_places(update.ids);
    Factors solved{places.size(), d};
    std::vector<Index> ids(places.size());
    for (std::size_t k = 0; k < places.size(); ++k) {
        NormalRow const row{update.rows.row(static_cast<Index>(places[k]))};
        fold_in.solve(row.view(), solved.row(k));
        ids[k] = update.ids[places[k]];
    }
    GramBasis sums{replaced(gram.gram(), side, solved, ids), d};
    auto const rows = static_cast<std::size_t>(ids.back()) + 1;
    if (rows > side.rows) side = grown(side, rows);
    for (std::size_t k = 0; k < ids.size(); ++k)
        std::copy_n(solved.row(k), d, side.row(static_cast<std::size_t>(ids[k])));
    gram = std::move(sums);
}

std::vector<float> padded_row(float const* row, std::size_t d) {
    std::vector<float> result(kernels().padded(d));
    std::copy_n(row, d, result.begin());
    return result;
}

/// The rows that are most similar to one by cosine, itself left out. Rows of zeros are similar to
/// none: 0.
std::vector<Scored> most_similar(Factors const& side, Index id, int n) {
    auto const row = padded_row(side.row(static_cast<std::size_t>(id)), side.d);
    std::vector<float> scores(side.rows);
    kernels().scores(row.data(), 1, side.floats.data(), side.d, nullptr, side.rows, scores.data(),
                     side.rows);
    auto const own = std::sqrt(scores[static_cast<std::size_t>(id)]);
    for (std::size_t i = 0; i < side.rows; ++i) {
        auto const* const other = side.row(i);
        float square = 0.0F;
        for (std::size_t j = 0; j < side.d; ++j)
            square += other[j] * other[j];
        auto const norms = own * std::sqrt(square);
        scores[i] = norms > 0.0F ? scores[i] / norms : 0.0F;
    }
    scores[static_cast<std::size_t>(id)] = filtered_out;
    return top_n(scores, n);
}

using Vector = Eigen::VectorXd;

Vector row_of(Factors const& side, Index id) {
    return Eigen::Map<Eigen::VectorXf const>(side.row(static_cast<std::size_t>(id)),
                                             static_cast<Eigen::Index>(side.d))
        .cast<double>();
}

}  // namespace

class AlsModel::Impl {
  public:
    explicit Impl(AlsOptions const& given) : options{given} {}

    AlsOptions options;
    AlsFactors factors;

    [[nodiscard]] FoldIn for_users() const { return {factors.items, factors.items_gram, options}; }
    [[nodiscard]] FoldIn for_items() const { return {factors.users, factors.users_gram, options}; }

    /// (the user's matrix)^-1 y: what scores of this item are linear in the user's row by.
    [[nodiscard]] Vector solve_for(SparseRow row, Index itemid) const {
        auto const d = static_cast<Eigen::Index>(factors.items.d);
        Eigen::Map<Eigen::MatrixXd const> const gram{factors.items_gram.gram().data(), d, d};
        Eigen::MatrixXd a = options.unobserved_weight * gram;
        a.diagonal().array() += regularizer(options, row.size(), factors.items.rows);
        for (std::size_t k = 0; k < row.size(); ++k) {
            auto const y = row_of(factors.items, row.ids[k]);
            auto const c = options.alpha * static_cast<double>(row.weights[k]);
            a.noalias() += (c * y) * y.transpose();
        }
        return a.selfadjointView<Eigen::Lower>().ldlt().solve(row_of(factors.items, itemid));
    }
};

/// Vectors of users who are to be scored. What folding in needs is made when it is first needed.
class AlsModel::UserVectors {
  public:
    explicit UserVectors(Impl const& impl) : impl_{impl} {}

    /// A user whose vector is zero is taken as his row says, too.
    void put(Index userid, SparseRow row, bool recalculate, float* out) {
        auto const d = impl_.factors.items.d;
        if (!recalculate) {
            auto const* const own = impl_.factors.users.row(static_cast<std::size_t>(userid));
            std::copy_n(own, d, out);
            bool const is_zero = std::all_of(own, own + d, [](float x) { return x == 0.0F; });
            if (!is_zero || row.size() == 0) return;
        }
        if (!fold_in_)
            fold_in_.emplace(impl_.factors.items, impl_.factors.items_gram, impl_.options);
        fold_in_->solve(row, out);
    }

  private:
    Impl const& impl_;
    std::optional<FoldIn> fold_in_;
};

AlsModel::AlsModel(AlsOptions const& options) {
    Validation validation;
    check_options(validation, options);
    validation.check("options");
    impl_ = std::make_unique<Impl>(options);
}

AlsModel::~AlsModel() = default;

Shape AlsModel::shape() const noexcept {
    return {static_cast<Index>(impl_->factors.users.rows),
            static_cast<Index>(impl_->factors.items.rows)};
}

AlsOptions const& AlsModel::options() const noexcept {
    return impl_->options;
}

void AlsModel::fit(Interactions const& user_items, FitControl const& control) {
    check_fit(user_items, control);
    impl_->factors = fit_als(user_items, impl_->options, control);
}

std::span<float const> AlsModel::user_factors() const noexcept {
    return impl_->factors.users.floats.view();
}

std::span<float const> AlsModel::item_factors() const noexcept {
    return impl_->factors.items.floats.view();
}

std::vector<float> AlsModel::recalculate_user(SparseRow user_items) const {
    check_fitted(*this);
    Validation validation;
    check_row(validation, "user_items", user_items, shape().items);
    validation.check("recalculate_user");
    std::vector<float> result(impl_->factors.items.d);
    impl_->for_users().solve(NormalRow{user_items}.view(), result.data());
    return result;
}

std::vector<float> AlsModel::recalculate_item(SparseRow item_users) const {
    check_fitted(*this);
    Validation validation;
    check_row(validation, "item_users", item_users, shape().users);
    validation.check("recalculate_item");
    std::vector<float> result(impl_->factors.users.d);
    impl_->for_items().solve(NormalRow{item_users}.view(), result.data());
    return result;
}

void AlsModel::partial_fit_users(std::span<Index const> userids, CsrView user_items) {
    check_fitted(*this);
    Update const update{"userids", "user_items", userids, user_items};
    check_update(update, shape().items);
    auto fold_in = impl_->for_users();
    apply(update, fold_in, impl_->factors.users, impl_->factors.users_gram);
}

void AlsModel::partial_fit_items(std::span<Index const> itemids, CsrView item_users) {
    check_fitted(*this);
    Update const update{"itemids", "item_users", itemids, item_users};
    check_update(update, shape().users);
    auto fold_in = impl_->for_items();
    apply(update, fold_in, impl_->factors.items, impl_->factors.items_gram);
}

std::vector<Scored> AlsModel::similar_items(Index itemid, int n) const {
    check_similar(*this, "itemid", itemid, shape().items, n);
    return most_similar(impl_->factors.items, itemid, n);
}

std::vector<Scored> AlsModel::similar_users(Index userid, int n) const {
    check_similar(*this, "userid", userid, shape().users, n);
    return most_similar(impl_->factors.users, userid, n);
}

Explanation AlsModel::explain(Index userid, SparseRow user_items, Index itemid, int n) const {
    check_explain(*this, userid, user_items, itemid, n);
    NormalRow const normal{user_items};
    auto const row = normal.view();
    auto const h = impl_->solve_for(row, itemid);
    std::vector<Contribution> contributions(row.size());
    double total = 0.0;
    for (std::size_t k = 0; k < row.size(); ++k) {
        auto const weight = impl_->options.alpha * static_cast<double>(row.weights[k]);
        auto const score = weight * h.dot(row_of(impl_->factors.items, row.ids[k]));
        contributions[k] = {row.ids[k], static_cast<float>(score)};
        total += score;
    }
    std::sort(contributions.begin(), contributions.end(), [](auto const& a, auto const& b) {
        return a.score != b.score ? a.score > b.score : a.item < b.item;
    });
    contributions.resize(std::min(contributions.size(), static_cast<std::size_t>(n)));
    return {.total = static_cast<float>(total),
            .rest = 0.0F,
            .contributions = std::move(contributions)};
}

void AlsModel::forget_users() {
    auto& factors = impl_->factors;
    auto const d = factors.users.d;
    factors.users = Factors{0, d};
    factors.users_gram = GramBasis{std::vector<double>(d * d), d};
}

void AlsModel::score_block(Block const& block, std::span<float> out) const {
    auto const& items = impl_->factors.items;
    auto const d = items.d;
    auto const width = kernels().padded(d);
    UserVectors vectors{*impl_};
    auto const most = std::min(users_a_block, block.users.size());
    FloatBuffer users{most * width};
    std::fill_n(users.data(), users.size(), 0.0F);
    for (std::size_t begin = 0; begin < block.users.size(); begin += most) {
        auto const count = std::min(most, block.users.size() - begin);
        for (std::size_t k = 0; k < count; ++k) {
            vectors.put(block.users[begin + k], block.rows[begin + k], block.recalculate,
                        users.data() + k * width);
        }
        kernels().scores(users.data(), count, items.floats.data(), d, nullptr, items.rows,
                         out.data() + begin * items.rows, items.rows);
    }
}

void AlsModel::score_items(Index userid, SparseRow row, bool recalculate,
                           std::span<Index const> items, std::span<float> out) const {
    auto const& all = impl_->factors.items;
    std::vector<float> user(kernels().padded(all.d));
    UserVectors{*impl_}.put(userid, row, recalculate, user.data());
    kernels().scores(user.data(), 1, all.floats.data(), all.d, items.data(), items.size(),
                     out.data(), items.size());
}

void AlsModel::write_to(ArrayWriter& writer) const {
    auto const& [options, factors] = *impl_;
    auto const d = std::int64_t{options.factors};
    writer.put("regularization", options.regularization);
    writer.put("unobserved_weight", options.unobserved_weight);
    writer.put("regularization_exponent", options.regularization_exponent);
    writer.put("alpha", options.alpha);
    writer.put("iterations", std::int64_t{options.iterations});
    writer.put("random_state", static_cast<std::int64_t>(options.random_state));
    writer.put("user_factors", factors.users.floats.view(), d);
    writer.put("item_factors", factors.items.floats.view(), d);
    writer.put("user_gram", factors.users_gram.gram());
    writer.put("item_gram", factors.items_gram.gram());
    writer.put("factors", d);
}

namespace {

Factors read_factors(ArrayReader const& reader, std::string_view name, std::size_t d) {
    auto const floats = reader.floats(name, -1, static_cast<std::int64_t>(d));
    Factors factors{floats.size() / d, d};
    std::copy(floats.begin(), floats.end(), factors.floats.data());
    return factors;
}

GramBasis read_gram(ArrayReader const& reader, std::string_view name, std::size_t d) {
    auto gram = reader.doubles(name);
    if (gram.size() != d * d) fail(ErrorCode::data_loss, name, "shape");
    return {std::move(gram), d};
}

int read_int(ArrayReader const& reader, std::string_view name) {
    auto const value = reader.integer(name);
    return static_cast<int>(std::clamp<std::int64_t>(value, -1, 1'000'000'000));
}

}  // namespace

std::unique_ptr<AlsModel> AlsModel::read_from(ArrayReader const& reader) {
    AlsOptions const options{
        .factors = read_int(reader, "factors"),
        .regularization = reader.number("regularization"),
        .unobserved_weight = reader.number("unobserved_weight"),
        .regularization_exponent = reader.number("regularization_exponent"),
        .alpha = reader.number("alpha"),
        .iterations = read_int(reader, "iterations"),
        .random_state = static_cast<std::uint64_t>(reader.integer("random_state"))};
    Validation validation;
    check_options(validation, options);
    if (!validation.ok()) throw Error{ErrorCode::data_loss, "a model", validation.take()};
    auto const d = static_cast<std::size_t>(options.factors);
    auto model = std::make_unique<AlsModel>(options);
    model->impl_->factors = {.users = read_factors(reader, "user_factors", d),
                             .items = read_factors(reader, "item_factors", d),
                             .users_gram = read_gram(reader, "user_gram", d),
                             .items_gram = read_gram(reader, "item_gram", d)};
    return model;
}

}  // namespace eduplat::recommender
