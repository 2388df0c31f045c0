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

/// The usual ranges of a model; of a hybrid, those of the parts that `settings` give it.
/// Errors: as make_model().
[[nodiscard]] std::vector<SettingRange> usual_ranges(std::string_view model,
                                                     Settings const& settings = {},
                                                     std::span<ItemProfile const> profiles = {});

struct Trial {
    Settings settings;  ///< with the fixed ones
    double value = 0;   ///< of the metric, on the validation part
    double fit_seconds = 0;
};

struct TunerOptions {
    std::vector<SettingRange> ranges = {};  ///< empty: usual_ranges() but for the fixed
    Settings fixed = {};                    ///< settings that are not tuned
    Settings start = {};  ///< of the first trial instead of usual values; clamped to the ranges
    std::string metric = "ndcg";  ///< "hr", "recall", "precision", "ndcg" or "map"
    int k = 20;
    int trials = 30;                   ///< at most; 1 to 10,000
    int patience = 10;                 ///< ends after so many refinements in vain; 0: never
    double validation_fraction = 0.1;  ///< of each user's pairs; above 0, below 1
    int users = 0;      ///< if not 0, judges by so many users at most, drawn at random
    int leave_out = 0;  ///< if not 0, the validation part is so many pairs of each user instead
    /// If not 0, a pair of the validation part is ranked among so many other items that the user
    /// does not have, as evaluate_candidates() does; else among all.
    int negatives = 0;
    std::uint64_t random_state = 42;
    int num_threads = 1;
    /// Called after each trial; false ends the search with what was found.
    std::function<bool(Trial const&, int done, int trials)> on_trial = {};
    /// Of each fit; false ends the search in `canceled`.
    std::function<bool(FitProgress const&)> on_progress = {};
};

struct TuningResult {
    Settings best;  ///< with the fixed ones
    double value = 0;
    std::vector<Trial> trials;  ///< in their order
};

/// Searches settings for a model. It reads nothing but `train`, of which it holds a part out; the
/// same seed finds the same. The first trial takes `start` and the usual values, a third of the
/// others are random, the rest refine: they vary the best so far by less and less. Values are kept
/// to three digits. Errors: as make_model() and fit(); invalid_argument (field "metric": "unknown";
/// "ranges": "required" if there is nothing to tune; "ranges[2]": "not_finite", "too_small" for
/// bounds of a logarithmic range at or below 0, "out_of_range" if low is above high, "not_whole"
/// for bounds of a whole range that are not, "fixed", "duplicate"; "start": "unknown" for a setting
/// without a range; "k", "trials", "patience", "users", "leave_out", "negatives": "too_small",
/// "too_large"; "validation_fraction": "out_of_range"; "train": "too_small" if nothing of it can be
/// held out).
[[nodiscard]] TuningResult tune(std::string_view model, Interactions const& train,
                                TunerOptions const& options = {},
                                std::span<ItemProfile const> profiles = {});

}  // namespace eduplat::recommender
