#include "core/ascii.hpp"
#include "core/line_ends.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/language_tag.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>

namespace eduplat {
namespace {

using enum ErrorCode;

bool equal_without_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return ascii::to_lower(x) == ascii::to_lower(y); });
}

std::string_view primary(std::string_view tag) noexcept {
    return tag.substr(0, tag.find('-'));
}

/// `tag` less its last subtag, and less a single letter that would then stand last.
std::string_view shortened(std::string_view tag) noexcept {
    auto const cut = [&tag] { tag = tag.substr(0, tag.find_last_of('-')); };
    if (tag.find('-') == std::string_view::npos) return {};
    cut();
    if (tag.size() >= 2 && tag[tag.size() - 2] == '-') cut();
    return tag;
}

std::string checked_text(std::string_view value) {
    constexpr auto limit = limits::localized_text_bytes_max;
    if (value.size() / text::nfc_shrinks_at_most > limit) {
        fail(invalid_argument, "text", "too_long", limit);
    }
    auto out = with_line_feeds(text::nfc(value));
    if (text::has_control_characters(out, "\n\t"))
        fail(invalid_argument, "text", "control_character");
    if (out.size() > limit) fail(invalid_argument, "text", "too_long", limit);
    return out;
}

}  // namespace

LocalizedText::LocalizedText(
    std::initializer_list<std::pair<std::string_view, std::string_view>> texts) {
    for (auto const& [language, text] : texts)
        set(language, text);
}

void LocalizedText::set(std::string_view language, std::string_view text) {
    auto tag = canonical_language_tag(language);
    auto checked = checked_text(text);
    constexpr auto limit = limits::localized_text_languages_max;
    if (texts_.size() >= limit && !texts_.contains(tag)) {
        fail(invalid_argument, "language", "too_many", limit);
    }
    texts_.insert_or_assign(std::move(tag), std::move(checked));
}

void LocalizedText::remove(std::string_view language) noexcept {
    std::erase_if(texts_, [&](auto const& t) { return equal_without_case(t.first, language); });
}

std::string_view LocalizedText::best_for(std::string_view language) const noexcept {
    if (texts_.empty()) return {};
    auto const find = [this](auto test) {
        return std::find_if(texts_.begin(), texts_.end(),
                            [&](auto const& t) { return test(t.first); });
    };
    auto const exactly = [&](std::string_view tag) {
        return find([tag](std::string_view key) { return equal_without_case(key, tag); });
    };
    auto const same_primary = [&](std::string_view tag) {
        return find([tag](std::string_view key) { return equal_without_case(primary(key), tag); });
    };
    for (auto tag = language; !tag.empty(); tag = shortened(tag)) {
        if (auto const hit = exactly(tag); hit != texts_.end()) return hit->second;
    }
    if (auto const hit = same_primary(primary(language)); hit != texts_.end()) return hit->second;
    if (auto const hit = same_primary("en"); hit != texts_.end()) return hit->second;
    return texts_.begin()->second;
}

}  // namespace eduplat
