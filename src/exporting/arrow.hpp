#pragma once

#include <eduplat/exporting/arrow.hpp>

/// The parts of a table in Arrow's structures. Tables are checked before.
namespace eduplat::exporting {

void fill_schema(analytics::Table const& table, ArrowSchema& schema);
void fill_array(analytics::Table table, ArrowArray& array);

/// Whether a column has more text than utf8 can hold.
[[nodiscard]] bool has_large_text(analytics::Table const& table);

}  // namespace eduplat::exporting
