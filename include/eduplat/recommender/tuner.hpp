#pragma once

#include <eduplat/recommender/evaluation.hpp>
#include <eduplat/recommender/settings.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace eduplat::recommender {

/// Values of one setting to choose from, between two bounds.
struct SettingRange {
    std::string name;
    double low = 0;
    double high = 0;
    bool logarithmic = false;
    bool whole = false;
};

struct Trial {
    Settings settings;
    double value = 0;  ///< of the metric, on the validation part
};

struct TunerOptions {
    std::vector<SettingRange> ranges = {};  ///< empty: the model's usual ones
    Settings fixed = {};                    ///< settings that are not tuned
    std::string metric = "ndcg";            ///< "hr", "recall", "ndcg" or "map"
    int k = 20;
    int trials = 30;    ///< at most
    int patience = 10;  ///< ends after so many trials without a better one; 0: never
    double validation_fraction = 0.1;
    int leave_out = 0;  ///< if not 0, the validation part is so many pairs of each user instead
    std::uint64_t random_state = 42;
    int num_threads = 1;
    /// Called after each trial; false ends the search with what was found.
    std::function<bool(Trial const&, int done, int trials)> on_trial = {};
};

struct TuningResult {
    Settings best;  ///< with the fixed ones
    double value = 0;
    std::vector<Trial> trials;  ///< in their order
};

/// Searches settings for a model. It reads nothing but `train`, of which it holds a part out; the
/// same seed finds the same. Errors: as make_model(); invalid_argument (field "metric", "ranges").
[[nodiscard]] TuningResult tune(std::string_view model, Interactions const& train,
                                TunerOptions const& options = {},
                                std::span<ItemProfile const> profiles = {});

}  // namespace eduplat::recommender
