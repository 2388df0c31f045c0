#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>
#include <eduplat/domain/email.hpp>

#include <algorithm>
#include <cstddef>

namespace eduplat {
namespace {

constexpr std::size_t label_bytes_max = 63;  // RFC 1035, section 2.3.4

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80U;
}

/// RFC 5322, section 3.2.3, extended by RFC 6531 to all beyond ASCII.
bool is_atom_character(char c) {
    constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
    return !is_ascii(c) || is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
}

bool is_word(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), is_atom_character);
}

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > label_bytes_max) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return !is_ascii(c) || is_letter_or_digit(c) || c == '-'; });
}

template <class Predicate>
bool all_between_dots(std::string_view text, Predicate accept) {
    for (;;) {
        auto const dot = text.find('.');
        if (!accept(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

/// White space beyond ASCII. A character is white space if trimming the rest of the text takes it
/// away.
bool has_white_space(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const continues = (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
        if (is_ascii(text[i]) || continues) continue;
        auto const rest = text.substr(i);
        auto const kept = text::trimmed(rest);
        if (kept.empty() || kept.data() != rest.data()) return true;
    }
    return false;
}

/// Characters that a resolver takes for others: full-width letters and dots, ligatures and the
/// like, and the ideographic full stop, which it takes for a dot (RFC 3490, section 3.1).
bool has_variants(std::string_view domain) {
    return domain.find("\u3002") != std::string_view::npos ||
           !text::is_compatibility_normal(domain);
}

bool is_well_formed(std::string_view local, std::string_view domain) {
    return all_between_dots(local, is_word) && all_between_dots(domain, is_label) &&
           !has_white_space(local) && !has_white_space(domain) && !has_variants(domain);
}

}  // namespace

std::optional<Email> normalize_email(Validation& validation, std::string_view field,
                                     std::string_view value) {
    auto const violations_before = validation.violations().size();
    auto text =
        validation.text(field, value, {.min_bytes = 1, .max_bytes = limits::email_bytes_max});
    if (validation.violations().size() != violations_before) return std::nullopt;

    auto const at = text.rfind('@');
    if (at == std::string::npos) {
        validation.add(field, "malformed");
        return std::nullopt;
    }
    auto const local = std::string_view{text}.substr(0, at);
    if (local.size() > limits::email_local_part_bytes_max) {
        validation.add(field, "local_part_too_long", limits::email_local_part_bytes_max);
        return std::nullopt;
    }
    // Invisible characters make two accounts of two addresses that look the same.
    if (text::has_invisible_characters(text) ||
        !is_well_formed(local, std::string_view{text}.substr(at + 1))) {
        validation.add(field, "malformed");
        return std::nullopt;
    }
    auto key = text::fold(text);
    return Email{std::move(text), std::move(key)};
}

}  // namespace eduplat
