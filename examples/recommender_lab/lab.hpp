#pragma once

#include "options.hpp"
#include "pair_file.hpp"
#include "profile_file.hpp"

#include <eduplat/recommender/tuner.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recommender_lab {

/// What was read.
struct Data {
    std::string name;  ///< of the train file, with its folder's
    rec::Interactions train;
    std::optional<rec::Interactions> test;
    std::vector<rec::Candidates> candidates;
    Profiles profiles;
};

/// Reads the files and brings them to one shape.
[[nodiscard]] Data read_data(Options const& options);

/// A fit and what was measured.
struct Run {
    std::uint64_t seed = 0;
    double fit_seconds = 0;
    double sweep_seconds = 0;  ///< the median; 0 if the model does not sweep
    std::optional<rec::Metrics> among_candidates;
    std::optional<rec::Metrics> among_all;
};

/// One recommendation and why.
struct Advice {
    rec::Scored item;
    rec::Explanation why;
};

struct Outcome {
    std::optional<rec::TuningResult> tuning;
    Settings settings;
    std::vector<Run> runs;
    std::vector<Advice> advice;   ///< for the user who was asked for
    std::int64_t peak_bytes = 0;  ///< of the whole program
};

/// Told now and then what is being done.
using Notice = std::function<void(std::string_view)>;

[[nodiscard]] Outcome run(Data const& data, Options const& options, Notice const& notice);

/// The settings with the seed of a run in them: "random_state" of the model, and of a hybrid's
/// parts.
[[nodiscard]] Settings with_seed(std::string_view model, Settings settings, int run);

}  // namespace recommender_lab
