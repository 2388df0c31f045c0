#include "recommender/arrays.hpp"
#include "support/catch.hpp"
#include "unit/core/refusal.hpp"
#include "unit/recommender/linear_systems.hpp"
#include "unit/recommender/table_model.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/graph_filter.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/popularity.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;
using eduplat::test::invalid;
using eduplat::test::random_pairs;
using eduplat::test::refusal;
using eduplat::test::TableModel;

namespace {

using Parts = std::vector<std::unique_ptr<Model>>;

template <class... Models>
Parts parts_of(std::unique_ptr<Models>... models) {
    Parts parts;
    (parts.push_back(std::move(models)), ...);
    return parts;
}

/// Two tastes: users and items of one parity, a part of the pairs missing.
Interactions tastes(Index items = 20) {
    InteractionsBuilder builder(Shape{60, items});
    for (Index user = 0; user < 60; ++user) {
        for (Index item = user % 2; item < items; item += 2) {
            if ((user * 7 + item * 3) % 5 != 0) builder.add(user, item);
        }
    }
    return std::move(builder).build();
}

std::vector<float> all_scores(Model const& model, Index user, SparseRow row) {
    std::vector<Index> items(static_cast<std::size_t>(model.shape().items));
    std::iota(items.begin(), items.end(), 0);
    return model.score(user, row, items);
}

/// Items of one parity say the same; there are more than the interactions have.
std::unique_ptr<ContentModel> content(Index items) {
    std::vector<ItemProfile> profiles;
    for (Index item = 0; item < items; ++item)
        profiles.push_back({.text = item % 2 == 0 ? "even 偶数" : "odd 奇数"});
    return std::make_unique<ContentModel>(profiles);
}

}  // namespace

TEST_CASE("A hybrid's score is the weighted sum of scores, each over its own deviation") {
    // One user, two items: deviations are 1 and 10.
    auto const pairs = random_pairs({1, 2}, 2.0, 1);
    HybridModel model(
        parts_of(std::make_unique<TableModel>(Shape{1, 2}, std::vector<float>{1, 3}),
                 std::make_unique<TableModel>(Shape{1, 2}, std::vector<float>{20, 0})),
        {.weights = {0.75, 0.25}});
    model.fit(pairs);
    auto const scores = all_scores(model, 0, pairs.by_user().row(0));
    CHECK(scores[0] == Approx(0.75 * 1 + 0.25 * 2));
    CHECK(scores[1] == Approx(0.75 * 3));
}

TEST_CASE("Scores of a hybrid do not depend on which items are asked for") {
    auto const pairs = tastes();
    HybridModel model(
        parts_of(std::make_unique<EaseModel>(), content(24), std::make_unique<PopularityModel>()),
        {.weights = {0.5, 0.3, 0.2}});
    model.fit(pairs);
    auto const row = pairs.by_user().row(5);
    auto const all = all_scores(model, 5, row);
    for (Index item = 0; item < 24; ++item) {
        std::vector<Index> const one{item};
        CHECK(model.score(5, row, one)[0] == all[static_cast<std::size_t>(item)]);
    }
    auto const ranking = model.recommend(5, row, {.n = 24, .filter_already_liked_items = false});
    REQUIRE(ranking.size() == 24);
    for (auto const& [id, score] : ranking)
        CHECK(score == all[static_cast<std::size_t>(id)]);
}

TEST_CASE("A hybrid learns to trust the part that is right") {
    auto const pairs = tastes();
    std::vector<float> nonsense(60 * 20);
    recommender::Seeded random(3);
    std::generate(nonsense.begin(), nonsense.end(),
                  [&] { return static_cast<float>(random.uniform()); });
    auto const fitted_weights = [&](int num_threads) {
        HybridModel model(parts_of(std::make_unique<TableModel>(Shape{60, 20}, nonsense),
                                   std::make_unique<EaseModel>()),
                          {.validation_fraction = 0.2});
        model.fit(pairs, {num_threads, {}});
        return model.weights();
    };
    auto const weights = fitted_weights(1);
    REQUIRE(weights.size() == 2);
    CHECK(weights[0] + weights[1] == Approx(1));
    CHECK(weights[1] > 0.6);
    CHECK(fitted_weights(3) == weights);
}

