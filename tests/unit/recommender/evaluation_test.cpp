#include "table_model.hpp"
#include "unit/core/refusal.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/evaluation.hpp>

#include <recommender/seeded.hpp>
#include <support/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;
using test::invalid, test::refusal, test::TableModel;

namespace {

using Pairs = std::vector<std::pair<Index, Index>>;

Interactions interactions(Pairs const& pairs, Shape shape) {
    InteractionsBuilder builder{shape};
    for (auto const& [user, item] : pairs)
        builder.add(user, item);
    return std::move(builder).build();
}

std::size_t at(Index index) {
    return static_cast<std::size_t>(index);
}

/// Means over users, from the definitions: everything is sorted, nothing is shared.
struct Reference {
    TableModel const& model;
    std::vector<float> const& scores;
    Interactions const& train;
    Interactions const& test;
    std::size_t k;

    [[nodiscard]] std::vector<Index> list(Index user) const {
        auto const own = train.by_user().row(user).ids;
        std::vector<Index> out;
        for (Index item = 0; item < train.shape().items; ++item) {
            if (std::find(own.begin(), own.end(), item) == own.end()) out.push_back(item);
        }
        auto const* const row = scores.data() + at(user) * at(train.shape().items);
        std::stable_sort(out.begin(), out.end(), [&](Index a, Index b) { return row[a] > row[b]; });
        out.resize(std::min(out.size(), k));
        return out;
    }
    [[nodiscard]] bool hit(Index user, Index item) const {
        auto const ids = test.by_user().row(user).ids;
        return std::find(ids.begin(), ids.end(), item) != ids.end();
    }
    /// The mean over users with test items of what `of(user, list, test items)` gives.
    template <class Of>
    [[nodiscard]] double mean(Of const& of) const {
        auto sum = 0.0;
        auto users = 0;
        for (Index user = 0; user < test.shape().users; ++user) {
            auto const size = test.by_user().row(user).size();
            if (size == 0) continue;
            sum += of(user, list(user), size);
            ++users;
        }
        return users == 0 ? 0.0 : sum / users;
    }
    [[nodiscard]] double recall() const {
        return mean([&](Index user, auto const& items, std::size_t size) {
            auto const hits =
                std::count_if(items.begin(), items.end(), [&](Index i) { return hit(user, i); });
            return static_cast<double>(hits) / static_cast<double>(size);
        });
    }
    [[nodiscard]] double ndcg() const {
        return mean([&](Index user, auto const& items, std::size_t size) {
            auto gain = 0.0;
            auto ideal = 0.0;
            for (std::size_t i = 0; i < items.size(); ++i) {
                if (hit(user, items[i]))
                    gain += std::log(2.0) / std::log(static_cast<double>(i + 2));
            }
            for (std::size_t i = 0; i < std::min(k, size); ++i)
                ideal += std::log(2.0) / std::log(static_cast<double>(i + 2));
            return gain / ideal;
        });
    }
    [[nodiscard]] double map() const {
        return mean([&](Index user, auto const& items, std::size_t size) {
            auto sum = 0.0;
            for (std::size_t i = 0; i < items.size(); ++i) {
                if (!hit(user, items[i])) continue;
                auto const end = items.begin() + static_cast<std::ptrdiff_t>(i) + 1;
                auto const hits =
                    std::count_if(items.begin(), end, [&](Index item) { return hit(user, item); });
                sum += static_cast<double>(hits) / static_cast<double>(i + 1);
            }
            return sum / static_cast<double>(std::min(k, size));
        });
    }
};

void check_equal(Metrics const& a, Metrics const& b) {
    CHECK(a.users == b.users);
    CHECK(a.hr == b.hr);
    CHECK(a.recall == b.recall);
    CHECK(a.precision == b.precision);
    CHECK(a.ndcg == b.ndcg);
    CHECK(a.map == b.map);
    CHECK(a.coverage == b.coverage);
    CHECK(a.novelty == b.novelty);
    CHECK(a.popularity_bias == b.popularity_bias);
}

}  // namespace

TEST_CASE("metrics of three users, by hand", "[recommender][evaluation]") {
    Shape const shape{4, 5};
    // Lists of three without the train items: 2 1 4, then 4 1 3, and of the last user 4 3 2.
    TableModel const model{shape, {9, 4, 5, 1, 3,  //
                                   0, 2, 0, 1, 3,  //
                                   0, 0, 0, 0, 0,  //
                                   1, 2, 3, 4, 5}};
    auto const train = interactions({{0, 0}, {1, 0}, {1, 2}, {2, 1}, {2, 2}}, shape);
    auto const held_out = interactions({{0, 1}, {0, 3}, {1, 3}, {3, 0}}, shape);
    auto const found = evaluate(model, train, held_out, {.k = 3});
    CHECK(found.k == 3);
    CHECK(found.users == 3);
    CHECK(found.hr == Approx(2.0 / 3));
    CHECK(found.recall == Approx((0.5 + 1) / 3));
    CHECK(found.precision == Approx(2.0 / 9));
    auto const second = 1 / std::log2(3.0);
    CHECK(found.ndcg == Approx((second / (1 + second) + 0.5) / 3));
    CHECK(found.map == Approx((0.25 + 1.0 / 3) / 3));
    CHECK(found.coverage == Approx(4.0 / 5));
    // Items 0 and 2 are had by two of four users, item 1 by one, 3 and 4 by none.
    CHECK(found.novelty == Approx((2 * 1 + 7 * 2) / 9.0));
    CHECK(found.popularity_bias == Approx((2 * 0.875 + 2 * 0.5 + 5 * 0.125) / 9));
}

