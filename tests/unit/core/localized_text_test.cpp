#include "refusal.hpp"

#include <eduplat/core/language_tag.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/text.hpp>

#include <support/catch.hpp>

using namespace eduplat;
using test::invalid, test::refusal;

namespace {

test::Refusal tag_refusal(std::string_view tag) {
    INFO(tag);
    return refusal([tag] { return canonical_language_tag(tag); });
}

test::Refusal set_refusal(std::string_view language, std::string_view text) {
    return refusal([=] { return LocalizedText{{language, text}}; });
}

/// "aaa", "aab" and so on.
std::string nth_language(std::size_t n) {
    auto const letter = [](std::size_t i) { return static_cast<char>('a' + i % 26); };
    return {letter(n / 676), letter(n / 26), letter(n)};
}

}  // namespace

TEST_CASE("a language tag takes the casing of RFC 5646", "[core][language]") {
    CHECK(canonical_language_tag("EN") == "en");
    CHECK(canonical_language_tag("zh-hANS-cn") == "zh-Hans-CN");
    CHECK(canonical_language_tag("SR-LATN-RS") == "sr-Latn-RS");
    CHECK(canonical_language_tag("es-419") == "es-419");
    CHECK(canonical_language_tag("EN-CA-X-CA") == "en-CA-x-ca");
    CHECK(canonical_language_tag("az-latn-x-LATN") == "az-Latn-x-latn");
    CHECK(canonical_language_tag("de-DE-u-CO-phonebk") == "de-DE-u-co-phonebk");
    CHECK(canonical_language_tag("SGN-be") == "sgn-BE");
}

TEST_CASE("every part of a language tag has its form", "[core][language]") {
    for (auto const* tag :
         {"en", "gsw", "zh-cmn-Hans-CN", "sl-rozaj-biske-1994", "de-CH-1901", "x-whatever",
          "en-a-myext-b-another", "qaa-Qaaa-QM-x-southern", "abcdefgh"}) {
        INFO(tag);
        CHECK(canonical_language_tag(tag) == tag);
    }
    for (auto const* tag :
         {"",          "e",          "-",         "en-",       "-en",      "en--US",
          "en_US",     "en US",      "1a",        "abcdefghi", "en-a",     "en-x",
          "x",         "x-",         "i-klingon", "en-USA-",   "en-u-a-b", "sgn-BE-FR",
          "de-419-DE", "en-Latnn-U", "\xc3\xa9n", "en-\xff",   "a-DE",     "en-12"}) {
        CHECK(tag_refusal(tag) == invalid("language", "malformed"));
    }
}

TEST_CASE("a language tag is at most 35 bytes long", "[core][language]") {
    auto const limit = limits::language_tag_bytes_max;
    auto const tag = [](std::size_t size) {
        auto out = std::string{"en-x"};
        while (out.size() + 9 <= size)
            out += "-abcdefgh";
        if (out.size() < size) out += "-" + std::string(size - out.size() - 1, 'a');
        return out;
    };
    CHECK(canonical_language_tag(tag(limit - 1)).size() == limit - 1);
    CHECK(canonical_language_tag(tag(limit)).size() == limit);
    CHECK(tag_refusal(tag(limit + 1)) == invalid("language", "too_long", limit));
}

TEST_CASE("texts are kept by canonical tag and in normal form", "[core][language]") {
    auto text = LocalizedText{{"EN", "hello"}, {"fr-fr", "e\u0301te\u0301"}};
    CHECK(text.texts().at("en") == "hello");
    CHECK(text.texts().at("fr-FR") == "\u00e9t\u00e9");
    text.set("En", "hi");
    CHECK(text.texts().size() == 2);
    CHECK(text.texts().at("en") == "hi");
    text.remove("FR-fr");
    text.remove("de");
    CHECK(text.texts().size() == 1);
}

TEST_CASE("lines of a localized text end with line feeds", "[core][language]") {
    CHECK(LocalizedText{{"en", "a\r\nb\n\tc"}}.best_for("en") == "a\nb\n\tc");
    CHECK(set_refusal("en", "a\rb") == invalid("text", "control_character"));
}

TEST_CASE("the best text is looked up from the nearest tag outward", "[core][language]") {
    auto const text = LocalizedText{
        {"zh", "zh"}, {"zh-Hant", "zh-Hant"}, {"pt-BR", "pt-BR"}, {"en-GB", "en-GB"}, {"de", "de"}};
    CHECK(text.best_for("zh-hant") == "zh-Hant");
    CHECK(text.best_for("zh-Hant-TW") == "zh-Hant");
    CHECK(text.best_for("zh-Hant-x-private") == "zh-Hant");
    CHECK(text.best_for("zh-CN") == "zh");
    CHECK(text.best_for("pt-PT") == "pt-BR");
    CHECK(text.best_for("PT") == "pt-BR");
    CHECK(text.best_for("fr") == "en-GB");
    CHECK(text.best_for("") == "en-GB");
    CHECK(text.best_for("not a tag") == "en-GB");
    CHECK(text.best_for("d") == "en-GB");
}

TEST_CASE("without English the first text serves", "[core][language]") {
    CHECK(LocalizedText{{"fr", "fr"}, {"de", "de"}}.best_for("ja") == "de");
    CHECK(LocalizedText{}.best_for("en").empty());
    CHECK(LocalizedText{}.empty());
}

TEST_CASE("a single letter is never looked up", "[core][language]") {
    auto const text = LocalizedText{{"de", "de"}, {"de-x-low", "de-x-low"}};
    CHECK(text.best_for("de-x-high") == "de");
    CHECK(text.best_for("x-high") == "de");
}

TEST_CASE("a localized text refuses what is no text", "[core][language]") {
    CHECK(set_refusal("english", "\xff") == invalid("text", "utf8"));
    CHECK(set_refusal("en", std::string_view{"a\0b", 3}) == invalid("text", "control_character"));
    CHECK(set_refusal("en us", "hello") == invalid("language", "malformed"));
}

TEST_CASE("a localized text holds a megabyte", "[core][language]") {
    auto const limit = limits::localized_text_bytes_max;
    auto const set = [](std::size_t size) { return LocalizedText{{"en", std::string(size, 'a')}}; };
    CHECK(set(limit - 1).best_for("en").size() == limit - 1);
    CHECK(set(limit).best_for("en").size() == limit);
    CHECK(refusal([&] { return set(limit + 1); }) == invalid("text", "too_long", limit));
}

TEST_CASE("a localized text many times too long is refused as that", "[core][language]") {
    auto const limit = limits::localized_text_bytes_max;
    auto const text = "\xff" + std::string(text::nfc_shrinks_at_most * (limit + 1), 'a');
    CHECK(set_refusal("en", text) == invalid("text", "too_long", limit));
}

TEST_CASE("a localized text holds fifty languages, and one can be replaced", "[core][language]") {
    auto const limit = limits::localized_text_languages_max;
    LocalizedText text;
    for (std::size_t i = 0; i < limit; ++i)
        text.set(nth_language(i), "x");
    CHECK(text.texts().size() == limit);
    CHECK_NOTHROW(text.set("AAA", "y"));
    auto const before = text;
    CHECK(refusal([&] { return text.set("zzz", "x"), 0; }) ==
          invalid("language", "too_many", limit));
    CHECK(text == before);
}
