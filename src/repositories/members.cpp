#include "repositories/members.hpp"

#include "repositories/users.hpp"

#include <array>
#include <cstddef>
#include <utility>

#define EDUPLAT_MEMBER_COLUMNS                                                             \
    "id, uid, source, source_id, state, roles, display_name, email, version, created_at, " \
    "updated_at, name_key"

namespace eduplat::repositories::members {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr int name_key_column = 11;
constexpr std::size_t terms_max = 4;

// The first page begins after ('', 0), which no row has. ?4 is a sum of roles, one of which must be
// had, or 0.
constexpr Sql by_name_sql = "SELECT " EDUPLAT_MEMBER_COLUMNS
                            " FROM users WHERE (name_key, id) > (?1, ?2) AND state <> 'erased' "
                            "AND (?4 = 0 OR (roles & ?4) <> 0) "
                            "ORDER BY name_key, id LIMIT ?3";

constexpr Sql by_state_sql = "SELECT " EDUPLAT_MEMBER_COLUMNS
                             " FROM users WHERE state = ?5 AND (name_key, id) > (?1, ?2) "
                             "AND (?4 = 0 OR (roles & ?4) <> 0) "
                             "ORDER BY name_key, id LIMIT ?3";

// Few users have a role beyond learner, and they have an index. The state is wrapped so that its
// own index, with every user in that state, is not read instead.
constexpr Sql by_role_sql =
    "SELECT " EDUPLAT_MEMBER_COLUMNS
    " FROM users WHERE roles > 1 AND (name_key, id) > (?1, ?2) AND state <> 'erased' "
    "AND (roles & ?4) <> 0 AND (?5 = '' OR state || '' = ?5) "
    "ORDER BY name_key, id LIMIT ?3";

// Of each term, whether it occurs more than ?9 times: null if not.
constexpr Sql frequent_terms_sql =
    "SELECT "
    "(SELECT user_id FROM user_terms WHERE term >= ?1 AND term < ?2 "
    "ORDER BY term, user_id LIMIT 1 OFFSET ?9), "
    "(SELECT user_id FROM user_terms WHERE term >= ?3 AND term < ?4 "
    "ORDER BY term, user_id LIMIT 1 OFFSET ?9), "
    "(SELECT user_id FROM user_terms WHERE term >= ?5 AND term < ?6 "
    "ORDER BY term, user_id LIMIT 1 OFFSET ?9), "
    "(SELECT user_id FROM user_terms WHERE term >= ?7 AND term < ?8 "
    "ORDER BY term, user_id LIMIT 1 OFFSET ?9)";

#define EDUPLAT_HAS_OTHER_TERMS                                                                \
    "EXISTS (SELECT 1 FROM user_terms WHERE user_id = users.id AND term >= ?8 AND term < ?9) " \
    "AND EXISTS (SELECT 1 FROM user_terms "                                                    \
    "WHERE user_id = users.id AND term >= ?10 AND term < ?11) "                                \
    "AND EXISTS (SELECT 1 FROM user_terms "                                                    \
    "WHERE user_id = users.id AND term >= ?12 AND term < ?13) "

// With a rare term: it finds the candidates, and the others are looked up for each of them.
constexpr Sql by_rare_term_sql =
    "SELECT " EDUPLAT_MEMBER_COLUMNS
    " FROM users WHERE id IN (SELECT user_id FROM user_terms WHERE term >= ?6 AND term < ?7) "
    "AND (name_key, id) > (?1, ?2) AND state <> 'erased' "
    "AND (?4 = 0 OR (roles & ?4) <> 0) AND (?5 = '' OR state || '' = ?5) "
    "AND " EDUPLAT_HAS_OTHER_TERMS "ORDER BY name_key, id LIMIT ?3";

// With frequent terms only: users are read by name, and a page is soon full.
constexpr Sql by_frequent_terms_sql =
    "SELECT " EDUPLAT_MEMBER_COLUMNS
    " FROM users WHERE (name_key, id) > (?1, ?2) AND state <> 'erased' "
    "AND (?4 = 0 OR (roles & ?4) <> 0) AND (?5 = '' OR state || '' = ?5) "
    "AND EXISTS (SELECT 1 FROM user_terms WHERE user_id = users.id AND term >= ?6 AND term < ?7) "
    "AND " EDUPLAT_HAS_OTHER_TERMS "ORDER BY name_key, id LIMIT ?3";

constexpr Sql add_term_sql = "INSERT INTO user_terms (term, user_id) VALUES (?1, ?2)";
constexpr Sql remove_terms_sql = "DELETE FROM user_terms WHERE user_id = ?1";

constexpr std::int64_t rare_max = 1000;  // occurrences

std::vector<Member> rows_of(Statement statement) {
    std::vector<Member> members;
    while (statement.step()) {
        members.push_back({users::read(statement), statement.string(name_key_column)});
    }
    return members;
}

/// Every text that begins with `term` sorts before this: no word has the highest code point in it.
std::string end_of(std::string const& term) {
    return term + "\xF4\x8F\xBF\xBF";
}

struct Ranges {
    std::array<std::string, terms_max> from;
    std::array<std::string, terms_max> to;
};

/// What each term's words lie between. A missing term stands for the first again.
Ranges ranges_of(std::vector<std::string> const& terms) {
    Ranges ranges;
    for (std::size_t i = 0; i < terms_max; ++i) {
        ranges.from[i] = terms[i < terms.size() ? i : 0];
        ranges.to[i] = end_of(ranges.from[i]);
    }
    return ranges;
}

/// Brings a rare term to the front. False if there is none.
bool begin_with_rare(Connection& connection, Ranges& ranges) {
    auto& [from, to] = ranges;
    auto row = connection.query(frequent_terms_sql, from[0], to[0], from[1], to[1], from[2], to[2],
                                from[3], to[3], rare_max);
    row.step();
    std::size_t rare = 0;
    while (rare < terms_max && !row.is_null(static_cast<int>(rare)))
        ++rare;
    row.reset();
    if (rare == terms_max) return false;
    std::swap(from[0], from[rare]);
    std::swap(to[0], to[rare]);
    return true;
}

std::vector<Member> page_by_terms(Connection& connection, Filter const& filter, After const& after,
                                  int limit, std::int64_t roles) {
    auto ranges = ranges_of(filter.terms);
    bool const rare = begin_with_rare(connection, ranges);
    auto const state = filter.state ? name(*filter.state) : std::string_view{};
    auto const& [from, to] = ranges;
    return rows_of(connection.query(rare ? by_rare_term_sql : by_frequent_terms_sql, after.name_key,
                                    after.id, limit, roles, state, from[0], to[0], from[1], to[1],
                                    from[2], to[2], from[3], to[3]));
}

}  // namespace

std::vector<Member> page(Connection& connection, Filter const& filter, After const& after,
                         int limit) {
    std::int64_t const roles = filter.role ? Roles{*filter.role}.bits() : 0;
    if (!filter.terms.empty()) return page_by_terms(connection, filter, after, limit, roles);
    if (filter.role && *filter.role != Role::learner && filter.state != UserState::erased) {
        auto const state = filter.state ? name(*filter.state) : std::string_view{};
        return rows_of(
            connection.query(by_role_sql, after.name_key, after.id, limit, roles, state));
    }
    if (filter.state) {
        return rows_of(connection.query(by_state_sql, after.name_key, after.id, limit, roles,
                                        name(*filter.state)));
    }
    return rows_of(connection.query(by_name_sql, after.name_key, after.id, limit, roles));
}

void add_terms(Connection& connection, UserId user, std::vector<std::string> const& terms) {
    for (auto const& term : terms)
        connection.execute(add_term_sql, term, user);
}

void remove_terms(Connection& connection, UserId user) {
    connection.execute(remove_terms_sql, user);
}

}  // namespace eduplat::repositories::members
