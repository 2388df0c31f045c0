#include "refusal.hpp"

#include <eduplat/core/validation.hpp>

#include <support/catch.hpp>

using namespace eduplat;

namespace {

struct Outcome {
    std::string text;
    std::vector<Violation> violations;

    friend bool operator==(Outcome const&, Outcome const&) = default;
};

Outcome check(std::string_view value, TextRule rule) {
    Validation validation;
    auto text = validation.text("name", value, rule);
    return {std::move(text), validation.take()};
}

Outcome broken(std::string rule, std::optional<std::int64_t> limit = std::nullopt) {
    return {"", {{"name", std::move(rule), limit}}};
}

Outcome good(std::string text) {
    return {std::move(text), {}};
}

}  // namespace

TEST_CASE("a text is checked below, at and above its bounds", "[core][validation]") {
    auto const rule = TextRule{.min_bytes = 3, .max_bytes = 5};
    CHECK(check("ab", rule) == broken("too_short", 3));
    CHECK(check("abc", rule) == good("abc"));
    CHECK(check("abcd", rule) == good("abcd"));
    CHECK(check("abcde", rule) == good("abcde"));
    CHECK(check("abcdef", rule) == broken("too_long", 5));
}

TEST_CASE("an empty text is missing where one is required", "[core][validation]") {
    CHECK(check("", {.min_bytes = 1, .max_bytes = 5}) == broken("required"));
    CHECK(check(" \t\u3000", {.min_bytes = 3, .max_bytes = 5}) == broken("required"));
    CHECK(check("  ", {.max_bytes = 5}) == good(""));
}

TEST_CASE("a text is trimmed and normalized before it is measured", "[core][validation]") {
    auto const rule = TextRule{.min_bytes = 1, .max_bytes = 2};
    CHECK(check("\u00a0\n e\u0301 ", rule) == good("\u00e9"));
    CHECK(check("\u0958", {.max_bytes = 3}) == broken("too_long", 3));  // grows under NFC
}

TEST_CASE("a text that is not UTF-8 is refused", "[core][validation]") {
    CHECK(check("a\xc3", {.max_bytes = 9}) == broken("utf8"));
    CHECK(check("\xed\xa0\x80", {.max_bytes = 9}) == broken("utf8"));
}

TEST_CASE("control characters are refused", "[core][validation]") {
    for (auto const text : {std::string_view{"a\0b", 3},
                            std::string_view{"a\x1f"
                                             "b"},
                            std::string_view{"a\x7f"
                                             "b"},
                            std::string_view{"a\u0085b"}, std::string_view{"a\rb"}}) {
        CHECK(check(text, {.max_bytes = 9}) == broken("control_character"));
        CHECK(check(text, {.max_bytes = 9, .multiline = true}) == broken("control_character"));
    }
}

TEST_CASE("line feeds and tabs stand in texts of several lines only", "[core][validation]") {
    CHECK(check("a\n\tb", {.max_bytes = 9}) == broken("control_character"));
    CHECK(check("a\n\tb", {.max_bytes = 9, .multiline = true}) == good("a\n\tb"));
    CHECK(check("a\r\nb", {.max_bytes = 3, .multiline = true}) == good("a\nb"));
}

TEST_CASE("what reorders text or breaks lines does not stand in a single line",
          "[core][validation]") {
    for (auto const* text :
         {"a\u202ab", "a\u202eb", "a\u2066b", "a\u2069b", "a\u2028b", "a\u2029b"}) {
        CHECK(check(text, {.max_bytes = 9}) == broken("control_character"));
        CHECK(check(text, {.max_bytes = 9, .multiline = true}) == good(text));
    }
}

TEST_CASE("a single line that is required has a visible character", "[core][validation]") {
    auto const required = TextRule{.min_bytes = 1, .max_bytes = 50};
    for (auto const* text :
         {"\u200b", "\u00ad\u200d", "\ufeff", "\ufe0f", "\u3164", "\u200b \u200b"}) {
        CHECK(check(text, required) == broken("required"));
        CHECK(check(text, {.max_bytes = 50}) == good(text));
    }
}

TEST_CASE("joiners stand in names", "[core][validation]") {
    for (auto const* name : {"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
                             "\U0001F469\u200d\U0001F4BB", "\u0dc1\u0dca\u200d\u0dbb\u0dd3"}) {
        CHECK(check(name, {.min_bytes = 1, .max_bytes = 50}) == good(name));
    }
}

TEST_CASE("a text many times too long is refused before it is normalized", "[core][validation]") {
    // The short text breaks two rules; of the long one only the length is looked at.
    auto const marks = [](std::size_t count) {
        std::string text{"\x01"};
        for (std::size_t i = 0; i < count; ++i)
            text += "\u0301";
        return text;
    };
    CHECK(check(marks(39), {.max_bytes = 10}).violations.size() == 2);
    CHECK(check(marks(50), {.max_bytes = 10}) == broken("too_long", 10));
    // White space at the ends does not count.
    CHECK(check(std::string(1000, ' ') + "a", {.max_bytes = 10}) == good("a"));
    // What shrinks most still fits.
    CHECK(check("\u03b9\u0308\u0301", {.max_bytes = 2}) == good("\u0390"));
    CHECK(check("\u1fbe\u0344", {.max_bytes = 2}) == good("\u0390"));
}

TEST_CASE("every broken rule of every field is reported at once", "[core][validation]") {
    Validation validation;
    CHECK(validation.ok());
    CHECK_NOTHROW(validation.check("register_user"));
    CHECK(validation.text("email", "ada@example.org", {.max_bytes = 254}) == "ada@example.org");
    CHECK(validation.ok());
    CHECK(validation.text("display_name", "ab\x01", {.min_bytes = 1, .max_bytes = 2}).empty());
    validation.add("password", "too_short", 8);
    CHECK_FALSE(validation.ok());
    auto const expected =
        std::vector<Violation>{{"display_name", "control_character", std::nullopt},
                               {"display_name", "too_long", 2},
                               {"password", "too_short", 8}};
    CHECK(validation.violations() == expected);
    try {
        validation.check("register_user");
        FAIL("not refused");
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        CHECK(error.message() == "register_user");
        CHECK(std::vector<Violation>(error.violations().begin(), error.violations().end()) ==
              expected);
    }
    CHECK(validation.take() == expected);
    CHECK(validation.ok());
}

TEST_CASE("a good field is returned although another is broken", "[core][validation]") {
    Validation validation;
    validation.add("email", "malformed");
    CHECK(validation.text("name", " Ada ", {.max_bytes = 9}) == "Ada");
    CHECK(validation.violations().size() == 1);
}
