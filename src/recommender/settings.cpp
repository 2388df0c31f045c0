#include "recommender/hybrid_settings.hpp"
#include "recommender/setting_rows.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/graph_filter.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/popularity.hpp>
#include <eduplat/recommender/settings.hpp>

#include <algorithm>
#include <array>

namespace eduplat::recommender {
namespace {

using setting_rows::Row;
using Profiles = std::span<ItemProfile const>;

struct NoOptions {};

template <class Options>
constexpr std::array<Row<Options>, 0> rows;

template <>
constexpr std::array rows<AlsOptions>{
    Row<AlsOptions>{"factors", &AlsOptions::factors, "length of the vectors", 32, 256, true},
    Row<AlsOptions>{"regularization", &AlsOptions::regularization, "how small vectors are kept",
                    1e-4, 0.1, true},
    Row<AlsOptions>{"unobserved_weight", &AlsOptions::unobserved_weight,
                    "what a pair counts that is not there", 0.01, 1, true},
    Row<AlsOptions>{"regularization_exponent", &AlsOptions::regularization_exponent,
                    "1 regularizes by frequency, 0 uniformly", 0.5, 1},
    Row<AlsOptions>{"alpha", &AlsOptions::alpha, "factor of the pairs' weights"},
    Row<AlsOptions>{"iterations", &AlsOptions::iterations, "sweeps", 6, 20},
    Row<AlsOptions>{"random_state", &AlsOptions::random_state, "seed"},
};

template <>
constexpr std::array rows<EaseOptions>{
    Row<EaseOptions>{"regularization", &EaseOptions::regularization, "how small weights are kept",
                     10, 5'000, true},
    Row<EaseOptions>{"dropout", &EaseOptions::dropout,
                     "share of pairs thought missing: regularizes by frequency", 0, 0.9},
};

using Filter = GraphFilterOptions;

template <>
constexpr std::array rows<Filter>{
    Row<Filter>{"factors", &Filter::factors, "singular vectors that pass", 32, 768, true},
    Row<Filter>{"user_exponent", &Filter::user_exponent, "divides users by their sums", 0.2, 0.6},
    Row<Filter>{"item_exponent", &Filter::item_exponent, "divides items by their sums", 0.3, 0.6},
    Row<Filter>{"low_pass_weight", &Filter::low_pass_weight, "of the vectors"},
    Row<Filter>{"neighbor_weight", &Filter::neighbor_weight, "of what neighbors have", 0.01, 10,
                true},
    Row<Filter>{"sharpening", &Filter::sharpening, "damps what everybody takes", 0, 2},
    Row<Filter>{"iterations", &Filter::iterations, "of the decomposition"},
    Row<Filter>{"random_state", &Filter::random_state, "seed"},
};

template <>
constexpr std::array rows<ContentOptions>{
    Row<ContentOptions>{"tag_weight", &ContentOptions::tag_weight, "tags beside the text", 0, 3},
    Row<ContentOptions>{"teacher_weight", &ContentOptions::teacher_weight,
                        "teachers beside the text", 0, 3},
    Row<ContentOptions>{"concept_weight", &ContentOptions::concept_weight,
                        "concepts beside the text", 0, 3},
    Row<ContentOptions>{"regularization", &ContentOptions::regularization,
                        "how similar items must be to speak for each other", 0.3, 30, true},
    Row<ContentOptions>{"learns", &ContentOptions::learns,
                        "1 learns from interactions, 0 compares items only"},
};

template <>
constexpr std::array rows<HybridOptions>{
    Row<HybridOptions>{"validation_fraction", &HybridOptions::validation_fraction,
                       "of each user's pairs, to learn the weights on"},
    Row<HybridOptions>{"random_state", &HybridOptions::random_state, "seed of the validation part"},
};

template <class Options>
std::span<Row<Options> const> rows_of() {
    return rows<Options>;
}

template <class Options>
std::vector<SettingInfo> list() {
    return setting_rows::list(rows_of<Options>());
}

template <class AModel, class Options>
std::unique_ptr<Model> make(Settings const& settings, Profiles) {
    return std::make_unique<AModel>(setting_rows::read(rows_of<Options>(), settings));
}

std::unique_ptr<Model> make_popularity(Settings const& settings, Profiles) {
    static_cast<void>(setting_rows::read(rows_of<NoOptions>(), settings));
    return std::make_unique<PopularityModel>();
}

std::unique_ptr<Model> make_content(Settings const& settings, Profiles profiles) {
    auto const options = setting_rows::read(rows_of<ContentOptions>(), settings);
    if (profiles.empty()) fail(ErrorCode::invalid_argument, "profiles", "required");
    return std::make_unique<ContentModel>(std::vector(profiles.begin(), profiles.end()), options);
}

std::unique_ptr<Model> make_hybrid(Settings const& settings, Profiles profiles) {
    auto const choice = hybrid_settings::read(settings, !profiles.empty());
    auto options = setting_rows::read(rows_of<HybridOptions>(), choice.own);
    options.weights = choice.weights;
    return std::make_unique<HybridModel>(hybrid_settings::make_parts(choice, profiles), options);
}

/// A model by name.
struct Kind {
    std::string_view name;
    std::vector<SettingInfo> (*settings)();
    std::unique_ptr<Model> (*make)(Settings const&, Profiles);
};

constexpr std::array kinds{
    Kind{"popularity", list<NoOptions>, make_popularity},
    Kind{"als", list<AlsOptions>, make<AlsModel, AlsOptions>},
    Kind{"ease", list<EaseOptions>, make<EaseModel, EaseOptions>},
    Kind{"graph_filter", list<Filter>, make<GraphFilterModel, Filter>},
    Kind{"content", list<ContentOptions>, make_content},
    Kind{"hybrid", list<HybridOptions>, make_hybrid},
};

constexpr auto kind_names = [] {
    std::array<std::string_view, kinds.size()> out;
    std::transform(kinds.begin(), kinds.end(), out.begin(), [](Kind const& k) { return k.name; });
    return out;
}();

Kind const& kind(std::string_view name) {
    auto const found =
        std::find_if(kinds.begin(), kinds.end(), [&](Kind const& k) { return k.name == name; });
    if (found == kinds.end()) fail(ErrorCode::invalid_argument, "model", "unknown");
    return *found;
}

}  // namespace

std::span<std::string_view const> model_names() noexcept {
    return kind_names;
}

std::vector<SettingInfo> model_settings(std::string_view model) {
    return kind(model).settings();
}

std::unique_ptr<Model> make_model(std::string_view name, Settings const& settings,
                                  std::span<ItemProfile const> profiles) {
    return kind(name).make(settings, profiles);
}

}  // namespace eduplat::recommender
