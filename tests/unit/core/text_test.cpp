#include "refusal.hpp"

#include <eduplat/core/text.hpp>

#include <support/catch.hpp>

#include <chrono>

using namespace eduplat;
using test::invalid, test::refusal;

namespace {

std::string utf8_of(char32_t c) {
    auto const byte = [](char32_t value) { return static_cast<char>(value); };
    auto const next = [&](int shift) { return byte(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | (c >> 6)), next(0)};
    if (c < 0x10000) return {byte(0xe0 | (c >> 12)), next(6), next(0)};
    return {byte(0xf0 | (c >> 18)), next(12), next(6), next(0)};
}

std::string repeated(std::string_view text, std::size_t bytes) {
    std::string out;
    while (out.size() < bytes)
        out += text;
    return out;
}

}  // namespace

TEST_CASE("well-formed UTF-8 of one to four bytes is valid", "[core][text]") {
    for (auto const text :
         {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        CHECK(text::is_valid_utf8(text));
    }
    CHECK(text::is_valid_utf8(std::string_view{"a\0b", 3}));
}

TEST_CASE("ill-formed UTF-8 is refused by every function", "[core][text]") {
    auto const* const text = GENERATE(
        as<char const*>{}, "\x80", "\xbf", "\xc3", "\xe2\x82", "\xf0\x9f\x98",  // cut short, lone
        "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",                                          // overlong
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80",  // surrogates
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe",
        "\xff",  // past U+10FFFF
        "a\xc3(", "\xe2\x28\xa1", "\xf0\x28\x8c\xbc");
    for (auto const& framed :
         {std::string{text}, std::string{"abc "} + text, text + std::string{" x"}}) {
        CHECK_FALSE(text::is_valid_utf8(framed));
        CHECK(refusal([&] { return text::nfc(framed); }) == invalid("text", "utf8"));
        CHECK(refusal([&] { return text::fold(framed); }) == invalid("text", "utf8"));
        CHECK(refusal([&] { return text::tokens(framed); }) == invalid("text", "utf8"));
    }
}

TEST_CASE("an embedded zero byte is a character like others", "[core][text]") {
    auto const text = std::string_view{"\u00c9\0E\u0301", 7 - 1};
    CHECK(text::nfc(text) == std::string_view{"\u00c9\0\u00c9", 5});
    CHECK(text::fold(text) == std::string_view{"\u00e9\0\u00e9", 5});
    CHECK(text::tokens(text).size() == 2);
}

TEST_CASE("control characters are those of category Cc", "[core][text]") {
    CHECK(text::has_control_characters(std::string_view{"\0", 1}));
    CHECK(text::has_control_characters("a\x1f"));
    CHECK_FALSE(text::has_control_characters(" "));
    CHECK_FALSE(text::has_control_characters("~"));
    CHECK(text::has_control_characters("\x7f"));
    CHECK(text::has_control_characters("\u0080"));
    CHECK(text::has_control_characters("\u009f"));
    CHECK_FALSE(text::has_control_characters("\u00a0"));
    CHECK_FALSE(text::has_control_characters("\u00c2\u0440\u200b"));
    CHECK(text::has_control_characters("a\nb", "\t"));
    CHECK_FALSE(text::has_control_characters("a\n\tb", "\n\t"));
    CHECK_FALSE(text::has_control_characters(""));
}

TEST_CASE("NFC composes what canonical composition composes", "[core][text]") {
    CHECK(text::nfc("Cafe\u0301") == "Caf\u00e9");
    CHECK(text::nfc("\u212b") == "\u00c5");                // angstrom sign
    CHECK(text::nfc("\u1112\u1161\u11ab") == "\ud55c");    // Korean letters
    CHECK(text::nfc("q\u0307\u0323") == "q\u0323\u0307");  // marks in order
    CHECK(text::nfc("\u0958") == "\u0915\u093c");          // excluded from composition
    CHECK(text::nfc("\ufb01 \u2460") == "\ufb01 \u2460");  // compatibility is kept
    CHECK(text::nfc("\u0301a") == "\u0301a");              // a mark with nothing before it
    CHECK(text::nfc("\U0001f600") == "\U0001f600");
}

TEST_CASE("NFC keeps U+11A7, which stands just before the Korean finals", "[core][text]") {
    CHECK(text::nfc("\uac00\u11a7") == "\uac00\u11a7");
    CHECK(text::nfc("\u1100\u1161\u11a7\u11a7\u11a8") == "\uac00\u11a7\u11a7\u11a8");
    CHECK(text::nfc("\u11a7") == "\u11a7");
}

TEST_CASE("folding makes case and composition equal", "[core][text]") {
    CHECK(text::fold("Grosse") == text::fold("GRO\u00dfE"));
    CHECK(text::fold("\u1e9e") == "ss");
    CHECK(text::fold("CAFE\u0301") == "caf\u00e9");
    CHECK(text::fold("\u03a3\u03c2\u03c3") == "\u03c3\u03c3\u03c3");  // sigma, final or not
    CHECK(text::fold("\u212a") == "k");                               // kelvin sign
    CHECK(text::fold("\ufb03") == "ffi");
    CHECK(text::fold("\u0410\u042f") == "\u0430\u044f");
    CHECK(text::fold("Hello, WORLD 42") == "hello, world 42");
}

TEST_CASE("folding knows no language, so the Turkish letters stay four", "[core][text]") {
    CHECK(text::fold("I") == "i");
    CHECK(text::fold("i") == "i");
    CHECK(text::fold("\u0130") == "i\u0307");
    CHECK(text::fold("\u0131") == "\u0131");
}

TEST_CASE("folding does not depend on the order marks were typed in", "[core][text]") {
    CHECK(text::fold("\u03b1\u0345\u0301") == text::fold("\u03b1\u0301\u0345"));
    CHECK(text::fold("\u1fb4") == text::fold("\u03b1\u0345\u0301"));
}

TEST_CASE("trimming takes all white space off both ends", "[core][text]") {
    CHECK(text::trimmed("") == "");
    CHECK(text::trimmed(" \t\r\n\v\f") == "");
    CHECK(text::trimmed("  a b\u00a0") == "a b");
    CHECK(text::trimmed("\u0085\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000x\u3000") == "x");
    CHECK(text::trimmed("\u200bx\ufeff") ==
          "\u200bx\ufeff");  // no white space, for all their names
    CHECK(text::trimmed("\u00e9") == "\u00e9");
    CHECK(text::trimmed("\u5b66 ") == "\u5b66");
    auto const text = std::string_view{" a "};
    CHECK(text::trimmed(text).data() == text.data() + 1);
}

TEST_CASE("a megabyte is handled in linear time, whatever it holds", "[core][text]") {
    auto const megabyte = std::size_t{1'000'000};
    auto const text = GENERATE_COPY(
        repeated("word ", megabyte), repeated("a", megabyte), repeated("\u5b66\u4e60", megabyte),
        repeated("e\u0301", megabyte), repeated("\u0301", megabyte), repeated("\u11a7", megabyte),
        repeated("\ufdfa", megabyte), repeated("\u200d", megabyte),
        "a" + repeated("\u0301", megabyte / 2) + repeated("\u0316", megabyte / 2));
    auto const begin = std::chrono::steady_clock::now();
    CHECK(text::nfc(text).size() >= megabyte / 2);
    CHECK_FALSE(text::fold(text).empty());
    static_cast<void>(text::tokens(text));
    // Milliseconds, while quadratic time would be minutes.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
}

TEST_CASE("characters that show nothing are found", "[core][text]") {
    for (auto const* value :
         {"a\u00ad",    "\u200b",     "a\u200cb",   "\u200d",    "\u200e", "\u202e",
          "\u2028",     "\u2029",     "\u2060",     "\u2065",    "\u2069", "\u034f",
          "\u115f",     "\u3164",     "\ufe0f",     "\ufeff",    "\ufff0", "\ufff9",
          "\U000E0001", "\U000E0020", "\U000E01EF", "\U000E0FFF"}) {
        INFO(value);
        CHECK(text::has_invisible_characters(value));
    }
    for (auto const* value :
         {"", "abc", "a b", "\u00e9", "e\u0301", "\u3000", "\u5b66", "\U0001F600"}) {
        INFO(value);
        CHECK_FALSE(text::has_invisible_characters(value));
    }
}

TEST_CASE("a visible character is neither blank nor invisible", "[core][text]") {
    for (auto const* value : {"", " ", "\u3000\u200b", "\u200d\ufe0f"}) {
        CHECK_FALSE(text::has_visible_characters(value));
    }
    for (auto const* value : {"a", "\u200ba", "\u5b66", "\u0301"}) {
        CHECK(text::has_visible_characters(value));
    }
}

TEST_CASE("controls of the layout are found", "[core][text]") {
    for (auto const* value : {"\u2028", "\u2029", "a\u202a", "\u202e", "\u2066b", "\u2069"}) {
        CHECK(text::has_layout_controls(value));
    }
    for (auto const* value :
         {"", "a\n", "\u2027", "\u202f", "\u2065", "\u206a", "\u200d", "\u200f"}) {
        CHECK_FALSE(text::has_layout_controls(value));
    }
}

TEST_CASE("mere variants of characters are found", "[core][text]") {
    for (auto const* value :
         {"\uff21", "a\uff0e", "\uff61", "\ufb01", "\u2460", "\u2122", "\u00aa"}) {
        INFO(value);
        CHECK_FALSE(text::is_compatibility_normal(value));
    }
    for (auto const* value : {"", "abc", "\u00c9", "E\u0301", "\u00df", "\u03c2", "\u4f8b\u5b50",
                              "\u3002", "\ud55c", "\u212b"}) {
        INFO(value);
        CHECK(text::is_compatibility_normal(value));
    }
    CHECK_THROWS_AS(text::is_compatibility_normal("\xff"), Error);
}

TEST_CASE("no character loses more bytes than nfc says", "[core][text]") {
    std::size_t failures = 0;
    for (char32_t c = 0; c <= 0x10ffff; ++c) {
        if (c >= 0xd800 && c < 0xe000) continue;
        auto const value = utf8_of(c);
        failures += value.size() > text::nfc_shrinks_at_most * text::nfc(value).size() ? 1U : 0U;
    }
    CHECK(failures == 0);
}
