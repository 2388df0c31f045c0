#include "repositories/journal.hpp"
#include "repositories/password_tokens.hpp"
#include "repositories/sessions.hpp"
#include "services/accounts_impl.hpp"

#include <eduplat/core/limits.hpp>

#include <utility>

namespace eduplat {

namespace sessions_table = repositories::sessions;
namespace users = repositories::users;

namespace {

void record_role(storage::Connection& connection, Access const& access, Timestamp now,
                 std::string_view verb, Role role) {
    auto const action = "user." + std::string{name(role)} + '_' + std::string{verb};
    record(connection, access.asker, now, action, "user", access.target.uid);
}

void check(std::string_view what, Role role) {
    Validation validation;
    check_role(validation, "role", role);
    validation.check(what);
}

/// A token stolen before must not carry power over others, and whoever shows it first would be
/// given the new one: so new power ends all sessions. Other rights go with a new token.
User change_roles(storage::Connection& connection, User const& user, Roles roles, Timestamp now) {
    if (roles.without(user.roles).intersects(privileged_roles)) {
        sessions_table::remove_of_user(connection, user.id);
    } else {
        sessions_table::mark_for_rotation(connection, user.id);
    }
    return users::set_roles(connection, user.id, roles, now);
}

}  // namespace

User Accounts::grant_role(Actor const& actor, UserId user, Role role) {
    check("grant_role", role);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access =
            authorize(connection, actor, Call::accounts_grant_role, user, now, role);
        require_not_erased(access.target);
        if (access.target.roles.has(role)) return access.target;
        record_role(connection, access, now, "granted", role);
        return change_roles(connection, access.target, access.target.roles.with(role), now);
    });
}

User Accounts::revoke_role(Actor const& actor, UserId user, Role role) {
    check("revoke_role", role);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access =
            authorize(connection, actor, Call::accounts_revoke_role, user, now, role);
        require_not_erased(access.target);
        if (!access.target.roles.has(role)) return access.target;
        auto const left = access.target.roles.without(role);
        if (!left.has(Role::admin)) Impl::keep_an_admin(connection, access.target);
        record_role(connection, access, now, "revoked", role);
        return change_roles(connection, access.target, left, now);
    });
}

User Accounts::suspend(Actor const& actor, UserId user, std::string_view reason) {
    Validation validation;
    auto const detail = validation.text(
        "reason", reason, {.max_bytes = limits::suspension_reason_bytes_max, .multiline = true});
    validation.check("suspend");
    auto const salt = impl_->new_salt();
    auto const digest = salted_hash(salt, detail);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [asker, target] =
            authorize(connection, actor, Call::accounts_suspend, user, now);
        check_transition(target.state, UserState::suspended);
        Impl::keep_an_admin(connection, target);
        sessions_table::remove_of_user(connection, user);
        repositories::password_tokens::remove_of_user(connection, user);
        namespace journal = repositories::journal;
        auto const seq = journal::append(connection, {.at = now,
                                                      .actor_kind = asker.kind,
                                                      .actor = asker.uid,
                                                      .action = "user.suspended",
                                                      .object_kind = "user",
                                                      .object = target.uid,
                                                      .digest = digest});
        journal::append_detail(connection, seq, {user, salt, detail});
        return users::set_state(connection, user, UserState::suspended, now);
    });
}

User Accounts::reinstate(Actor const& actor, UserId user) {
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access = authorize(connection, actor, Call::accounts_reinstate, user, now);
        if (access.target.state != UserState::suspended) {
            fail(ErrorCode::failed_precondition, "state", name(access.target.state));
        }
        record(connection, access.asker, now, "user.reinstated", "user", access.target.uid);
        return users::set_state(connection, user, UserState::active, now);
    });
}

}  // namespace eduplat
