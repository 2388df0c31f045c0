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
constexpr Sql all_sql = "SELECT name, due_at, leased_until FROM jobs ORDER BY due_at, name";
constexpr Sql find_sql = "SELECT name, due_at, leased_until FROM jobs WHERE name = ?1";

// While a job is leased it is due at the end of its lease; an earlier moment means that it was made
// due again meanwhile.
constexpr Sql lease_sql = "UPDATE jobs SET leased_until = ?2, due_at = ?2 WHERE name = ?1";
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

Entry read(Statement const& row) {
    Entry entry{.name = row.string(0), .due_at = row.timestamp(1)};
    if (!row.is_null(2)) entry.leased_until = row.timestamp(2);
    return entry;
}

}  // namespace

void add(Connection& connection, std::string_view name, Timestamp due_at) {
    connection.execute(add_sql, name, due_at);
}

void make_due(Connection& connection, std::string_view name, Timestamp at) {
    connection.execute(make_due_sql, name, at);
}

std::vector<Entry> all(Connection& connection) {
    std::vector<Entry> entries;
    auto row = connection.query(all_sql);
    while (row.step())
        entries.push_back(read(row));
    return entries;
}

std::optional<Entry> find(Connection& connection, std::string_view name) {
    auto row = connection.query(find_sql, name);
    if (!row.step()) return std::nullopt;
    return read(row);
}

void lease(Connection& connection, std::string_view name, Timestamp until) {
    connection.execute(lease_sql, name, until);
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
