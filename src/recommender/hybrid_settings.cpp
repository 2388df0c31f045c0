#include "recommender/hybrid_settings.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace eduplat::recommender::hybrid_settings {
namespace {

constexpr std::string_view taken = "part";
constexpr std::string_view weighed = "weight";

/// What is said of one label.
struct Mention {
    std::optional<bool> taken = std::nullopt;
    std::optional<double> weight = std::nullopt;
    Settings settings = {};
};

using Mentions = std::map<std::string, Mention, std::less<>>;

void take(Mention& mention, std::string const& name, double value, Validation& validation) {
    if (value != 0 && value != 1) return validation.add(name, "out_of_range");
    mention.taken = value == 1;
}

void note(Mentions& mentions, std::string const& name, double value, Validation& validation) {
    auto const dot = name.find('.');
    auto const before = std::string_view{name}.substr(0, dot);
    auto const after = std::string_view{name}.substr(dot + 1);
    auto const label = before == taken || before == weighed ? after : before;
    if (model_of(label).empty()) return validation.add(name, "unknown");
    auto& mention = mentions[std::string{label}];
    if (before == taken) {
        take(mention, name, value, validation);
    } else if (before == weighed) {
        mention.weight = value;
    } else {
        mention.settings[std::string{after}] = value;
    }
}

/// Without a part that is asked for these are in.
void add_usual(Mentions& mentions, bool has_profiles) {
    auto const asked = [](auto const& entry) {
        return entry.second.taken.value_or(false) || entry.second.weight;
    };
    if (std::any_of(mentions.begin(), mentions.end(), asked)) return;
    for (auto const* label : {"als", "ease", "graph_filter", "content"}) {
        if (label == std::string_view{"content"} && !has_profiles) continue;
        auto& mention = mentions[label];
        if (!mention.taken) mention.taken = true;
    }
}

void choose(Choice& choice, Mentions& mentions, Validation& validation) {
    auto const weights = std::any_of(mentions.begin(), mentions.end(),
                                     [](auto const& entry) { return entry.second.weight; });
    for (auto& [label, mention] : mentions) {
        if (mention.taken == false) continue;
        if (!mention.taken && !mention.weight) {
            validation.add(label + '.' + mention.settings.begin()->first, "no_part");
            continue;
        }
        if (weights && !mention.weight) validation.add("weight." + label, "required");
        if (weights) choice.weights.push_back(mention.weight.value_or(0));
        choice.parts.push_back({label, model_of(label), std::move(mention.settings)});
    }
    if (choice.parts.empty()) validation.add("parts", "required");
    if (choice.parts.size() > limits::hybrid_parts_max)
        validation.add("parts", "too_many", std::int64_t{limits::hybrid_parts_max});
}

/// An error of a part's own settings, under the names they have here.
[[noreturn]] void refuse(Error const& error, std::string const& label) {
    std::vector<Violation> violations{error.violations().begin(), error.violations().end()};
    for (auto& violation : violations) {
        if (violation.field != "profiles") violation.field.insert(0, label + '.');
    }
    throw Error(error.code(), error.message(), std::move(violations));
}

std::unique_ptr<Model> make_part(Part const& part, std::span<ItemProfile const> profiles) try {
    return make_model(part.model, part.settings, profiles);
} catch (Error const& error) {
    refuse(error, part.label);
}

}  // namespace

std::string_view model_of(std::string_view label) {
    auto const names = model_names();
    auto const is_part = [&](std::string_view name) {
        return name != "hybrid" && std::find(names.begin(), names.end(), name) != names.end();
    };
    while (!is_part(label)) {
        if (label.empty() || label.back() < '0' || label.back() > '9') return {};
        label.remove_suffix(1);
    }
    return *std::find(names.begin(), names.end(), label);
}

Choice read(Settings const& settings, bool has_profiles) {
    Choice choice;
    Mentions mentions;
    Validation validation;
    for (auto const& [name, value] : settings) {
        if (name.find('.') == std::string::npos) {
            choice.own[name] = value;
        } else {
            note(mentions, name, value, validation);
        }
    }
    add_usual(mentions, has_profiles);
    choose(choice, mentions, validation);
    validation.check("settings");
    return choice;
}

std::vector<std::unique_ptr<Model>> make_parts(Choice const& choice,
                                               std::span<ItemProfile const> profiles) {
    std::vector<std::unique_ptr<Model>> parts;
    for (auto const& part : choice.parts)
        parts.push_back(make_part(part, profiles));
    return parts;
}

}  // namespace eduplat::recommender::hybrid_settings
