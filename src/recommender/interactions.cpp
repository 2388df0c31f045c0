#include "recommender/checks.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/recommender/interactions.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <mutex>
#include <string>
#include <utility>

namespace eduplat::recommender {
namespace {

struct Csr {
    std::vector<std::int64_t> offsets = {0};
    std::vector<Index> ids = {};
    std::vector<float> weights = {};
};

/// An id and a weight of 0 or more as one number, so that a row is sorted by id, then by weight:
/// sums do not depend on the order in which the pairs came.
constexpr unsigned id_shift = 32;

std::uint64_t to_key(Index id, float weight) noexcept {
    return static_cast<std::uint64_t>(id) << id_shift | std::bit_cast<std::uint32_t>(weight);
}

Index id_of(std::uint64_t key) noexcept {
    return static_cast<Index>(key >> id_shift);
}

float weight_of(std::uint64_t key) noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(key));
}

constexpr auto weight_max = static_cast<float>(limits::recommender_weight_max);

/// The first weight that is none, if any.
void check_weights(Validation& validation, std::span<float const> weights) {
    auto const bad = std::find_if(weights.begin(), weights.end(), [](float weight) {
        return !(weight >= 0.0F) || weight > weight_max;
    });
    if (bad == weights.end()) return;
    auto const element = "weights[" + std::to_string(bad - weights.begin()) + ']';
    if (!std::isfinite(*bad)) {
        validation.add(element, "not_finite");
    } else if (*bad < 0.0F) {
        validation.add(element, "negative");
    } else {
        validation.add(element, "too_large", limits::recommender_weight_max);
    }
}

void check_lengths(Validation& validation, std::size_t users, std::size_t items,
                   std::size_t weights) {
    auto const length = std::max({users, items, weights});
    if (users != length) validation.add("users", "length");
    if (items != length) validation.add("items", "length");
    if (weights != length) validation.add("weights", "length");
}

void check_shape(Validation& validation, std::int64_t users, std::int64_t items) {
    if (users < 0 || items < 0) {
        validation.add("shape", "negative");
    } else if (std::max(users, items) > limits::recommender_rows_max) {
        validation.add("shape", "too_large", limits::recommender_rows_max);
    }
}

void check_offsets(Validation& validation, CsrView rows) {
    if (rows.ids.size() != rows.weights.size()) validation.add("weights", "length");
    auto const& offsets = rows.offsets;
    // No pair lies outside of all rows.
    bool const good = offsets.empty() ? rows.ids.empty()
                                      : is_well_formed(rows) && offsets.front() == 0 &&
                                            offsets.back() == std::ssize(rows.ids);
    if (!good) validation.add("offsets", "malformed");
}

/// Makes room for `count` more, so that to append them cannot fail. It is twice as much as there
/// is, at least, so that one by one is not slow.
template <typename T>
void reserve_more(std::vector<T>& values, std::size_t count) {
    auto const needed = values.size() + count;
    if (values.capacity() < needed) values.reserve(std::max(needed, 2 * values.capacity()));
}

/// Turns counts, of which that of row r stands at r + 1, into offsets.
void accumulate(std::vector<std::int64_t>& counts) {
    for (std::size_t i = 1; i < counts.size(); ++i)
        counts[i] += counts[i - 1];
}

/// Gives each pair its place in its row, in the order of the input.
template <typename Count, typename Place>
std::vector<std::int64_t> group(std::size_t rows, Count const& each_row, Place const& place) {
    std::vector<std::int64_t> offsets(rows + 1);
    each_row([&](Index row) { ++offsets[static_cast<std::size_t>(row) + 1]; });
    accumulate(offsets);
    auto next = offsets;
    place(
        [&](Index row) { return static_cast<std::size_t>(next[static_cast<std::size_t>(row)]++); });
    return offsets;
}

/// Sums the pairs of one id in a sorted row, and writes what it comes to.
void append_row(std::span<std::uint64_t const> keys, Csr& to) {
    for (std::size_t i = 0; i < keys.size();) {
        auto const id = id_of(keys[i]);
        double sum = 0;
        for (; i < keys.size() && id_of(keys[i]) == id; ++i)
            sum += static_cast<double>(weight_of(keys[i]));
        auto const weight = static_cast<float>(sum);
        if (weight > weight_max) {
            fail(ErrorCode::invalid_argument, "weights", "too_large",
                 limits::recommender_weight_max);
        }
        to.ids.push_back(id);
        to.weights.push_back(weight);
    }
}

/// Rows of keys, in any order, become rows of ids that ascend.
Csr compress(std::vector<std::int64_t> const& offsets, std::vector<std::uint64_t> keys) {
    Csr result;
    result.offsets.reserve(offsets.size());
    result.ids.reserve(keys.size());
    result.weights.reserve(keys.size());
    for (std::size_t row = 0; row + 1 < offsets.size(); ++row) {
        auto const begin = keys.begin() + offsets[row];
        auto const end = keys.begin() + offsets[row + 1];
        if (!std::is_sorted(begin, end)) std::sort(begin, end);
        append_row({begin, end}, result);
        result.offsets.push_back(std::ssize(result.ids));
    }
    result.ids.shrink_to_fit();
    result.weights.shrink_to_fit();
    return result;
}

Csr compress_pairs(std::span<Index const> users, std::span<Index const> items,
                   std::span<float const> weights, Index rows) {
    std::vector<std::uint64_t> keys;
    auto const each = [&](auto const& function) {
        for (std::size_t i = 0; i < users.size(); ++i) {
            if (weights[i] > 0.0F) function(i);
        }
    };
    auto const count = [&](auto const& found) {
        std::size_t pairs = 0;
        each([&](std::size_t i) {
            found(users[i]);
            ++pairs;
        });
        keys.resize(pairs);
    };
    auto const offsets = group(static_cast<std::size_t>(rows), count, [&](auto const& place) {
        each([&](std::size_t i) { keys[place(users[i])] = to_key(items[i], weights[i]); });
    });
    return compress(offsets, std::move(keys));
}

