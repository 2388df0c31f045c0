#pragma once

#include "repositories/rows.hpp"

#include <eduplat/domain/session.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The table of sessions. A revoked session is a deleted row.
namespace eduplat::repositories::sessions {

struct NewRow {
    Uid uid;
    UserId user;
    Digest token_hash;
    std::string label;
    Timestamp created_at;
    Timestamp expires_at;
    Timestamp absolute_expires_at;
};

/// A session with what decides whether its token still counts.
struct Held {
    Session session;
    bool rotate;  ///< the token must be replaced at its next use
    Timestamp absolute_expires_at;
    UserState user_state;
    Uid user_uid;
};

[[nodiscard]] Session insert(storage::Connection& connection, NewRow const& row);

[[nodiscard]] std::optional<Held> find_by_token(storage::Connection& connection,
                                                Digest const& token_hash);
[[nodiscard]] std::optional<Session> find(storage::Connection& connection, SessionId session);
[[nodiscard]] std::optional<Session> find(storage::Connection& connection, Uid const& session);

/// At most `limit` sessions of a user that end after `now`, by id, after the id `after`.
[[nodiscard]] std::vector<Session> page(storage::Connection& connection, UserId user,
                                        std::int64_t after, Timestamp now, int limit);

/// How many sessions of a user, but one if it is given, end after `now`.
[[nodiscard]] std::int64_t count_live(storage::Connection& connection, UserId user, Timestamp now,
                                      std::optional<SessionId> but = std::nullopt);

void touch(storage::Connection& connection, SessionId session, Timestamp seen_at,
           Timestamp expires_at);
/// Gives the session another token, which needs no replacement.
void replace_token(storage::Connection& connection, SessionId session, Digest const& token_hash);
void mark_for_rotation(storage::Connection& connection, UserId user);

void remove(storage::Connection& connection, SessionId session);
/// Removes all sessions of a user but one, if it is given. Returns how many.
std::int64_t remove_of_user(storage::Connection& connection, UserId user,
                            std::optional<SessionId> but = std::nullopt);

}  // namespace eduplat::repositories::sessions