TEST_CASE("the best list has all metrics at 1", "[recommender][evaluation]") {
    Shape const shape{2, 4};
    TableModel const model{shape, {4, 3, 2, 1, 1, 2, 3, 4}};
    auto const held_out = interactions({{0, 0}, {0, 1}, {1, 3}, {1, 2}}, shape);
    auto const found = evaluate(model, interactions({}, shape), held_out, {.k = 2});
    CHECK(found.hr == 1.0);
    CHECK(found.recall == 1.0);
    CHECK(found.precision == 1.0);
    CHECK(found.ndcg == 1.0);
    CHECK(found.map == 1.0);
    CHECK(found.coverage == 1.0);
}

TEST_CASE("ideal gain is over min(k, test items), recall over all test items",
          "[recommender][evaluation]") {
    Shape const shape{1, 4};
    TableModel const model{shape, {4, 3, 2, 1}};
    auto const held_out = interactions({{0, 0}, {0, 2}, {0, 3}}, shape);
    auto const found = evaluate(model, interactions({}, shape), held_out, {.k = 2});
    CHECK(found.recall == Approx(1.0 / 3));
    CHECK(found.precision == Approx(1.0 / 2));
    CHECK(found.ndcg == Approx(1 / (1 + 1 / std::log2(3.0))));
    CHECK(found.map == Approx(1.0 / 2));
}

TEST_CASE("k may be larger than the catalog; nobody to evaluate gives zeros",
          "[recommender][evaluation]") {
    Shape const shape{2, 3};
    TableModel const model{shape, {3, 2, 1, 3, 2, 1}};
    auto const train = interactions({{0, 0}, {1, 0}, {1, 1}, {1, 2}}, shape);
    auto const found = evaluate(model, train, interactions({{0, 2}}, shape), {.k = 50});
    CHECK(found.recall == 1.0);
    CHECK(found.precision == Approx(1.0 / 50));
    CHECK(found.coverage == Approx(2.0 / 3));
    auto const none = evaluate(model, train, interactions({}, shape));
    CHECK(none.k == 20);
    CHECK(none.users == 0);
    CHECK(none.recall == 0.0);
    CHECK(none.novelty == 0.0);
}

TEST_CASE("metrics are those of the definitions, for any number of threads",
          "[recommender][evaluation]") {
    Seeded random{11};
    for (int round = 0; round < 60; ++round) {
        Shape const shape{static_cast<Index>(1 + random.below(30)),
                          static_cast<Index>(1 + random.below(25))};
        std::vector<float> scores(at(shape.users) * at(shape.items));
        for (auto& score : scores)
            score = static_cast<float>(random.below(8));  // with many ties
        Pairs known;
        Pairs unknown;
        for (Index user = 0; user < shape.users; ++user) {
            for (Index item = 0; item < shape.items; ++item) {
                auto const kind = random.below(6);
                if (kind < 2) (kind == 0 ? known : unknown).emplace_back(user, item);
            }
        }
        auto const train = interactions(known, shape);
        auto const held_out = interactions(unknown, shape);
        TableModel const model{shape, scores};
        auto const k = static_cast<int>(1 + random.below(12));
        auto const found = evaluate(model, train, held_out, {.k = k});
        Reference const reference{model, scores, train, held_out, static_cast<std::size_t>(k)};
        CHECK(found.recall == Approx(reference.recall()));
        CHECK(found.ndcg == Approx(reference.ndcg()));
        CHECK(found.map == Approx(reference.map()));
        check_equal(evaluate(model, train, held_out, {.k = k, .num_threads = 3}), found);
    }
}

