#include "services/recommender_models.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/popularity.hpp>

#include <algorithm>
#include <utility>

namespace eduplat {
namespace {

using recommender::FitControl;
using recommender::Interactions;
using recommender::Model;
using Parts = std::vector<std::unique_ptr<Model>>;
using Profiles = std::vector<recommender::ItemProfile>;

/// Of the parts, where they are not learned.
struct GivenWeight {
    static constexpr double als = 1.0;
    static constexpr double ease = 1.0;
    static constexpr double content = 0.5;
    static constexpr double popularity = 0.1;
};

/// The matrix of few learners says less, and is held back less: a twenty-fifth of a learner each,
/// from 10 up to what suits ten thousands.
double ease_regularization(Interactions const& interactions) {
    return std::clamp(interactions.shape().users / 25.0, 10.0, 500.0);
}

struct Recipe {
    bool collaborative;
    bool ease;
    bool learn;
};

Recipe recipe_for(Interactions const& interactions, RecommendationOptions const& options) {
    bool const collaborative =
        interactions.shape().users > 1 && interactions.pairs() >= options.pairs_min;
    return {.collaborative = collaborative,
            .ease = collaborative && interactions.shape().items <= options.ease_items_max,
            .learn = collaborative && interactions.pairs() >= pairs_to_learn_weights};
}

/// What every training of a school has.
struct Setting {
    Recipe recipe;
    Profiles const& profiles;
    RecommendationOptions const& options;
    FitControl const& control;
};

/// A hybrid that is not fitted. Without weights they are given or learned, as the recipe says.
std::unique_ptr<recommender::HybridModel> make_hybrid(Setting const& setting,
                                                      Interactions const& interactions,
                                                      std::vector<double> weights) {
    auto const& [recipe, profiles, options, control] = setting;
    Parts parts;
    std::vector<double> given;
    auto const add = [&](std::unique_ptr<Model> part, double weight) {
        parts.push_back(std::move(part));
        given.push_back(weight);
    };
    recommender::AlsOptions const als{.factors = options.factors};
    add(std::make_unique<recommender::AlsModel>(als), GivenWeight::als);
    if (recipe.ease) {
        recommender::EaseOptions const ease{.regularization = ease_regularization(interactions)};
        add(std::make_unique<recommender::EaseModel>(ease), GivenWeight::ease);
    }
    // To learn from all pairs of courses takes their number cubed.
    recommender::ContentOptions const content{.learns = interactions.shape().items <=
                                                        options.ease_items_max};
    add(std::make_unique<recommender::ContentModel>(profiles, content), GivenWeight::content);
    add(std::make_unique<recommender::PopularityModel>(), GivenWeight::popularity);
    if (weights.empty() && !recipe.learn) weights = given;
    return std::make_unique<recommender::HybridModel>(
        std::move(parts), recommender::HybridOptions{.weights = std::move(weights)});
}

OfflineMetrics shown(recommender::Metrics const& metrics) {
    return {.hr = metrics.hr, .recall = metrics.recall, .ndcg = metrics.ndcg};
}

Measured measure(Model const& model, recommender::Split const& hold_out,
                 FitControl const& control) {
    recommender::EvaluationOptions const options{.k = measured_at(hold_out.train.shape().items),
                                                 .num_threads = control.num_threads,
                                                 .on_progress = control.on_progress};
    recommender::PopularityModel popularity;
    popularity.fit(hold_out.train, control);
    auto const metrics = recommender::evaluate(model, hold_out.train, hold_out.test, options);
    auto const of_popularity =
        recommender::evaluate(popularity, hold_out.train, hold_out.test, options);
    return {.learners = metrics.users,
            .metrics = shown(metrics),
            .popularity = shown(of_popularity),
            .coverage = metrics.coverage};
}

/// A fitted model, and what its parts weigh.
struct Fitted {
    std::unique_ptr<Model> model;
    std::vector<double> weights;
};

Fitted fit(Setting const& setting, Interactions const& interactions, std::vector<double> weights) {
    if (!setting.recipe.collaborative) {
        recommender::ContentOptions const options{.learns = false};
        auto content = std::make_unique<recommender::ContentModel>(setting.profiles, options);
        content->fit(interactions, setting.control);
        return {std::move(content), {}};
    }
    auto hybrid = make_hybrid(setting, interactions, std::move(weights));
    hybrid->fit(interactions, setting.control);
    auto learned = hybrid->weights();
    return {std::move(hybrid), std::move(learned)};
}

/// Stands in for the learners of a school that has none yet, so that texts can be compared.
Interactions learner_of_all(std::size_t courses) {
    recommender::InteractionsBuilder builder;
    for (std::size_t i = 0; i < courses; ++i)
        builder.add(0, static_cast<recommender::Index>(i));
    return std::move(builder).build();
}

}  // namespace

int measured_at(std::int64_t courses) noexcept {
    return static_cast<int>(std::clamp<std::int64_t>(courses / 2, 1, 20));
}

TrainedRecommender train(Profiles const& profiles, Interactions const& interactions,
                         recommender::Split const& hold_out, RecommendationOptions const& options,
                         FitControl const& control) {
    TrainedRecommender trained;
    if (profiles.empty()) return trained;
    Setting const setting{recipe_for(interactions, options), profiles, options, control};
    std::vector<double> weights;
    if (hold_out.test.pairs() > 0) {
        auto tried = fit(setting, hold_out.train, {});
        trained.measured = measure(*tried.model, hold_out, control);
        weights = std::move(tried.weights);
    }
    auto const& all = interactions.pairs() > 0 ? interactions : learner_of_all(profiles.size());
    trained.model = fit(setting, all, std::move(weights)).model;
    trained.model->forget_users();
    return trained;
}

}  // namespace eduplat
