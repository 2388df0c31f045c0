#include "repositories/learning_log.hpp"

#include <span>

// read() reads them by place.
#define EDUPLAT_EVENT_COLUMNS                                                           \
    "learning_events.seq, learning_events.at, learning_events.client_at, "              \
    "learning_events.kind, learning_events.user_id, learning_events.course_id, "        \
    "learning_events.lecture_id, learning_events.enrollment_id, learning_events.item, " \
    "learning_events.a, learning_events.b, learning_events.c"

#define EDUPLAT_INSERT_EVENT                                                       \
    "INSERT INTO learning_events (at, client_at, user_id, course_id, lecture_id, " \
    "enrollment_id, kind, item, a, b, c) "                                         \
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"

namespace eduplat::repositories::learning_log {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr int event_columns = 12;

constexpr Sql insert_sql = EDUPLAT_INSERT_EVENT;
constexpr Sql insert_numbered_sql = EDUPLAT_INSERT_EVENT " RETURNING seq";
constexpr Sql insert_many_sql = EDUPLAT_INSERT_EVENT;
constexpr Sql insert_detail_sql =
    "INSERT INTO learning_details (seq, user_id, detail) VALUES (?1, ?2, ?3)";

constexpr Sql page_sql = "SELECT " EDUPLAT_EVENT_COLUMNS
                         ", learning_details.detail FROM learning_events "
                         "LEFT JOIN learning_details ON learning_details.seq = learning_events.seq "
                         "WHERE learning_events.user_id = ?1 AND learning_events.seq > ?3 "
                         "AND learning_events.course_id = ?2 "
                         "ORDER BY learning_events.seq LIMIT ?4";
constexpr Sql replay_sql =
    "SELECT " EDUPLAT_EVENT_COLUMNS " FROM learning_events WHERE user_id = ?1 ORDER BY seq";
// Entries of no user are those of publications.
constexpr Sql publications_sql =
    "SELECT seq, course_id, b, a FROM learning_events WHERE user_id IS NULL AND seq > ?2 "
    "AND kind = ?1 ORDER BY seq";

constexpr Sql find_batch_sql =
    "SELECT key, digest, answer FROM learning_batches WHERE user_id = ?1 AND key = ?2";
constexpr Sql add_batch_sql =
    "INSERT INTO learning_batches (user_id, key, digest, at, answer) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr Sql find_chunk_sql = "SELECT digest FROM learning_imports WHERE key = ?1 AND chunk = ?2";
constexpr Sql add_chunk_sql =
    "INSERT INTO learning_imports (key, chunk, digest, at) VALUES (?1, ?2, ?3, ?4)";

constexpr Sql start_sweep_sql =
    "INSERT INTO completion_sweeps (course_id, after_enrollment) VALUES (?1, 0) "
    "ON CONFLICT (course_id) DO UPDATE SET after_enrollment = 0";
constexpr Sql next_sweep_sql =
    "SELECT course_id, after_enrollment FROM completion_sweeps WHERE course_id > 0 "
    "ORDER BY course_id LIMIT 1";
constexpr Sql move_sweep_sql =
    "UPDATE completion_sweeps SET after_enrollment = ?2 WHERE course_id = ?1";
constexpr Sql end_sweep_sql = "DELETE FROM completion_sweeps WHERE course_id = ?1";

constexpr Sql await_check_sql =
    "INSERT INTO completion_checks (enrollment_id) VALUES (?1) ON CONFLICT (enrollment_id) DO "
    "NOTHING";
constexpr Sql next_checks_sql =
    "SELECT enrollment_id FROM completion_checks WHERE enrollment_id > 0 "
    "ORDER BY enrollment_id LIMIT ?1";
constexpr Sql end_check_sql = "DELETE FROM completion_checks WHERE enrollment_id = ?1";

void bind(Statement& statement, NewEvent const& event) {
    statement.bind_all(event.at, event.client_at, event.user, event.course, event.lecture,
                       event.enrollment, static_cast<int>(event.kind), event.item, event.a, event.b,
                       event.c);
}

LoggedEvent read(Statement const& row) {
    return {.seq = row.int64(0),
            .at = row.timestamp(1),
            .client_at = row.optional(2, &Statement::timestamp),
            .kind = known(parse_learning_kind(row.int64(3)), "learning_events.kind"),
            .user = row.optional(4, &Statement::id<UserId>),
            .course = row.optional(5, &Statement::id<CourseId>),
            .lecture = row.optional(6, &Statement::id<LectureId>),
            .enrollment = row.optional(7, &Statement::id<EnrollmentId>),
            .item = row.optional(8, &Statement::int64),
            .a = row.optional(9, &Statement::int64),
            .b = row.optional(10, &Statement::int64),
            .c = row.optional(11, &Statement::int64)};
}

}  // namespace

