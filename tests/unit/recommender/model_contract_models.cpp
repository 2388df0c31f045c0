#include "unit/recommender/model_contract.hpp"

#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/popularity.hpp>

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

}  // namespace

std::span<ContractModel const> contract_models() {
    static std::vector<ContractModel> const models{
        {.name = "als", .make = als, .similar_users = true},
        {.name = "ease", .make = ease},
        {.name = "popularity", .make = popularity, .personal = false, .similar_items = false},
    };
    return models;
}

}  // namespace eduplat::recommender::test
