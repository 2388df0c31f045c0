#pragma once

#include <eduplat/analytics/table.hpp>

#include <string_view>

namespace eduplat::analytics {

/// The table with a chart in which no bar hides another. Where two rows have one x (and series), x
/// becomes a column "bar" of texts: x, what `further` says of the row, and where that is the same,
/// too, a number.
[[nodiscard]] Table with_bars_apart(Table table, std::string_view further = {});

}  // namespace eduplat::analytics
