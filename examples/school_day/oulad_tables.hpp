#pragma once

#include "oulad_figures.hpp"

#include <eduplat/analytics/table.hpp>

#include <string>
#include <vector>

namespace school_day {

/// A chart of the report with its numbers. The table's name is that of its files.
struct ReportTable {
    std::string section;  ///< "activity", "retention" ...
    std::string module;   ///< empty: all of them
    eduplat::analytics::Table table;
};

/// Everything that the report draws, section by section, each with a chart.
[[nodiscard]] std::vector<ReportTable> report_tables(OuladFigures const& figures);

/// Of a presentation one row: counts, shares and tests that the report's text says. No chart.
[[nodiscard]] eduplat::analytics::Table presentations_table(OuladFigures const& figures);
/// Of each module, and of all under the name "all": the log-rank test between presentations.
[[nodiscard]] eduplat::analytics::Table tests_table(OuladFigures const& figures);

}  // namespace school_day
