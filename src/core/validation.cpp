#include "core/line_ends.hpp"

#include <eduplat/core/text.hpp>
#include <eduplat/core/validation.hpp>

namespace eduplat {

void Validation::add(std::string_view field, std::string_view rule,
                     std::optional<std::int64_t> limit) {
    violations_.push_back({std::string{field}, std::string{rule}, limit});
}

std::string Validation::text(std::string_view field, std::string_view value, TextRule rule) {
    auto const before = violations_.size();
    if (!text::is_valid_utf8(value)) {
        add(field, "utf8");
        return {};
    }
    auto out = text::nfc(text::trimmed(value));
    if (rule.multiline) out = with_line_feeds(std::move(out));
    if (text::has_control_characters(out, rule.multiline ? "\n\t" : "")) {
        add(field, "control_character");
    }
    if (out.empty() && rule.min_bytes > 0) {
        add(field, "required");
    } else if (out.size() < rule.min_bytes) {
        add(field, "too_short", static_cast<std::int64_t>(rule.min_bytes));
    } else if (out.size() > rule.max_bytes) {
        add(field, "too_long", static_cast<std::int64_t>(rule.max_bytes));
    }
    return violations_.size() == before ? out : std::string{};
}

void Validation::check(std::string_view what) const {
    if (!ok()) throw Error(ErrorCode::invalid_argument, what, violations_);
}

}  // namespace eduplat
