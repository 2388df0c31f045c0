#pragma once

#include <eduplat/recommender/settings.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

/// What settings say of a hybrid's parts.
namespace eduplat::recommender::hybrid_settings {

struct Part {
    std::string label;       ///< "als2"
    std::string_view model;  ///< "als"
    Settings settings;
};

struct Choice {
    Settings own;                 ///< of the hybrid itself
    std::vector<Part> parts;      ///< by label
    std::vector<double> weights;  ///< of the parts, or none
};

/// The model of a label: "als2" is an "als". Empty if there is none that can be a part.
[[nodiscard]] std::string_view model_of(std::string_view label);

/// Errors: as make_model().
[[nodiscard]] Choice read(Settings const& settings, bool has_profiles);
[[nodiscard]] std::vector<std::unique_ptr<Model>> make_parts(Choice const& choice,
                                                             std::span<ItemProfile const> profiles);

}  // namespace eduplat::recommender::hybrid_settings
