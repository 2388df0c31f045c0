#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eduplat {

/// About 200 bytes of a text around the first of the terms that occurs in it, or its beginning, in
/// one line, with "…" where it is cut. Case counts for letters outside ASCII.
[[nodiscard]] std::string excerpt(std::string_view text, std::vector<std::string> const& terms);

}  // namespace eduplat
