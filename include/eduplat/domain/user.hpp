#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eduplat {

/// Where an account stands. Stored by name: names are frozen.
enum class UserState : std::uint8_t {
    invited,    ///< imported or made by staff; nobody has vouched for its owner yet
    active,     ///< may act
    suspended,  ///< may do nothing until reinstated
    erased,     ///< its personal data is gone for good; only the row and its uid stay
};

/// Empty for a value outside the enumeration.
[[nodiscard]] std::string_view name(UserState state) noexcept;
[[nodiscard]] std::optional<UserState> parse_user_state(std::string_view name) noexcept;

struct UserTransition {
    UserState from;
    UserState to;

    friend bool operator==(UserTransition const&, UserTransition const&) = default;
};

/// Every change of state there is.
[[nodiscard]] std::span<UserTransition const> user_transitions() noexcept;

/// Errors: failed_precondition (field "state", rule: the name of `from`) if the table has no such
/// change.
void check_transition(UserState from, UserState to);

/// What a user is trusted with, in one school. Stored as a bit: values are frozen.
enum class Role : std::uint8_t {
    learner = 1,
    teacher = 2,  ///< makes courses
    staff = 4,    ///< looks after learners and teachers
    admin = 8,    ///< may do everything
};

/// Empty for a value outside the enumeration.
[[nodiscard]] std::string_view name(Role role) noexcept;
[[nodiscard]] std::optional<Role> parse_role(std::string_view name) noexcept;

/// Every role, from the least to the most powerful.
[[nodiscard]] std::span<Role const> all_roles() noexcept;

/// A set of roles.
class Roles {
  public:
    constexpr Roles() noexcept = default;
    constexpr Roles(Role role) noexcept : bits_(static_cast<std::uint8_t>(role)) {}  // NOLINT
    constexpr Roles(std::initializer_list<Role> roles) noexcept {
        for (Role role : roles)
            bits_ |= static_cast<std::uint8_t>(role);
    }

    /// Reads the sum of the roles' values. Errors: invalid_argument (field "roles",
    /// "out_of_range").
    [[nodiscard]] static Roles from_bits(std::int64_t bits);

    [[nodiscard]] constexpr std::uint8_t bits() const noexcept { return bits_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    [[nodiscard]] constexpr bool has(Role role) const noexcept { return intersects(role); }
    [[nodiscard]] constexpr bool intersects(Roles other) const noexcept {
        return (bits_ & other.bits_) != 0;
    }
    [[nodiscard]] constexpr Roles with(Roles other) const noexcept {
        return Roles{static_cast<unsigned>(bits_ | other.bits_)};
    }
    [[nodiscard]] constexpr Roles without(Roles other) const noexcept {
        return Roles{static_cast<unsigned>(bits_ & ~unsigned{other.bits_})};
    }

    friend constexpr bool operator==(Roles, Roles) noexcept = default;

  private:
    constexpr explicit Roles(unsigned bits) noexcept : bits_(static_cast<std::uint8_t>(bits)) {}

    std::uint8_t bits_ = 0;
};

/// The names of the roles, from the least powerful, separated by commas.
[[nodiscard]] std::string to_string(Roles roles);

/// Roles that give power over other users. Only an admin may grant them, revoke them or act on one
/// who has them.
inline constexpr Roles privileged_roles{Role::staff, Role::admin};

/// An account. Secrets are not part of it.
struct User {
    UserId id;
    Uid uid;
    std::optional<std::string> source;     ///< the system it was imported from,
    std::optional<std::string> source_id;  ///< and its name there: both or neither
    UserState state;
    Roles roles;
    std::string display_name;          ///< NFC; empty once erased
    std::optional<std::string> email;  ///< as its owner writes it; unique without regard to case
    std::int64_t version;              ///< grows with every change of this record
    Timestamp created_at;
    Timestamp updated_at;

    friend bool operator==(User const&, User const&) = default;
};

}  // namespace eduplat
