#include "repositories/identities.hpp"

namespace eduplat::repositories::identities {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql insert_sql =
    "INSERT INTO identities (issuer, subject, user_id, linked_at) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (issuer, subject) DO NOTHING";
constexpr Sql find_user_sql = "SELECT user_id FROM identities WHERE issuer = ?1 AND subject = ?2";
constexpr Sql page_sql =
    "SELECT issuer, subject, user_id, linked_at FROM identities "
    "WHERE user_id = ?1 AND (issuer, subject) > (?2, ?3) ORDER BY issuer, subject LIMIT ?4";
constexpr Sql remove_sql =
    "DELETE FROM identities WHERE issuer = ?1 AND subject = ?2 AND user_id = ?3";

}  // namespace

bool insert(Connection& connection, Identity const& identity) {
    return connection.execute(insert_sql, identity.issuer, identity.subject, identity.user,
                              identity.linked_at) > 0;
}

std::optional<UserId> find_user(Connection& connection, std::string_view issuer,
                                std::string_view subject) {
    auto row = connection.query(find_user_sql, issuer, subject);
    if (!row.step()) return std::nullopt;
    return row.id<UserId>(0);
}

std::vector<Identity> page(Connection& connection, UserId user, std::string_view after_issuer,
                           std::string_view after_subject, int limit) {
    std::vector<Identity> identities;
    auto rows = connection.query(page_sql, user, after_issuer, after_subject, limit);
    while (rows.step()) {
        identities.push_back(
            {rows.string(0), rows.string(1), rows.id<UserId>(2), rows.timestamp(3)});
    }
    return identities;
}

bool remove(Connection& connection, UserId user, std::string_view issuer,
            std::string_view subject) {
    return connection.execute(remove_sql, issuer, subject, user) > 0;
}

}  // namespace eduplat::repositories::identities
