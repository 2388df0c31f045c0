#include "repositories/users.hpp"

#include "repositories/rows.hpp"

#include <utility>

// In table order; read() reads them by place.
#define EDUPLAT_USER_COLUMNS                                                               \
    "id, uid, source, source_id, state, roles, display_name, email, version, created_at, " \
    "updated_at"

namespace eduplat::repositories::users {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr int user_columns = 11;

constexpr Sql insert_sql =
    "INSERT INTO users (uid, source, source_id, state, roles, display_name, name_key, email, "
    "email_key, password_hash, version, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?11) "
    "ON CONFLICT (email_key) DO NOTHING "
    "RETURNING " EDUPLAT_USER_COLUMNS;

constexpr Sql import_sql =
    "INSERT INTO users (uid, source, source_id, state, roles, display_name, name_key, email, "
    "email_key, version, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?10) "
    "ON CONFLICT DO NOTHING";
constexpr Sql id_by_uid_sql = "SELECT id FROM users WHERE uid = ?1";

constexpr Sql standing_sql =
    "SELECT users.uid, users.state, users.roles, sessions.expires_at FROM users "
    "LEFT JOIN sessions ON sessions.id = ?2 AND sessions.user_id = users.id "
    "WHERE users.id = ?1";

constexpr Sql find_sql = "SELECT " EDUPLAT_USER_COLUMNS " FROM users WHERE id = ?1";
constexpr Sql find_by_uid_sql = "SELECT " EDUPLAT_USER_COLUMNS " FROM users WHERE uid = ?1";
constexpr Sql find_by_email_sql = "SELECT " EDUPLAT_USER_COLUMNS " FROM users WHERE email_key = ?1";
constexpr Sql find_by_source_sql =
    "SELECT " EDUPLAT_USER_COLUMNS " FROM users WHERE source = ?1 AND source_id = ?2";
constexpr Sql password_by_id_sql =
    "SELECT " EDUPLAT_USER_COLUMNS ", password_hash FROM users WHERE id = ?1";
constexpr Sql password_by_email_sql =
    "SELECT " EDUPLAT_USER_COLUMNS ", password_hash FROM users WHERE email_key = ?1";

// The conditions on the name are always true: they and "roles > 1" lead to the index
// users_with_roles.
// Not "state = 'active'", for which the index users_by_state would be read, with every user.
constexpr Sql has_active_admin_sql =
    "SELECT id FROM users WHERE roles > 1 AND name_key >= '' AND roles >= 8 "
    "AND state <> 'invited' AND state <> 'suspended' AND state <> 'erased' "
    "ORDER BY name_key, id LIMIT 1";
constexpr Sql has_other_active_admin_sql =
    "SELECT id FROM users WHERE roles > 1 AND name_key >= '' AND roles >= 8 AND id <> ?1 "
    "AND state <> 'invited' AND state <> 'suspended' AND state <> 'erased' "
    "ORDER BY name_key, id LIMIT 1";

constexpr Sql set_state_sql =
    "UPDATE users SET state = ?2, version = version + 1, updated_at = ?3 WHERE id = ?1 "
    "RETURNING " EDUPLAT_USER_COLUMNS;
constexpr Sql set_roles_sql =
    "UPDATE users SET roles = ?2, version = version + 1, updated_at = ?3 WHERE id = ?1 "
    "RETURNING " EDUPLAT_USER_COLUMNS;
constexpr Sql set_profile_sql =
    "UPDATE users SET display_name = ?2, name_key = ?3, email = ?4, email_key = ?5, "
    "version = version + 1, updated_at = ?6 WHERE id = ?1 "
    "RETURNING " EDUPLAT_USER_COLUMNS;
constexpr Sql set_password_sql = "UPDATE users SET password_hash = ?2 WHERE id = ?1";

std::optional<User> one(Statement statement) {
    if (!statement.step()) return std::nullopt;
    return read(statement);
}

std::optional<WithPassword> one_with_password(Statement statement) {
    if (!statement.step()) return std::nullopt;
    return WithPassword{read(statement), statement.optional(user_columns, &Statement::string)};
}

/// The row that a statement with RETURNING gave; it is run to its end, for only then it is done.
std::optional<User> written(Statement statement) {
    if (!statement.step()) return std::nullopt;
    auto user = read(statement);
    statement.step();
    return user;
}

User changed(Statement statement) {
    auto user = written(std::move(statement));
    if (!user) fail(ErrorCode::not_found, "user", "unknown");
    return *std::move(user);
}

}  // namespace

