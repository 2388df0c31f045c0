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

/// Replaces `path` at once and durably, or leaves it as it was. Errors: failed_precondition (field
/// "model", rule "not_fitted"); of the field "path": invalid_argument ("required", "malformed",
/// "cannot_open"), resource_exhausted ("disk_full", also where a file may not become so large),
/// unavailable ("cannot_write": either the old file stands or, if only its folder could not be made
/// durable, the new one, whole).
void save(Model const& model, std::string_view path);

/// The same as bytes of a file. Errors: failed_precondition, as save().
[[nodiscard]] std::vector<std::byte> to_npz(Model const& model);

/// Errors: not_found (field "path", rule "unknown"), invalid_argument ("required", "malformed",
/// "not_a_file" for a folder, pipe or device, "cannot_open"), unavailable ("cannot_read"); and
/// those of from_npz().
[[nodiscard]] std::unique_ptr<Model> load(std::string_view path);
/// Errors: data_loss (field "path", rules "malformed", "foreign"; or an array's name) if it is
/// truncated, damaged or no model; failed_precondition (field "format_version", rule "too_new").
[[nodiscard]] std::unique_ptr<Model> from_npz(std::span<std::byte const> bytes);

}  // namespace eduplat::recommender
