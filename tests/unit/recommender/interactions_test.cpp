#include "support/catch.hpp"
#include "unit/core/refusal.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/interactions.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;
using test::invalid;
using test::refusal;

namespace {

using Ids = std::vector<Index>;
using Weights = std::vector<float>;

struct Row {
    Ids ids;
    Weights weights;

    friend bool operator==(Row const&, Row const&) = default;
};

Row copy(SparseRow row) {
    return {{row.ids.begin(), row.ids.end()}, {row.weights.begin(), row.weights.end()}};
}

std::vector<Row> rows(CsrView view) {
    std::vector<Row> result;
    for (Index r = 0; r < view.rows(); ++r)
        result.push_back(copy(view.row(r)));
    return result;
}

Interactions from(Ids const& users, Ids const& items, Weights const& weights, Shape shape) {
    return Interactions::from_pairs(users, items, weights, shape);
}

auto const pairs_of_3x4 = [] {
    return from({2, 0, 2, 0, 2}, {3, 1, 0, 1, 3}, {1, 2, 3, 4, 0.5F}, {3, 4});
};

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("pairs become sorted rows, and those of one pair are summed", "[recommender]") {
    auto const made = pairs_of_3x4();
    CHECK(made.shape() == Shape{3, 4});
    CHECK(made.pairs() == 3);
    CHECK(rows(made.by_user()) == std::vector<Row>{{{1}, {6}}, {}, {{0, 3}, {3, 1.5F}}});
    CHECK(made.by_user().columns == 4);
}

TEST_CASE("the transpose has the same pairs by item", "[recommender]") {
    auto const made = pairs_of_3x4();
    CHECK(rows(made.by_item()) == std::vector<Row>{{{2}, {3}}, {{0}, {6}}, {}, {{2}, {1.5F}}});
    CHECK(made.by_item().columns == 3);
    auto const copied = made;
    CHECK(copied.by_item().ids.data() == made.by_item().ids.data());
}

TEST_CASE("the transpose is made once, whoever asks first", "[recommender]") {
    auto const made = pairs_of_3x4();
    std::vector<Index const*> seen(4);
    std::vector<std::thread> threads;
    for (auto& address : seen)
        threads.emplace_back([&] { address = made.by_item().ids.data(); });
    for (auto& thread : threads)
        thread.join();
    CHECK(seen == std::vector<Index const*>(4, made.by_item().ids.data()));
}

TEST_CASE("pairs that weigh nothing are left out", "[recommender]") {
    auto const made = from({0, 0, 1}, {0, 1, 1}, {0.0F, 1.0F, -0.0F}, {2, 2});
    CHECK(rows(made.by_user()) == std::vector<Row>{{{1}, {1}}, {}});
}

TEST_CASE("the order of pairs does not matter, to the last bit of a sum", "[recommender]") {
    std::mt19937 random{7};
    std::uniform_int_distribution<Index> id{0, 4};
    std::vector<std::tuple<Index, Index, float>> pairs;
    for (int i = 0; i < 300; ++i)
        pairs.emplace_back(id(random), id(random), 1.0F / static_cast<float>(i + 1));
    auto const make = [&] {
        InteractionsBuilder builder{Shape{5, 5}};
        for (auto const& [user, item, weight] : pairs)
            builder.add(user, item, weight);
        return std::move(builder).build();
    };
    auto const first = make();
    std::shuffle(pairs.begin(), pairs.end(), random);
    CHECK(rows(make().by_user()) == rows(first.by_user()));
    CHECK(rows(make().by_item()) == rows(first.by_item()));
}

TEST_CASE("rows of anybody are copied, sorted or not", "[recommender]") {
    std::vector<std::int64_t> const offsets{0, 3, 3, 4};
    Ids const ids{2, 0, 2, 1};
    Weights const weights{1, 2, 3, 0};
    auto const made = Interactions::from_csr({offsets, ids, weights, 3});
    CHECK(made.shape() == Shape{3, 3});
    CHECK(rows(made.by_user()) == std::vector<Row>{{{0, 2}, {2, 4}}, {}, {}});
    auto const again = Interactions::from_csr(made.by_user());
    CHECK(rows(again.by_user()) == rows(made.by_user()));
}

TEST_CASE("there may be nothing", "[recommender]") {
    Interactions const none;
    CHECK(none.shape() == Shape{});
    CHECK(none.pairs() == 0);
    CHECK(none.by_user().rows() == 0);
    CHECK(none.by_item().rows() == 0);
    CHECK(from({}, {}, {}, {2, 3}).by_item().rows() == 3);
    CHECK(Interactions::from_csr({{}, {}, {}, 5}).shape() == Shape{0, 5});
    CHECK(InteractionsBuilder{}.build().shape() == Shape{});
}

TEST_CASE("what was moved from still has its pairs", "[recommender]") {
    auto made = pairs_of_3x4();
    auto const moved = std::move(made);
    CHECK(made.pairs() == 3);  // NOLINT(bugprone-use-after-move): that it may is the point
    CHECK(moved.pairs() == 3);
}

TEST_CASE("a builder takes pairs one by one or many, and finds the shape", "[recommender]") {
    InteractionsBuilder builder;
    builder.add(1, 5);
    builder.add(Ids{0, 1}, Ids{2, 5}, Weights{2, 0.5F});
    CHECK(builder.size() == 3);
    auto const made = std::move(builder).build();
    CHECK(made.shape() == Shape{2, 6});
    CHECK(rows(made.by_user()) == std::vector<Row>{{{2}, {2}}, {{5}, {1.5F}}});
    CHECK(builder.size() == 0);  // NOLINT(bugprone-use-after-move): build() leaves it empty
}

TEST_CASE("bad pairs are refused, each field's first", "[recommender]") {
    auto const refused = [](Ids const& users, Ids const& items, Weights const& weights) {
        auto const by_pairs = refusal([&] { return from(users, items, weights, {2, 3}); });
        InteractionsBuilder builder{Shape{2, 3}};
        auto const by_builder = refusal([&] {
            builder.add(users, items, weights);
            return 0;
        });
        CHECK(by_pairs == by_builder);
        CHECK(builder.size() == 0);
        return by_pairs;
    };
    CHECK(refused({0}, {0, 1}, {1, 1}) == invalid("users", "length"));
    CHECK(refused({0, 1}, {0}, {1, 1}) == invalid("items", "length"));
    CHECK(refused({0, 1}, {0, 1}, {1}) == invalid("weights", "length"));
    CHECK(refused({0, 2, 3}, {0, 0, 0}, {1, 1, 1}) == invalid("users[1]", "out_of_range", 2));
    CHECK(refused({0, -1}, {0, 0}, {1, 1}) == invalid("users[1]", "out_of_range", 2));
    CHECK(refused({0, 1}, {2, 3}, {1, 1}) == invalid("items[1]", "out_of_range", 3));
    CHECK(refused({0, 1}, {0, -1}, {1, 1}) == invalid("items[1]", "out_of_range", 3));
    CHECK(refused({0, 1}, {0, 1}, {1, not_a_number}) == invalid("weights[1]", "not_finite"));
    CHECK(refused({0, 1}, {0, 1}, {infinity, 1}) == invalid("weights[0]", "not_finite"));
    CHECK(refused({0, 1}, {0, 1}, {-infinity, 1}) == invalid("weights[0]", "not_finite"));
    CHECK(refused({0, 1}, {0, 1}, {1, -1}) == invalid("weights[1]", "negative"));
}

TEST_CASE("weights and their sums are bounded", "[recommender]") {
    constexpr auto limit = limits::recommender_weight_max;
    constexpr auto most = static_cast<float>(limit);
    CHECK(refusal([&] {
              return from({0, 0}, {0, 0}, {most, most}, {1, 1});
          }) == invalid("weights", "too_large", limit));
    CHECK(refusal([&] {
              return from({0, 0}, {0, 1}, {1, std::nextafter(most, infinity)}, {1, 2});
          }) == invalid("weights[1]", "too_large", limit));
    CHECK(from({0, 0}, {0, 1}, {most, most}, {1, 2}).pairs() == 2);
    CHECK(from({0, 0}, {0, 0}, {most / 2, most / 2}, {1, 2}).by_user().weights[0] == most);
}

TEST_CASE("shapes are bounded", "[recommender]") {
    auto const most = limits::recommender_rows_max;
    auto const refused = [](Shape shape) {
        return refusal([&] { return from({}, {}, {}, shape); });
    };
    CHECK(refused({-1, 0}) == invalid("shape", "negative"));
    CHECK(refused({0, -1}) == invalid("shape", "negative"));
    CHECK(refused({most + 1, 0}) == invalid("shape", "too_large", most));
    CHECK(refused({0, most + 1}) == invalid("shape", "too_large", most));
    CHECK(from({}, {}, {}, {0, most}).shape() == Shape{0, most});
    CHECK(from({}, {}, {}, {0, most - 1}).shape() == Shape{0, most - 1});
    CHECK(refusal([] {
              return InteractionsBuilder{Shape{-1, 0}};
          }) == invalid("shape", "negative"));
    InteractionsBuilder builder;
    CHECK(refusal([&] {
              builder.add(0, most);
              return 0;
          }) == invalid("items[0]", "out_of_range", most));
}

TEST_CASE("malformed rows are refused", "[recommender]") {
    using Offsets = std::vector<std::int64_t>;
    auto const refused = [](Offsets const& offsets, Ids const& ids, Weights const& weights) {
        return refusal([&] { return Interactions::from_csr({offsets, ids, weights, 3}); });
    };
    CHECK(refused({1, 2}, {0, 1}, {1, 1}) == invalid("offsets", "malformed"));
    CHECK(refused({0, 1}, {0, 1}, {1, 1}) == invalid("offsets", "malformed"));
    CHECK(refused({0, 3}, {0, 1}, {1, 1}) == invalid("offsets", "malformed"));
    CHECK(refused({0, 2, 1, 2}, {0, 1}, {1, 1}) == invalid("offsets", "malformed"));
    CHECK(refused({}, {0}, {1}) == invalid("offsets", "malformed"));
    CHECK(refused({0, 2}, {0, 1}, {1}) == invalid("weights", "length"));
    CHECK(refused({0, 2}, {0, 3}, {1, 1}) == invalid("items[1]", "out_of_range", 3));
    CHECK(refused({0, 2}, {0, 1}, {1, not_a_number}) == invalid("weights[1]", "not_finite"));
    CHECK(refused({0, 2}, {0, 1}, {1, -2}) == invalid("weights[1]", "negative"));
}
