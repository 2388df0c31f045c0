#pragma once

#include "oulad_figures.hpp"

#include <filesystem>

namespace school_day {

/// Tells the figures in text, with small curves.
void print_oulad_report(OuladFigures const& figures);

/// Writes each chart as NAME.csv and NAME.vl.json (Vega-Lite) into a folder, which is made anew,
/// the tables presentations.csv and tests.csv, and for who makes a page of them charts.csv
/// (section, module, name) and facts.csv (name, value).
void write_oulad_report(OuladFigures const& figures, std::filesystem::path const& folder);

}  // namespace school_day