TEST_CASE("A hybrid learns from users of few pairs: one pair of each is held out") {
    // Pairs of items that go together; no user has more than four.
    InteractionsBuilder builder(Shape{200, 20});
    for (Index user = 0; user < 200; ++user) {
        auto const first = user % 10 * 2;
        auto const second = user * 7 % 10 * 2;
        for (auto const item : {first, first + 1, second, second + 1})
            builder.add(user, item);
    }
    auto const pairs = std::move(builder).build();
    for (auto const fraction : {0.1, 0.5}) {
        HybridModel model(
            parts_of(std::make_unique<PopularityModel>(), std::make_unique<EaseModel>()),
            {.validation_fraction = fraction});
        model.fit(pairs);
        CHECK(model.weights()[1] > 0.6);
    }
}

TEST_CASE("Where no user has two pairs a hybrid's parts weigh the same and are fitted once") {
    InteractionsBuilder builder(Shape{20, 4});
    for (Index user = 0; user < 20; ++user)
        builder.add(user, user % 4);
    auto const pairs = std::move(builder).build();
    HybridModel model(parts_of(std::make_unique<PopularityModel>(), std::make_unique<EaseModel>()));
    int grams = 0;
    model.fit(pairs, {1, [&](FitProgress const& p) {
                          grams += p.stage == "gram" && p.step == 0 ? 1 : 0;
                          return true;
                      }});
    CHECK(model.weights() == std::vector<double>{0.5, 0.5});
    CHECK(grams == 1);
}

TEST_CASE("The weight that is given to a single part stays") {
    HybridModel model(parts_of(std::make_unique<EaseModel>()), {.weights = {2.5}});
    auto const pairs = tastes();
    model.fit(pairs);
    CHECK(model.weights() == std::vector<double>{2.5});
    HybridModel plain(parts_of(std::make_unique<EaseModel>()));
    plain.fit(pairs);
    CHECK(plain.weights() == std::vector<double>{1});
    auto const row = pairs.by_user().row(2);
    CHECK(all_scores(model, 2, row)[0] == Approx(2.5F * all_scores(plain, 2, row)[0]));
}

