#include <eduplat/core/limits.hpp>
#include <eduplat/domain/persona.hpp>

#include <algorithm>
#include <string_view>

namespace eduplat {
namespace {

constexpr TextRule field_rule{.min_bytes = 0, .max_bytes = limits::persona_field_bytes_max};
constexpr TextRule item_rule{.min_bytes = 1, .max_bytes = limits::persona_field_bytes_max};

std::optional<std::string> normal_field(Validation& validation, std::string_view field,
                                        std::optional<std::string> const& value) {
    if (!value) return std::nullopt;
    auto text = validation.text(field, *value, field_rule);
    if (text.empty()) return std::nullopt;
    return text;
}

std::vector<std::string> normal_list(Validation& validation, std::string_view field,
                                     std::vector<std::string> const& values) {
    std::vector<std::string> items;
    if (values.size() > limits::persona_list_items_max) {
        validation.add(field, "too_many", limits::persona_list_items_max);
        return items;
    }
    for (auto const& value : values) {
        auto const path = std::string{field} + '[' + std::to_string(items.size()) + ']';
        auto item = validation.text(path, value, item_rule);
        bool const repeated = std::find(items.begin(), items.end(), item) != items.end();
        if (repeated && !item.empty()) validation.add(path, "duplicate");
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

Persona normalize_persona(Validation& validation, Persona const& persona) {
    return {
        .age_band = normal_field(validation, "age_band", persona.age_band),
        .gender = normal_field(validation, "gender", persona.gender),
        .region = normal_field(validation, "region", persona.region),
        .occupation = normal_field(validation, "occupation", persona.occupation),
        .motivation = normal_field(validation, "motivation", persona.motivation),
        .budget_band = normal_field(validation, "budget_band", persona.budget_band),
        .study_time = normal_field(validation, "study_time", persona.study_time),
        .pace = normal_field(validation, "pace", persona.pace),
        .media = normal_field(validation, "media", persona.media),
        .device = normal_field(validation, "device", persona.device),
        .goals = normal_list(validation, "goals", persona.goals),
        .interests = normal_list(validation, "interests", persona.interests),
        .version = persona.version,
    };
}

}  // namespace eduplat
