#include "repositories/throttles.hpp"

namespace eduplat::repositories::throttles {
namespace {

using storage::Connection;
using storage::Sql;

// ?4 is the end of a window that begins now. One that ends later by more than its length was begun
// while the clock was ahead, and counts as ended. (By less: attempts side by side read the clock in
// another order than they are counted in, and must not end each other's windows.)
constexpr Sql find_sql =
    "SELECT failures, window_ends_at FROM throttles "
    "WHERE kind = ?1 AND key = ?2 AND window_ends_at > ?3 AND window_ends_at <= 2 * ?4 - ?3";
constexpr Sql count_sql =
    "INSERT INTO throttles (kind, key, failures, window_ends_at) VALUES (?1, ?2, 1, ?4) "
    "ON CONFLICT (kind, key) DO UPDATE SET "
    "failures = CASE WHEN throttles.window_ends_at > ?3 AND throttles.window_ends_at <= 2 * ?4 - "
    "?3 "
    "THEN throttles.failures + 1 ELSE 1 END, "
    "window_ends_at = CASE WHEN throttles.window_ends_at > ?3 AND throttles.window_ends_at <= 2 * "
    "?4 - ?3 "
    "THEN throttles.window_ends_at ELSE excluded.window_ends_at END "
    "RETURNING failures, window_ends_at";
constexpr Sql forgive_sql =
    "UPDATE throttles SET failures = failures - 1 WHERE kind = ?1 AND key = ?2 AND failures > 0";
constexpr Sql remove_sql = "DELETE FROM throttles WHERE kind = ?1 AND key = ?2";

constexpr Sql find_salt_sql = "SELECT value FROM school WHERE key = 'throttle_salt'";
constexpr Sql keep_salt_sql =
    "INSERT INTO school (key, value) VALUES ('throttle_salt', ?1) ON CONFLICT (key) DO NOTHING";

}  // namespace

std::string_view name(Kind kind) noexcept {
    switch (kind) {
        case Kind::account:
            return "account";
        case Kind::source:
            return "source";
        case Kind::reset:
            return "reset";
    }
    return {};
}

std::optional<Count> find(Connection& connection, Kind kind, Digest const& key, Timestamp now,
                          Timestamp window_ends_at) {
    auto row = connection.query(find_sql, name(kind), key, now, window_ends_at);
    if (!row.step()) return std::nullopt;
    return Count{row.int64(0), row.timestamp(1)};
}

Count count(Connection& connection, Kind kind, Digest const& key, Timestamp now,
            Timestamp window_ends_at) {
    auto row = connection.query(count_sql, name(kind), key, now, window_ends_at);
    row.step();
    Count const counted{row.int64(0), row.timestamp(1)};
    row.step();
    return counted;
}

void forgive(Connection& connection, Kind kind, Digest const& key) {
    connection.execute(forgive_sql, name(kind), key);
}

void remove(Connection& connection, Kind kind, Digest const& key) {
    connection.execute(remove_sql, name(kind), key);
}

std::optional<Salt> find_salt(Connection& connection) {
    auto row = connection.query(find_salt_sql);
    if (!row.step()) return std::nullopt;
    return read_digest(row, 0);
}

Salt keep_salt(Connection& connection, Salt const& candidate) {
    connection.execute(keep_salt_sql, candidate);
    return known(find_salt(connection), "school.throttle_salt");
}

}  // namespace eduplat::repositories::throttles
