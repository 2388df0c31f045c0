#pragma once

#include <eduplat/analytics/table.hpp>

#include <functional>
#include <optional>
#include <string_view>

/// Reports and events for other programs.
///
/// Every exporter takes tables as analytics::check() accepts them, with at least one column.
/// Further errors of all of them: invalid_argument, with the column's name as field, rules
/// "not_utf8" (a text that is not: nothing is replaced), "not_finite" (an infinity or not a number)
/// and "out_of_range" (a time outside the years 0 to 9999). A table is checked before a part of it
/// is written.
namespace eduplat::exporting {

/// Takes the parts of a text one after another, in the thread of the call that gives them. What it
/// throws reaches the caller of the exporter.
using Sink = std::function<void(std::string_view)>;

/// Gives tables of the same columns one after another, at least one, then none: more rows than
/// there is memory for. A table may be empty.
using TableSource = std::function<std::optional<analytics::Table>()>;

}  // namespace eduplat::exporting
