#pragma once

#include <eduplat/exporting/anonymous.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace eduplat::exporting {

/// Whether a step fits a column: none, or the rule that it breaks.
[[nodiscard]] std::optional<std::string_view> broken_rule(Generalization const& step,
                                                          analytics::Column const& column) noexcept;

/// The column as a step has it, without a step as it was, but for zeros, which lose their sign.
[[nodiscard]] analytics::Column generalized(analytics::Column const& column,
                                            Generalization const* step);

/// A number for each row, from 0 on in ascending order of values: equal where values are equal, or
/// both absent.
[[nodiscard]] std::vector<std::uint32_t> ranks(analytics::Column const& column);

}  // namespace eduplat::exporting