Csr compress_rows(CsrView rows) {
    std::vector<std::int64_t> offsets{0};
    offsets.reserve(rows.offsets.size());
    std::vector<std::uint64_t> keys;
    keys.reserve(rows.ids.size());
    for (Index r = 0; r < rows.rows(); ++r) {
        auto const [ids, weights] = rows.row(r);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (weights[i] > 0.0F) keys.push_back(to_key(ids[i], weights[i]));
        }
        offsets.push_back(std::ssize(keys));
    }
    return compress(offsets, std::move(keys));
}

Csr transpose(CsrView rows) {
    Csr result;
    result.ids.resize(rows.ids.size());
    result.weights.resize(rows.ids.size());
    auto const count = [&](auto const& found) {
        for (auto const id : rows.ids)
            found(id);
    };
    result.offsets = group(static_cast<std::size_t>(rows.columns), count, [&](auto const& place) {
        for (Index r = 0; r < rows.rows(); ++r) {
            auto const [ids, weights] = rows.row(r);
            for (std::size_t i = 0; i < ids.size(); ++i) {
                auto const at = place(ids[i]);
                result.ids[at] = r;
                result.weights[at] = weights[i];
            }
        }
    });
    return result;
}

CsrView view(Csr const& rows, Index columns) noexcept {
    return {rows.offsets, rows.ids, rows.weights, columns};
}

}  // namespace

struct Interactions::Contents {
    Contents(Shape size, Csr rows) : shape(size), by_user(std::move(rows)) {}

    Shape shape;
    Csr by_user;
    mutable std::once_flag transposed;
    mutable Csr by_item;  ///< after `transposed`
};

Interactions::Interactions() : Interactions(std::make_shared<Contents const>(Shape{}, Csr{})) {}

Interactions::Interactions(std::shared_ptr<Contents const> contents) noexcept
    : contents_(std::move(contents)) {}

Interactions::~Interactions() = default;

Interactions Interactions::from_pairs(std::span<Index const> users, std::span<Index const> items,
                                      std::span<float const> weights, Shape shape) {
    Validation validation;
    check_lengths(validation, users.size(), items.size(), weights.size());
    check_shape(validation, shape.users, shape.items);
    validation.check("interactions");
    check_ids(validation, "users", users, shape.users);
    check_ids(validation, "items", items, shape.items);
    check_weights(validation, weights);
    validation.check("interactions");
    return Interactions{std::make_shared<Contents const>(
        shape, compress_pairs(users, items, weights, shape.users))};
}

Interactions Interactions::from_csr(CsrView user_items) {
    Validation validation;
    auto const rows = user_items.offsets.empty() ? 0 : std::ssize(user_items.offsets) - 1;
    check_offsets(validation, user_items);
    check_shape(validation, rows, user_items.columns);
    validation.check("interactions");
    check_ids(validation, "items", user_items.ids, user_items.columns);
    check_weights(validation, user_items.weights);
    validation.check("interactions");
    return Interactions{std::make_shared<Contents const>(
        Shape{user_items.rows(), user_items.columns}, compress_rows(user_items))};
}

Shape Interactions::shape() const noexcept {
    return contents_->shape;
}

std::int64_t Interactions::pairs() const noexcept {
    return std::ssize(contents_->by_user.ids);
}

CsrView Interactions::by_user() const noexcept {
    return view(contents_->by_user, contents_->shape.items);
}

CsrView Interactions::by_item() const {
    std::call_once(contents_->transposed, [this] { contents_->by_item = transpose(by_user()); });
    return view(contents_->by_item, contents_->shape.users);
}

InteractionsBuilder::InteractionsBuilder(std::optional<Shape> shape) : shape_(shape) {
    if (!shape) return;
    Validation validation;
    check_shape(validation, shape->users, shape->items);
    validation.check("interactions");
}

void InteractionsBuilder::add(Index user, Index item, float weight) {
    add({&user, 1}, {&item, 1}, {&weight, 1});
}

void InteractionsBuilder::add(std::span<Index const> users, std::span<Index const> items,
                              std::span<float const> weights) {
    Shape const bounds =
        shape_.value_or(Shape{limits::recommender_rows_max, limits::recommender_rows_max});
    Validation validation;
    check_lengths(validation, users.size(), items.size(), weights.size());
    check_ids(validation, "users", users, bounds.users);
    check_ids(validation, "items", items, bounds.items);
    check_weights(validation, weights);
    validation.check("interactions");
    reserve_more(users_, users.size());
    reserve_more(items_, users.size());
    reserve_more(weights_, users.size());
    users_.insert(users_.end(), users.begin(), users.end());
    items_.insert(items_.end(), items.begin(), items.end());
    weights_.insert(weights_.end(), weights.begin(), weights.end());
}

std::int64_t InteractionsBuilder::size() const noexcept {
    return std::ssize(users_);
}

Interactions InteractionsBuilder::build() && {
    auto const users = std::exchange(users_, {});
    auto const items = std::exchange(items_, {});
    auto const weights = std::exchange(weights_, {});
    auto const end = [](std::vector<Index> const& ids) {
        return ids.empty() ? 0 : *std::max_element(ids.begin(), ids.end()) + 1;
    };
    auto const shape = shape_.value_or(Shape{end(users), end(items)});
    return Interactions{std::make_shared<Interactions::Contents const>(
        shape, compress_pairs(users, items, weights, shape.users))};
}

}  // namespace eduplat::recommender
