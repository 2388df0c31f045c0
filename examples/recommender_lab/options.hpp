#pragma once

#include "settings_file.hpp"

#include <eduplat/recommender/interactions.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace recommender_lab {

/// What the command line says.
struct Options {
    using File = std::optional<std::filesystem::path>;

    File train = std::nullopt;  ///< none: the small school in data/
    File test = std::nullopt;
    File negatives = std::nullopt;
    File profiles = std::nullopt;
    std::string model = "als";
    Settings settings = {};  ///< those of --settings, then those of --set
    bool tune = false;
    int trials = 30;
    File save_settings = std::nullopt;
    int seeds = 1;
    int threads = 1;
    std::optional<int> k = std::nullopt;
    std::optional<eduplat::recommender::Index> user = std::nullopt;
    bool json = false;
    bool help = false;
};

/// Reads the file of --settings, too. Errors: invalid_argument, the argument as field: "unknown",
/// "required" if its value lacks or, of "--train" and "--test", it does, "number", "setting",
/// "too_small"; as read_settings().
[[nodiscard]] Options parse_options(int argument_count, char const* const* arguments);

/// With the models and their settings.
[[nodiscard]] std::string usage();

}  // namespace recommender_lab
