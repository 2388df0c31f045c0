#include "recommender/arrays.hpp"
#include "support/catch.hpp"
#include "unit/core/refusal.hpp"
#include "unit/recommender/linear_systems.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/graph_filter.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace eduplat;
using namespace eduplat::recommender;
using eduplat::test::invalid;
using eduplat::test::Matrix;
using eduplat::test::random_pairs;
using eduplat::test::refusal;

namespace {

constexpr double user_exponent = 0.3;
constexpr double item_exponent = 0.4;

/// Each entry divided by the powers of its row's and its column's sum.
Matrix leveled(Matrix const& pairs) {
    auto const columns = test::transposed(pairs);
    auto const sum = [](std::vector<double> const& row) {
        return std::accumulate(row.begin(), row.end(), 0.0);
    };
    auto result = pairs;
    for (std::size_t u = 0; u < pairs.size(); ++u) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (pairs[u][i] > 0)
                result[u][i] /= std::pow(sum(pairs[u]), user_exponent) *
                                std::pow(sum(columns[i]), item_exponent);
        }
    }
    return result;
}

/// The greatest eigenvalue of a symmetric matrix of nothing below 0, by powers.
double greatest_value(Matrix const& matrix) {
    std::vector<double> x(matrix.size(), 1.0);
    double length = 0;
    for (int step = 0; step < 2'000; ++step) {
        std::vector<double> y(x.size());
        for (std::size_t i = 0; i < x.size(); ++i)
            y[i] = std::inner_product(x.begin(), x.end(), matrix[i].begin(), 0.0);
        length = std::sqrt(std::inner_product(y.begin(), y.end(), y.begin(), 0.0));
        std::transform(y.begin(), y.end(), x.begin(), [&](double value) { return value / length; });
    }
    return length;
}

Matrix affinity(Interactions const& pairs) {
    auto const matrix = leveled(test::to_matrix(pairs));
    auto result = test::product(test::transposed(matrix), matrix);
    auto const greatest = greatest_value(result);
    for (auto& row : result) {
        for (auto& value : row)
            value /= greatest;
    }
    return result;
}

std::vector<float> all_scores(Model const& model, SparseRow row) {
    std::vector<Index> items(static_cast<std::size_t>(model.shape().items));
    std::iota(items.begin(), items.end(), 0);
    return model.score(0, row, items);
}

void check_scores(GraphFilterModel const& model, Interactions const& pairs,
                  Matrix const& item_weights) {
    auto const rows = test::to_matrix(pairs);
    auto const expected = test::product(rows, item_weights);
    for (Index user = 0; user < pairs.shape().users; ++user) {
        auto const scores = all_scores(model, pairs.by_user().row(user));
        for (std::size_t i = 0; i < scores.size(); ++i)
            REQUIRE(static_cast<double>(scores[i]) ==
                    Approx(expected[static_cast<std::size_t>(user)][i]).margin(2e-5));
    }
}

GraphFilterOptions with(double low_pass, double neighbors, double sharpening = 0) {
    return {.factors = 100,
            .user_exponent = user_exponent,
            .item_exponent = item_exponent,
            .low_pass_weight = low_pass,
            .neighbor_weight = neighbors,
            .sharpening = sharpening};
}

}  // namespace

TEST_CASE("The graph filter's second part is what neighbors have") {
    auto const pairs = random_pairs({40, 15}, 0.3, 4, true);
    GraphFilterModel model(with(0, 2));
    model.fit(pairs);
    auto expected = affinity(pairs);
    for (auto& row : expected) {
        for (auto& value : row)
            value *= 2;
    }
    check_scores(model, pairs, expected);
}

TEST_CASE("With all vectors the first part passes a row as it is") {
    auto const pairs = random_pairs({40, 15}, 0.3, 5, true);
    GraphFilterModel model(with(1, 0));
    model.fit(pairs);
    auto identity = test::zeros(15, 15);
    for (std::size_t i = 0; i < 15; ++i)
        identity[i][i] = 1;
    check_scores(model, pairs, identity);
}

