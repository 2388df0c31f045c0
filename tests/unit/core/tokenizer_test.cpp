#include <eduplat/core/text.hpp>

#include <support/catch.hpp>

#include <string>

using namespace eduplat;
using text::Token, text::TokenKind;

namespace {

/// The terms of a text, one space apart.
std::string terms(std::string_view text) {
    std::string out;
    for (auto const& token : text::tokens(text)) {
        out += out.empty() ? "" : " ";
        out += token.term;
    }
    return out;
}

}  // namespace

TEST_CASE("words are runs of letters, marks and digits, folded", "[core][tokenizer]") {
    CHECK(terms("Hello, World 42!") == "hello world 42");
    CHECK(terms("C++20 don't e-mail x_1") == "c 20 don t e mail x 1");
    CHECK(terms("STRASSE Stra\u00dfe") == "strasse strasse");
    CHECK(terms("Cafe\u0301 \u00c9T\u00c9") == "caf\u00e9 \u00e9t\u00e9");
    CHECK(terms("CO\u2082 x\u00b2 \u00bd \u2163") == "co\u2082 x\u00b2 \u00bd \u2173");
    CHECK(terms("\u041f\u0440\u0438\u0432\u0435\u0442 \u039b\u039f\u0393\u039f\u03a3") ==
          "\u043f\u0440\u0438\u0432\u0435\u0442 \u03bb\u03bf\u03b3\u03bf\u03c3");
}

TEST_CASE("a text without letters or digits has no terms", "[core][tokenizer]") {
    CHECK(text::tokens("").empty());
    CHECK(text::tokens(" \n.,;:!?()[]{}<>@#$%^&*-_=+~`'\"\\|/").empty());
    CHECK(text::tokens("\u3002\uff0c\u3001\u300c\u300d\u2026\u2014").empty());
}

TEST_CASE("tokens say their kind and where they begin", "[core][tokenizer]") {
    auto const expected = std::vector<Token>{
        {TokenKind::unigram, "\u5b66", 0}, {TokenKind::bigram, "\u5b66\u4e60", 0},
        {TokenKind::unigram, "\u4e60", 3}, {TokenKind::word, "c", 6},
        {TokenKind::word, "ok", 10},
    };
    CHECK(text::tokens("\u5b66\u4e60C++ OK") == expected);
}

TEST_CASE("Chinese, Japanese and Korean give characters and pairs", "[core][tokenizer]") {
    CHECK(terms("\u5b66") == "\u5b66");
    CHECK(terms("\u673a\u5668\u5b66") == "\u673a \u673a\u5668 \u5668 \u5668\u5b66 \u5b66");
    CHECK(terms("\u3072\u30ab\u30fc") == "\u3072 \u3072\u30ab \u30ab \u30ab\u30fc \u30fc");
    CHECK(terms("\ud55c\uad6d") == "\ud55c \ud55c\uad6d \uad6d");
    CHECK(terms("\u5b66\u3001\u4e60") == "\u5b66 \u4e60");
    CHECK(terms("\u5b66 \u4e60") == "\u5b66 \u4e60");
    CHECK(terms("\U00020000\U0002a6d6") == "\U00020000 \U00020000\U0002a6d6 \U0002a6d6");
    CHECK(terms("\u4eba\u3005\u3007") == "\u4eba \u4eba\u3005 \u3005 \u3005\u3007 \u3007");
}

TEST_CASE("Latin between Chinese stands alone", "[core][tokenizer]") {
    CHECK(terms("\u7528Python3\u5199") == "\u7528 python3 \u5199");
    CHECK(terms("\uff21\uff22\u5b66") == "\uff41\uff42 \u5b66");  // full-width letters
}

TEST_CASE("marks stay in the words of Arabic, Hebrew, Hindi and Thai", "[core][tokenizer]") {
    CHECK(terms("\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627 \u0628\u0643") ==
          "\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627 \u0628\u0643");
    CHECK(terms("\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd") == "\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd");
    CHECK(terms("\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e") ==
          "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e");
    CHECK(terms("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35") == "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35");
}

TEST_CASE("a mark after a separator belongs to no term", "[core][tokenizer]") {
    CHECK(terms("\u0301abc") == "abc");
    CHECK(terms("a \u0301b") == "a b");
    CHECK(terms("a\u2260b") == "a b");
    CHECK(terms("a=\u0338b") == "a b");  // the same inequality sign, decomposed
}

TEST_CASE("a mark belongs to the character it follows", "[core][tokenizer]") {
    CHECK(terms("\u304b\u3099\u304d") == "\u304c \u304c\u304d \u304d");  // decomposed voicing
    CHECK(terms("\u304c\u304d") == terms("\u304b\u3099\u304d"));
}

TEST_CASE("Korean syllables are one character however they are written", "[core][tokenizer]") {
    auto const composed = std::string{"\ud55c\uad6d\uc5b4"};
    auto const letters = "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165";
    CHECK(terms(letters) == terms(composed));
    CHECK(text::tokens(letters)[2].byte_offset == 9);
}

TEST_CASE("what shows nothing of its own neither ends a term nor stands in one",
          "[core][tokenizer]") {
    CHECK(terms("co\u00adopera\u00adtion") == "cooperation");          // soft hyphens
    CHECK(terms("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u062e");  // zero width non-joiner
    CHECK(terms("\u845b\U000e0100\u57ce") == "\u845b \u845b\u57ce \u57ce");  // variation selector
    CHECK(terms("\ufeffabc") == "abc");
    CHECK(terms("\u200d\u00ad").empty());
    CHECK(text::tokens("\u200dabc")[0].byte_offset == 3);
}

TEST_CASE("a zero width space ends a word", "[core][tokenizer]") {
    CHECK(terms("\u0e01\u0e32\u200b\u0e02\u0e32") == "\u0e01\u0e32 \u0e02\u0e32");
}

TEST_CASE("emoji are no terms", "[core][tokenizer]") {
    CHECK(terms("go\U0001f600on") == "go on");
    CHECK(text::tokens("\U0001f469\u200d\U0001f4bb\U0001f44d\U0001f3fd\u2764\ufe0f").empty());
    CHECK(text::tokens("\U0001f1e9\U0001f1ea").empty());
}

TEST_CASE("composed and decomposed texts give the same terms", "[core][tokenizer]") {
    CHECK(terms("A\u030angstro\u0308m") == terms("\u212bngstr\u00f6m"));
    CHECK(terms("vi\u00ea\u0323t") == terms("vi\u1ec7t"));
}
