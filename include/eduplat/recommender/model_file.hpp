#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

/// Models as .npz files: numpy reads them without pickle (`numpy.load(path)["item_factors"]`). The
/// arrays "model" and "format_version" say what it is.
namespace eduplat::recommender {

/// Replaces `path` at once, or leaves it as it was. Errors: failed_precondition (field "model",
/// rule "not_fitted"), invalid_argument (field "path"), resource_exhausted (the disk is full).
void save(Model const& model, std::string_view path);

/// The same as bytes of a file.
[[nodiscard]] std::vector<std::byte> to_npz(Model const& model);

/// Errors: not_found (field "path"); data_loss (field "path", rules "malformed", "foreign"; or an
/// array's name) if it is truncated, damaged or no model; failed_precondition (field
/// "format_version", rule "too_new").
[[nodiscard]] std::unique_ptr<Model> load(std::string_view path);
[[nodiscard]] std::unique_ptr<Model> from_npz(std::span<std::byte const> bytes);

}  // namespace eduplat::recommender
