#include "fuzz.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/text.hpp>
#include <eduplat/core/validation.hpp>

#include <array>
#include <string>

using namespace eduplat;
using fuzz::require;

namespace {

template <class Function>
bool refuses(Function const& function, std::string_view text) {
    try {
        static_cast<void>(function(text));
        return false;
    } catch (Error const& error) {
        require(error.violations()[0].rule == "utf8", "refused for another reason");
        return true;
    }
}

void check_tokens(std::string_view text) {
    std::size_t last = 0;
    for (auto const& token : text::tokens(text)) {
        require(!token.term.empty(), "an empty term");
        require(text::fold(token.term) == token.term, "a term that is not folded");
        require(token.byte_offset < text.size(), "an offset outside the text");
        require(token.byte_offset >= last, "offsets out of order");
        last = token.byte_offset;
    }
}

void check_valid(std::string_view text) {
    auto const normal = text::nfc(text), folded = text::fold(text);
    require(text::nfc(normal) == normal, "NFC is not settled");
    require(text::fold(folded) == folded, "folding is not settled");
    require(text::fold(normal) == folded, "folding depends on composition");
    auto const trimmed = text::trimmed(text);
    require(text::trimmed(trimmed) == trimmed, "trimming is not settled");
    check_tokens(text);
}

void check(std::string_view text) {
    auto const valid = text::is_valid_utf8(text);
    require(refuses(text::nfc, text) == !valid, "nfc disagrees on validity");
    require(refuses(text::fold, text) == !valid, "fold disagrees on validity");
    require(refuses(text::tokens, text) == !valid, "tokens disagrees on validity");
    static_cast<void>(text::has_control_characters(text, "\n"));
    Validation validation;
    auto const kept = validation.text("text", text, {.max_bytes = 100, .multiline = true});
    require(valid || !validation.ok(), "invalid text passed");
    require(kept.size() <= 100, "a text too long passed");
    if (valid) check_valid(text);
}

/// Random bytes are seldom UTF-8. Read three at a time as code points they always make some.
std::string as_code_points(std::string_view bytes) {
    std::string out;
    for (; bytes.size() >= 3; bytes.remove_prefix(3)) {
        auto const byte = [&bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        auto const c = (byte(0) % 17U << 16 | unsigned{byte(1)} << 8 | byte(2));
        out += static_cast<char>(0xf0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (c & 0x3f));
    }
    return out;
}

}  // namespace

std::span<std::string_view const> fuzz::seeds() {
    static constexpr std::array<std::string_view, 7> texts{
        "Hello, World",
        "Stra\u00dfe \u0130stanbul \u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
        "\u5b66\u4e60C++ \u3072\u3089\u30ab\u30ca",
        "\u1112\u1161\u11ab\u11a7\uac00\u11a8",
        "e\u0301\u0327q\u0307\u0323\u03b1\u0345\u0301",
        "\u0928\u092e\u0938\u094d\u0924\u0947\u200d",
        "\U0001f469\u200d\U0001f4bb\u2764\ufe0f"};
    return texts;
}

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::as_text(data, size);
    check(input);
    check(as_code_points(input));
    return 0;
}
