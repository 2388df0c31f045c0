#include "recommender/als_solver.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "unit/core/refusal.hpp"
#include "unit/recommender/als_reference.hpp"
#include "unit/recommender/kernel_levels.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/als.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

using namespace eduplat;
using namespace eduplat::recommender;
using eduplat::test::invalid;
using eduplat::test::kernel_levels;
using eduplat::test::random_pairs;
using eduplat::test::refusal;

namespace {

Interactions pairs() {
    return random_pairs({60, 40}, 0.2, 11, true);
}

bool same(AlsFactors const& a, AlsFactors const& b) {
    auto const equal = [](Factors const& x, Factors const& y) {
        return std::equal(x.floats.view().begin(), x.floats.view().end(), y.floats.view().begin(),
                          y.floats.view().end());
    };
    return equal(a.users, b.users) && equal(a.items, b.items) &&
           a.items_gram.gram() == b.items_gram.gram() && a.users_gram.gram() == b.users_gram.gram();
}

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("ALS: options are checked", "[als]") {
    auto const made = [](AlsOptions const& options) {
        return refusal([&] { return AlsModel{options}.options().factors; });
    };
    auto const most = limits::recommender_factors_max;
    CHECK(made({.factors = 0}) == invalid("factors", "too_small", 1));
    CHECK(made({.factors = most + 1}) == invalid("factors", "too_large", most));
    CHECK(AlsModel{{.factors = most}}.options().factors == most);
    CHECK(made({.regularization = 0}) == invalid("regularization", "too_small", 0));
    CHECK(made({.regularization = not_a_number}) == invalid("regularization", "not_finite"));
    CHECK(made({.unobserved_weight = 0}) == invalid("unobserved_weight", "too_small", 0));
    CHECK(made({.unobserved_weight = infinity}) == invalid("unobserved_weight", "not_finite"));
    CHECK(made({.regularization_exponent = -0.1}) ==
          invalid("regularization_exponent", "too_small", 0));
    CHECK(made({.regularization_exponent = 1.1}) ==
          invalid("regularization_exponent", "too_large", 1));
    CHECK(made({.regularization_exponent = not_a_number}) ==
          invalid("regularization_exponent", "not_finite"));
    CHECK(AlsModel{{.regularization_exponent = 0}}.options().regularization_exponent == 0);
    // What kernels would take as 0, as a denormal number or as infinite.
    CHECK(made({.regularization = 1e-46}) == invalid("regularization", "too_small", 0));
    CHECK(made({.unobserved_weight = 1e-39}) == invalid("unobserved_weight", "too_small", 0));
    CHECK(made({.alpha = 1e-50}) == invalid("alpha", "too_small", 0));
    CHECK(made({.alpha = 1e39}) == invalid("alpha", "too_large"));
    CHECK(AlsModel{{.regularization = 1e-37, .alpha = 1e38}}.options().alpha == 1e38);
    CHECK(made({.alpha = 0}) == invalid("alpha", "too_small", 0));
    CHECK(made({.alpha = -infinity}) == invalid("alpha", "not_finite"));
    auto const sweeps = limits::recommender_iterations_max;
    CHECK(made({.iterations = 0}) == invalid("iterations", "too_small", 1));
    CHECK(made({.iterations = sweeps + 1}) == invalid("iterations", "too_large", sweeps));
    CHECK(AlsModel{{.iterations = sweeps}}.options().iterations == sweeps);
}

TEST_CASE("ALS: the loss never rises from sweep to sweep", "[als]") {
    auto const user_items = pairs();
    for (auto const* table : kernel_levels()) {
        for (double const exponent : {0.0, 0.5, 1.0}) {
            AlsOptions options{.factors = 9,
                               .regularization = 0.02,
                               .regularization_exponent = exponent,
                               .alpha = 3};
            double before = infinity;
            for (options.iterations = 1; options.iterations <= 8; ++options.iterations) {
                CAPTURE(name(table->level), exponent, options.iterations);
                auto const loss =
                    test::als_loss(user_items, fit_als(user_items, options, {}, *table), options);
                CHECK(loss < before);
                before = loss;
            }
        }
    }
}

TEST_CASE("ALS: items are the exact answer to the users after a sweep", "[als]") {
    auto const user_items = pairs();
    for (int const d : {1, 5, 16, 33, 70}) {
        AlsOptions const options{.factors = d, .alpha = 2, .iterations = 3};
        for (auto const* table : kernel_levels()) {
            auto const factors = fit_als(user_items, options, {}, *table);
            for (Index item = 0; item < user_items.shape().items; ++item) {
                CAPTURE(d, item, name(table->level));
                auto const expected =
                    test::als_row(factors.users, user_items.by_item().row(item), options);
                auto const* const row = factors.items.row(static_cast<std::size_t>(item));
                CHECK(test::relative_distance({row, static_cast<std::size_t>(d)}, expected) < 1e-5);
            }
        }
    }
}

TEST_CASE("ALS: the same bits for any number of threads and again", "[als]") {
    auto const user_items = random_pairs({1500, 700}, 0.02, 5);
    for (auto const* table : kernel_levels()) {
        AlsOptions const options{.factors = 19, .iterations = 2, .random_state = 8};
        auto const first = fit_als(user_items, options, {.num_threads = 1}, *table);
        for (int const threads : {1, 2, 3, 8}) {
            CAPTURE(threads, name(table->level));
            CHECK(same(fit_als(user_items, options, {.num_threads = threads}, *table), first));
        }
        auto other = options;
        other.random_state = 9;
        CHECK_FALSE(same(fit_als(user_items, other, {}, *table), first));
    }
}

TEST_CASE("ALS: a fit that is canceled or fails leaves the model as it was", "[als]") {
    auto const user_items = pairs();
    AlsModel model{{.factors = 6, .iterations = 5}};
    model.fit(user_items);
    std::vector<float> const before{model.item_factors().begin(), model.item_factors().end()};
    auto const is_unchanged = [&] {
        return std::equal(before.begin(), before.end(), model.item_factors().begin(),
                          model.item_factors().end()) &&
               model.shape() == user_items.shape();
    };
    auto const other = random_pairs({30, 90}, 0.2, 2);
    for (int const last : {0, 1, 4, 5}) {
        int steps = -1;
        auto const go_on = [&](FitProgress const& progress) {
            CHECK(progress.stage == "sweep");
            CHECK(progress.steps == 5);
            CHECK((progress.step == steps || progress.step == steps + 1));
            steps = progress.step;
            return progress.step < last;
        };
        CHECK(refusal([&] {
                  model.fit(other, {.on_progress = go_on});
                  return 0;
              }).code == ErrorCode::canceled);
        CHECK(steps == last);
        CHECK(is_unchanged());
    }
    std::vector<Index> const zero{0};
    std::vector<float> const huge{static_cast<float>(limits::recommender_weight_max)};
    auto const too_much = Interactions::from_pairs(zero, zero, huge, {1, 1});
    AlsModel wild{{.factors = 6, .alpha = 1e30}};
    CHECK(refusal([&] {
              wild.fit(too_much);
              return 0;
          }) == invalid("user_items", "too_large"));
    CHECK(wild.shape() == Shape{});
}

TEST_CASE("ALS: a long fit asks several times a second whether to go on", "[als]") {
    auto const user_items = random_pairs({3000, 1500}, 0.2, 5);  // a sweep takes a second or more
    AlsModel model{{.factors = 512, .iterations = 1000}};
    int calls_in_first_sweep = 0;
    auto const go_on = [&](FitProgress const& progress) {
        if (progress.step == 0) ++calls_in_first_sweep;
        return progress.step == 0 && calls_in_first_sweep < 3;
    };
    CHECK(refusal([&] {
              model.fit(user_items, {.num_threads = 2, .on_progress = go_on});
              return 0;
          }).code == ErrorCode::canceled);
    CHECK(calls_in_first_sweep > 1);  // the first of them comes before the sweep
}

TEST_CASE("ALS: folding in solves the same system", "[als]") {
    auto const user_items = pairs();
    AlsOptions const options{.factors = 24, .alpha = 2, .iterations = 4};
    AlsModel model{options};
    model.fit(user_items);
    auto const items = test::factors_of(model.item_factors(), 24);
    auto const users = test::factors_of(model.user_factors(), 24);
    for (Index user = 0; user < user_items.shape().users; ++user) {
        auto const row = user_items.by_user().row(user);
        auto const found = model.recalculate_user(row);
        CHECK(test::relative_distance(found, test::als_row(items, row, options)) < 1e-5);
    }
    for (Index item = 0; item < user_items.shape().items; ++item) {
        auto const row = user_items.by_item().row(item);
        auto const found = model.recalculate_item(row);
        CHECK(test::relative_distance(found, test::als_row(users, row, options)) < 1e-5);
    }
    CHECK(model.recalculate_user({}) == std::vector<float>(24, 0.0F));
    std::vector<Index> const far{40};
    std::vector<float> const one{1};
    CHECK(refusal([&] {
              return model.recalculate_user({far, one});
          }) == invalid("user_items", "out_of_range", 40));
}

TEST_CASE("ALS: partial fits change and add rows, and later ones know of it", "[als]") {
    auto const user_items = pairs();
    AlsOptions const options{.factors = 12, .iterations = 4};
    AlsModel model{options};
    model.fit(user_items);
    auto const old_users = test::factors_of(model.user_factors(), 12);
    std::vector<Index> const itemids{43, 3};
    std::vector<std::int64_t> const offsets{0, 3, 5};
    std::vector<Index> const users{1, 7, 50, 2, 9};
    std::vector<float> const weights{1, 2, 1, 4, 1};
    model.partial_fit_items(itemids, {offsets, users, weights, 60});
    REQUIRE(model.shape() == Shape{60, 44});
    auto const items = test::factors_of(model.item_factors(), 12);
    auto const row = [&](std::size_t item) { return std::span{items.row(item), 12}; };
    SparseRow const first{std::span{users}.first(3), std::span{weights}.first(3)};
    SparseRow const second{std::span{users}.last(2), std::span{weights}.last(2)};
    CHECK(test::relative_distance(row(43), test::als_row(old_users, first, options)) < 1e-5);
    CHECK(test::relative_distance(row(3), test::als_row(old_users, second, options)) < 1e-5);
    for (std::size_t const between : {40U, 41U, 42U})
        CHECK(
            std::all_of(row(between).begin(), row(between).end(), [](float x) { return x == 0; }));
    CHECK(model.similar_items(41, 1).front().score == 0);

    // Users are folded in against all items that there are now.
    std::vector<Index> const ids{3, 10, 43};
    std::vector<float> const ones{1, 1, 1};
    auto const expected = test::als_row(items, {ids, ones}, options);
    CHECK(test::relative_distance(model.recalculate_user({ids, ones}), expected) < 1e-5);
    std::vector<Index> const userids{60};
    std::vector<std::int64_t> const all{0, 3};
    model.partial_fit_users(userids, {all, ids, ones, 44});
    REQUIRE(model.shape() == Shape{61, 44});
    auto const now = test::factors_of(model.user_factors(), 12);
    CHECK(test::relative_distance({now.row(60), 12}, expected) < 1e-5);
    std::vector<Index> const takers{4, 60};
    SparseRow const taken{takers, std::span{ones}.first(2)};
    CHECK(test::relative_distance(model.recalculate_item(taken),
                                  test::als_row(now, taken, options)) < 1e-5);
}

TEST_CASE("ALS: a partial fit that is refused changes nothing", "[als]") {
    AlsModel model{{.factors = 4, .iterations = 1}};
    std::vector<Index> const ids{1};
    std::vector<float> const ones{1};
    std::vector<std::int64_t> const offsets{0, 1};
    CHECK(refusal([&] {
              model.partial_fit_users(ids, {offsets, ids, ones, 40});
              return 0;
          }) == test::Refusal{ErrorCode::failed_precondition, {"model", "not_fitted", {}}});
    model.fit(pairs());
    auto const tried = [&](std::vector<Index> const& userids, std::vector<std::int64_t> const& at,
                           std::vector<Index> const& items, std::vector<float> const& weights) {
        return refusal([&] {
            model.partial_fit_users(userids, {at, items, weights, 40});
            return 0;
        });
    };
    auto const most = limits::recommender_rows_max;
    CHECK(tried({-1}, offsets, ids, ones) == invalid("userids[0]", "out_of_range", most));
    CHECK(tried({most}, offsets, ids, ones) == invalid("userids[0]", "out_of_range", most));
    CHECK(tried({1, 2}, offsets, ids, ones) == invalid("user_items", "length"));
    CHECK(tried({1}, {0, 2}, ids, ones) == invalid("user_items", "malformed"));
    CHECK(tried({1}, offsets, {40}, ones) == invalid("user_items", "out_of_range", 40));
    CHECK(tried({1}, offsets, ids, {-1}) == invalid("user_items", "negative"));
    auto const heaviest = limits::recommender_weight_max;
    CHECK(tried({1}, offsets, ids, {1.001e9F}) == invalid("user_items", "too_large", heaviest));
    CHECK(model.shape() == Shape{60, 40});
    CHECK(tried({}, {}, {}, {}).violation.rule == "not refused");
    CHECK(model.shape() == Shape{60, 40});
}

TEST_CASE("ALS: rows that are solved need not be sorted", "[als]") {
    AlsModel model{{.factors = 8, .iterations = 3}};
    model.fit(pairs());
    std::vector<Index> const mixed{9, 4, 3, 4};
    std::vector<float> const mixed_weights{0, 0.5F, 1, 1.5F};
    std::vector<Index> const sorted{3, 4};
    std::vector<float> const weights{1, 2};
    CHECK(model.recalculate_user({mixed, mixed_weights}) ==
          model.recalculate_user({sorted, weights}));
    CHECK(model.recalculate_item({mixed, mixed_weights}) ==
          model.recalculate_item({sorted, weights}));
    CHECK(model.explain(0, {mixed, mixed_weights}, 7).contributions.size() == 2);
    auto const solved = model.recalculate_user({sorted, weights});
    std::vector<Index> const ids{70};
    std::vector<std::int64_t> const offsets{0, 4};
    model.partial_fit_users(ids, {offsets, mixed, mixed_weights, 40});
    auto const users = test::factors_of(model.user_factors(), 8);
    CHECK(std::equal(solved.begin(), solved.end(), users.row(70)));
}

TEST_CASE("ALS: a partial fit that adds nothing copies nothing", "[als]") {
    AlsOptions const options{.factors = 8, .iterations = 3};
    AlsModel model{options};
    model.fit(pairs());
    auto const* const users = model.user_factors().data();
    auto const before = test::factors_of(model.user_factors(), 8);
    std::vector<Index> const userids{59, 2, 59};
    std::vector<std::int64_t> const offsets{0, 2, 3, 4};
    std::vector<Index> const items{1, 2, 3, 4};
    std::vector<float> const ones{1, 1, 1, 1};
    model.partial_fit_users(userids, {offsets, items, ones, 40});
    CHECK(model.user_factors().data() == users);
    auto const now = test::factors_of(model.user_factors(), 8);
    auto const has = [&](std::size_t user, std::size_t from, std::size_t count) {
        auto const row = model.recalculate_user(
            {std::span{items}.subspan(from, count), std::span{ones}.first(count)});
        return std::equal(row.begin(), row.end(), now.row(user));
    };
    CHECK(has(59, 3, 1));  // the last of two counts
    CHECK(has(2, 2, 1));
    for (std::size_t const other : {0U, 1U, 58U})
        CHECK(std::equal(now.row(other), now.row(other) + 8, before.row(other)));
    // Items know of them.
    std::vector<Index> const takers{2, 59};
    SparseRow const taken{takers, std::span{ones}.first(2)};
    CHECK(test::relative_distance(model.recalculate_item(taken),
                                  test::als_row(now, taken, options)) < 1e-5);
}

TEST_CASE("ALS: users between those that are fitted are taken as their rows say", "[als]") {
    AlsModel model{{.factors = 8, .iterations = 3}};
    model.fit(pairs());
    std::vector<Index> const ids{70};
    std::vector<Index> const items{3, 4};
    std::vector<float> const ones{1, 1};
    std::vector<std::int64_t> const offsets{0, 2};
    model.partial_fit_users(ids, {offsets, items, ones, 40});
    REQUIRE(model.shape().users == 71);
    SparseRow const row{items, ones};
    auto const best = model.recommend(1000, row);
    CHECK(best.front().score > 0);
    CHECK(model.recommend(65, row) == best);
    CHECK(model.recommend(70, row) == best);
    CHECK(model.recommend(65, {}).front().score == 0);
    CHECK(model.recommend(70, {}).front().score > 0);
}

TEST_CASE("ALS: a basis is found and packed once", "[als]") {
    auto const items = fit_als(pairs(), {.factors = 5, .iterations = 1}, {}).items;
    Team team{kernels(), 1, 5};
    auto gram = gram_of(items, team);
    add_to(gram, items.row(0), 5, -0.5);  // no longer diagonal
    GramBasis const basis{gram, 5};
    CHECK(basis.panels().size() > 0);
    CHECK(basis.panels().data() == basis.panels().data());
    CHECK(GramBasis{diagonal(basis.basis()), 5}.panels().size() == 0);
}

TEST_CASE("ALS: an explanation's parts sum to the score", "[als]") {
    auto const user_items = pairs();
    AlsModel model{{.factors = 10, .alpha = 2, .iterations = 5}};
    model.fit(user_items);
    for (Index user = 0; user < 10; ++user) {
        auto const row = user_items.by_user().row(user);
        for (Index const item : {0, 17, 39}) {
            auto const why = model.explain(user, row, item, 1000);
            float sum = why.rest;
            for (auto const& part : why.contributions)
                sum += part.score;
            std::vector<Index> const items{item};
            auto const score = model.score(user, row, items, true).front();
            CHECK(why.contributions.size() == row.size());
            CHECK(std::abs(sum - score) < 1e-4F);
            CHECK(std::abs(why.total - score) < 1e-4F);
            auto const three = model.explain(user, row, item, 3).contributions;
            REQUIRE(three.size() == std::min<std::size_t>(3, row.size()));
            for (std::size_t i = 0; i < three.size(); ++i)
                CHECK(three[i].item == why.contributions[i].item);
        }
    }
}

TEST_CASE("ALS: what is similar has the greatest cosine", "[als]") {
    AlsModel model{{.factors = 10, .iterations = 5}};
    model.fit(pairs());
    auto const items = test::factors_of(model.item_factors(), 10);
    auto const found = model.similar_items(7, 100);
    REQUIRE(found.size() == 39);
    for (auto const& [id, score] : found) {
        CHECK(id != 7);
        CHECK(score == Approx(test::cosine(items, 7, static_cast<std::size_t>(id))).margin(1e-5));
    }
    CHECK(std::is_sorted(found.begin(), found.end(),
                         [](auto const& a, auto const& b) { return a.score > b.score; }));
    CHECK(model.similar_users(0, 1000).size() == 59);
}

TEST_CASE("ALS: a fit takes little memory but the factors", "[als]") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    SUCCEED("a sanitizer takes its own");
#else
    std::istringstream printed{test::run_program(
        {EDUPLAT_PROCESS_ALS_PROCESS, "memory", "30000", "40000", "100000", "128", "2"})};
    double factors = 0;
    double peak = 0;
    printed >> factors >> peak;
    CHECK(factors == Approx(70'000 * 128 * 4 / 1024));
    CHECK(peak > factors / 2);  // else the peak was not set back
    CHECK(factors / peak > 0.8);
#endif
}
