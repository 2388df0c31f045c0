#pragma once

#include <eduplat/analytics/tables.hpp>

#include <vector>

namespace eduplat::test {

/// A table of every result that to_table() knows, each with rows.
std::vector<analytics::Table> report_tables(analytics::Labels const& labels);
/// Likewise, of results in which there is nothing.
std::vector<analytics::Table> empty_report_tables();

}  // namespace eduplat::test
