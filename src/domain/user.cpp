#include <eduplat/core/error.hpp>
#include <eduplat/domain/user.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace eduplat {
namespace {

constexpr std::array<std::string_view, 4> state_names{"invited", "active", "suspended", "erased"};

struct RoleName {
    Role role;
    std::string_view name;
};

constexpr std::array role_names{
    RoleName{Role::learner, "learner"},
    RoleName{Role::teacher, "teacher"},
    RoleName{Role::staff, "staff"},
    RoleName{Role::admin, "admin"},
};

constexpr std::array roles_in_order{Role::learner, Role::teacher, Role::staff, Role::admin};

using enum UserState;

// Erasure is everybody's right: the invited and the suspended may ask for it as well.
constexpr std::array transitions{
    UserTransition{invited, active},   UserTransition{active, suspended},
    UserTransition{suspended, active}, UserTransition{active, erased},
    UserTransition{invited, erased},   UserTransition{suspended, erased},
};

constexpr std::int64_t role_bits_max = 15;

}  // namespace

std::string_view name(UserState state) noexcept {
    auto const place = static_cast<std::size_t>(state);
    return place < state_names.size() ? state_names[place] : std::string_view{};
}

std::optional<UserState> parse_user_state(std::string_view name) noexcept {
    auto const found = std::find(state_names.begin(), state_names.end(), name);
    if (found == state_names.end()) return std::nullopt;
    return static_cast<UserState>(found - state_names.begin());
}

std::span<UserTransition const> user_transitions() noexcept {
    return transitions;
}

void check_transition(UserState from, UserState to) {
    auto const found = std::find(transitions.begin(), transitions.end(), UserTransition{from, to});
    if (found == transitions.end()) fail(ErrorCode::failed_precondition, "state", name(from));
}

std::string_view name(Role role) noexcept {
    for (auto const& entry : role_names) {
        if (entry.role == role) return entry.name;
    }
    return {};
}

std::optional<Role> parse_role(std::string_view name) noexcept {
    for (auto const& entry : role_names) {
        if (entry.name == name) return entry.role;
    }
    return std::nullopt;
}

std::span<Role const> all_roles() noexcept {
    return roles_in_order;
}

Roles Roles::from_bits(std::int64_t bits) {
    if (bits < 0 || bits > role_bits_max) {
        fail(ErrorCode::invalid_argument, "roles", "out_of_range", role_bits_max);
    }
    return Roles{static_cast<unsigned>(bits)};
}

std::string to_string(Roles roles) {
    std::string text;
    for (Role role : roles_in_order) {
        if (!roles.has(role)) continue;
        if (!text.empty()) text += ',';
        text += name(role);
    }
    return text;
}

}  // namespace eduplat
