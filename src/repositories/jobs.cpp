#include "repositories/jobs.hpp"

namespace eduplat::repositories::jobs {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql add_sql =
    "INSERT INTO jobs (name, due_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
constexpr Sql make_due_sql =
    "INSERT INTO jobs (name, due_at) VALUES (?1, ?2) "
    "ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at "
    "WHERE jobs.due_at > excluded.due_at";
constexpr Sql all_sql = "SELECT name FROM jobs ORDER BY name";
constexpr Sql due_sql =
    "SELECT name FROM jobs "
    "WHERE due_at <= ?1 AND (leased_until IS NULL OR leased_until <= ?1) "
    "ORDER BY due_at, name";

// While a job is leased it is due at the end of its lease; an earlier moment means that it was made
// due again meanwhile.
constexpr Sql lease_sql =
    "UPDATE jobs SET leased_until = ?3, due_at = ?3 WHERE name = ?1 AND due_at <= ?2 "
    "AND (leased_until IS NULL OR leased_until <= ?2)";
constexpr Sql renew_sql =
    "UPDATE jobs SET leased_until = ?3, "
    "due_at = CASE WHEN due_at < ?2 THEN due_at ELSE ?3 END "
    "WHERE name = ?1 AND leased_until = ?2";
constexpr Sql release_sql =
    "UPDATE jobs SET leased_until = NULL, "
    "due_at = CASE WHEN due_at < ?2 THEN due_at ELSE ?3 END, "
    "last_finished_at = COALESCE(?4, last_finished_at), last_error = ?5 "
    "WHERE name = ?1 AND leased_until = ?2";

constexpr Sql delete_sessions_sql =
    "DELETE FROM sessions WHERE id IN "
    "(SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at, id LIMIT ?2)";
constexpr Sql delete_tokens_sql =
    "DELETE FROM password_tokens WHERE token_hash IN "
    "(SELECT token_hash FROM password_tokens WHERE expires_at <= ?1 "
    "ORDER BY expires_at, token_hash LIMIT ?2)";
constexpr Sql delete_throttles_sql =
    "DELETE FROM throttles WHERE (kind, key) IN "
    "(SELECT kind, key FROM throttles WHERE window_ends_at <= ?1 "
    "ORDER BY window_ends_at, kind, key LIMIT ?2)";

std::vector<std::string> names(Statement statement) {
    std::vector<std::string> names;
    while (statement.step())
        names.push_back(statement.string(0));
    return names;
}

}  // namespace

void add(Connection& connection, std::string_view name, Timestamp due_at) {
    connection.execute(add_sql, name, due_at);
}

void make_due(Connection& connection, std::string_view name, Timestamp at) {
    connection.execute(make_due_sql, name, at);
}

std::vector<std::string> all(Connection& connection) {
    return names(connection.query(all_sql));
}

std::vector<std::string> due(Connection& connection, Timestamp at) {
    return names(connection.query(due_sql, at));
}

bool lease(Connection& connection, std::string_view name, Timestamp at, Timestamp until) {
    return connection.execute(lease_sql, name, at, until) == 1;
}

bool renew(Connection& connection, std::string_view name, Timestamp lease, Timestamp until) {
    return connection.execute(renew_sql, name, lease, until) == 1;
}

void release(Connection& connection, std::string_view name, End const& end) {
    connection.execute(release_sql, name, end.lease, end.next_due_at, end.finished_at, end.error);
}

bool delete_expired(Connection& connection, Timestamp at, std::int64_t rows_max) {
    auto const sessions = connection.execute(delete_sessions_sql, at, rows_max);
    auto const tokens = connection.execute(delete_tokens_sql, at, rows_max);
    auto const throttles = connection.execute(delete_throttles_sql, at, rows_max);
    return sessions == rows_max || tokens == rows_max || throttles == rows_max;
}

}  // namespace eduplat::repositories::jobs