User read(Statement const& row) {
    return {
        .id = row.id<UserId>(0),
        .uid = row.uid(1),
        .source = row.optional(2, &Statement::string),
        .source_id = row.optional(3, &Statement::string),
        .state = known(parse_user_state(row.text(4)), "users.state"),
        .roles = Roles::from_bits(row.int64(5)),
        .display_name = row.string(6),
        .email = row.optional(7, &Statement::string),
        .version = row.int64(8),
        .created_at = row.timestamp(9),
        .updated_at = row.timestamp(10),
    };
}

std::optional<User> insert(Connection& connection, NewRow const& row, Timestamp at) {
    return written(connection.query(insert_sql, row.uid, row.source, row.source_id, name(row.state),
                                    row.roles.bits(), row.display_name, row.name_key, row.email,
                                    row.email_key, row.password_hash, at));
}

std::optional<UserId> import(Connection& connection, NewRow const& row, Timestamp at) {
    // A look for the id costs less than RETURNING, for which SQLite makes a table each time.
    auto const made = connection.execute(import_sql, row.uid, row.source, row.source_id,
                                         name(row.state), row.roles.bits(), row.display_name,
                                         row.name_key, row.email, row.email_key, at);
    if (made == 0) return std::nullopt;
    auto found = connection.query(id_by_uid_sql, row.uid);
    found.step();
    return found.id<UserId>(0);
}

std::optional<Standing> standing(Connection& connection, UserId user,
                                 std::optional<SessionId> session) {
    auto row = connection.query(standing_sql, user, session);
    if (!row.step()) return std::nullopt;
    return Standing{row.uid(0), known(parse_user_state(row.text(1)), "users.state"),
                    Roles::from_bits(row.int64(2)), row.optional(3, &Statement::timestamp)};
}

std::optional<User> find(Connection& connection, UserId user) {
    return one(connection.query(find_sql, user));
}

std::optional<User> find(Connection& connection, Uid const& uid) {
    return one(connection.query(find_by_uid_sql, uid));
}

std::optional<User> find_by_email(Connection& connection, std::string_view email_key) {
    return one(connection.query(find_by_email_sql, email_key));
}

std::optional<User> find_by_source(Connection& connection, std::string_view source,
                                   std::string_view source_id) {
    return one(connection.query(find_by_source_sql, source, source_id));
}

std::optional<WithPassword> find_with_password(Connection& connection, UserId user) {
    return one_with_password(connection.query(password_by_id_sql, user));
}

std::optional<WithPassword> find_with_password(Connection& connection, std::string_view email_key) {
    return one_with_password(connection.query(password_by_email_sql, email_key));
}

bool has_active_admin(Connection& connection) {
    return connection.query(has_active_admin_sql).step();
}

bool has_other_active_admin(Connection& connection, UserId but) {
    return connection.query(has_other_active_admin_sql, but).step();
}

User set_state(Connection& connection, UserId user, UserState state, Timestamp at) {
    return changed(connection.query(set_state_sql, user, name(state), at));
}

User set_roles(Connection& connection, UserId user, Roles roles, Timestamp at) {
    return changed(connection.query(set_roles_sql, user, roles.bits(), at));
}

User set_profile(Connection& connection, UserId user, NewRow const& profile, Timestamp at) {
    return changed(connection.query(set_profile_sql, user, profile.display_name, profile.name_key,
                                    profile.email, profile.email_key, at));
}

void set_password(Connection& connection, UserId user, std::string_view password_hash) {
    connection.execute(set_password_sql, user, password_hash);
}

}  // namespace eduplat::repositories::users
