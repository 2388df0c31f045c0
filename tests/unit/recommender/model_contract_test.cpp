#include "support/catch.hpp"
#include "unit/core/refusal.hpp"
#include "unit/recommender/model_contract_data.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace eduplat;
using namespace eduplat::recommender;
using namespace eduplat::recommender::test;
using eduplat::test::invalid;
using eduplat::test::Refusal;
using eduplat::test::refusal;

namespace {

constexpr double tolerance_of_scores = 1e-4;
constexpr double tolerance_of_bits = 1e-5;

bool near(float a, float b, double tolerance) {
    return std::abs(static_cast<double>(a) - static_cast<double>(b)) <=
           tolerance * std::max(1.0, std::abs(static_cast<double>(a)));
}

std::set<Index> ids_of(std::vector<Scored> const& ranking) {
    std::set<Index> ids;
    for (auto const& scored : ranking)
        ids.insert(scored.id);
    return ids;
}

bool is_ordered(std::vector<Scored> const& ranking) {
    return std::is_sorted(ranking.begin(), ranking.end(), [](Scored const& a, Scored const& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
    });
}

/// What one item adds to a score.
float share_of(Index item, Explanation const& why) {
    float sum = 0;
    for (auto const& part : why.contributions)
        sum += part.item == item ? part.score : 0.0F;
    return sum;
}

/// That a ranking has the best n of the allowed items, with their scores. Scores of single items
/// may differ from those of all together in their last bits.
void check_ranking(std::vector<Scored> const& ranking, std::set<Index> const& allowed, int n,
                   std::vector<float> const& scores) {
    auto const ids = ids_of(ranking);
    REQUIRE(ranking.size() == std::min(static_cast<std::size_t>(n), allowed.size()));
    CHECK(ids.size() == ranking.size());
    CHECK(is_ordered(ranking));
    CHECK(std::includes(allowed.begin(), allowed.end(), ids.begin(), ids.end()));
    for (auto const& [id, score] : ranking)
        CHECK(near(score, scores.at(static_cast<std::size_t>(id)), tolerance_of_bits));
    for (auto const id : allowed) {
        if (ids.contains(id)) continue;
        CHECK(scores.at(static_cast<std::size_t>(id)) <= ranking.back().score + tolerance_of_bits);
    }
}

std::set<Index> allowed_items(SparseRow row, RecommendOptions const& options) {
    std::set<Index> allowed;
    for (auto const item : ascending(sample_items))
        allowed.insert(item);
    if (options.items) allowed = {options.items->begin(), options.items->end()};
    if (options.filter_already_liked_items) {
        for (auto const item : row.ids)
            allowed.erase(item);
    }
    for (auto const item : options.filter_items)
        allowed.erase(item);
    if (options.predicate) std::erase_if(allowed, [&](Index i) { return !options.predicate(i); });
    return allowed;
}

}  // namespace

TEST_CASE("contract: what a user lacks of his kind comes first", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        if (!kind.personal) continue;
        auto const data = checkerboard(20);
        auto const model = fitted(kind, data);
        for (Index user = 0; user < data.shape().users; ++user) {
            auto const row = data.by_user().row(user);
            CHECK(model->recommend(user, row, {.n = 1}).front().id == user);
            CHECK(model->recommend(user, row, {.n = 1, .recalculate_user = true}).front().id ==
                  user);
            auto const all =
                model->recommend(user, row, {.n = 10, .filter_already_liked_items = false});
            CHECK(std::all_of(all.begin(), all.end(),
                              [&](Scored const& s) { return s.id % 2 == user % 2; }));
        }
    }
}

TEST_CASE("contract: how users and items are numbered does not matter", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const users = shuffled(sample_users, 1);
        auto const items = shuffled(sample_items, 2);
        auto const other_data = permuted(data, users, items);
        std::vector<Index> labels(items.size());
        for (std::size_t i = 0; i < items.size(); ++i)
            labels.at(static_cast<std::size_t>(items[i])) = static_cast<Index>(i);
        auto const other = kind.make(labels);
        other->fit(other_data);

        auto const scores = all_scores(*fitted(kind, data), data);
        auto const other_scores = all_scores(*other, other_data);
        for (std::size_t u = 0; u < users.size(); ++u) {
            auto const& row = other_scores.at(static_cast<std::size_t>(users[u]));
            for (std::size_t i = 0; i < items.size(); ++i)
                CHECK(near(scores[u][i], row.at(static_cast<std::size_t>(items[i])),
                           tolerance_of_scores));
        }
    }
}

