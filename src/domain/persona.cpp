#include <eduplat/core/limits.hpp>
#include <eduplat/domain/persona.hpp>

#include <algorithm>
#include <string_view>

namespace eduplat {
namespace {

constexpr TextRule field_rule{.min_bytes = 0, .max_bytes = limits::persona_field_bytes_max};
constexpr TextRule item_rule{.min_bytes = 1, .max_bytes = limits::persona_field_bytes_max};

/// Normalizes parts of one persona.
class Normalizer {
  public:
    Normalizer(Validation& validation, std::string_view path)
        : validation_(validation), path_(path) {}

    [[nodiscard]] std::optional<std::string> field(std::string_view name,
                                                   std::optional<std::string> const& value) const {
        if (!value) return std::nullopt;
        auto text = validation_.text(path_of(name), *value, field_rule);
        if (text.empty()) return std::nullopt;
        return text;
    }

    [[nodiscard]] std::vector<std::string> list(std::string_view name,
                                                std::vector<std::string> const& values) const {
        std::vector<std::string> items;
        if (values.size() > limits::persona_list_items_max) {
            validation_.add(path_of(name), "too_many", limits::persona_list_items_max);
            return items;
        }
        for (auto const& value : values) {
            auto const path = path_of(name) + '[' + std::to_string(items.size()) + ']';
            auto item = validation_.text(path, value, item_rule);
            bool const repeated = std::find(items.begin(), items.end(), item) != items.end();
            if (repeated && !item.empty()) validation_.add(path, "duplicate");
            items.push_back(std::move(item));
        }
        return items;
    }

  private:
    [[nodiscard]] std::string path_of(std::string_view name) const {
        return std::string{path_} + std::string{name};
    }

    Validation& validation_;
    std::string_view path_;
};

}  // namespace

Persona normalize_persona(Validation& validation, Persona const& persona, std::string_view path) {
    Normalizer const normal{validation, path};
    return {
        .age_band = normal.field("age_band", persona.age_band),
        .gender = normal.field("gender", persona.gender),
        .region = normal.field("region", persona.region),
        .occupation = normal.field("occupation", persona.occupation),
        .motivation = normal.field("motivation", persona.motivation),
        .budget_band = normal.field("budget_band", persona.budget_band),
        .study_time = normal.field("study_time", persona.study_time),
        .pace = normal.field("pace", persona.pace),
        .media = normal.field("media", persona.media),
        .device = normal.field("device", persona.device),
        .goals = normal.list("goals", persona.goals),
        .interests = normal.list("interests", persona.interests),
        .version = persona.version,
    };
}

}  // namespace eduplat
