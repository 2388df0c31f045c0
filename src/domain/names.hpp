#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

/// Enumerations by name, where the names stand in the order of the values from 0.
namespace eduplat {

/// Empty for a value outside the enumeration.
template <std::size_t Count, class Value>
[[nodiscard]] constexpr std::string_view name_in(std::array<std::string_view, Count> const& names,
                                                 Value value) noexcept {
    auto const place = static_cast<std::size_t>(value);
    return place < Count ? names[place] : std::string_view{};
}

template <class Value, std::size_t Count>
[[nodiscard]] constexpr std::optional<Value> parse_in(
    std::array<std::string_view, Count> const& names, std::string_view name) noexcept {
    auto const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Value>(found - names.begin());
}

}  // namespace eduplat
