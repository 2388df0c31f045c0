#pragma once

#include <eduplat/analytics/table.hpp>

#include <string>

namespace eduplat::exporting {

/// A table's chart as the JSON text of a Vega-Lite specification (version 5) with all columns as
/// inline data: `null` where a value is absent, times in RFC 3339. An interval is a band below a
/// line, and a rule for each bar or point; a band of steps holds until the next row, as steps do.
/// It fetches nothing.
///
/// Errors: as every exporter's (sink.hpp); invalid_argument (field "chart", rule "required";
/// "chart.value", rule "required": a heat map without; "chart.low" or "chart.high", rule
/// "required": one without the other).
[[nodiscard]] std::string vega_lite(analytics::Table const& table);

}  // namespace eduplat::exporting
