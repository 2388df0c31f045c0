#pragma once

#include "recommender/arrays.hpp"

#include <eduplat/recommender/model.hpp>

#include <memory>

namespace eduplat::recommender {

/// Writes a model with its name, so that read_model() knows which it is. Of models within models
/// the writer has a prefix.
void write_model(Model const& model, ArrayWriter& writer);

/// Errors: data_loss (field "model", rule "unknown"; and those of its arrays).
[[nodiscard]] std::unique_ptr<Model> read_model(ArrayReader const& reader);

}  // namespace eduplat::recommender
