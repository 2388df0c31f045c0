#include "unit/core/refusal.hpp"

#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/tuner.hpp>

#include <recommender/seeded.hpp>
#include <support/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;
using test::invalid, test::refusal;

namespace {

/// Users of four tastes: most of what they have is of ten items of their taste.
Interactions tastes() {
    Seeded random{5};
    InteractionsBuilder builder{Shape{120, 40}};
    for (Index user = 0; user < 120; ++user) {
        for (Index item = 0; item < 40; ++item) {
            auto const likely = item / 10 == user % 4 ? 0.6 : 0.08;
            if (random.uniform() < likely) builder.add(user, item);
        }
    }
    return std::move(builder).build();
}

TunerOptions quick() {
    TunerOptions options;
    options.k = 5;
    options.trials = 12;
    options.patience = 0;
    options.validation_fraction = 0.3;
    return options;
}

TuningResult tune_ease(TunerOptions const& options) {
    return tune("ease", tastes(), options);
}

test::Refusal refused(TunerOptions const& options) {
    return refusal([&] { return tune_ease(options); });
}

template <class Change>
test::Refusal refused_with(Change const& change) {
    auto options = quick();
    change(options);
    return refused(options);
}

bool same(TuningResult const& a, TuningResult const& b) {
    return a.best == b.best && a.value == b.value &&
           std::equal(a.trials.begin(), a.trials.end(), b.trials.begin(), b.trials.end(),
                      [](Trial const& x, Trial const& y) {
                          return x.settings == y.settings && x.value == y.value;
                      });
}

}  // namespace

