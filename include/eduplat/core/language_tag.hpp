#pragma once

#include <string>
#include <string_view>

namespace eduplat {

/// Reads a language tag of BCP 47 ("en", "zh-Hans", "sr-Latn-RS") in any case and gives it the
/// casing of RFC 5646, section 2.1.1. The form is checked, not whether the subtags are registered;
/// the irregular tags of the past ("i-klingon") are refused. Errors: invalid_argument (field
/// "language", rule "malformed" or "too_long").
[[nodiscard]] std::string canonical_language_tag(std::string_view tag);

}  // namespace eduplat
