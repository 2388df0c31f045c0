#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/authorization.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <string_view>

/// How every service call finds out, in its own transaction, who asks and whether he may.
namespace eduplat {

/// Who asks, as the transaction sees him.
struct Asker {
    ActorKind kind = ActorKind::guest;
    std::optional<UserId> user = std::nullopt;
    std::optional<SessionId> session = std::nullopt;
    std::optional<Uid> uid = std::nullopt;
    Roles roles = {};

    [[nodiscard]] bool may(Call call, Relation relation) const noexcept {
        return allowed(call, roles, relation, kind);
    }
    [[nodiscard]] bool is(UserId other) const noexcept { return user == other; }
};

/// Reads the actor's account and session. One statement for a user, none for others.
/// Errors: unauthenticated (field "actor", rule "unknown"; field "session", rule "ended"),
/// permission_denied (field "actor", rule "suspended" or "invited").
[[nodiscard]] Asker identify(storage::Connection& connection, Actor const& actor, Timestamp now);

/// Refuses who may not make the call. Errors: unauthenticated (field "actor", rule "guest"),
/// permission_denied (field "actor", rule: the call's name).
void require(Asker const& asker, Call call, Relation relation);

/// identify() and require() for a call that is about no user in particular.
[[nodiscard]] Asker authorize(storage::Connection& connection, Actor const& actor, Call call,
                              Timestamp now);

/// For a call about something of the asking user. Errors: as above; failed_precondition (field
/// "actor", rule "not_a_user").
[[nodiscard]] Asker authorize_own(storage::Connection& connection, Actor const& actor, Call call,
                                  Timestamp now);

struct Access {
    Asker asker;
    User target;
};

/// For a call about a user. Who may do nothing about others is refused before the target is looked
/// for, so that the answer does not tell whether there is one. `at_stake` are roles that the call
/// gives or takes. Errors: as above; not_found (field "user", rule "unknown").
[[nodiscard]] Access authorize(storage::Connection& connection, Actor const& actor, Call call,
                               UserId target, Timestamp now, Roles at_stake = {});

/// An entry of the journal by `asker` about the user, session or the like with this uid.
void record(storage::Connection& connection, Asker const& asker, Timestamp at,
            std::string_view action, std::string_view object_kind, Uid const& object);

}  // namespace eduplat
