#pragma once

#include "settings_file.hpp"

#include <eduplat/recommender/interactions.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace recommender_lab {

/// Where the tuner searches a setting: "factors=64:256".
struct Range {
    std::string name;
    double low = 0;
    double high = 0;
};

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
    std::vector<Range> ranges = {};  ///< none: the usual ones of what is not set
    int trials = 30;
    int patience = 10;   ///< refinements in vain, then an end; 0: never
    int leave_out = 0;   ///< pairs of each user that the tuner holds out; 0: a tenth of them
    int among = 0;       ///< other items that such a pair is ranked among; 0: all
    int tune_users = 0;  ///< whom the tuner judges by at most; 0: all
    File save_settings = std::nullopt;
    File record = std::nullopt;
    int seeds = 1;
    int threads = 1;
    std::optional<int> k = std::nullopt;
    std::optional<eduplat::recommender::Index> user = std::nullopt;
    bool json = false;
    bool help = false;
};

/// Reads the file of --settings, too. Errors: invalid_argument, the argument as field: "unknown",
/// "required" if its value lacks or, of "--train" and "--test", it does, "number", "setting",
/// "range", "too_small"; as read_settings().
[[nodiscard]] Options parse_options(int argument_count, char const* const* arguments);

/// With the models and their settings.
[[nodiscard]] std::string usage();

}  // namespace recommender_lab
