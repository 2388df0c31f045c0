#pragma once

#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/model.hpp>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Models by name and settings by name: for programs, files, tuning and other languages.
namespace eduplat::recommender {

/// Options of a model by name, such as {"factors", 64}: the members of its options struct.
///
/// A hybrid takes its parts by label, which is a model's name, or that and a number for one more of
/// the kind ("als", "als2"). {"part.als", 1} takes a part in, and so does {"weight.als", 0.7},
/// which gives its weight; {"part.als", 0} leaves it out, with all that is said of it.
/// {"als.factors", 64} is a setting of a part that is in. Where none is taken in, "als",
/// "ease", "graph_filter" and, given profiles, "content" are. Weights of all parts are given, or of
/// none: then they are learned.
using Settings = std::map<std::string, double>;

/// One setting of a model.
struct SettingInfo {
    std::string_view name;
    std::string_view about;  ///< in a few words
    double usual = 0;        ///< what holds without it
    bool whole = false;      ///< only whole numbers
    /// Where values worth trying lie; low = high if there is nothing to tune.
    double low = 0;
    double high = 0;
    bool logarithmic = false;  ///< tried by order of magnitude

    [[nodiscard]] bool is_tuned() const noexcept { return low < high; }
};

/// What make_model() takes: "popularity", "als", "ease", "content", "hybrid" ...
[[nodiscard]] std::span<std::string_view const> model_names() noexcept;

/// The settings of a model, by its own order; of a hybrid, its own only, not those of parts.
/// Errors: invalid_argument (field "model", rule "unknown").
[[nodiscard]] std::vector<SettingInfo> model_settings(std::string_view model);

/// A model that is not yet fitted. `profiles` are for those that read texts; others leave them.
/// Errors: invalid_argument (field "model", rule "unknown"; field a setting's name: "unknown",
/// "not_finite", "not_whole", "out_of_range" for a number that the member cannot hold, or the
/// model's own rules; field "profiles", rule "required"; of a hybrid also a setting of a part that
/// is not in: "no_part"; "weight.ease": "required"; "part.als": "out_of_range"; "parts":
/// "required", "too_many").
[[nodiscard]] std::unique_ptr<Model> make_model(std::string_view name,
                                                Settings const& settings = {},
                                                std::span<ItemProfile const> profiles = {});

}  // namespace eduplat::recommender
