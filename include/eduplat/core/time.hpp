#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace eduplat {

/// A moment in UTC, in whole microseconds since 1970. Zones exist only at a host's edge.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// RFC 3339 in UTC with six decimals: "2026-03-01T09:30:00.000000Z".
/// Errors: invalid_argument (field "timestamp", rule "out_of_range") outside the years 0 to 9999.
[[nodiscard]] std::string to_string(Timestamp at);

/// Reads RFC 3339 with "Z" or a numeric offset and 0 to 6 decimals. A leap second (":60") is out of
/// range, since this time has none.
/// Errors: invalid_argument (field "timestamp", rule "malformed" or "out_of_range").
[[nodiscard]] Timestamp parse_timestamp(std::string_view text);

}  // namespace eduplat
