#pragma once

#include <eduplat/core/validation.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat {

/// What a learner declares, each part optional. Values are words of the host's own vocabulary, up
/// to limits::persona_field_bytes_max each: schools bring theirs along, and eduplat compares them
/// only for equality.
struct Persona {
    std::optional<std::string> age_band = std::nullopt;
    std::optional<std::string> gender = std::nullopt;
    std::optional<std::string> region = std::nullopt;
    std::optional<std::string> occupation = std::nullopt;
    std::optional<std::string> motivation = std::nullopt;
    std::optional<std::string> budget_band = std::nullopt;
    std::optional<std::string> study_time = std::nullopt;
    std::optional<std::string> pace = std::nullopt;
    std::optional<std::string> media = std::nullopt;
    std::optional<std::string> device = std::nullopt;
    std::vector<std::string> goals = {};      ///< most important first, no two equal
    std::vector<std::string> interests = {};  ///< likewise
    std::int64_t version = 0;                 ///< grows with every change; 0 before the first

    friend bool operator==(Persona const&, Persona const&) = default;
};

/// Trims and normalizes every part; an empty field becomes none.
/// Broken rules go to `validation` under the names above and "goals[2]": "utf8",
/// "control_character", "too_long", for list items also "required" and "duplicate", for a list
/// "too_many". `path` stands before the names: "rows[3].persona.".
[[nodiscard]] Persona normalize_persona(Validation& validation, Persona const& persona,
                                        std::string_view path = {});

}  // namespace eduplat
