#include "services/access.hpp"

#include "repositories/journal.hpp"
#include "repositories/users.hpp"

#include <eduplat/core/error.hpp>

#include <utility>

namespace eduplat {

namespace users = repositories::users;

Asker identify(storage::Connection& connection, Actor const& actor, Timestamp now) {
    if (!actor.is_user()) return {.kind = actor.kind()};
    auto const standing = users::standing(connection, actor.user(), actor.session());
    if (!standing || standing->state == UserState::erased) {
        fail(ErrorCode::unauthenticated, "actor", "unknown");
    }
    if (standing->state != UserState::active) {
        fail(ErrorCode::permission_denied, "actor", name(standing->state));
    }
    bool const session_lives = standing->session_expires_at && *standing->session_expires_at > now;
    if (actor.session() && !session_lives) fail(ErrorCode::unauthenticated, "session", "ended");
    return {.kind = ActorKind::user,
            .user = actor.user(),
            .session = actor.session(),
            .uid = standing->uid,
            .roles = standing->roles};
}

void require(Asker const& asker, Call call, Relation relation) {
    if (asker.may(call, relation)) return;
    if (asker.kind == ActorKind::guest) fail(ErrorCode::unauthenticated, "actor", "guest");
    fail(ErrorCode::permission_denied, "actor", name(call));
}

Asker authorize(storage::Connection& connection, Actor const& actor, Call call, Timestamp now) {
    auto asker = identify(connection, actor, now);
    require(asker, call, Relation::none);
    return asker;
}

Asker authorize_own(storage::Connection& connection, Actor const& actor, Call call, Timestamp now) {
    auto asker = identify(connection, actor, now);
    require(asker, call, Relation::own);
    if (!asker.user) fail(ErrorCode::failed_precondition, "actor", "not_a_user");
    return asker;
}

Access authorize(storage::Connection& connection, Actor const& actor, Call call, UserId target,
                 Timestamp now, Roles at_stake) {
    auto const asker = identify(connection, actor, now);
    bool const own = asker.is(target);
    require(asker, call, own ? Relation::own : Relation::other);
    auto user = users::find(connection, target);
    if (!user) fail(ErrorCode::not_found, "user", "unknown");
    bool const privileged = user->roles.with(at_stake).intersects(privileged_roles);
    if (!own && privileged) require(asker, call, Relation::privileged);
    return {asker, *std::move(user)};
}

void record(storage::Connection& connection, Asker const& asker, Timestamp at,
            std::string_view action, std::string_view object_kind, Uid const& object) {
    repositories::journal::add(connection, {.at = at,
                                            .actor_kind = asker.kind,
                                            .actor = asker.uid,
                                            .action = action,
                                            .object_kind = object_kind,
                                            .object = object});
}

}  // namespace eduplat
