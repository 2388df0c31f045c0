#include "support/catch.hpp"
#include "unit/core/refusal.hpp"
#include "unit/recommender/model_contract_data.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

using namespace eduplat;
using namespace eduplat::recommender;
using namespace eduplat::recommender::test;
using eduplat::test::invalid;
using eduplat::test::Refusal;
using eduplat::test::refusal;

namespace {

Refusal const not_fitted{ErrorCode::failed_precondition, {"model", "not_fitted", {}}};
Refusal const no_similarity{ErrorCode::failed_precondition, {"model", "no_similarity", {}}};
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr auto heaviest = static_cast<float>(limits::recommender_weight_max);

template <typename Function>
void check_similar(Function const& similar, Index end, std::string_view field) {
    for (Index id = 0; id < end; ++id) {
        auto const found = similar(id, end + 5);
        CHECK(std::ssize(found) == end - 1);
        CHECK(std::none_of(found.begin(), found.end(), [&](Scored s) { return s.id == id; }));
        CHECK(std::is_sorted(found.begin(), found.end(), [](Scored const& a, Scored const& b) {
            return a.score != b.score ? a.score > b.score : a.id < b.id;
        }));
        auto const three = similar(id, 3);
        CHECK(std::equal(three.begin(), three.end(), found.begin(), found.begin() + 3));
    }
    CHECK(refusal([&] { return similar(-1, 3); }) == invalid(field, "out_of_range", end));
    CHECK(refusal([&] { return similar(end, 3); }) == invalid(field, "out_of_range", end));
    CHECK(refusal([&] { return similar(0, 0); }) == invalid("n", "too_small", 1));
    CHECK(refusal([&] { return similar(0, limits::recommend_n_max + 1); }) ==
          invalid("n", "too_large", limits::recommend_n_max));
    CHECK(std::ssize(similar(0, limits::recommend_n_max)) == end - 1);
}

}  // namespace

TEST_CASE("contract: before a fit there is nothing", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const model = unfitted(kind, 3);
        if (model->shape().items > 0) continue;  // it knows items from elsewhere
        CHECK(model->shape() == Shape{});
        std::vector<Index> const ids{0};
        CHECK(refusal([&] { return model->recommend(0, {}); }) == not_fitted);
        CHECK(refusal([&] { return model->recommend(ids, CsrView{}); }) == not_fitted);
        CHECK(refusal([&] { return model->score(0, {}, ids); }) == not_fitted);
        CHECK(refusal([&] { return model->explain(0, {}, 0); }) == not_fitted);
        CHECK(refusal([&] { return to_npz(*model); }) == not_fitted);
        if (kind.similar_items)
            CHECK(refusal([&] { return model->similar_items(0); }) == not_fitted);
        if (kind.similar_users)
            CHECK(refusal([&] { return model->similar_users(0); }) == not_fitted);
    }
}

TEST_CASE("contract: what cannot be ranked is refused", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const model = fitted(kind, sample());
        auto const recommend = [&](Index user, OwnedRow const& row,
                                   RecommendOptions const& options = {}) {
            return refusal([&] { return model->recommend(user, row.view(), options); });
        };
        std::vector<Index> const far{0, sample_items};
        std::vector<Index> const below{0, 1, -1};
        auto const out = [](std::string_view field) {
            return invalid(field, "out_of_range", sample_items);
        };
        CHECK(recommend(-1, {}).violation.field == "userid");
        CHECK(recommend(-1, {}).violation.rule == "out_of_range");
        CHECK(recommend(0, {far, {1, 1}}) == out("user_items"));
        CHECK(recommend(0, {{-1}, {1}}) == out("user_items"));
        CHECK(recommend(0, {{1, 2}, {1}}) == invalid("user_items", "length"));
        CHECK(recommend(0, {{1}, {not_a_number}}) == invalid("user_items", "not_finite"));
        CHECK(recommend(0, {{1}, {infinity}}) == invalid("user_items", "not_finite"));
        CHECK(recommend(0, {{1}, {-1}}) == invalid("user_items", "negative"));
        OwnedRow const too_heavy{{1}, {std::nextafter(heaviest, infinity)}};
        auto const too_large = invalid("user_items", "too_large", limits::recommender_weight_max);
        CHECK(recommend(0, too_heavy) == too_large);
        std::vector<Index> const one{1};
        CHECK(refusal([&] { return model->score(0, too_heavy.view(), one); }) == too_large);
        CHECK(refusal([&] { return model->explain(0, too_heavy.view(), 1); }) == too_large);
        CHECK(recommend(0, {}, {.filter_items = far}) == out("filter_items[1]"));
        CHECK(recommend(0, {}, {.filter_items = below}) == out("filter_items[2]"));
        CHECK(recommend(0, {}, {.items = far}) == out("items[1]"));
        CHECK(recommend(0, {}, {.items = below}) == out("items[2]"));
        CHECK(recommend(0, {}, {.n = 0}) == invalid("n", "too_small", 1));
        auto const most = limits::recommend_n_max;
        CHECK(recommend(0, {}, {.n = most + 1}) == invalid("n", "too_large", most));
        CHECK(model->recommend(0, {}, {.n = most}).size() == sample_items);
        CHECK(model->recommend(0, {}, {.n = most - 1}).size() == sample_items);
        CHECK(recommend(0, {}, {.num_threads = -1}) == invalid("num_threads", "negative"));
        auto const threads = limits::threads_max;
        CHECK(recommend(0, {}, {.num_threads = threads + 1}) ==
              invalid("num_threads", "too_large", threads));
        CHECK(model->recommend(0, {}, {.num_threads = threads}).size() == 10);
    }
}

