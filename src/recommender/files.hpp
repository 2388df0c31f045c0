#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace eduplat::recommender {

/// Replaces a file at once and durably, or leaves it as it was. Errors: invalid_argument (field
/// "path", rules "required", "malformed", "cannot_open"), resource_exhausted ("disk_full", or a
/// file may not become so large), unavailable ("cannot_write"). After "cannot_write" the new file
/// may stand: all of it was written, but not that its folder names it.
void replace_file(std::string_view path, std::span<std::byte const> bytes);

/// Errors: not_found (field "path", rule "unknown"), invalid_argument ("required", "malformed",
/// "not_a_file", "cannot_open"), unavailable ("cannot_read").
[[nodiscard]] std::vector<std::byte> read_file(std::string_view path);

}  // namespace eduplat::recommender
