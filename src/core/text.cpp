#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>

namespace eduplat::text {
namespace {

using CodePoints = std::vector<utf8proc_int32_t>;

[[noreturn]] void fail_utf8() {
    fail(ErrorCode::invalid_argument, "text", "utf8");
}

utf8proc_propval_t combining_class(utf8proc_int32_t code_point) noexcept {
    return utf8proc_get_property(code_point)->combining_class;
}

CodePoints decode_all(std::string_view text) {
    CodePoints out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto const [code_point, size] = utf8::decode(text, at);
        if (size == 0) fail_utf8();
        out.push_back(code_point);
        at += size;
    }
    return out;
}

void append_decomposed(CodePoints& out, utf8proc_int32_t code_point, utf8proc_option_t options) {
    // No code point decomposes into more than 18, the longest compatibility mapping.
    utf8proc_int32_t parts[18];
    int last_boundclass = UTF8PROC_BOUNDCLASS_START;
    auto const count = utf8proc_decompose_char(code_point, parts, 18, options, &last_boundclass);
    out.insert(out.end(), parts, parts + std::clamp<utf8proc_ssize_t>(count, 0, 18));
}

/// Puts each run of marks into canonical order. utf8proc sorts by exchanging neighbors, which takes
/// minutes for a megabyte of marks in the wrong order; so the whole chain is done here.
void sort_marks(CodePoints& text) {
    auto const is_mark = [](utf8proc_int32_t c) { return combining_class(c) != 0; };
    for (auto from = text.begin(); from != text.end();) {
        from = std::find_if(from, text.end(), is_mark);
        auto const to = std::find_if_not(from, text.end(), is_mark);
        std::stable_sort(from, to, [](utf8proc_int32_t a, utf8proc_int32_t b) {
            return combining_class(a) < combining_class(b);
        });
        from = to;
    }
}

CodePoints decomposed(CodePoints const& text, int options) {
    CodePoints out;
    out.reserve(text.size());
    for (auto const code_point : text) {
        append_decomposed(out, code_point, static_cast<utf8proc_option_t>(options));
    }
    sort_marks(out);
    return out;
}

/// Composes a part of a text in place; answers where it ends now.
utf8proc_int32_t* compose_part(utf8proc_int32_t* first, utf8proc_int32_t* last) noexcept {
    auto const options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    return first + utf8proc_normalize_utf32(first, last - first, options);
}

std::string composed(CodePoints text) {
    // U+11A7 stands one before the final consonants of Korean. It composes with nothing, but
    // utf8proc (2.8) takes it for one and drops it; so each part of the text begins at one.
    constexpr utf8proc_int32_t before_finals = 0x11a7;
    std::string out;
    out.reserve(text.size());
    auto* const end = text.data() + text.size();
    for (auto* first = text.data(); first != end;) {
        auto* const next = std::find(first + 1, end, before_finals);
        auto const* const last = compose_part(first, next);
        for (auto const* c = first; c != last; ++c)
            utf8::append(out, *c);
        first = next;
    }
    return out;
}

/// White_Space in the Unicode Character Database, PropList.txt.
bool is_white_space(utf8proc_int32_t c) noexcept {
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/// Bidi_Control in PropList.txt, of these the embeddings, overrides and isolates, and the
/// separators of lines and paragraphs.
bool is_layout_control(utf8proc_int32_t c) noexcept {
    return c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

/// What is ignorable by default without being assigned (DerivedCoreProperties.txt); utf8proc knows
/// assigned characters only.
bool is_reserved_ignorable(utf8proc_int32_t c) noexcept {
    return c == 0x2065 || (c >= 0xfff0 && c <= 0xfff8) || (c >= 0xe0000 && c <= 0xe0fff);
}

bool is_invisible(utf8proc_int32_t c) noexcept {
    auto const& property = *utf8proc_get_property(c);
    return property.ignorable || property.category == UTF8PROC_CATEGORY_CF ||
           is_layout_control(c) || is_reserved_ignorable(c);
}

/// Of a text that is valid UTF-8.
template <class Predicate>
bool any_code_point(std::string_view text, Predicate accept) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        auto const [code_point, size] = utf8::decode(text, at);
        if (size == 0) return false;
        if (accept(code_point)) return true;
        at += size;
    }
    return false;
}

/// Where the last code point of a text that is not empty begins.
std::size_t last_begin(std::string_view text) noexcept {
    auto at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80)
        --at;
    return at;
}

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept {
    if (utf8::is_ascii(text)) return true;
    for (std::size_t at = 0; at < text.size();) {
        auto const size = utf8::decode(text, at).size;
        if (size == 0) return false;
        at += size;
    }
    return true;
}

bool has_control_characters(std::string_view text, std::string_view allowed) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        auto const is_c0 = c < 0x20 || c == 0x7f;
        auto const is_c1 =
            c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (is_c1 || (is_c0 && allowed.find(text[i]) == std::string_view::npos)) return true;
    }
    return false;
}

bool has_invisible_characters(std::string_view text) noexcept {
    return !utf8::is_ascii(text) && any_code_point(text, is_invisible);
}

bool has_visible_characters(std::string_view text) noexcept {
    return any_code_point(text, [](auto c) { return !is_white_space(c) && !is_invisible(c); });
}

bool has_layout_controls(std::string_view text) noexcept {
    return !utf8::is_ascii(text) && any_code_point(text, is_layout_control);
}

bool is_compatibility_normal(std::string_view text) {
    if (utf8::is_ascii(text)) return true;
    auto const code_points = decode_all(text);
    return decomposed(code_points, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT) ==
           decomposed(code_points, UTF8PROC_DECOMPOSE);
}

std::string nfc(std::string_view text) {
    if (utf8::is_ascii(text)) return std::string{text};
    return composed(decomposed(decode_all(text), UTF8PROC_DECOMPOSE));
}

std::string fold(std::string_view text) {
    if (utf8::is_ascii(text)) {
        std::string out{text};
        std::transform(out.begin(), out.end(), out.begin(), ascii::to_lower);
        return out;
    }
    // Decomposed first, because folding turns the iota subscript (a mark) into a letter: marks
    // given in another order would otherwise end up in another order (Unicode, 3.13, D145).
    auto const plain = decomposed(decode_all(text), UTF8PROC_DECOMPOSE);
    return composed(decomposed(plain, UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD));
}

std::string to_ascii(std::string_view text) {
    constexpr auto options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
    std::string out;
    for (auto const c : decomposed(decode_all(text), options)) {
        if (c < 0x80) out += static_cast<char>(c);
    }
    return out;
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty()) {
        auto const [code_point, size] = utf8::decode(text, 0);
        if (!is_white_space(code_point)) break;
        text.remove_prefix(size);
    }
    while (!text.empty()) {
        auto const at = last_begin(text);
        if (!is_white_space(utf8::decode(text, at).code_point)) break;
        text = text.substr(0, at);
    }
    return text;
}

}  // namespace eduplat::text