TEST_CASE("contract: users without items and items without users are ranked",
          "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        for (bool const recalculate : {false, true}) {
            auto const ranking = model->recommend(
                empty_user, {}, {.n = sample_items, .recalculate_user = recalculate});
            CHECK(ranking.size() == sample_items);
            CHECK(is_ordered(ranking));
            CHECK(ids_of(ranking).contains(untaken_item));
        }
        for (auto const& scores : all_scores(*model, data))
            CHECK(std::all_of(scores.begin(), scores.end(),
                              [](float s) { return std::isfinite(s); }));
    }
}

TEST_CASE("contract: one item, one user", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        std::vector<Index> const zero{0};
        std::vector<float> const one{1.0F};
        auto const data = Interactions::from_pairs(zero, zero, one, {1, 1});
        auto const model = fitted(kind, data);
        auto const row = data.by_user().row(0);
        CHECK(model->shape().items == 1);
        CHECK(model->recommend(0, row).empty());
        auto const all = model->recommend(0, row, {.filter_already_liked_items = false});
        REQUIRE(all.size() == 1);
        CHECK(all.front().id == 0);
        CHECK(std::isfinite(all.front().score));
        CHECK(ids_of(model->recommend(0, {})) == std::set<Index>{0});
        if (kind.similar_items) CHECK(model->similar_items(0).empty());
        if (kind.similar_users) CHECK(model->similar_users(0).empty());
    }
}

