#pragma once

#include <eduplat/analytics/table.hpp>

#include <cstdint>
#include <vector>

namespace eduplat::exporting {

/// Empties the places of absent values: what they held may be what was to be hidden.
void clear_absent(analytics::Column& column);

/// The rows in this order, and nothing in the places of absent values.
[[nodiscard]] analytics::Column rows_of(analytics::Column const& column,
                                        std::vector<std::uint32_t> const& rows);

}  // namespace eduplat::exporting
