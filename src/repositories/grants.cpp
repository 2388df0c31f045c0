#include "repositories/grants.hpp"

#include "repositories/rows.hpp"

#include <utility>

#define EDUPLAT_GRANT_COLUMNS "id, uid, enrollment_id, kind, starts_at, ends_at, revoked_at"

namespace eduplat::repositories::grants {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql insert_sql =
    "INSERT INTO grants (uid, enrollment_id, kind, line_id, starts_at, ends_at, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
constexpr Sql find_by_uid_sql = "SELECT " EDUPLAT_GRANT_COLUMNS " FROM grants WHERE uid = ?1";
constexpr Sql find_sql = "SELECT " EDUPLAT_GRANT_COLUMNS " FROM grants WHERE id = ?1";
constexpr Sql find_by_line_sql = "SELECT " EDUPLAT_GRANT_COLUMNS " FROM grants WHERE line_id = ?1";
constexpr Sql revoke_sql = "UPDATE grants SET revoked_at = ?2 WHERE id = ?1";
constexpr Sql restore_sql = "UPDATE grants SET revoked_at = NULL WHERE id = ?1";
constexpr Sql has_standing_sql =
    "SELECT id FROM grants WHERE enrollment_id = ?1 AND revoked_at IS NULL "
    "AND (ends_at IS NULL OR ends_at > ?2) ORDER BY id LIMIT 1";

std::optional<Grant> one(Statement statement) {
    if (!statement.step()) return std::nullopt;
    return read(statement);
}

}  // namespace

Grant read(Statement const& row) {
    return {
        .id = row.id<GrantId>(0),
        .uid = row.uid(1),
        .enrollment = row.id<EnrollmentId>(2),
        .kind = known(parse_grant_kind(row.text(3)), "grants.kind"),
        .starts_at = row.timestamp(4),
        .ends_at = row.optional(5, &Statement::timestamp),
        .revoked_at = row.optional(6, &Statement::timestamp),
    };
}

Grant insert(Connection& connection, NewRow const& row, Timestamp at) {
    connection.execute(insert_sql, row.uid, row.enrollment, name(row.kind), row.line, row.starts_at,
                       row.ends_at, at);
    return one(connection.query(find_by_uid_sql, row.uid)).value();
}

std::optional<Grant> find(Connection& connection, GrantId grant) {
    return one(connection.query(find_sql, grant));
}

std::optional<Grant> find(Connection& connection, OrderLineId line) {
    return one(connection.query(find_by_line_sql, line));
}

void revoke(Connection& connection, GrantId grant, Timestamp at) {
    connection.execute(revoke_sql, grant, at);
}

void restore(Connection& connection, GrantId grant) {
    connection.execute(restore_sql, grant);
}

bool has_standing(Connection& connection, EnrollmentId enrollment, Timestamp at) {
    return connection.query(has_standing_sql, enrollment, at).step();
}

}  // namespace eduplat::repositories::grants
