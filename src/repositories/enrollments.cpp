#include "repositories/enrollments.hpp"

#include "repositories/rows.hpp"

#include <array>
#include <utility>

// In table order; read() reads them by place.
#define EDUPLAT_ENROLLMENT_COLUMNS                                                   \
    "id, uid, source, source_id, user_id, course_id, state, edition, activated_at, " \
    "completed_at, version, created_at, updated_at"

namespace eduplat::repositories::enrollments {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

// A course that has no edition yet will begin with the first.
constexpr Sql edition_sql =
    "SELECT CASE WHEN edition = 0 THEN 1 ELSE edition END FROM courses WHERE id = ?1";
constexpr Sql insert_sql =
    "INSERT INTO enrollments (uid, source, source_id, user_id, course_id, state, edition, "
    "holds_seat, activated_at, completed_at, version, created_at, updated_at, seat_until) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?11, 1, ?7, ?8, 1, ?9, ?9, ?10)";

constexpr Sql find_sql = "SELECT " EDUPLAT_ENROLLMENT_COLUMNS " FROM enrollments WHERE id = ?1";
constexpr Sql find_by_uid_sql =
    "SELECT " EDUPLAT_ENROLLMENT_COLUMNS " FROM enrollments WHERE uid = ?1";
constexpr Sql find_by_pair_sql =
    "SELECT " EDUPLAT_ENROLLMENT_COLUMNS " FROM enrollments WHERE user_id = ?1 AND course_id = ?2";

constexpr Sql holds_seat_sql = "SELECT id FROM enrollments WHERE id = ?1 AND holds_seat = 1";
// A seat whose learner is about to buy more time is kept for the order's short time.
constexpr Sql ended_seats_sql =
    "SELECT e.id, e.course_id FROM enrollments e WHERE e.seat_until <= ?1 "
    "AND (?3 < 0 OR e.course_id + 0 = ?3) AND NOT EXISTS (SELECT 1 FROM orders o "
    "JOIN order_lines l ON l.order_id = o.id WHERE o.user_id = e.user_id AND o.state = 'open' "
    "AND l.course_id + 0 = e.course_id) ORDER BY e.seat_until, e.id LIMIT ?2";
constexpr Sql keep_seat_sql =
    "UPDATE enrollments SET holds_seat = 1, seat_until = (SELECT CASE "
    "WHEN count(g.ends_at) = count(*) THEN max(g.ends_at) END FROM grants g "
    "WHERE g.enrollment_id = ?1 AND g.revoked_at IS NULL) WHERE id = ?1";
constexpr Sql give_up_seat_sql =
    "UPDATE enrollments SET holds_seat = 0, seat_until = NULL WHERE id = ?1";

constexpr Sql set_state_sql =
    "UPDATE enrollments SET state = ?2, version = version + 1, updated_at = ?3 WHERE id = ?1 "
    "RETURNING " EDUPLAT_ENROLLMENT_COLUMNS;
constexpr Sql set_completed_sql =
    "UPDATE enrollments SET state = 'completed', completed_at = coalesce(completed_at, ?2), "
    "version = version + 1, updated_at = ?3 WHERE id = ?1 RETURNING " EDUPLAT_ENROLLMENT_COLUMNS;
constexpr Sql set_activated_sql =
    "UPDATE enrollments SET state = ?2, "
    "activated_at = CASE WHEN activated_at < ?3 THEN activated_at ELSE ?3 END, "
    "version = version + 1, updated_at = ?4 WHERE id = ?1 RETURNING " EDUPLAT_ENROLLMENT_COLUMNS;

constexpr Sql course_terms_sql =
    "SELECT courses.state, courses.publication_id, course_prices.amount_minor FROM courses "
    "LEFT JOIN course_prices ON course_prices.course_id = courses.id "
    "WHERE courses.id = ?1 AND courses.state <> 'removed' ORDER BY course_prices.currency, "
    "course_prices.period_days LIMIT 1";

#define EDUPLAT_ADD_TO_HISTORY                                                                 \
    "INSERT INTO enrollment_history (enrollment_id, number, at, from_state, to_state, cause, " \
    "actor_kind, actor_uid) "

constexpr Sql append_first_sql = EDUPLAT_ADD_TO_HISTORY "VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7)";
constexpr Sql append_change_sql = EDUPLAT_ADD_TO_HISTORY
    "SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7 "
    "FROM enrollment_history WHERE enrollment_id = ?1";

std::optional<Enrollment> one(Statement statement) {
    if (!statement.step()) return std::nullopt;
    return read(statement);
}

std::optional<std::int64_t> edition_of(Connection& connection, CourseId course) {
    auto row = connection.query(edition_sql, course);
    if (!row.step()) return std::nullopt;
    return row.int64(0);
}

/// The row that a statement with RETURNING gave; it is run to its end, for only then it is done.
std::optional<Enrollment> written(Statement statement) {
    if (!statement.step()) return std::nullopt;
    auto enrollment = read(statement);
    statement.step();
    return enrollment;
}

Enrollment changed(Statement statement) {
    auto enrollment = written(std::move(statement));
    if (!enrollment) fail(ErrorCode::not_found, "enrollment", "unknown");
    return *std::move(enrollment);
}

}  // namespace

