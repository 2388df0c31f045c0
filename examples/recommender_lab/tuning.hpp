#pragma once

#include "lab.hpp"

#include <string>

namespace recommender_lab {

/// What the tuner is told: where it searches, and a protocol as that of the test.
[[nodiscard]] rec::TunerOptions tuner_options(Options const& options, Data const& data);

/// Searches settings. Of the data it reads the train part and the profiles, never the test part.
[[nodiscard]] rec::TuningResult tune(Options const& options, Data const& data,
                                     Notice const& notice);

/// What was searched, how it was judged, and every trial: the comment of a settings file, whose
/// settings are those of the best trial.
[[nodiscard]] std::string tuning_record(Options const& options, Data const& data,
                                        rec::TuningResult const& found);

}  // namespace recommender_lab
