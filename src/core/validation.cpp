#include "core/line_ends.hpp"

#include <eduplat/core/text.hpp>
#include <eduplat/core/validation.hpp>

namespace eduplat {
namespace {

bool has_refused_characters(std::string_view text, bool multiline) noexcept {
    if (multiline) return text::has_control_characters(text, "\n\t");
    return text::has_control_characters(text) || text::has_layout_controls(text);
}

/// Whether a single line has nothing to show; of several lines, whether there are none.
bool is_blank(std::string_view text, bool multiline) noexcept {
    return multiline ? text.empty() : !text::has_visible_characters(text);
}

}  // namespace

void Validation::add(std::string_view field, std::string_view rule,
                     std::optional<std::int64_t> limit) {
    violations_.push_back({std::string{field}, std::string{rule}, limit});
}

std::string Validation::text(std::string_view field, std::string_view value, TextRule rule) {
    auto const before = violations_.size();
    auto const too_long = [&] {
        add(field, "too_long", static_cast<std::int64_t>(rule.max_bytes));
    };
    if (!text::is_valid_utf8(value)) {
        add(field, "utf8");
        return {};
    }
    value = text::trimmed(value);
    if (value.size() / text::nfc_shrinks_at_most > rule.max_bytes) {
        too_long();
        return {};
    }
    auto out = text::nfc(value);
    if (rule.multiline) out = with_line_feeds(std::move(out));
    if (has_refused_characters(out, rule.multiline)) add(field, "control_character");
    if (rule.min_bytes > 0 && is_blank(out, rule.multiline)) {
        add(field, "required");
    } else if (out.size() < rule.min_bytes) {
        add(field, "too_short", static_cast<std::int64_t>(rule.min_bytes));
    } else if (out.size() > rule.max_bytes) {
        too_long();
    }
    return violations_.size() == before ? out : std::string{};
}

void Validation::check(std::string_view what) const {
    if (!ok()) throw Error(ErrorCode::invalid_argument, what, violations_);
}

}  // namespace eduplat
