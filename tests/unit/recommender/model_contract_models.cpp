#include "unit/recommender/model_contract.hpp"

#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/graph_filter.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/popularity.hpp>

#include <string>
#include <utility>

namespace eduplat::recommender::test {
namespace {

using Labels = std::span<Index const>;

std::unique_ptr<Model> popularity(Labels /*labels*/) {
    return std::make_unique<PopularityModel>();
}

/// With as many factors as there can be and sweeps enough, where it begins does not matter.
std::unique_ptr<Model> als(Labels /*labels*/) {
    return std::make_unique<AlsModel>(
        AlsOptions{.factors = 24, .regularization = 0.05, .iterations = 200});
}

std::unique_ptr<Model> ease(Labels /*labels*/) {
    return std::make_unique<EaseModel>(EaseOptions{.regularization = 2.0});
}

/// With all vectors where the random ones begin does not matter.
std::unique_ptr<Model> graph_filter(Labels /*labels*/) {
    return std::make_unique<GraphFilterModel>(GraphFilterOptions{.factors = 4, .iterations = 40});
}

/// Items of one parity say the same.
std::unique_ptr<ContentModel> content_of(Labels labels, ContentOptions const& options = {}) {
    std::vector<ItemProfile> profiles;
    for (auto const label : labels)
        profiles.push_back({.text = label % 2 == 0 ? "even 偶数课程" : "odd 奇数课程",
                            .tags = {std::to_string(label % 3)}});
    return std::make_unique<ContentModel>(profiles, options);
}

std::unique_ptr<Model> content(Labels labels) {
    return content_of(labels);
}

std::unique_ptr<Model> unlearned_content(Labels labels) {
    return content_of(labels, {.learns = false});
}

std::unique_ptr<Model> hybrid(Labels labels) {
    std::vector<std::unique_ptr<Model>> parts;
    parts.push_back(ease(labels));
    parts.push_back(content_of(labels));
    parts.push_back(als(labels));
    return std::make_unique<HybridModel>(std::move(parts),
                                         HybridOptions{.weights = {0.5, 0.2, 0.3}});
}

}  // namespace

std::span<ContractModel const> contract_models() {
    static std::vector<ContractModel> const models{
        {.name = "als", .make = als, .similar_users = true},
        {.name = "content", .make = content},
        {.name = "content, not learned", .make = unlearned_content},
        {.name = "ease", .make = ease},
        {.name = "graph_filter", .make = graph_filter},
        {.name = "hybrid", .make = hybrid},
        {.name = "popularity", .make = popularity, .personal = false, .similar_items = false},
    };
    return models;
}

}  // namespace eduplat::recommender::test
