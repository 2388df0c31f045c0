#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace school_day {

/// What the command line says.
struct Options {
    std::filesystem::path folder = ".";                         ///< where schools are kept
    std::filesystem::path catalog = EDUPLAT_EXAMPLE_CATALOG;    ///< courses in Markdown
    std::optional<std::filesystem::path> oulad = std::nullopt;  ///< files of OULAD
    bool fresh = false;                                         ///< begin OULAD's school anew
    bool summary = false;                                       ///< only tell what is in it
    bool help = false;
};

/// Errors: invalid_argument, the argument as field: "unknown", or "required" if its value lacks.
[[nodiscard]] Options parse_options(int argument_count, char const* const* arguments);

[[nodiscard]] std::string usage();

}  // namespace school_day
