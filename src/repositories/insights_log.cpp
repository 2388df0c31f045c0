#include "repositories/insights_log.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <cstddef>

namespace eduplat::repositories::insights_log {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql read_sql =
    "SELECT seq, user_id, at, kind, course_id, lecture_id, item, a, b, c FROM learning_events "
    "WHERE seq > ?1 ORDER BY seq LIMIT ?2";
constexpr Sql last_event_sql =
    "SELECT seq FROM learning_events WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
constexpr Sql last_entry_sql = "SELECT seq FROM journal WHERE seq > 0 ORDER BY seq DESC LIMIT 1";

constexpr Sql erased_sql = "SELECT id FROM users WHERE state = 'erased' ORDER BY id";
constexpr Sql erased_since_sql =
    "SELECT seq FROM journal WHERE seq > ?1 AND action = 'user.erased' ORDER BY seq LIMIT 1";

constexpr Sql find_uid_sql = "SELECT value FROM school WHERE key = 'uid'";
constexpr Sql keep_uid_sql =
    "INSERT INTO school (key, value) VALUES ('uid', ?1) ON CONFLICT (key) DO NOTHING";

constexpr Sql event_sql =
    "SELECT at, client_at, user_id, course_id, lecture_id, enrollment_id, kind, item, a, b, c "
    "FROM learning_events WHERE seq = ?1";
constexpr int event_columns = 11;
constexpr Sql entry_sql = "SELECT at, object_uid FROM journal WHERE seq = ?1";

/// Of each log, so many of the last entries and so many others.
constexpr std::int64_t sampled_last = 32;
constexpr std::int64_t sampled_others = 128;

/// Whether the numbers of an entry belong to what is counted.
constexpr bool has_numbers(LearningKind kind) noexcept {
    return kind == LearningKind::opened || kind == LearningKind::watched ||
           kind == LearningKind::answered;
}

std::optional<std::int64_t> number(Statement const& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.int64(column);
}

void take_entry(Statement const& row, FunctionRef<void(Entry const&)> take) {
    auto const user = row.int64(1);  // 0 for null, which is no user's number
    auto const kind = parse_learning_kind(row.int64(3));
    if (user == 0 || !kind || is_mark_of_another(*kind, UserId{user}, number(row, 8))) return;
    Entry entry{.user = UserId{user}, .at = row.timestamp(2), .kind = *kind};
    // Numbers of rows begin with 1.
    if (auto const course = row.int64(4); course != 0) entry.course = CourseId{course};
    if (auto const lecture = row.int64(5); lecture != 0) entry.lecture = LectureId{lecture};
    if (has_numbers(*kind)) {
        entry.item = number(row, 6);
        entry.a = number(row, 7);
        entry.b = number(row, 8);
        entry.c = number(row, 9);
    }
    take(entry);
}

std::int64_t first_or_zero(Statement row) {
    return row.step() ? row.int64(0) : 0;
}

template <class Take>
void for_each_sampled(std::int64_t end, Take take) {
    for (auto seq = end; seq > std::max<std::int64_t>(end - sampled_last, 0); --seq)
        take(seq);
    for (std::int64_t i = 1; i <= sampled_others; ++i)
        take(std::max<std::int64_t>(end / (sampled_others + 1) * i, 1));
}

void add_event(Connection& connection, std::int64_t seq, std::vector<std::int64_t>& numbers) {
    numbers.push_back(seq);
    auto found = connection.query(event_sql, seq);
    if (!found.step()) return;
    for (int column = 0; column < event_columns; ++column) {
        numbers.push_back(found.is_null(column) ? 1 : 0);
        numbers.push_back(found.int64(column));
    }
}

void add_entry(Connection& connection, std::int64_t seq, std::vector<std::int64_t>& numbers) {
    numbers.push_back(seq);
    auto found = connection.query(entry_sql, seq);
    if (!found.step()) return;
    numbers.push_back(found.int64(0));
    auto const object = found.uid(1);
    for (auto const byte : object.bytes())
        numbers.push_back(std::to_integer<std::int64_t>(byte));
}

}  // namespace

Piece read(Connection& connection, std::int64_t seq, int limit,
           FunctionRef<void(Entry const&)> take) {
    Piece piece{seq, 0};
    auto rows = connection.query(read_sql, seq, limit);
    while (rows.step()) {
        piece.seq = rows.int64(0);
        ++piece.entries;
        take_entry(rows, take);
    }
    return piece;
}

Ends ends(Connection& connection) {
    return {first_or_zero(connection.query(last_event_sql)),
            first_or_zero(connection.query(last_entry_sql))};
}

std::vector<UserId> erased_users(Connection& connection) {
    std::vector<UserId> users;
    auto rows = connection.query(erased_sql);
    while (rows.step())
        users.push_back(rows.id<UserId>(0));
    return users;
}

bool erased_since(Connection& connection, std::int64_t journal_seq) {
    return connection.query(erased_since_sql, journal_seq).step();
}

std::optional<Uid> find_school_uid(Connection& connection) {
    auto row = connection.query(find_uid_sql);
    if (!row.step()) return std::nullopt;
    return row.uid(0);
}

void keep_school_uid(Connection& connection, Uid const& candidate) {
    connection.execute(keep_uid_sql, candidate);
}

std::vector<std::int64_t> sample(Connection& connection, Ends const& ends) {
    std::vector<std::int64_t> numbers;
    for_each_sampled(ends.seq, [&](auto seq) { add_event(connection, seq, numbers); });
    for_each_sampled(ends.journal_seq, [&](auto seq) { add_entry(connection, seq, numbers); });
    return numbers;
}

}  // namespace eduplat::repositories::insights_log
