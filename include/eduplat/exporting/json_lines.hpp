#pragma once

#include <eduplat/exporting/sink.hpp>

namespace eduplat::exporting {

/// Writes a table as JSON lines: for each row an object (RFC 8259) in UTF-8 and a line feed, its
/// members in the order of the columns. What is absent is null. Numbers read back to the same
/// value, those of a real column as reals ("2.0"); integers beyond 2^53 are exact here, though not
/// every reader takes them so. Times are RFC 3339 in UTC with six decimals.
/// Errors: as every exporter's.
void write_json_lines(analytics::Table const& table, Sink const& sink);

/// Tables of the same columns, one after another. Errors: further invalid_argument (field
/// "columns", rule "changed").
void write_json_lines(TableSource const& source, Sink const& sink);

}  // namespace eduplat::exporting
