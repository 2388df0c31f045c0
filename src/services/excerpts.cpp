#include "services/excerpts.hpp"

#include <algorithm>
#include <cstddef>

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

/// Where a term begins in the text, or the text's size.
std::size_t find(std::string_view text, std::string_view term) noexcept {
    auto const same = [](char a, char b) { return lower(a) == b; };
    for (auto from = text.begin();; ++from) {
        from = std::search(from, text.end(), term.begin(), term.end(), same);
        if (from == text.end()) return text.size();
        auto const begins_word =
            from == text.begin() || !is_inside_word(*(from - 1)) || !is_inside_word(term.front());
        if (begins_word) return static_cast<std::size_t>(from - text.begin());
    }
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
    std::string result{from > 0 ? ellipsis : ""};
    result += text.substr(from, to - from);
    if (to < text.size()) result += ellipsis;
    std::replace(result.begin(), result.end(), '\n', ' ');
    std::replace(result.begin(), result.end(), '\t', ' ');
    return result;
}

}  // namespace eduplat
