#include "domain/names.hpp"

#include <eduplat/domain/enrollment.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace eduplat {
namespace {

using enum EnrollmentState;

constexpr std::array<std::string_view, 5> state_names{"pending", "active", "completed", "suspended",
                                                      "revoked"};
constexpr std::array<std::string_view, 5> kind_names{"purchase", "gift", "staff", "free", "import"};
constexpr std::array<std::string_view, 14> reason_names{
    "preview",          "enrolled",       "teacher",      "staff",
    "unpublished",      "not_enrolled",   "not_started",  "expired",
    "suspended",        "revoked",        "not_released", "previous_incomplete",
    "lecture_required", "course_required"};

// What was completed stays so: a suspension lifted or a new grant leads back to it.
constexpr std::array transitions{
    EnrollmentTransition{pending, active},      EnrollmentTransition{active, completed},
    EnrollmentTransition{active, suspended},    EnrollmentTransition{suspended, active},
    EnrollmentTransition{completed, suspended}, EnrollmentTransition{suspended, completed},
    EnrollmentTransition{pending, revoked},     EnrollmentTransition{active, revoked},
    EnrollmentTransition{completed, revoked},   EnrollmentTransition{suspended, revoked},
    EnrollmentTransition{revoked, active},      EnrollmentTransition{revoked, completed},
};

}  // namespace

std::string_view name(EnrollmentState state) noexcept {
    return name_in(state_names, state);
}

std::optional<EnrollmentState> parse_enrollment_state(std::string_view text) noexcept {
    return parse_in<EnrollmentState>(state_names, text);
}

std::span<EnrollmentTransition const> enrollment_transitions() noexcept {
    return transitions;
}

bool can_change(EnrollmentState from, EnrollmentState to) noexcept {
    EnrollmentTransition const change{from, to};
    return std::find(transitions.begin(), transitions.end(), change) != transitions.end();
}

std::string_view name(GrantKind kind) noexcept {
    return name_in(kind_names, kind);
}

std::optional<GrantKind> parse_grant_kind(std::string_view text) noexcept {
    return parse_in<GrantKind>(kind_names, text);
}

std::string_view name(AccessReason reason) noexcept {
    return name_in(reason_names, reason);
}

}  // namespace eduplat
