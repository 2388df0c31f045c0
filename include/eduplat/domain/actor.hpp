#pragma once

#include <eduplat/core/id.hpp>

#include <cstdint>
#include <optional>

namespace eduplat {

using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;

enum class ActorKind : std::uint8_t { guest, user, system };

/// Who asks: the first parameter of every service call. It carries an identity and no rights; what
/// it may do is read in the transaction of the call, so a suspension or a revoked session counts at
/// once.
///
/// Whoever can make an Actor decides whom it stands for: a host makes one from Accounts::sign_in,
/// Accounts::resume, or, with a sign-in of its own, Accounts::actor_for.
class Actor {
  public:
    /// Nobody in particular: sees what is public and may register.
    [[nodiscard]] static constexpr Actor guest() noexcept { return Actor{ActorKind::guest}; }

    /// The host itself, in scripts and imports: may do everything.
    [[nodiscard]] static constexpr Actor system() noexcept { return Actor{ActorKind::system}; }

    /// A user, and the session that vouches for it where there is one.
    constexpr explicit Actor(UserId user, std::optional<SessionId> session = std::nullopt) noexcept
        : kind_(ActorKind::user), user_(user), session_(session) {}

    [[nodiscard]] constexpr ActorKind kind() const noexcept { return kind_; }
    [[nodiscard]] constexpr bool is_guest() const noexcept { return kind_ == ActorKind::guest; }
    [[nodiscard]] constexpr bool is_system() const noexcept { return kind_ == ActorKind::system; }
    [[nodiscard]] constexpr bool is_user() const noexcept { return kind_ == ActorKind::user; }

    /// Errors: failed_precondition (field "actor", rule "not_a_user") unless is_user().
    [[nodiscard]] UserId user() const;
    [[nodiscard]] constexpr std::optional<SessionId> session() const noexcept { return session_; }

    friend constexpr bool operator==(Actor const&, Actor const&) noexcept = default;

  private:
    constexpr explicit Actor(ActorKind kind) noexcept : kind_(kind) {}

    ActorKind kind_;
    std::optional<UserId> user_;
    std::optional<SessionId> session_;
};

}  // namespace eduplat
