#include "recommender/row_list.hpp"
#include "recommender/seeded.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eduplat::recommender {
namespace {

/// Marks `count` of `size` places, each set of places as likely as any other.
std::vector<char> choose(std::size_t size, std::size_t count, Seeded& random) {
    std::vector<std::size_t> places(size);
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::vector<char> chosen(size, 0);
    for (std::size_t i = 0; i < count; ++i) {
        std::swap(places[i], places[i + static_cast<std::size_t>(random.below(size - i))]);
        chosen[places[i]] = 1;
    }
    return chosen;
}

/// `count_of(n)` pairs of each user with n go to the test part.
template <class CountOf>
Split split_rows(Interactions const& user_items, std::uint64_t seed, CountOf const& count_of) {
    auto const rows = user_items.by_user();
    auto const start = Seeded{seed}();
    RowList train;
    RowList test;
    for (Index user = 0; user < rows.rows(); ++user) {
        auto const row = rows.row(user);
        Seeded random{start + static_cast<std::uint64_t>(user)};
        auto const held_out = choose(row.size(), count_of(row.size()), random);
        for (std::size_t i = 0; i < row.size(); ++i)
            (held_out[i] ? test : train).add(row.ids[i], row.weights[i]);
        train.end_row();
        test.end_row();
    }
    auto const items = user_items.shape().items;
    return {Interactions::from_csr(train.view(items)), Interactions::from_csr(test.view(items))};
}

/// Coordinates as they are gathered.
struct Pairs {
    std::vector<Index> users;
    std::vector<Index> items;
    std::vector<float> weights;

    void add(Index user, Index item, float weight) {
        users.push_back(user);
        items.push_back(item);
        weights.push_back(weight);
    }
    [[nodiscard]] Interactions interactions(Shape shape) const {
        return Interactions::from_pairs(users, items, weights, shape);
    }
};

bool has(Interactions const& interactions, Index user, Index item) {
    auto const ids = interactions.by_user().row(user).ids;
    return std::binary_search(ids.begin(), ids.end(), item);
}

}  // namespace

Split leave_k_out(Interactions const& user_items, int k, std::uint64_t seed) {
    if (k < 1) fail(ErrorCode::invalid_argument, "k", "too_small", 1);
    auto const count = static_cast<std::size_t>(k);
    return split_rows(user_items, seed,
                      [&](std::size_t pairs) { return pairs > count ? count : 0; });
}

Split split_fraction(Interactions const& user_items, double test_fraction, std::uint64_t seed) {
    if (!(test_fraction >= 0 && test_fraction <= 1))
        fail(ErrorCode::invalid_argument, "test_fraction", "out_of_range");
    return split_rows(user_items, seed, [&](std::size_t pairs) {
        // 0.29 of 100 is 29, although their product is a little less.
        auto const count = std::floor(test_fraction * static_cast<double>(pairs) + 1e-9);
        return std::min(pairs, static_cast<std::size_t>(count));
    });
}

Split split_by_time(std::span<Index const> users, std::span<Index const> items,
                    std::span<float const> weights, std::span<std::int64_t const> times,
                    std::int64_t cutoff, Shape shape) {
    if (times.size() != users.size()) fail(ErrorCode::invalid_argument, "times", "length");
    // Refuses what is wrong with the pairs, under the places they have here.
    auto const all = Interactions::from_pairs(users, items, weights, shape);
    Pairs before;
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (times[i] < cutoff) before.add(users[i], items[i], weights[i]);
    }
    auto train = before.interactions(all.shape());
    Pairs after;
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (times[i] >= cutoff && !has(train, users[i], items[i]))
            after.add(users[i], items[i], weights[i]);
    }
    return {train, after.interactions(all.shape())};
}

}  // namespace eduplat::recommender