TEST_CASE("contract: malformed batches, scores and explanations are refused",
          "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const model = fitted(kind, sample());
        std::vector<Index> const users{0, 1};
        using Offsets = std::vector<std::int64_t>;
        auto const batch = [&](std::vector<Index> const& who, Offsets const& offsets,
                               OwnedRow const& pairs) {
            return refusal([&] {
                return model->recommend(who, {offsets, pairs.ids, pairs.weights, sample_items});
            });
        };
        CHECK(batch({0, -1}, {0, 0, 0}, {}).violation.field == "userids[1]");
        CHECK(batch(users, {0, 0}, {}) == invalid("user_items", "length"));
        CHECK(batch(users, {}, {}) == invalid("user_items", "length"));
        CHECK(batch(users, {0, 1, 2}, {{1, 2}, {1}}) == invalid("user_items", "length"));
        CHECK(batch(users, {0, 3, 2}, {{1, 2}, {1, 1}}) == invalid("user_items", "malformed"));
        CHECK(batch(users, {0, 1, 3}, {{1, 2}, {1, 1}}) == invalid("user_items", "malformed"));
        CHECK(batch(users, {-1, 0, 1}, {{1}, {1}}) == invalid("user_items", "malformed"));
        CHECK(batch(users, {0, 1, 2}, {{1, sample_items}, {1, 1}}) ==
              invalid("user_items", "out_of_range", sample_items));
        std::vector<Index> const far{0, sample_items};
        auto const out = [](std::string_view field) {
            return invalid(field, "out_of_range", sample_items);
        };
        CHECK(refusal([&] { return model->score(0, {}, far); }) == out("items[1]"));
        CHECK(model->score(0, {}, {}).empty());
        CHECK(refusal([&] { return model->explain(0, {}, sample_items); }) == out("itemid"));
        CHECK(refusal([&] { return model->explain(0, {}, -1); }) == out("itemid"));
        CHECK(refusal([&] { return model->explain(-1, {}, 0); }).violation.field == "userid");
        OwnedRow const bad{{1}, {not_a_number}};
        CHECK(refusal([&] { return model->explain(0, bad.view(), 0); }) ==
              invalid("user_items", "not_finite"));
        CHECK(refusal([&] { return model->explain(0, {}, 0, 0); }) == invalid("n", "too_small", 1));
    }
}

TEST_CASE("contract: similar ones, itself left out", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const model = fitted(kind, sample());
        if (kind.similar_items) {
            check_similar([&](Index id, int n) { return model->similar_items(id, n); },
                          sample_items, "itemid");
        } else {
            CHECK(refusal([&] { return model->similar_items(0); }) == no_similarity);
        }
        if (kind.similar_users) {
            check_similar([&](Index id, int n) { return model->similar_users(id, n); },
                          sample_users, "userid");
        } else {
            CHECK(refusal([&] { return model->similar_users(0); }) == no_similarity);
        }
    }
}

