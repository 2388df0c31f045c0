#include "services/excerpts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace eduplat {
namespace {

constexpr std::size_t bytes_before = 60;
constexpr std::size_t bytes_max = 200;
constexpr std::string_view ellipsis = "…";

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_inside_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool begins_with(std::string_view text, std::string_view term) noexcept {
    auto const same = [](char a, char b) { return lower(a) == b; };
    return std::equal(term.rbegin(), term.rend(), text.substr(0, term.size()).rbegin(), same);
}

bool begins_word(std::string_view text, std::size_t at) noexcept {
    return at == 0 || !is_inside_word(text[at - 1]) || !is_inside_word(text[at]);
}

/// Where a term begins in the text, or the text's size. Horspool's way: what stands under the
/// term's last byte says how far away the next place is.
std::size_t find(std::string_view text, std::string_view term) noexcept {
    auto const byte = [](char c) { return static_cast<unsigned char>(c); };
    auto const last = term.size() - 1;
    std::array<std::uint32_t, 256> steps;
    steps.fill(static_cast<std::uint32_t>(term.size()));
    for (std::size_t i = 0; i < last; ++i)
        steps[byte(term[i])] = static_cast<std::uint32_t>(last - i);
    for (std::size_t at = 0; at + last < text.size();) {
        if (begins_with(text.substr(at), term) && begins_word(text, at)) return at;
        at += steps[byte(lower(text[at + last]))];
    }
    return text.size();
}

bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// The beginning of the character that `at` is in.
std::size_t whole(std::string_view text, std::size_t at) noexcept {
    while (at > 0 && at < text.size() && is_continuation(text[at]))
        --at;
    return at;
}

}  // namespace

std::string excerpt(std::string_view text, std::vector<std::string> const& terms) {
    auto found = text.size();
    for (auto const& term : terms)
        found = std::min(found, find(text, term));
    if (found == text.size()) found = 0;
    auto from = whole(text, found < bytes_before ? 0 : found - bytes_before);
    if (auto const space = text.substr(from, found - from).find_first_of(" \n");
        from > 0 && space != std::string_view::npos) {
        from += space + 1;
    }
    auto const to = whole(text, std::min(text.size(), from + bytes_max));
    std::string result;
    result.reserve(to - from + 2 * ellipsis.size());
    if (from > 0) result += ellipsis;
    result += text.substr(from, to - from);
    if (to < text.size()) result += ellipsis;
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c == '\n' || c == '\t' ? ' ' : c; });
    return result;
}

}  // namespace eduplat