void append(Connection& connection, NewEvent const& event) {
    Statement statement = connection.query(insert_sql);
    bind(statement, event);
    statement.step();
}

void append(Connection& connection, NewEvent const& event, std::string_view detail) {
    std::int64_t seq = 0;
    {
        Statement statement = connection.query(insert_numbered_sql);
        bind(statement, event);
        statement.step();
        seq = statement.int64(0);
        statement.step();
    }
    connection.execute(insert_detail_sql, seq, event.user, detail);
}

Appender::Appender(Connection& connection) : statement_(connection.query(insert_many_sql)) {}

void Appender::append(NewEvent const& event) {
    bind(statement_, event);
    statement_.step();
    statement_.reset();
}

std::vector<LoggedEvent> page(Connection& connection, UserId user, CourseId course,
                              std::int64_t seq, int limit) {
    std::vector<LoggedEvent> events;
    auto rows = connection.query(page_sql, user, course, seq, limit);
    while (rows.step()) {
        events.push_back(read(rows));
        if (!rows.is_null(event_columns)) events.back().detail = rows.string(event_columns);
    }
    return events;
}

void replay(Connection& connection, UserId user, FunctionRef<void(LoggedEvent const&)> take) {
    auto rows = connection.query(replay_sql, user);
    while (rows.step())
        take(read(rows));
}

std::vector<Published> publications(Connection& connection, std::int64_t after) {
    std::vector<Published> result;
    auto rows =
        connection.query(publications_sql, static_cast<int>(LearningKind::published), after);
    while (rows.step()) {
        result.push_back({rows.int64(0), rows.id<CourseId>(1), static_cast<int>(rows.int64(2)),
                          rows.id<PublicationId>(3)});
    }
    return result;
}

std::optional<Batch> find_batch(Connection& connection, UserId user, std::string_view key) {
    auto row = connection.query(find_batch_sql, user, key);
    if (!row.step()) return std::nullopt;
    auto const answer = row.blob(2);
    return Batch{row.string(0), read_digest(row, 1), {answer.begin(), answer.end()}};
}

void add_batch(Connection& connection, UserId user, Batch const& batch, Timestamp at) {
    connection.execute(add_batch_sql, user, batch.key, std::span<std::byte const>{batch.digest}, at,
                       std::span<std::byte const>{batch.answer});
}

std::optional<Digest> find_chunk(Connection& connection, std::string_view key, std::int64_t chunk) {
    auto row = connection.query(find_chunk_sql, key, chunk);
    if (!row.step()) return std::nullopt;
    return read_digest(row, 0);
}

void add_chunk(Connection& connection, std::string_view key, std::int64_t chunk,
               Digest const& digest, Timestamp at) {
    connection.execute(add_chunk_sql, key, chunk, std::span<std::byte const>{digest}, at);
}

void start_sweep(Connection& connection, CourseId course) {
    connection.execute(start_sweep_sql, course);
}

std::optional<Sweep> next_sweep(Connection& connection) {
    auto row = connection.query(next_sweep_sql);
    if (!row.step()) return std::nullopt;
    return Sweep{row.id<CourseId>(0), row.id<EnrollmentId>(1)};
}

void move_sweep(Connection& connection, Sweep const& sweep) {
    connection.execute(move_sweep_sql, sweep.course, sweep.after);
}

void end_sweep(Connection& connection, CourseId course) {
    connection.execute(end_sweep_sql, course);
}

void await_check(Connection& connection, EnrollmentId enrollment) {
    connection.execute(await_check_sql, enrollment);
}

std::vector<EnrollmentId> next_checks(Connection& connection, int limit) {
    std::vector<EnrollmentId> enrollments;
    auto rows = connection.query(next_checks_sql, limit);
    while (rows.step())
        enrollments.push_back(rows.id<EnrollmentId>(0));
    return enrollments;
}

void end_check(Connection& connection, EnrollmentId enrollment) {
    connection.execute(end_check_sql, enrollment);
}

}  // namespace eduplat::repositories::learning_log
