#include "repositories/password_tokens.hpp"

namespace eduplat::repositories::password_tokens {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql insert_sql =
    "INSERT INTO password_tokens (token_hash, user_id, kind, expires_at) VALUES (?1, ?2, ?3, ?4)";
constexpr Sql find_user_sql =
    "SELECT user_id FROM password_tokens WHERE token_hash = ?1 AND expires_at > ?2";
constexpr Sql remove_of_user_sql = "DELETE FROM password_tokens WHERE user_id = ?1";

}  // namespace

std::string_view name(Kind kind) noexcept {
    return kind == Kind::invitation ? "invitation" : "password_reset";
}

void insert(Connection& connection, Digest const& token_hash, UserId user, Kind kind,
            Timestamp expires_at) {
    connection.execute(insert_sql, token_hash, user, name(kind), expires_at);
}

std::optional<UserId> find_user(Connection& connection, Digest const& token_hash, Timestamp now) {
    auto row = connection.query(find_user_sql, token_hash, now);
    if (!row.step()) return std::nullopt;
    return row.id<UserId>(0);
}

void remove_of_user(Connection& connection, UserId user) {
    connection.execute(remove_of_user_sql, user);
}

}  // namespace eduplat::repositories::password_tokens