TEST_CASE("A hybrid's explanation adds up beyond the contributions that a part lists") {
    auto const most = static_cast<Index>(limits::recommend_n_max);
    std::vector<Index> ids(static_cast<std::size_t>(most) + 2'000);
    std::iota(ids.begin(), ids.end(), 0);
    std::vector<float> const ones(ids.size(), 1.0F);
    InteractionsBuilder builder(Shape{2, most + 2'001});
    for (auto const id : ids)
        builder.add(0, id);
    builder.add(1, 0);
    builder.add(1, most + 2'000);
    HybridModel model(parts_of(std::make_unique<GraphFilterModel>(
                                   GraphFilterOptions{.factors = 2, .iterations = 1}),
                               std::make_unique<PopularityModel>()),
                      {.weights = {1, 1}});
    model.fit(std::move(builder).build());
    SparseRow const row{ids, ones};
    std::vector<Index> const item{5};
    auto const why = model.explain(0, row, 5);
    CHECK(why.total == Approx(model.score(0, row, item, true)[0]).epsilon(1e-3));
}

TEST_CASE("A canceled fit leaves a part that does not learn as it was") {
    auto const profiles = [] {
        std::vector<ItemProfile> result;
        for (Index item = 0; item < 20; ++item)
            result.push_back({.text = item % 3 == 0 ? "third drittes" : "other anderes"});
        return result;
    }();
    HybridModel model(
        parts_of(std::make_unique<EaseModel>(),
                 std::make_unique<ContentModel>(profiles, ContentOptions{.learns = false})),
        {.weights = {0.5, 0.5}});
    auto const pairs = tastes();
    model.fit(pairs);
    auto const row = pairs.by_user().row(3);
    auto const before = all_scores(model, 3, row);
    CHECK_THROWS_AS(model.fit(pairs, {1, [](FitProgress const&) { return false; }}), Error);
    model.fit(pairs);
    CHECK(all_scores(model, 3, row) == before);
}

TEST_CASE("A hybrid brings new items in by what they say, on the scale of known ones") {
    HybridModel model(parts_of(std::make_unique<EaseModel>(), content(24)),
                      {.weights = {1.0, 0.0}});  // content counts for new items alone
    auto const pairs = tastes();
    model.fit(pairs);
    CHECK(model.shape() == Shape{60, 24});
    auto const scores = all_scores(model, 0, pairs.by_user().row(0));
    CHECK(scores[22] > 0);
    CHECK(scores[22] > scores[23]);
    auto const best_known = *std::max_element(scores.begin(), scores.begin() + 20);
    CHECK(scores[22] < 2 * best_known);
    CHECK(scores[22] > scores[1]);  // of the other taste

    // Who has nothing but new items still gets what goes with items like them.
    std::vector<Index> const row{22};
    std::vector<float> const one{1};
    CHECK(model.recommend(1'000, {row, one}, {.n = 1})[0].id % 2 == 0);
    auto const why = model.explain(0, pairs.by_user().row(0), 22);
    CHECK(why.total == Approx(scores[22]).epsilon(1e-4));
    CHECK_FALSE(why.contributions.empty());
}

TEST_CASE("A hybrid's explanation adds up its parts'") {
    auto const pairs = tastes();
    HybridModel model(
        parts_of(std::make_unique<EaseModel>(), std::make_unique<PopularityModel>(), content(20)),
        {.weights = {0.4, 0.3, 0.3}});
    model.fit(pairs);
    auto const row = pairs.by_user().row(9);
    auto const scores = all_scores(model, 9, row);
    for (Index item = 0; item < 20; ++item) {
        auto const why = model.explain(9, row, item, 100);
        auto sum = static_cast<double>(why.rest);
        for (auto const& one : why.contributions)
            sum += static_cast<double>(one.score);
        CHECK(sum == Approx(scores[static_cast<std::size_t>(item)]).margin(1e-4));
        CHECK(why.rest > 0);  // what is owed to popularity
    }
}

TEST_CASE("A canceled fit leaves a hybrid and its parts as they were") {
    HybridModel model(parts_of(std::make_unique<EaseModel>(), content(24)));
    auto const pairs = tastes();
    model.fit(pairs);
    auto const row = pairs.by_user().row(3);
    auto const before = all_scores(model, 3, row);
    auto const weights = model.weights();
    for (std::string const stage : {"gram", "scales", "candidates", "weights"}) {
        try {
            model.fit(tastes(18), {1, [&](FitProgress const& p) { return p.stage != stage; }});
            FAIL("not canceled");
        } catch (Error const& error) {
            CHECK(error.code() == ErrorCode::canceled);
        }
        CHECK(all_scores(model, 3, row) == before);
        CHECK(model.weights() == weights);
    }
    int steps = 0;  // the second fit of the parts
    auto const late = [&](FitProgress const& p) { return p.stage != "gram" || ++steps < 40; };
    CHECK_THROWS_AS(model.fit(tastes(18), {1, late}), Error);
    CHECK(all_scores(model, 3, row) == before);
}

TEST_CASE("A hybrid comes back from its arrays as it was") {
    HybridModel model(parts_of(std::make_unique<EaseModel>(), content(24)));
    auto const pairs = tastes();
    model.fit(pairs);
    ArrayWriter writer;
    model.write_to(writer);
    auto const read = HybridModel::read_from(ArrayReader(writer.arrays()));
    CHECK(read->shape() == model.shape());
    CHECK(read->weights() == model.weights());
    auto const row = pairs.by_user().row(3);
    CHECK(all_scores(*read, 3, row) == all_scores(model, 3, row));
}

TEST_CASE("A hybrid refuses what is no sum of models") {
    auto const made = [](Parts parts, HybridOptions const& options = {}) {
        return refusal([&] { return HybridModel(std::move(parts), options).parts(); });
    };
    auto const one = [] { return parts_of(std::make_unique<PopularityModel>()); };
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(made({}) == invalid("parts", "empty"));
    CHECK(made(Parts(1)) == invalid("parts[0]", "required"));
    CHECK(made(one(), {.weights = {1, 2}}) == invalid("weights", "length"));
    CHECK(made(one(), {.weights = {0}}) == invalid("weights", "all_zero"));
    CHECK(made(one(), {.weights = {-1}}) == invalid("weights[0]", "too_small", 0));
    CHECK(made(one(), {.weights = {nan}}) == invalid("weights[0]", "not_finite"));
    CHECK(made(one(), {.validation_fraction = 0}) ==
          invalid("validation_fraction", "too_small", 0));
    CHECK(made(one(), {.weights = {1e6 + 1}}) == invalid("weights[0]", "too_large", 1'000'000));
    for (auto const fraction : {0.501, 1 - 1e-11, 1.0})
        CHECK(made(one(), {.validation_fraction = fraction}) ==
              invalid("validation_fraction", "too_large"));
}
