#pragma once

#include <eduplat/core/validation.hpp>

#include <string_view>

namespace eduplat {

/// Adds what a new password breaks: "utf8"; "too_short" and "too_long" in bytes of its NFC, against
/// limits::password_bytes_min and _max; "common". Any character may occur, white space at the ends
/// too.
void check_password(Validation& validation, std::string_view field, std::string_view password);

/// Adds what keeps a password from being one that was ever let in: "utf8", "too_long". For those
/// that are only compared: nothing else may keep an owner out.
void check_given_password(Validation& validation, std::string_view field,
                          std::string_view password);

}  // namespace eduplat