TEST_CASE("more users than are ranked at once", "[recommender][evaluation]") {
    Shape const shape{5'000, 3};
    std::vector<float> scores;
    Pairs pairs;
    for (Index user = 0; user < shape.users; ++user) {
        scores.insert(scores.end(), {3, 2, 1});
        pairs.emplace_back(user, user % 2);  // at rank 1 or 2
    }
    TableModel const model{shape, scores};
    auto const found =
        evaluate(model, interactions({}, shape), interactions(pairs, shape), {.k = 1});
    CHECK(found.users == 5'000);
    CHECK(found.hr == 0.5);
}

TEST_CASE("among candidates ties count against the positive", "[recommender][evaluation]") {
    Shape const shape{3, 5};
    TableModel const model{shape, {5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 9}};
    auto const train = interactions({{0, 4}}, shape);
    std::vector<Candidates> const candidates{
        {0, {1, 0, 2, 3}},  // rank 2
        {1, {0, 1, 2}},     // rank 3, for all are alike
        {2, {4, 0, 1}},     // rank 1
    };
    auto const found = evaluate_candidates(model, train, candidates, {.k = 2});
    CHECK(found.k == 2);
    CHECK(found.users == 3);
    CHECK(found.hr == Approx(2.0 / 3));
    CHECK(found.recall == Approx(2.0 / 3));
    CHECK(found.precision == Approx(1.0 / 3));
    CHECK(found.ndcg == Approx((1 + 1 / std::log2(3.0)) / 3));
    CHECK(found.map == Approx((1 + 0.5) / 3));
    CHECK(found.coverage == 0.0);
    check_equal(evaluate_candidates(model, train, candidates, {.k = 2, .num_threads = 2}), found);
}

TEST_CASE("a positive that stands among the others counts once", "[recommender][evaluation]") {
    Shape const shape{1, 3};
    TableModel const model{shape, {3, 2, 1}};
    std::vector<Candidates> const candidates{{0, {0, 1, 0, 2}}};
    auto const found = evaluate_candidates(model, interactions({}, shape), candidates, {.k = 1});
    CHECK(found.hr == 1.0);
}

TEST_CASE("what evaluation refuses", "[recommender][evaluation]") {
    Shape const shape{2, 3};
    TableModel const model{shape, {1, 2, 3, 1, 2, 3}};
    auto const train = interactions({{0, 0}}, shape);
    auto const with_k = [&](int k) {
        return refusal([&] { return evaluate(model, train, train, {.k = k}); });
    };
    CHECK(with_k(0) == invalid("k", "too_small", 1));
    CHECK(with_k(limits::recommend_n_max + 1) ==
          invalid("k", "too_large", limits::recommend_n_max));
    CHECK_NOTHROW(evaluate(model, train, train, {.k = limits::recommend_n_max}));
    CHECK(refusal([&] {
              return evaluate(model, train, interactions({}, {2, 4}));
          }) == invalid("test", "shape"));
    auto const with = [&](Candidates const& one) {
        return refusal([&] { return evaluate_candidates(model, train, std::vector{one}); });
    };
    CHECK(with({2, {0}}) == invalid("candidates[0].user", "out_of_range"));
    CHECK(with({-1, {0}}) == invalid("candidates[0].user", "out_of_range"));
    CHECK(with({0, {}}) == invalid("candidates[0].items", "required"));
    CHECK(with({0, {0, 3}}) == invalid("candidates[0].items", "out_of_range"));
}

TEST_CASE("Student's t is that of the tables", "[recommender][evaluation]") {
    // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, upper tail 0.025.
    for (auto const& [degrees, t] : std::vector<std::pair<int, double>>{{1, 12.706},
                                                                        {2, 4.303},
                                                                        {3, 3.182},
                                                                        {4, 2.776},
                                                                        {5, 2.571},
                                                                        {9, 2.262},
                                                                        {10, 2.228},
                                                                        {19, 2.093},
                                                                        {30, 2.042},
                                                                        {60, 2.000},
                                                                        {100, 1.984}}) {
        CAPTURE(degrees);
        CHECK(std::abs(student_t95(degrees) - t) <= 0.0005001);
    }
    // Of 1 and 2 degrees there are closed forms.
    CHECK(student_t95(1) == Approx(std::tan(0.475 * std::acos(-1.0))).epsilon(1e-12));
    CHECK(student_t95(2) == Approx(0.95 * std::sqrt(2 / (1 - 0.95 * 0.95))).epsilon(1e-12));
    CHECK(student_t95(99'999) == Approx(1.959987).epsilon(1e-6));
    CHECK(student_t95(2'000'000'000) == Approx(1.959964).epsilon(1e-6));
    CHECK(refusal([] { return student_t95(0); }) == invalid("degrees_of_freedom", "too_small", 1));
}

TEST_CASE("an interval over runs", "[recommender][evaluation]") {
    // Mean 3, standard deviation sqrt(2.5), t of 4 degrees.
    auto const found = interval(std::vector{1.0, 2.0, 3.0, 4.0, 5.0});
    CHECK(found.mean == Approx(3));
    CHECK(found.high - found.mean == Approx(2.776445 * std::sqrt(2.5 / 5)).epsilon(1e-6));
    CHECK(found.mean - found.low == Approx(found.high - found.mean));
    CHECK(interval(std::vector{0.25}) == Interval{0.25, 0.25, 0.25});
    CHECK(interval(std::vector{0.5, 0.5, 0.5}) == Interval{0.5, 0.5, 0.5});
    CHECK(refusal([] { return interval({}); }) == invalid("values", "required"));
    CHECK(refusal([] {
              return interval(std::vector{1.0, std::nan("")});
          }) == invalid("values", "not_finite"));
}