TEST_CASE("contract: a list is as long as the filters leave", "[recommender][contract]") {
    std::vector<Index> const never{3, 0, 3, 15};
    std::vector<Index> const only{19, 2, 2, 0, 5, 15, 9, 11};
    std::vector<Index> const nothing;
    using Only = std::optional<std::span<Index const>>;
    using Predicate = std::function<bool(Index)>;
    std::vector<std::span<Index const>> const nevers{{}, never};
    std::vector<Only> const onlys{std::nullopt, only, nothing};
    std::vector<Predicate> const predicates{
        {}, [](Index i) { return i % 3 != 1; }, [](Index) { return false; }};
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        Index const user = 4;
        auto const row = data.by_user().row(user);
        for (int const mask : {0, 1, 2, 3}) {
            bool const recalculate = (mask & 1) != 0;
            auto const scores = model->score(user, row, ascending(sample_items), recalculate);
            for (auto const& filter_items : nevers) {
                for (auto const& items : onlys) {
                    for (auto const& predicate : predicates) {
                        for (int const n : {1, 3, 8, 1000}) {
                            RecommendOptions const options{
                                .n = n,
                                .filter_already_liked_items = (mask & 2) != 0,
                                .filter_items = filter_items,
                                .items = items,
                                .predicate = predicate,
                                .recalculate_user = recalculate};
                            check_ranking(model->recommend(user, row, options),
                                          allowed_items(row, options), n, scores);
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("contract: a batch is the single lists, filled up with -1", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        std::vector<Index> users = shuffled(sample_users, 3);
        users.insert(users.begin() + 5, {1000, 1, 1001});
        OwnedRows rows;
        for (auto const user : users)
            rows.add(data.by_user().row(user % sample_users));
        for (bool const recalculate : {false, true}) {
            RecommendOptions options{.n = 15, .recalculate_user = recalculate};
            auto const batch = model->recommend(users, rows.view(sample_items), options);
            CHECK(batch.rows == users.size());
            CHECK(batch.n == 15);
            for (std::size_t k = 0; k < users.size(); ++k) {
                auto const row = data.by_user().row(users[k] % sample_users);
                auto list = model->recommend(users[k], row, options);
                list.resize(15, {-1, std::numeric_limits<float>::lowest()});
                for (std::size_t i = 0; i < list.size(); ++i) {
                    CHECK(batch.ids[k * 15 + i] == list[i].id);
                    CHECK(batch.scores[k * 15 + i] == list[i].score);
                }
            }
            options.num_threads = 3;
            CHECK(same(model->recommend(users, rows.view(sample_items), options), batch));
        }
        CHECK(model->recommend(std::vector<Index>{}, CsrView{}).ids.empty());
    }
}

TEST_CASE("contract: rows need not be sorted", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        OwnedRow const sorted{{1, 4, 7}, {1, 2, 1.5F}};
        OwnedRow const mixed{{7, 1, 4, 9, 4}, {1.5F, 1, 1.25F, 0, 0.75F}};
        RecommendOptions const options{
            .n = sample_items, .filter_already_liked_items = false, .recalculate_user = true};
        CHECK(model->recommend(2, mixed.view(), options) ==
              model->recommend(2, sorted.view(), options));
        for (auto const item : ascending(sample_items)) {
            auto const why = model->explain(2, mixed.view(), item);
            auto const expected = model->explain(2, sorted.view(), item);
            CHECK(near(why.total, expected.total, tolerance_of_bits));
            CHECK(near(why.rest, expected.rest, tolerance_of_bits));
            for (auto const own : ascending(sample_items))
                CHECK(near(share_of(own, why), share_of(own, expected), tolerance_of_bits));
        }
        // What weighs nothing is his all the same.
        CHECK_FALSE(ids_of(model->recommend(2, mixed.view(), {.n = sample_items})).contains(9));
    }
}

TEST_CASE("contract: scores of the greatest weights are finite", "[recommender][contract]") {
    auto const most = static_cast<float>(limits::recommender_weight_max);
    OwnedRow const heavy{{1, 4, 7, 4}, {most, most, 1e-3F, most}};
    FOR_EACH_MODEL(kind) {
        auto const model = fitted(kind, sample());
        for (float const score : model->score(0, heavy.view(), ascending(sample_items), true))
            CHECK(std::isfinite(score));
        CHECK(std::isfinite(model->explain(0, heavy.view(), 2).total));
        std::vector<Index> const ids{0, 0, 1};
        std::vector<Index> const items{0, 1, 1};
        auto const own = fitted(
            kind, Interactions::from_pairs(ids, items, std::vector<float>{most, most, 1}, {3, 3}));
        for (float const score : own->score(0, {}, ascending(3)))
            CHECK(std::isfinite(score));
    }
}

TEST_CASE("contract: whom the model does not know is taken as his row says",
          "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        auto const row = data.by_user().row(4);
        auto const known = model->recommend(4, row, {.n = 20, .recalculate_user = true});
        CHECK(model->recommend(sample_users, row, {.n = 20}) == known);
        CHECK(model->recommend(std::numeric_limits<Index>::max() - 1, row, {.n = 20}) == known);
        auto const items = ascending(sample_items);
        CHECK(model->score(sample_users, row, items) == model->score(4, row, items, true));
    }
}

TEST_CASE("contract: explanations sum to the score", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        for (Index user = 0; user < 8; ++user) {
            auto const row = data.by_user().row(user);
            auto const scores = model->score(user, row, ascending(sample_items), true);
            for (Index item = 0; item < sample_items; ++item) {
                auto const whole = model->explain(user, row, item, sample_items);
                double sum = static_cast<double>(whole.rest);
                std::set<Index> const own{row.ids.begin(), row.ids.end()};
                for (auto const& part : whole.contributions) {
                    sum += static_cast<double>(part.score);
                    CHECK(own.contains(part.item));
                }
                CHECK(near(whole.total, scores.at(static_cast<std::size_t>(item)),
                           tolerance_of_scores));
                CHECK(std::abs(sum - static_cast<double>(whole.total)) < tolerance_of_scores);
                CHECK(
                    std::is_sorted(whole.contributions.begin(), whole.contributions.end(),
                                   [](auto const& a, auto const& b) { return a.score > b.score; }));
                auto const brief = model->explain(user, row, item, 2);
                CHECK(brief.total == whole.total);
                CHECK(brief.contributions.size() ==
                      std::min<std::size_t>(2, whole.contributions.size()));
            }
        }
    }
}