TEST_CASE("tuning finds the best of its trials, the usual values among them",
          "[recommender][tuner]") {
    auto const result = tune_ease(quick());
    REQUIRE(result.trials.size() == 12);
    CHECK(result.trials.front().settings.at("regularization") == EaseOptions{}.regularization);
    auto const best =
        std::max_element(result.trials.begin(), result.trials.end(),
                         [](Trial const& a, Trial const& b) { return a.value < b.value; });
    CHECK(result.value == best->value);
    CHECK(result.best == best->settings);
    CHECK(result.value >= result.trials.front().value);
    for (auto const& trial : result.trials) {
        auto const value = trial.settings.at("regularization");
        CHECK((value >= 10 && value <= 5'000));
        auto const digit = std::pow(10.0, std::floor(std::log10(value)) - 2);
        CHECK(std::abs(value / digit - std::round(value / digit)) < 1e-6);  // three digits
    }
}

TEST_CASE("a search begins with what it is told, in its ranges", "[recommender][tuner]") {
    auto options = quick();
    options.trials = 1;
    options.ranges = {{"regularization", 10, 100, true}, {"dropout", 0, 0.9}};
    options.start = {{"regularization", 77.77}};
    CHECK(tune_ease(options).best ==
          Settings{{"dropout", EaseOptions{}.dropout}, {"regularization", 77.77}});
    options.start = {{"regularization", 300}, {"dropout", 0}};
    auto const result = tune_ease(options);
    CHECK(result.best == Settings{{"dropout", 0}, {"regularization", 100}});
    CHECK(result.trials[0].fit_seconds > 0);
}

TEST_CASE("a trial is judged on a part of the train part", "[recommender][tuner]") {
    auto const all = tastes();
    auto options = quick();
    options.trials = 1;
    auto const split = split_fraction(all, 0.3, 42);
    auto const model = make_model("ease");
    model->fit(split.train);
    CHECK(tune("ease", all, options).value ==
          evaluate(*model, split.train, split.test, {.k = 5}).ndcg);
    options.metric = "recall";
    CHECK(tune("ease", all, options).value ==
          evaluate(*model, split.train, split.test, {.k = 5}).recall);
    options.users = 120;  // all of them
    CHECK(tune("ease", all, options).value ==
          evaluate(*model, split.train, split.test, {.k = 5}).recall);
    options.metric = "hr";
    options.users = 1;  // who has a hit or has none
    auto const of_one = tune("ease", all, options).value;
    CHECK((of_one == 0 || of_one == 1));
    options.metric = "recall";
    options.users = 0;
    options.leave_out = 1;
    auto const one_out = leave_k_out(all, 1, 42);
    model->fit(one_out.train);
    CHECK(tune("ease", all, options).value ==
          evaluate(*model, one_out.train, one_out.test, {.k = 5}).recall);
    // Among a few others a pair is found more easily than among all.
    auto const among_all = tune("ease", all, options).value;
    options.negatives = 8;
    CHECK(tune("ease", all, options).value > among_all);
    options.negatives = 1'000;  // more than there are
    CHECK(tune("ease", all, options).value == Approx(among_all).margin(0.02));
}

TEST_CASE("the same seed finds the same, for any number of threads", "[recommender][tuner]") {
    auto options = quick();
    auto const first = tune_ease(options);
    CHECK(same(first, tune_ease(options)));
    options.num_threads = 2;
    CHECK(same(first, tune_ease(options)));
    options.random_state = 43;
    CHECK_FALSE(same(first, tune_ease(options)));
}

TEST_CASE("a search ends when nothing better comes, or is asked to", "[recommender][tuner]") {
    auto options = quick();
    options.patience = 2;
    options.trials = 40;
    auto const result = tune_ease(options);
    auto const size = result.trials.size();
    REQUIRE(size < 40);
    // The first and 13 random ones are no refinements.
    auto const best =
        std::find_if(result.trials.begin(), result.trials.end(),
                     [&](Trial const& trial) { return trial.settings == result.best; });
    CHECK(size ==
          std::max<std::size_t>(1 + static_cast<std::size_t>(best - result.trials.begin()), 14) +
              2);
    std::vector<int> told;
    options.on_trial = [&](Trial const&, int done, int trials) {
        CHECK(trials == 40);
        told.push_back(done);
        return done < 2;
    };
    CHECK(tune_ease(options).trials.size() == 2);
    CHECK(told == std::vector{1, 2});
    options.on_progress = [](FitProgress const&) { return false; };
    try {
        static_cast<void>(tune("als", tastes(), options));
        FAIL("not canceled");
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::canceled);
    }
}

TEST_CASE("a search ends when its ranges hold nothing new", "[recommender][tuner]") {
    auto options = quick();
    options.trials = 500;
    options.fixed = {{"factors", 2}, {"random_state", 3}};
    options.ranges = {{"iterations", 1, 3, false, true}};
    auto const result = tune("als", tastes(), options);
    CHECK(result.trials.size() <= 4);
    CHECK(result.trials.size() >= 2);
    for (auto const& trial : result.trials) {
        CHECK(trial.settings.at("factors") == 2);
        CHECK(trial.settings.at("random_state") == 3);
        CHECK(trial.settings.at("iterations") == std::round(trial.settings.at("iterations")));
    }
}

TEST_CASE("usual ranges are those of the settings, of a hybrid those of its parts",
          "[recommender][tuner]") {
    auto const names = [](std::string_view model, Settings const& settings) {
        std::vector<std::string> out;
        for (auto const& range : usual_ranges(model, settings))
            out.push_back(range.name);
        return out;
    };
    CHECK(names("ease", {}) == std::vector<std::string>{"regularization", "dropout"});
    CHECK(names("ease", {{"regularization", 3}}) == std::vector<std::string>{"dropout"});
    CHECK(names("popularity", {}).empty());
    auto const hybrid = names("hybrid", {{"part.als", 1}, {"als.factors", 8}});
    CHECK(std::count(hybrid.begin(), hybrid.end(), "als.regularization") == 1);
    CHECK(std::count(hybrid.begin(), hybrid.end(), "als.factors") == 0);
}

TEST_CASE("what a tuner refuses", "[recommender][tuner]") {
    auto const nan = std::nan("");
    using Options = TunerOptions;
    CHECK(refusal([] { return tune("svd", tastes()); }) == invalid("model", "unknown"));
    CHECK(refusal([] { return tune("popularity", tastes()); }) == invalid("ranges", "required"));
    CHECK(refused_with([](Options& o) { o.metric = "rmse"; }) == invalid("metric", "unknown"));
    CHECK(refused_with([](Options& o) {
              o.fixed = {{"factors", 3}};
          }) == invalid("factors", "unknown"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"factors", 1, 2}};
          }) == invalid("factors", "unknown"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"regularization", 2, 1}};
          }) == invalid("ranges[0]", "out_of_range"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"regularization", 0, 1, true}};
          }) == invalid("ranges[0]", "too_small"));
    CHECK(refused_with([&](Options& o) {
              o.ranges = {{"regularization", nan, 1}};
          }) == invalid("ranges[0]", "not_finite"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"regularization", 1, 2}};
              o.fixed = {{"regularization", 1}};
          }) == invalid("ranges[0]", "fixed"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"factors", 2.5, 8, false, true}};
          }) == invalid("ranges[0]", "not_whole"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"factors", 2, 8.5, false, true}};
          }) == invalid("ranges[0]", "not_whole"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"factors", 2, 8, false, true}, {"alpha", 1, 2}, {"factors", 2, 4}};
          }) == invalid("ranges[2]", "duplicate"));
    CHECK(refused_with([](Options& o) {
              o.ranges = {{"regularization", 1, 2}};
              o.start = {{"dropout", 0.5}};
          }) == invalid("start", "unknown"));
    CHECK(refused_with([](Options& o) { o.k = 0; }) == invalid("k", "too_small", 1));
    CHECK(refused_with([](Options& o) { o.trials = 0; }) == invalid("trials", "too_small", 1));
    CHECK(refused_with([](Options& o) { o.trials = 10'001; }) ==
          invalid("trials", "too_large", 10'000));
    CHECK(refused_with([](Options& o) { o.patience = -1; }) == invalid("patience", "too_small", 0));
    CHECK(refused_with([](Options& o) { o.negatives = -1; }) ==
          invalid("negatives", "too_small", 0));
    CHECK(refused_with([](Options& o) { o.leave_out = -1; }) ==
          invalid("leave_out", "too_small", 0));
    CHECK(refused_with([](Options& o) { o.users = -1; }) == invalid("users", "too_small", 0));
    for (auto const fraction : {0.0, 1.0, nan}) {
        CHECK(refused_with([&](Options& o) { o.validation_fraction = fraction; }) ==
              invalid("validation_fraction", "out_of_range"));
    }
    CHECK(refused_with([](Options& o) { o.leave_out = 100; }) == invalid("train", "too_small"));
}
