#include "repositories/sessions.hpp"

#define EDUPLAT_SESSION_COLUMNS                                                          \
    "sessions.id, sessions.uid, sessions.user_id, sessions.label, sessions.created_at, " \
    "sessions.last_seen_at, sessions.expires_at"

namespace eduplat::repositories::sessions {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql insert_sql =
    "INSERT INTO sessions (uid, user_id, token_hash, label, rotate, created_at, last_seen_at, "
    "expires_at, absolute_expires_at) "
    "VALUES (?1, ?2, ?3, ?4, 0, ?5, ?5, ?6, ?7) "
    "RETURNING id, uid, user_id, label, created_at, last_seen_at, expires_at";

constexpr Sql find_by_token_sql =
    "SELECT " EDUPLAT_SESSION_COLUMNS
    ", sessions.rotate, sessions.absolute_expires_at, users.state, users.uid "
    "FROM sessions JOIN users ON users.id = sessions.user_id "
    "WHERE sessions.token_hash = ?1";

constexpr Sql find_sql = "SELECT " EDUPLAT_SESSION_COLUMNS " FROM sessions WHERE id = ?1";
constexpr Sql find_by_uid_sql = "SELECT " EDUPLAT_SESSION_COLUMNS " FROM sessions WHERE uid = ?1";

constexpr Sql page_sql =
    "SELECT " EDUPLAT_SESSION_COLUMNS
    " FROM sessions WHERE user_id = ?1 AND id > ?2 AND expires_at > ?3 ORDER BY id LIMIT ?4";

constexpr Sql count_live_sql =
    "SELECT count(*) FROM sessions WHERE user_id = ?1 AND id <> ?2 AND expires_at > ?3";

constexpr Sql touch_sql = "UPDATE sessions SET last_seen_at = ?2, expires_at = ?3 WHERE id = ?1";
constexpr Sql replace_token_sql = "UPDATE sessions SET token_hash = ?2, rotate = 0 WHERE id = ?1";
constexpr Sql mark_sql = "UPDATE sessions SET rotate = 1 WHERE user_id = ?1";
constexpr Sql remove_sql = "DELETE FROM sessions WHERE id = ?1";
constexpr Sql remove_of_user_sql = "DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2";

constexpr std::int64_t no_session = 0;  // ids begin at 1

Session read(Statement const& row) {
    return {
        .id = row.id<SessionId>(0),
        .uid = row.uid(1),
        .user = row.id<UserId>(2),
        .label = row.string(3),
        .created_at = row.timestamp(4),
        .last_seen_at = row.timestamp(5),
        .expires_at = row.timestamp(6),
    };
}

std::optional<Session> one(Statement statement) {
    if (!statement.step()) return std::nullopt;
    return read(statement);
}

}  // namespace

Session insert(Connection& connection, NewRow const& row) {
    auto statement = connection.query(insert_sql, row.uid, row.user, row.token_hash, row.label,
                                      row.created_at, row.expires_at, row.absolute_expires_at);
    statement.step();
    auto session = read(statement);
    statement.step();
    return session;
}

std::optional<Held> find_by_token(Connection& connection, Digest const& token_hash) {
    auto row = connection.query(find_by_token_sql, token_hash);
    if (!row.step()) return std::nullopt;
    return Held{read(row), row.boolean(7), row.timestamp(8),
                known(parse_user_state(row.text(9)), "users.state"), row.uid(10)};
}

std::optional<Session> find(Connection& connection, SessionId session) {
    return one(connection.query(find_sql, session));
}

std::optional<Session> find(Connection& connection, Uid const& session) {
    return one(connection.query(find_by_uid_sql, session));
}

std::vector<Session> page(Connection& connection, UserId user, std::int64_t after, Timestamp now,
                          int limit) {
    std::vector<Session> sessions;
    auto rows = connection.query(page_sql, user, after, now, limit);
    while (rows.step())
        sessions.push_back(read(rows));
    return sessions;
}

std::int64_t count_live(Connection& connection, UserId user, Timestamp now,
                        std::optional<SessionId> but) {
    auto row = connection.query(count_live_sql, user, but ? but->value() : no_session, now);
    row.step();
    return row.int64(0);
}

void touch(Connection& connection, SessionId session, Timestamp seen_at, Timestamp expires_at) {
    connection.execute(touch_sql, session, seen_at, expires_at);
}

void replace_token(Connection& connection, SessionId session, Digest const& token_hash) {
    connection.execute(replace_token_sql, session, token_hash);
}

void mark_for_rotation(Connection& connection, UserId user) {
    connection.execute(mark_sql, user);
}

void remove(Connection& connection, SessionId session) {
    connection.execute(remove_sql, session);
}

std::int64_t remove_of_user(Connection& connection, UserId user, std::optional<SessionId> but) {
    return connection.execute(remove_of_user_sql, user, but ? but->value() : no_session);
}

}  // namespace eduplat::repositories::sessions
