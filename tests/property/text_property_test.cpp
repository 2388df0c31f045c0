#include "property.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace eduplat;
using eduplat::test::holds;

namespace {

void append_utf8(std::string& out, char32_t c) {
    auto const byte = [&out](char32_t value) { out += static_cast<char>(value & 0xff); };
    auto const tail = [&byte, c](unsigned shift) { byte(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
        byte(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        byte(0xe0 | c >> 12);
        tail(6);
    } else {
        byte(0xf0 | c >> 18);
        tail(12);
        tail(6);
    }
    tail(0);
}

/// Code points from the blocks where normalization and tokenization have work to do.
rc::Gen<std::uint32_t> any_code_point() {
    auto const block = [](std::uint32_t first, std::uint32_t last) {
        return rc::gen::inRange<std::uint32_t>(first, last + 1);
    };
    return rc::gen::oneOf(
        block(0x20, 0x7e), block(0xa0, 0x24f), block(0x300, 0x36f), block(0x370, 0x3ff),
        block(0x590, 0x6ff), block(0x900, 0x97f), block(0xe00, 0xe7f), block(0x1100, 0x11ff),
        block(0x1e00, 0x1fff), block(0x2000, 0x206f), block(0x3000, 0x30ff), block(0x4e00, 0x4e40),
        block(0xac00, 0xac40), block(0xf900, 0xffff), block(0x1f300, 0x1f6ff),
        block(0x2f800, 0x2fa1f), block(0xe0000, 0xe01ef), block(0x10000, 0x10ffff));
}

std::string any_text() {
    std::string out;
    for (auto const c : *rc::gen::container<std::vector<std::uint32_t>>(any_code_point())) {
        append_utf8(out, c);
    }
    return out;
}

std::vector<std::string> terms(std::string_view text) {
    std::vector<std::string> out;
    for (auto& token : text::tokens(text))
        out.push_back(std::move(token.term));
    return out;
}

bool begins_code_point(std::string_view text, std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
}

}  // namespace

TEST_CASE("any sequence of code points is valid, and NFC of it is settled", "[core][text]") {
    holds([] {
        auto const text = any_text();
        RC_ASSERT(text::is_valid_utf8(text));
        auto const normal = text::nfc(text);
        RC_ASSERT(text::is_valid_utf8(normal));
        RC_ASSERT(text::nfc(normal) == normal);
    });
}

TEST_CASE("folding is settled, in NFC, and the same for every composition", "[core][text]") {
    holds([] {
        auto const text = any_text();
        auto const folded = text::fold(text);
        RC_ASSERT(text::fold(folded) == folded);
        RC_ASSERT(text::nfc(folded) == folded);
        RC_ASSERT(text::fold(text::nfc(text)) == folded);
    });
}

TEST_CASE("folding any single code point is settled", "[core][text]") {
    for (char32_t c = 0; c <= 0x10ffff; ++c) {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        std::string text;
        append_utf8(text, c);
        auto const folded = text::fold(text);
        if (text::fold(folded) != folded || text::nfc(folded) != folded)
            FAIL("U+" << std::hex << +c);
    }
}

TEST_CASE("arbitrary bytes are refused or handled alike by every function", "[core][text]") {
    holds([](std::string const& bytes) {
        auto const refuses = [&bytes](auto const& function) {
            try {
                static_cast<void>(function(bytes));
                return false;
            } catch (Error const& error) {
                RC_ASSERT(error.violations()[0].rule == "utf8");
                return true;
            }
        };
        auto const valid = text::is_valid_utf8(bytes);
        RC_ASSERT(refuses(text::nfc) == !valid);
        RC_ASSERT(refuses(text::fold) == !valid);
        RC_ASSERT(refuses(text::tokens) == !valid);
    });
}

TEST_CASE("trimming twice is trimming once and keeps the middle", "[core][text]") {
    holds([] {
        auto const text = any_text();
        auto const trimmed = text::trimmed(text);
        RC_ASSERT(text::trimmed(trimmed) == trimmed);
        RC_ASSERT(text.find(trimmed) != std::string::npos);
        RC_ASSERT(text::trimmed("\u3000\n" + text + "\u2003 ") == trimmed);
    });
}

TEST_CASE("terms are folded and begin inside the text, in reading order", "[core][tokenizer]") {
    holds([] {
        auto const text = any_text();
        std::size_t last = 0;
        for (auto const& token : text::tokens(text)) {
            RC_ASSERT_FALSE(token.term.empty());
            RC_ASSERT(text::fold(token.term) == token.term);
            RC_ASSERT(token.byte_offset < text.size());
            RC_ASSERT(token.byte_offset >= last);
            RC_ASSERT(begins_code_point(text, token.byte_offset));
            last = token.byte_offset;
        }
    });
}

TEST_CASE("composition changes no term", "[core][tokenizer]") {
    holds([] {
        auto const text = any_text();
        RC_ASSERT(terms(text::nfc(text)) == terms(text));
    });
}

TEST_CASE("texts joined by a space give the tokens of each", "[core][tokenizer]") {
    holds([] {
        auto const first = any_text(), second = any_text();
        auto expected = text::tokens(first);
        for (auto token : text::tokens(second)) {
            token.byte_offset += first.size() + 1;
            expected.push_back(std::move(token));
        }
        RC_ASSERT(text::tokens(first + " " + second) == expected);
    });
}
