#include "repositories/journal.hpp"

namespace eduplat::repositories::journal {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

#define EDUPLAT_ADD_TO_JOURNAL                                                                  \
    "INSERT INTO journal (at, actor_kind, actor_uid, action, object_kind, object_uid, digest) " \
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"

constexpr Sql add_sql = EDUPLAT_ADD_TO_JOURNAL;
constexpr Sql append_sql = EDUPLAT_ADD_TO_JOURNAL " RETURNING seq";
constexpr Sql append_detail_sql =
    "INSERT INTO journal_details (seq, user_id, salt, detail) VALUES (?1, ?2, ?3, ?4)";
constexpr Sql changes_since_sql =
    "SELECT seq, at, actor_kind, actor_uid, action, object_kind, object_uid, digest FROM journal "
    "WHERE seq > ?1 ORDER BY seq LIMIT ?2";

JournalEntry read(Statement const& row) {
    JournalEntry entry{
        .seq = row.int64(0),
        .at = row.timestamp(1),
        .actor_kind = read_actor_kind(row, 2),
        .actor = row.optional(3, &Statement::uid),
        .action = row.string(4),
        .object_kind = row.string(5),
        .object = row.uid(6),
        .digest = std::nullopt,
    };
    if (!row.is_null(7)) entry.digest = read_digest(row, 7);
    return entry;
}

}  // namespace

void add(Connection& connection, NewEntry const& entry) {
    connection.execute(add_sql, entry.at, name_of(entry.actor_kind), entry.actor, entry.action,
                       entry.object_kind, entry.object, entry.digest);
}

std::int64_t append(Connection& connection, NewEntry const& entry) {
    auto row = connection.query(append_sql, entry.at, name_of(entry.actor_kind), entry.actor,
                                entry.action, entry.object_kind, entry.object, entry.digest);
    row.step();
    auto const seq = row.int64(0);
    row.step();
    return seq;
}

void append_detail(Connection& connection, std::int64_t seq, Detail const& detail) {
    connection.execute(append_detail_sql, seq, detail.user, detail.salt, detail.text);
}

std::vector<JournalEntry> changes_since(Connection& connection, std::int64_t seq, int limit) {
    std::vector<JournalEntry> entries;
    auto rows = connection.query(changes_since_sql, seq, limit);
    while (rows.step())
        entries.push_back(read(rows));
    return entries;
}

}  // namespace eduplat::repositories::journal