TEST_CASE("Sharpening takes away what is smoothest, in the items' scale") {
    auto const pairs = random_pairs({40, 15}, 0.3, 6, true);
    GraphFilterModel model(with(1, 0.5, 0.7));
    model.fit(pairs);
    auto const between = affinity(pairs);
    auto const columns = test::transposed(test::to_matrix(pairs));
    auto expected = test::zeros(15, 15);
    for (std::size_t i = 0; i < 15; ++i) {
        for (std::size_t j = 0; j < 15; ++j) {
            auto const ratio = std::accumulate(columns[j].begin(), columns[j].end(), 0.0) /
                               std::accumulate(columns[i].begin(), columns[i].end(), 0.0);
            expected[i][j] = (i == j ? 1.0 : 0.0) + 0.5 * between[i][j] -
                             0.7 * std::pow(ratio, item_exponent) * between[i][j];
        }
    }
    check_scores(model, pairs, expected);
}

TEST_CASE("The first vectors tell groups of users and items apart") {
    // Users and items of one parity, a tenth of the pairs missing; and one vector for each group.
    InteractionsBuilder builder(Shape{40, 20});
    for (Index user = 0; user < 40; ++user) {
        for (Index item = user % 2; item < 20; item += 2) {
            if ((user + item * 3) % 10 != 0) builder.add(user, item);
        }
    }
    auto const pairs = std::move(builder).build();
    GraphFilterModel model({.factors = 2, .neighbor_weight = 0});
    model.fit(pairs);
    for (Index user = 0; user < 40; ++user) {
        for (auto const& scored : model.recommend(user, pairs.by_user().row(user), {.n = 1}))
            CHECK((scored.score < 1e-5F || scored.id % 2 == user % 2));
    }
    CHECK(model.similar_items(4).front().id % 2 == 0);
}

TEST_CASE("The graph filter gives the same bits for any number of threads") {
    auto const pairs = random_pairs({700, 400}, 0.02, 9);
    GraphFilterModel one({.factors = 20});
    GraphFilterModel three({.factors = 20});
    one.fit(pairs);
    three.fit(pairs, {3, {}});
    for (Index const user : {0, 350, 699}) {
        auto const row = pairs.by_user().row(user);
        CHECK(all_scores(one, row) == all_scores(three, row));
    }
}

TEST_CASE("A graph filter that has forgotten its users scores and explains as before") {
    auto const pairs = random_pairs({60, 25}, 0.2, 13, true);
    GraphFilterModel model({.factors = 5, .neighbor_weight = 3});
    model.fit(pairs);
    auto const row = pairs.by_user().row(8);
    auto const before = all_scores(model, row);
    model.forget_users();
    ArrayWriter writer;
    model.write_to(writer);
    CHECK_FALSE(writer.arrays().contains("user_scales"));
    auto const read = GraphFilterModel::read_from(ArrayReader(writer.arrays()));
    CHECK(all_scores(*read, row) == all_scores(model, row));
    auto const after = all_scores(model, row);
    for (std::size_t i = 0; i < after.size(); ++i) {
        CHECK(after[i] == Approx(before[i]).margin(1e-5));
        CHECK(model.explain(0, row, static_cast<Index>(i)).total == Approx(before[i]).margin(1e-5));
    }
}

TEST_CASE("The graph filter scores alike whatever the weights are measured in") {
    for (auto const exponent : {0.0, 0.5, 1.0}) {
        auto const fitted = [&](float weight) {
            auto const pairs = random_pairs({60, 25}, 0.2, 13);
            auto const rows = pairs.by_user();
            std::vector<float> const weights(rows.weights.size(), weight);
            GraphFilterModel model(
                {.factors = 8, .user_exponent = exponent, .item_exponent = exponent});
            model.fit(Interactions::from_csr({rows.offsets, rows.ids, weights, rows.columns}));
            return all_scores(model, rows.row(0));
        };
        auto const usual = fitted(1);
        for (auto const weight : {1e-40F, 1e-25F, 0.3F, 1e9F}) {
            CAPTURE(exponent, weight);
            auto const scores = fitted(weight);
            for (std::size_t i = 0; i < scores.size(); ++i)
                REQUIRE(scores[i] == Approx(usual[i]).epsilon(1e-3).margin(1e-5));
        }
    }
}