TEST_CASE("contract: there must be something to fit to", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        auto const before = all_rankings(*model, data);
        auto const fit = [&](Interactions const& to, int threads) {
            return refusal([&] {
                model->fit(to, {.num_threads = threads});
                return 0;
            });
        };
        auto const nothing = Interactions::from_pairs({}, {}, {}, {sample_users, sample_items});
        CHECK(fit(nothing, 1) == invalid("user_items", "empty"));
        CHECK(fit(data, -1) == invalid("num_threads", "negative"));
        auto const threads = limits::threads_max;
        CHECK(fit(data, threads + 1) == invalid("num_threads", "too_large", threads));
        CHECK(same(all_rankings(*model, data), before));
    }
}

TEST_CASE("contract: a canceled fit changes nothing, wherever it is canceled",
          "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const other = permuted(data, shuffled(sample_users, 8), shuffled(sample_items, 9));
        auto const model = fitted(kind, data);
        auto const before = all_rankings(*model, data);
        auto const fit_until = [&](Model& to, int calls) {
            int called = 0;
            try {
                to.fit(other, {.num_threads = 2, .on_progress = [&](FitProgress const& progress) {
                                   CHECK(progress.step <= progress.steps);
                                   CHECK_FALSE(progress.stage.empty());
                                   return ++called < calls;
                               }});
            } catch (Error const& error) {
                CHECK(error.code() == ErrorCode::canceled);
                CHECK(called == calls);  // and it is not asked again
                return true;
            }
            return false;
        };
        int calls = 1;
        // Each of the first questions, and then some: those of a long fit are many.
        for (; fit_until(*model, calls); calls += 1 + calls / 8) {
            CHECK(model->shape() == data.shape());
            REQUIRE(same(all_rankings(*model, data), before));
        }
        CHECK(calls > 1);
        CHECK(same(all_rankings(*model, other), all_rankings(*fitted(kind, other), other)));

        auto const fresh = unfitted(kind, sample_items);
        auto const shape = fresh->shape();
        CHECK(fit_until(*fresh, 1));
        CHECK(fresh->shape() == shape);
    }
}

TEST_CASE("contract: a fit forgets the former one", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model =
            fitted(kind, permuted(data, shuffled(sample_users, 8), shuffled(sample_items, 9)));
        model->fit(data);
        CHECK(same(all_rankings(*model, data), all_rankings(*fitted(kind, data), data)));
    }
}

TEST_CASE("contract: threads do not change a bit", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const before = all_rankings(*fitted(kind, data), data);
        for (int const threads : {2, 3, 7, 0}) {
            auto const model = unfitted(kind, sample_items);
            model->fit(data, {.num_threads = threads});
            CHECK(same(all_rankings(*model, data), before));
        }
    }
}

TEST_CASE("contract: a file keeps every bit", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const model = fitted(kind, data);
        auto const bytes = to_npz(*model);
        auto const again = from_npz(bytes);
        CHECK(again->name() == model->name());
        CHECK(std::string_view{kind.name}.starts_with(again->name()));
        CHECK(again->shape() == model->shape());
        CHECK(same(all_rankings(*again, data), all_rankings(*model, data)));
        auto const row = data.by_user().row(1);
        RecommendOptions const options{.n = 20, .recalculate_user = true};
        CHECK(again->recommend(1, row, options) == model->recommend(1, row, options));
        CHECK(again->explain(1, row, 3).total == model->explain(1, row, 3).total);
        if (kind.similar_items) CHECK(again->similar_items(2) == model->similar_items(2));
        if (kind.similar_users) CHECK(again->similar_users(2) == model->similar_users(2));
        CHECK(to_npz(*again) == bytes);
        again->fit(data);  // it has its settings, too
        CHECK(same(all_rankings(*again, data), all_rankings(*model, data)));
    }
}

TEST_CASE("contract: of a damaged file nothing but an error comes", "[recommender][contract]") {
    FOR_EACH_MODEL(kind) {
        auto const data = sample();
        auto const bytes = to_npz(*fitted(kind, data));
        auto const refused = [&](std::span<std::byte const> damaged) {
            return refusal([&] { return from_npz(damaged); }).code == ErrorCode::data_loss;
        };
        auto const step = std::max<std::size_t>(1, bytes.size() / 500);
        for (std::size_t size = 0; size < bytes.size(); size += step)
            CHECK(refused(std::span{bytes}.first(size)));
    }
}
