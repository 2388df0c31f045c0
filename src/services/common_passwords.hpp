#pragma once

#include <string_view>

namespace eduplat {

/// Whether a password, compared without case, is among the most frequent ones of published leaks.
/// The list and its source are named in common_passwords.cpp. `password` is valid UTF-8. Thread
/// safety: pure.
[[nodiscard]] bool is_common_password(std::string_view password);

}  // namespace eduplat