Enrollment read(Statement const& row) {
    return {
        .id = row.id<EnrollmentId>(0),
        .uid = row.uid(1),
        .source = row.optional(2, &Statement::string),
        .source_id = row.optional(3, &Statement::string),
        .user = row.id<UserId>(4),
        .course = row.id<CourseId>(5),
        .state = known(parse_enrollment_state(row.text(6)), "enrollments.state"),
        .edition = static_cast<int>(row.int64(7)),
        .activated_at = row.optional(8, &Statement::timestamp),
        .completed_at = row.optional(9, &Statement::timestamp),
        .version = row.int64(10),
        .created_at = row.timestamp(11),
        .updated_at = row.timestamp(12),
    };
}

std::optional<Enrollment> insert(Connection& connection, NewRow const& row, Timestamp at) {
    auto const edition = edition_of(connection, row.course);
    if (!edition) return std::nullopt;
    connection.execute(insert_sql, row.uid, row.source, row.source_id, row.user, row.course,
                       name(row.state), row.activated_at, row.completed_at, at, row.seat_until,
                       *edition);
    return find(connection, row.uid);
}

std::optional<Enrollment> find(Connection& connection, EnrollmentId enrollment) {
    return one(connection.query(find_sql, enrollment));
}

std::optional<Enrollment> find(Connection& connection, Uid const& uid) {
    return one(connection.query(find_by_uid_sql, uid));
}

std::optional<Enrollment> find(Connection& connection, UserId user, CourseId course) {
    return one(connection.query(find_by_pair_sql, user, course));
}

Enrollment set_state(Connection& connection, EnrollmentId enrollment, EnrollmentState state,
                     Timestamp at) {
    return changed(connection.query(set_state_sql, enrollment, name(state), at));
}

Enrollment set_completed(Connection& connection, EnrollmentId enrollment, Timestamp completed_at,
                         Timestamp at) {
    return changed(connection.query(set_completed_sql, enrollment, completed_at, at));
}

Enrollment set_activated(Connection& connection, EnrollmentId enrollment, EnrollmentState state,
                         Timestamp activated_at, Timestamp at) {
    return changed(connection.query(set_activated_sql, enrollment, name(state), activated_at, at));
}

bool holds_seat(Connection& connection, EnrollmentId enrollment) {
    return connection.query(holds_seat_sql, enrollment).step();
}

void keep_seat(Connection& connection, EnrollmentId enrollment) {
    connection.execute(keep_seat_sql, enrollment);
}

void give_up_seat(Connection& connection, EnrollmentId enrollment) {
    connection.execute(give_up_seat_sql, enrollment);
}

std::vector<EndedSeat> ended_seats(Connection& connection, Timestamp at, int limit,
                                   std::optional<CourseId> course) {
    std::vector<EndedSeat> seats;
    auto rows = connection.query(ended_seats_sql, at, limit, course ? course->value() : -1);
    while (rows.step())
        seats.push_back({rows.id<EnrollmentId>(0), rows.id<CourseId>(1)});
    return seats;
}

std::optional<CourseTerms> course_terms(Connection& connection, CourseId course) {
    auto row = connection.query(course_terms_sql, course);
    if (!row.step()) return std::nullopt;
    return CourseTerms{known(parse_course_state(row.text(0)), "courses.state"), !row.is_null(1),
                       !row.is_null(2)};
}

void append_change(Connection& connection, EnrollmentId enrollment, Change const& change) {
    std::optional<std::string_view> from;
    if (change.from) from = name(*change.from);
    connection.execute(change.from ? append_change_sql : append_first_sql, enrollment, change.at,
                       from, name(change.to), change.cause, name_of(change.actor_kind),
                       change.actor);
}

}  // namespace eduplat::repositories::enrollments
