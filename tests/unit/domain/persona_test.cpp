#include <eduplat/core/limits.hpp>
#include <eduplat/domain/persona.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <string>

namespace eduplat::test {
namespace {

Persona normal(Persona const& persona) {
    Validation validation;
    auto result = normalize_persona(validation, persona);
    validation.check("persona");
    return result;
}

Refusal refused(Persona const& persona) {
    return refusal([&] { return normal(persona); });
}

std::vector<std::string> items(std::size_t count) {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back("item " + std::to_string(i));
    return result;
}

}  // namespace

TEST_CASE("a persona is trimmed, normalized and otherwise left alone", "[persona]") {
    auto const persona = normal({.age_band = " 25-34 ",
                                 .gender = "",
                                 .region = "rene\u0301",
                                 .goals = {"学习C++"},
                                 .version = 3});
    CHECK(persona.age_band == "25-34");
    CHECK_FALSE(persona.gender);
    CHECK(persona.region == "ren\u00E9");
    CHECK_FALSE(persona.device);
    CHECK(persona.goals == std::vector<std::string>{"学习C++"});
    CHECK(persona.version == 3);
}

TEST_CASE("each field of a persona is limited and named", "[persona]") {
    constexpr auto most = limits::persona_field_bytes_max;
    using Field = std::optional<std::string> Persona::*;
    std::vector<std::pair<char const*, Field>> const fields{
        {"age_band", &Persona::age_band},     {"gender", &Persona::gender},
        {"region", &Persona::region},         {"occupation", &Persona::occupation},
        {"motivation", &Persona::motivation}, {"budget_band", &Persona::budget_band},
        {"study_time", &Persona::study_time}, {"pace", &Persona::pace},
        {"media", &Persona::media},           {"device", &Persona::device}};
    for (auto const& [name, field] : fields) {
        Persona persona;
        for (auto const length : {most - 1, most}) {
            persona.*field = std::string(length, 'x');
            CHECK((normal(persona).*field)->size() == length);
        }
        persona.*field = std::string(most + 1, 'x');
        CHECK(refused(persona) == invalid(name, "too_long", most));
        persona.*field = "a\nb";
        CHECK(refused(persona) == invalid(name, "control_character"));
        persona.*field = "\xFF";
        CHECK(refused(persona) == invalid(name, "utf8"));
    }
}

TEST_CASE("lists of a persona are limited in number, length and repetition", "[persona]") {
    constexpr auto most = limits::persona_list_items_max;
    CHECK(normal({.goals = items(most - 1)}).goals.size() == most - 1);
    CHECK(normal({.interests = items(most)}).interests.size() == most);
    CHECK(refused({.goals = items(most + 1)}) == invalid("goals", "too_many", most));
    CHECK(refused({.interests = {"a", "b", " a"}}) == invalid("interests[2]", "duplicate"));
    CHECK(refused({.goals = {"a", ""}}).violation.field == "goals[1]");
    CHECK(refused({.goals = {"a", ""}}).violation.rule == "required");
    CHECK(refused({.goals = {std::string(limits::persona_field_bytes_max + 1, 'x')}}) ==
          invalid("goals[0]", "too_long", limits::persona_field_bytes_max));
}

TEST_CASE("all broken rules of a persona are told at once", "[persona]") {
    Validation validation;
    static_cast<void>(
        normalize_persona(validation, {.age_band = "\xFF", .pace = "\x01", .goals = {"a", "a"}}));
    CHECK(validation.violations().size() == 3);
}

}  // namespace eduplat::test
