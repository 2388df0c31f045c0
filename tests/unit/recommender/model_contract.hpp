#pragma once

#include <eduplat/recommender/model.hpp>

#include <memory>
#include <span>
#include <vector>

namespace eduplat::recommender::test {

/// A model that keeps Model's contract, as its cases make it.
struct ContractModel {
    char const* name;  ///< begins with Model::name()
    /// Not yet fitted, small and quick. labels[i] says which item of the data item i is; there are
    /// as many as items.
    std::unique_ptr<Model> (*make)(std::span<Index const> labels);
    bool personal = true;       ///< whether it finds what users like this one have
    bool similar_items = true;  ///< whether it knows similar items
    bool similar_users = false;
};

/// All models: each joins by a line in model_contract_models.cpp.
[[nodiscard]] std::span<ContractModel const> contract_models();

}  // namespace eduplat::recommender::test
