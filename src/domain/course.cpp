#include "domain/names.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/domain/course.hpp>

#include <algorithm>
#include <array>

namespace eduplat {
namespace {

using enum CourseState;

constexpr std::array<std::string_view, 5> state_names{"draft", "in_review", "published", "archived",
                                                      "removed"};
constexpr std::array<std::string_view, 3> level_names{"beginner", "intermediate", "advanced"};

constexpr std::array transitions{
    CourseTransition{draft, in_review},    CourseTransition{in_review, draft},
    CourseTransition{draft, published},    CourseTransition{in_review, published},
    CourseTransition{published, archived}, CourseTransition{archived, published},
    CourseTransition{draft, removed},      CourseTransition{in_review, removed},
};

}  // namespace

std::string_view name(CourseState state) noexcept {
    return name_in(state_names, state);
}

std::optional<CourseState> parse_course_state(std::string_view name) noexcept {
    return parse_in<CourseState>(state_names, name);
}

std::span<CourseTransition const> course_transitions() noexcept {
    return transitions;
}

void check_transition(CourseState from, CourseState to) {
    auto const found =
        std::find(transitions.begin(), transitions.end(), CourseTransition{from, to});
    if (found == transitions.end()) fail(ErrorCode::failed_precondition, "state", name(from));
}

std::string_view name(Level level) noexcept {
    return name_in(level_names, level);
}

std::optional<Level> parse_level(std::string_view name) noexcept {
    return parse_in<Level>(level_names, name);
}

std::optional<Price> Prices::find(Currency currency, int period_days) const noexcept {
    auto const found = std::find_if(prices_.begin(), prices_.end(), [&](Price const& price) {
        return price.amount.currency() == currency && price.period_days == period_days;
    });
    if (found == prices_.end()) return std::nullopt;
    return *found;
}

}  // namespace eduplat
