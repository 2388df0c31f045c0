#include "recommender/arrays.hpp"
#include "support/catch.hpp"
#include "unit/core/refusal.hpp"
#include "unit/recommender/linear_systems.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/ease.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

using namespace eduplat;
using namespace eduplat::recommender;
using eduplat::test::invalid;
using eduplat::test::Matrix;
using eduplat::test::random_pairs;
using eduplat::test::Refusal;
using eduplat::test::refusal;

namespace {

/// What predicts item c from all others, by a regression for each item alone.
Matrix regressions(Interactions const& pairs, EaseOptions const& options) {
    auto const dense = test::to_matrix(pairs);
    auto const gram = test::product(test::transposed(dense), dense);
    auto const n = gram.size();
    auto const factor = options.dropout / (1 - options.dropout);
    auto weights = test::zeros(n, n);
    for (std::size_t c = 0; c < n; ++c) {
        std::vector<std::size_t> others;
        for (std::size_t i = 0; i < n; ++i) {
            if (i != c) others.push_back(i);
        }
        auto system = test::zeros(n - 1, n - 1);
        std::vector<double> right(n - 1);
        for (std::size_t i = 0; i < n - 1; ++i) {
            for (std::size_t j = 0; j < n - 1; ++j)
                system[i][j] = gram[others[i]][others[j]];
            system[i][i] += options.regularization + factor * system[i][i];
            right[i] = gram[others[i]][c];
        }
        auto const solution = test::solved(system, right);
        for (std::size_t i = 0; i < n - 1; ++i)
            weights[others[i]][c] = solution[i];
    }
    return weights;
}

void check_weights(EaseModel const& model, Matrix const& expected) {
    auto const n = expected.size();
    REQUIRE(model.item_weights().size() == n * n);
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t c = 0; c < n; ++c)
            REQUIRE(static_cast<double>(model.item_weights()[r * n + c]) ==
                    Approx(expected[r][c]).epsilon(1e-5).margin(1e-7));
    }
}

}  // namespace

TEST_CASE("EASE's weights are those of a regression of each item on all others") {
    for (auto const dropout : {0.0, 0.5}) {
        EaseOptions const options{.regularization = 2.5, .dropout = dropout};
        auto const pairs = random_pairs({60, 25}, 0.3, 11, true);
        EaseModel model(options);
        model.fit(pairs);
        check_weights(model, regressions(pairs, options));
    }
}

TEST_CASE("EASE predicts the course that goes with another") {
    // Users 0 to 2 took 0 and 1, users 3 and 4 took 2 and 3.
    std::vector<Index> const users{0, 0, 1, 1, 2, 2, 3, 3, 4, 4};
    std::vector<Index> const items{0, 1, 0, 1, 0, 1, 2, 3, 2, 3};
    std::vector<float> const weights(users.size(), 1.0F);
    EaseModel model({.regularization = 1, .dropout = 0});
    model.fit(Interactions::from_pairs(users, items, weights, {5, 4}));

    // Of the regression of 1 on 0: 3 / (3 + 1); of 3 on 2: 2 / (2 + 1).
    std::vector<Index> const has{0, 2};
    std::vector<float> const ones{1, 1};
    auto const best = model.recommend(0, {has, ones});
    REQUIRE(best.size() == 2);
    CHECK(best[0].id == 1);
    CHECK(best[0].score == Approx(0.75));
    CHECK(best[1].id == 3);
    CHECK(best[1].score == Approx(2.0 / 3));

    auto const why = model.explain(0, {has, ones}, 3);
    CHECK(why.total == best[1].score);
    CHECK(why.rest == 0);
    REQUIRE(why.contributions.size() == 1);
    CHECK(why.contributions[0].item == 2);

    auto const similar = model.similar_items(2);
    REQUIRE(similar.size() == 3);
    CHECK(similar[0].id == 3);
}

TEST_CASE("An item that nobody has says nothing and is not recommended before others") {
    std::vector<Index> const users{0, 0, 1, 1};
    std::vector<Index> const items{0, 1, 0, 1};
    std::vector<float> const weights(users.size(), 1.0F);
    EaseModel model;
    model.fit(Interactions::from_pairs(users, items, weights, {2, 3}));
    std::vector<Index> const all{0, 1, 2};
    std::vector<Index> const has{2};
    std::vector<float> const one{1};
    CHECK(model.score(0, {has, one}, all) == std::vector<float>{0, 0, 0});
    std::vector<Index> const first{0};
    CHECK(model.recommend(0, {first, one})[0].id == 1);
}

