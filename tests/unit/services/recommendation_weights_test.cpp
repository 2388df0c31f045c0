#include "services/recommendation_weights.hpp"

#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/services/recommendations.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using std::chrono::days;

namespace {

Timestamp const now = parse_timestamp("2026-03-01T00:00:00Z");

Doings once(Doing doing, Timestamp at = now) {
    Doings done;
    done.add(doing, 1, at);
    return done;
}

double weight(Doings const& done, RecommendationOptions const& options = {}) {
    return weight_of(done, options, now);
}

}  // namespace

TEST_CASE("each kind of doing weighs what the options say", "[recommendations]") {
    RecommendationOptions options;
    options.weights = {.viewed = 1,
                       .opened = 2,
                       .watched = 3,
                       .answered = 4,
                       .marked = 5,
                       .clicked = 6,
                       .downloaded = 7,
                       .started = 8,
                       .purchased = 9,
                       .completed = 10,
                       .star = 11};
    double expected = 0;
    for (std::size_t i = 0; i < doings; ++i)
        CHECK(weight(once(static_cast<Doing>(i)), options) == ++expected);
}

TEST_CASE("kinds add up", "[recommendations]") {
    auto done = once(Doing::started);
    done.add(Doing::completed, 1, now);
    CHECK(weight(done) == Approx(2.0));
    CHECK(weight(Doings{}) == 0);
}

TEST_CASE("repetitions together count as much as the first time", "[recommendations]") {
    RecommendationOptions options;
    options.weights.opened = 1;
    auto done = once(Doing::opened);
    CHECK(weight(done, options) == 1);
    done.add(Doing::opened, 1, now);
    CHECK(weight(done, options) == 1.5);
    done.add(Doing::opened, 1'000'000'000'000, now);
    CHECK(weight(done, options) == Approx(2).margin(1e-4));
    done.add(Doing::opened, std::numeric_limits<std::int64_t>::max(), now);
    CHECK(weight(done, options) == Approx(2).margin(1e-4));
}

TEST_CASE("what was done no time was not done", "[recommendations]") {
    Doings done;
    done.add(Doing::marked, 0, now);
    done.add(Doing::opened, -3, now);
    CHECK(weight(done) == 0);
    CHECK(done.last_at == Timestamp::min());
}

TEST_CASE("a weight halves with each half-life since the last doing", "[recommendations]") {
    RecommendationOptions options{.half_life = days{10}};
    CHECK(weight(once(Doing::started, now - days{10}), options) == Approx(0.5));
    CHECK(weight(once(Doing::started, now - days{30}), options) == Approx(0.125));
    CHECK(weight(once(Doing::started, now + days{30}), options) == 1);
    auto done = once(Doing::started, now - days{30});
    done.add(Doing::viewed, 1, now);
    CHECK(weight(done, options) == Approx(1.2));
    options.half_life = days{0};
    CHECK(weight(once(Doing::started, now - days{30'000}), options) == 1);
    options.half_life = days{1};
    CHECK(weight(once(Doing::started, Timestamp::min()), options) == 1e-6);
}

TEST_CASE("stars above three speak for a course, below against it", "[recommendations]") {
    auto done = once(Doing::started);
    done.review(5, now);
    CHECK(weight(done) == Approx(2));
    done.review(3, now);
    CHECK(weight(done) == Approx(1));
    done.review(2, now);
    CHECK(weight(done) == Approx(0.5));
    done.review(1, now);
    CHECK(weight(done) == 0);
    RecommendationOptions options;
    options.weights.star = 10;
    CHECK(weight(done, options) == 0);
}

TEST_CASE("a review alone counts too", "[recommendations]") {
    Doings done;
    done.review(4, now - days{365});
    CHECK(weight(done) == Approx(0.25));
}

TEST_CASE("only what learners do themselves is taken from the log", "[recommendations]") {
    for (auto const kind : all_learning_kinds()) {
        CAPTURE(name(kind));
        bool const own = static_cast<int>(kind) < 100 && kind != LearningKind::searched;
        CHECK(doing_of(kind).has_value() == own);
    }
    CHECK(doing_of(LearningKind::viewed) == Doing::viewed);
    CHECK(doing_of(LearningKind::opened) == Doing::opened);
    CHECK(doing_of(LearningKind::watched) == Doing::watched);
    CHECK(doing_of(LearningKind::answered) == Doing::answered);
    CHECK(doing_of(LearningKind::marked) == Doing::marked);
    CHECK(doing_of(LearningKind::clicked) == Doing::clicked);
    CHECK(doing_of(LearningKind::downloaded) == Doing::downloaded);
}

namespace {

std::vector<std::string> refused(RecommendationOptions const& options) {
    return broken_rules([&] {
        check_options(options);
        return 0;
    });
}

}  // namespace

TEST_CASE("options of recommendations are taken at their bounds and refused beyond",
          "[recommendations]") {
    using Rules = std::vector<std::string>;
    RecommendationOptions options;
    CHECK(refused(options) == Rules{});
    options.half_life = days{0};
    options.pairs_min = 0;
    options.factors = 1;
    options.ease_items_max = 0;
    options.num_threads = 1;
    options.weights.viewed = 0;
    CHECK(refused(options) == Rules{});
    options.half_life = days{-1};
    options.pairs_min = -1;
    options.factors = 0;
    options.ease_items_max = -1;
    options.num_threads = 0;
    options.weights.viewed = -0.5;
    options.weights.star = std::numeric_limits<double>::quiet_NaN();
    CHECK(refused(options) ==
          Rules{"recommendations.weights.viewed: too_small",
                "recommendations.weights.star: not_finite", "recommendations.half_life: too_small",
                "recommendations.pairs_min: too_small", "recommendations.factors: too_small",
                "recommendations.ease_items_max: too_small",
                "recommendations.num_threads: too_small"});
    options = {};
    options.half_life = days{limits::recommendation_half_life_days_max};
    options.factors = limits::recommender_factors_max;
    options.ease_items_max = limits::ease_items_max;
    options.num_threads = limits::threads_max;
    options.weights.completed = limits::interaction_weight_max;
    CHECK(refused(options) == Rules{});
    options.half_life += days{1};
    options.factors += 1;
    options.ease_items_max += 1;
    options.num_threads += 1;
    options.weights.completed += 1;
    CHECK(refused(options) == Rules{"recommendations.weights.completed: too_large",
                                    "recommendations.half_life: too_large",
                                    "recommendations.factors: too_large",
                                    "recommendations.ease_items_max: too_large",
                                    "recommendations.num_threads: too_large"});
}

TEST_CASE("a service is not made with options that are refused", "[recommendations]") {
    School school;
    auto given = school.dependencies();
    given.recommendations.factors = 0;
    CHECK(broken_rules([&] { return Recommendations{given}; }) ==
          std::vector<std::string>{"recommendations.factors: too_small"});
}