TEST_CASE("Weights that lie far apart give scores, or are refused and change nothing") {
    auto const pairs = random_pairs({60, 25}, 0.2, 13);
    auto const rows = pairs.by_user();
    for (auto const low : {1.0F, 1e-9F, 1e-20F, 1e-40F}) {
        std::vector<float> weights(rows.weights.size(), low);
        for (std::size_t i = 0; i < weights.size(); i += 2)
            weights[i] = 1e9F;
        auto const mixed = Interactions::from_csr({rows.offsets, rows.ids, weights, rows.columns});
        for (auto const exponent : {0.0, 0.5, 1.0}) {
            GraphFilterModel model(
                {.factors = 8, .user_exponent = exponent, .item_exponent = exponent});
            model.fit(mixed);
            for (auto const score : all_scores(model, rows.row(0)))
                REQUIRE(std::isfinite(score));
        }
    }
    // User 0 and item 0 have nothing but a weight that is no more to be divided by.
    std::vector<Index> const users{0, 1, 1};
    std::vector<Index> const items{0, 1, 2};
    std::vector<float> const weights{1e-40F, 1, 1};
    GraphFilterModel model({.factors = 2, .user_exponent = 1, .item_exponent = 1});
    model.fit(pairs);
    auto const before = all_scores(model, rows.row(0));
    CHECK(refusal([&] {
              model.fit(Interactions::from_pairs(users, items, weights, {2, 3}));
              return 0;
          }) == invalid("user_items", "too_large"));
    CHECK(all_scores(model, rows.row(0)) == before);
}

TEST_CASE("A graph filter of the least neighbor weight forgets users, too") {
    auto const pairs = random_pairs({60, 25}, 0.2, 13, true);
    GraphFilterModel model({.factors = 5, .low_pass_weight = 0, .neighbor_weight = 1e-42});
    model.fit(pairs);
    model.forget_users();
    for (auto const score : all_scores(model, pairs.by_user().row(8)))
        CHECK(std::isfinite(score));
    ArrayWriter writer;
    model.write_to(writer);
    auto const between = ArrayReader(writer.arrays()).floats("weights", -1);
    REQUIRE_FALSE(between.empty());
    CHECK(*std::max_element(between.begin(), between.end()) <= 1.001F);
}

TEST_CASE("The graph filter refuses a file's powers that cannot be divided by") {
    auto const pairs = random_pairs({60, 25}, 0.2, 13);
    GraphFilterModel model({.factors = 4});
    model.fit(pairs);
    ArrayWriter writer;
    model.write_to(writer);
    auto const read = [&](float power) {
        std::vector<float> const powers(25, power);
        writer.put("item_powers", powers);
        return refusal(
            [&] { return GraphFilterModel::read_from(ArrayReader(writer.arrays()))->shape(); });
    };
    test::Refusal const lost{ErrorCode::data_loss, {"item_powers", "out_of_range", {}}};
    CHECK(read(1e-45F) == lost);
    CHECK(read(-1) == lost);
}

TEST_CASE("An item that nobody has is 0 to the graph filter") {
    std::vector<Index> const users{0, 0, 1, 1};
    std::vector<Index> const items{0, 1, 0, 1};
    std::vector<float> const weights(users.size(), 1.0F);
    GraphFilterModel model;
    model.fit(Interactions::from_pairs(users, items, weights, {2, 3}));
    std::vector<Index> const has{0};
    std::vector<float> const one{1};
    auto const scores = all_scores(model, {has, one});
    CHECK(scores[1] > 0.1F);
    CHECK(scores[2] == 0);
    std::vector<Index> const unknown{2};
    CHECK(all_scores(model, {unknown, one}) == std::vector<float>{0, 0, 0});
}

TEST_CASE("The graph filter refuses options that make no sense") {
    auto const made = [](GraphFilterOptions const& options) {
        return refusal([&] { return GraphFilterModel(options).shape(); });
    };
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(made({.factors = 0}) == invalid("factors", "too_small", 1));
    CHECK(made({.factors = limits::recommender_factors_max + 1}) ==
          invalid("factors", "too_large", limits::recommender_factors_max));
    CHECK(made({.user_exponent = -0.1}) == invalid("user_exponent", "too_small", 0));
    CHECK(made({.item_exponent = 1.1}) == invalid("item_exponent", "too_large", 1));
    CHECK(made({.low_pass_weight = nan}) == invalid("low_pass_weight", "not_finite"));
    CHECK(made({.sharpening = -1}) == invalid("sharpening", "too_small", 0));
    CHECK(made({.iterations = 0}) == invalid("iterations", "too_small", 1));
    CHECK(made({.low_pass_weight = 0, .neighbor_weight = 0}) ==
          invalid("low_pass_weight", "both_zero"));
}
