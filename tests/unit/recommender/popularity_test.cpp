#include "support/catch.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/popularity.hpp>

#include <memory>
#include <vector>

using namespace eduplat::recommender;

namespace {

std::unique_ptr<Model> fitted(std::vector<float> const& weights) {
    std::vector<Index> const users{0, 1, 1, 2};
    std::vector<Index> const items{2, 2, 0, 3};
    auto model = std::make_unique<PopularityModel>();
    model->fit(Interactions::from_pairs(users, items, weights, {4, 5}));
    return model;
}

}  // namespace

TEST_CASE("popularity is the sum of weights over users", "[recommender]") {
    auto const model = fitted({1, 2, 1, 1});
    CHECK(model->shape() == Shape{4, 5});
    // Ties by id.
    CHECK(model->recommend(3, {}) ==
          std::vector<Scored>{{2, 0.75F}, {0, 0.25F}, {3, 0.25F}, {1, 0}, {4, 0}});
}

TEST_CASE("what a user has is left out, whoever he is", "[recommender]") {
    auto const model = fitted({1, 2, 1, 1});
    std::vector<Index> const ids{2, 3};
    std::vector<float> const weights{1, 1};
    CHECK(model->recommend(77, {ids, weights}, {.n = 2}) ==
          std::vector<Scored>{{0, 0.25F}, {1, 0}});
}

TEST_CASE("popularity owes nothing to a user's own items", "[recommender]") {
    auto const why = fitted({1, 2, 1, 1})->explain(0, {}, 2);
    CHECK(why.total == 0.75F);
    CHECK(why.rest == 0.75F);
    CHECK(why.contributions.empty());
}

TEST_CASE("the greatest weights stay finite", "[recommender]") {
    constexpr auto most = static_cast<float>(eduplat::limits::recommender_weight_max);
    CHECK(fitted({most, most, most, most})->recommend(0, {}).front() == Scored{2, most / 2});
}
