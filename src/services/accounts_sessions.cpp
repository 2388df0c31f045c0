#include "repositories/sessions.hpp"
#include "services/accounts_impl.hpp"
#include "services/paging.hpp"

#include <chrono>
#include <utility>

namespace eduplat {

namespace sessions_table = repositories::sessions;

namespace {

/// How old `last_seen_at` may get while a session is used: each touch is a write.
constexpr std::chrono::minutes touch_every{1};

bool lives(std::optional<sessions_table::Held> const& held, Timestamp now) {
    return held && held->session.expires_at > now && held->user_state == UserState::active;
}

Actor actor_of(sessions_table::Held const& held) {
    return Actor{held.session.user, held.session.id};
}

/// Ends a session that `find` finds, if the actor may. One of somebody else's whom the actor may do
/// nothing about is not told from one that does not exist.
template <class Find>
void revoke(storage::Connection& connection, Actor const& actor, Timestamp now, Find find) {
    constexpr auto call = Call::accounts_revoke_session;
    auto const asker = identify(connection, actor, now);
    if (asker.kind == ActorKind::guest) require(asker, call, Relation::other);
    std::optional<Session> const session = find();
    bool const hidden = session && !asker.is(session->user) && !asker.may(call, Relation::other);
    if (!session || hidden) fail(ErrorCode::not_found, "session", "unknown");
    static_cast<void>(authorize(connection, actor, call, session->user, now));
    sessions_table::remove(connection, session->id);
    record(connection, asker, now, "session.revoked", "session", session->uid);
}

}  // namespace

std::optional<Resumed> Accounts::resume(std::string_view token) {
    auto const hash = hash_of_token(token);
    if (!hash) return std::nullopt;
    auto const now = impl_->now();
    auto const held = impl_->storage().read(
        [&](auto& connection) { return sessions_table::find_by_token(connection, *hash); });
    if (!lives(held, now)) return std::nullopt;
    bool const fresh = now - held->session.last_seen_at < touch_every;
    if (fresh && !held->rotate) return Resumed{.actor = actor_of(*held)};

    try {
        return impl_->use_session(*hash, now);
    } catch (...) {
        // That use could not be noted ends no session; in a host's write, the write is what failed.
        if (held->rotate || impl_->storage().in_write()) throw;
        return Resumed{.actor = actor_of(*held)};
    }
}

std::optional<Resumed> Accounts::Impl::use_session(TokenHash const& hash, Timestamp now) const {
    auto const new_token = make_token(dependencies.random);
    return storage().write([&](auto& connection) -> std::optional<Resumed> {
        auto const current = sessions_table::find_by_token(connection, hash);
        if (!lives(current, now)) return std::nullopt;
        auto const id = current->session.id;
        sessions_table::touch(connection, id, now, session_end(now, current->absolute_expires_at));
        Resumed resumed{.actor = actor_of(*current)};
        if (current->rotate) {
            sessions_table::replace_token(connection, id, new_token.hash);
            resumed.new_token = new_token.text;
            Asker const holder{.kind = ActorKind::user, .uid = current->user_uid};
            record(connection, holder, now, "session.rotated", "session", current->session.uid);
        }
        return resumed;
    });
}

void Accounts::sign_out(Actor const& actor) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const asker = authorize_own(connection, actor, Call::accounts_sign_out, now);
        if (!asker.session) fail(ErrorCode::failed_precondition, "actor", "no_session");
        auto const session = sessions_table::find(connection, *asker.session);
        sessions_table::remove(connection, *asker.session);
        record(connection, asker, now, "session.closed", "session", session->uid);
    });
}

Page<Session> Accounts::sessions(Actor const& actor, UserId user,
                                 PageRequest const& request) const {
    auto const list = "sessions?user=" + std::to_string(user.value());
    auto const after = keys_after<std::int64_t>(list, request, {0});
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        static_cast<void>(authorize(connection, actor, Call::accounts_sessions, user, now));
        return sessions_table::page(connection, user, std::get<0>(after), now, request.limit + 1);
    });
    return make_page<Session>(list, request, std::move(rows), [](Session const& row) {
        return std::vector<CursorKey>{row.id.value()};
    });
}

void Accounts::revoke_session(Actor const& actor, SessionId session) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        revoke(connection, actor, now, [&] { return sessions_table::find(connection, session); });
    });
}

void Accounts::revoke_session(Actor const& actor, Uid const& session) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        revoke(connection, actor, now, [&] { return sessions_table::find(connection, session); });
    });
}

std::size_t Accounts::revoke_sessions(Actor const& actor, UserId user, SessionScope scope) {
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access = authorize(connection, actor, Call::accounts_revoke_sessions, user, now);
        auto const but = scope == SessionScope::all ? std::nullopt : access.asker.session;
        auto const ended = sessions_table::count_live(connection, user, now, but);
        sessions_table::remove_of_user(connection, user, but);
        if (ended > 0) {
            record(connection, access.asker, now, "user.sessions_revoked", "user",
                   access.target.uid);
        }
        return static_cast<std::size_t>(ended);
    });
}

}  // namespace eduplat