TEST_CASE("EASE knows users by their rows, also those who were not there") {
    auto const pairs = random_pairs({20, 8}, 0.4, 5);
    EaseModel model;
    model.fit(pairs);
    auto const row = pairs.by_user().row(3);
    auto const known = model.recommend(3, row);
    CHECK(model.recommend(1'000, row) == known);
    CHECK(model.recommend(3, row, {.recalculate_user = true}) == known);
}

TEST_CASE("EASE gives the same bits for any number of threads") {
    auto const pairs = random_pairs({200, 300}, 0.05, 9);
    EaseModel one;
    EaseModel three;
    one.fit(pairs);
    three.fit(pairs, {3, {}});
    CHECK(std::equal(one.item_weights().begin(), one.item_weights().end(),
                     three.item_weights().begin(), three.item_weights().end()));
}

TEST_CASE("EASE refuses options and catalogs that it cannot fit") {
    auto const with = [](EaseOptions const& options) {
        return refusal([&] { return EaseModel(options).shape(); });
    };
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(with({.regularization = 0}) == invalid("regularization", "too_small", 0));
    CHECK(with({.regularization = -1}) == invalid("regularization", "too_small", 0));
    CHECK(with({.regularization = nan}) == invalid("regularization", "not_finite"));
    CHECK(with({.dropout = -0.1}) == invalid("dropout", "too_small", 0));
    CHECK(with({.dropout = 1}) == invalid("dropout", "too_large", 1));
    CHECK(with({.dropout = nan}) == invalid("dropout", "not_finite"));

    std::vector<Index> const zero{0};
    std::vector<float> const one{1};
    auto const fit = [&](Index items) {
        return refusal([&] {
            EaseModel model;
            model.fit(Interactions::from_pairs(zero, zero, one, {1, items}));
            return model.shape();
        });
    };
    CHECK(fit(limits::ease_items_max + 1) ==
          Refusal{ErrorCode::resource_exhausted, {"items", "too_many", limits::ease_items_max}});
}

TEST_CASE("A fit of EASE that is canceled leaves the model as it was") {
    auto const pairs = random_pairs({50, 20}, 0.3, 2);
    EaseModel model;
    model.fit(pairs);
    std::vector<float> const before(model.item_weights().begin(), model.item_weights().end());
    for (std::string const stage : {"gram", "invert"}) {
        auto const cancel = [&](FitProgress const& progress) { return progress.stage != stage; };
        try {
            model.fit(random_pairs({50, 21}, 0.3, 3), {1, cancel});
            FAIL("not canceled");
        } catch (Error const& error) {
            CHECK(error.code() == ErrorCode::canceled);
        }
    }
    CHECK(model.shape() == Shape{50, 20});
    CHECK(std::equal(before.begin(), before.end(), model.item_weights().begin(),
                     model.item_weights().end()));
}

TEST_CASE("EASE is the same whatever the order of items") {
    auto const pairs = random_pairs({40, 12}, 0.3, 21);
    std::vector<Index> const to{5, 3, 11, 0, 1, 9, 2, 4, 10, 6, 8, 7};
    InteractionsBuilder builder(pairs.shape());
    auto const rows = pairs.by_user();
    for (Index user = 0; user < rows.rows(); ++user) {
        for (auto const item : rows.row(user).ids)
            builder.add(user, to[static_cast<std::size_t>(item)]);
    }
    EaseModel plain;
    EaseModel permuted;
    plain.fit(pairs);
    permuted.fit(std::move(builder).build());
    for (std::size_t r = 0; r < to.size(); ++r) {
        for (std::size_t c = 0; c < to.size(); ++c) {
            auto const at =
                static_cast<std::size_t>(to[r]) * to.size() + static_cast<std::size_t>(to[c]);
            REQUIRE(permuted.item_weights()[at] ==
                    Approx(plain.item_weights()[r * to.size() + c]).margin(1e-7));
        }
    }
}

TEST_CASE("EASE reads weights of items x items only") {
    auto const pairs = random_pairs({30, 4}, 0.4, 8);
    EaseModel model;
    model.fit(pairs);
    ArrayWriter writer;
    model.write_to(writer);
    std::vector<float> const weights(16, 1.0F);
    writer.put("item_weights", weights, 8);  // 2 x 8
    CHECK(refusal([&] { return EaseModel::read_from(ArrayReader(writer.arrays()))->shape(); }) ==
          Refusal{ErrorCode::data_loss, {"item_weights", "shape", {}}});
    writer.put("items", std::int64_t{0});
    CHECK(refusal([&] { return EaseModel::read_from(ArrayReader(writer.arrays()))->shape(); }) ==
          Refusal{ErrorCode::data_loss, {"items", "out_of_range", {}}});
}

TEST_CASE("EASE comes back from its arrays as it was") {
    auto const pairs = random_pairs({30, 10}, 0.4, 8);
    EaseModel model({.regularization = 7, .dropout = 0.25});
    model.fit(pairs);
    ArrayWriter writer;
    model.write_to(writer);
    auto const read = EaseModel::read_from(ArrayReader(writer.arrays()));
    CHECK(read->shape() == model.shape());
    CHECK(read->options().regularization == 7);
    CHECK(read->options().dropout == 0.25);
    CHECK(std::equal(read->item_weights().begin(), read->item_weights().end(),
                     model.item_weights().begin(), model.item_weights().end()));
}
