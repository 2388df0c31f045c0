#include "unit/core/refusal.hpp"

#include <eduplat/recommender/evaluation.hpp>

#include <recommender/seeded.hpp>
#include <support/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;
using test::invalid, test::refusal;

namespace {

/// User u has u pairs, of items 0 to u - 1, each with a weight of its own.
Interactions stairs(Index users) {
    InteractionsBuilder builder{Shape{users, users}};
    for (Index user = 0; user < users; ++user) {
        for (Index item = 0; item < user; ++item)
            builder.add(user, item, 1.0F + static_cast<float>(user * users + item));
    }
    return std::move(builder).build();
}

using Weights = std::map<std::pair<Index, Index>, float>;

Weights weights_of(Interactions const& interactions) {
    Weights out;
    auto const rows = interactions.by_user();
    for (Index user = 0; user < rows.rows(); ++user) {
        auto const row = rows.row(user);
        for (std::size_t i = 0; i < row.size(); ++i)
            out[{user, row.ids[i]}] = row.weights[i];
    }
    return out;
}

/// Both parts together are what was split, and share no pair.
void check_whole(Split const& split, Interactions const& all) {
    CHECK(split.train.shape() == all.shape());
    CHECK(split.test.shape() == all.shape());
    auto parts = weights_of(split.train);
    auto const test = weights_of(split.test);
    parts.insert(test.begin(), test.end());
    CHECK(parts == weights_of(all));
    CHECK(split.train.pairs() + split.test.pairs() == all.pairs());
}

std::size_t test_size(Split const& split, Index user) {
    return split.test.by_user().row(user).size();
}

Split by_time(std::vector<std::int64_t> const& times) {
    std::vector<Index> const users{0, 0, 1, 1, 1};
    std::vector<Index> const items{0, 1, 0, 0, 2};
    std::vector<float> const weights{1, 2, 4, 8, 16};
    return split_by_time(users, items, weights, times, 100, {2, 3});
}

}  // namespace

TEST_CASE("k pairs are left out of users with more", "[recommender][splits]") {
    auto const all = stairs(12);
    auto const split = leave_k_out(all, 3, 7);
    check_whole(split, all);
    for (Index user = 0; user < 12; ++user)
        CHECK(test_size(split, user) == (user > 3 ? 3U : 0U));
    CHECK(refusal([&] { return leave_k_out(all, 0, 7); }) == invalid("k", "too_small", 1));
}

TEST_CASE("a fraction of each user's pairs is held out, rounded down", "[recommender][splits]") {
    auto const all = stairs(101);
    auto const split = split_fraction(all, 0.29, 7);
    check_whole(split, all);
    for (Index user = 0; user < 101; ++user)
        CHECK(test_size(split, user) == static_cast<std::size_t>(user * 29 / 100));
    CHECK(split_fraction(all, 0, 1).test.pairs() == 0);
    CHECK(split_fraction(all, 1, 1).train.pairs() == 0);
    for (auto const bad : {-0.1, 1.1, std::nan("")}) {
        CHECK(refusal([&] { return split_fraction(all, bad, 1); }) ==
              invalid("test_fraction", "out_of_range"));
    }
}

TEST_CASE("the seed decides a split, user by user", "[recommender][splits]") {
    auto const all = stairs(40);
    auto const test_of = [&](std::uint64_t seed) {
        return weights_of(leave_k_out(all, 2, seed).test);
    };
    CHECK(test_of(1) == test_of(1));
    CHECK(test_of(1) != test_of(2));
    // Without the last user the others' pairs are split as before.
    InteractionsBuilder fewer{all.shape()};
    for (auto const& [pair, weight] : weights_of(all)) {
        if (pair.first < 39) fewer.add(pair.first, pair.second, weight);
    }
    auto expected = test_of(1);
    std::erase_if(expected, [](auto const& entry) { return entry.first.first == 39; });
    CHECK(weights_of(leave_k_out(std::move(fewer).build(), 2, 1).test) == expected);
}

TEST_CASE("each pair is as likely to be held out", "[recommender][splits]") {
    InteractionsBuilder builder;
    for (Index user = 0; user < 20'000; ++user) {
        for (Index item = 0; item < 5; ++item)
            builder.add(user, item);
    }
    auto const test = leave_k_out(std::move(builder).build(), 2, 3).test;
    for (Index item = 0; item < 5; ++item) {
        // 8,000 expected; the standard deviation is 69.
        auto const held_out = static_cast<double>(test.by_item().row(item).size());
        CHECK(std::abs(held_out - 8'000) < 350);
    }
}

TEST_CASE("a split by time leaves out what the user had before", "[recommender][splits]") {
    auto const split = by_time({99, 100, 50, 101, 500});
    CHECK(weights_of(split.train) == Weights{{{0, 0}, 1}, {{1, 0}, 4}});
    CHECK(weights_of(split.test) == Weights{{{0, 1}, 2}, {{1, 2}, 16}});
    CHECK(split.test.shape() == Shape{2, 3});
    // Repeated in one part it is summed.
    CHECK(weights_of(by_time({200, 200, 200, 200, 200}).test).at({1, 0}) == 12.0F);
    CHECK(by_time({1, 2, 3, 4, 5}).test.pairs() == 0);
    CHECK(refusal([] { return by_time({1, 2}); }) == invalid("times", "length"));
}
