#include "repositories/enrollment_import.hpp"

#include "repositories/rows.hpp"

#include <algorithm>

namespace eduplat::repositories::enrollment_import {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql learner_sql = "SELECT id, state FROM users WHERE id = ?1";
constexpr Sql learner_by_source_sql =
    "SELECT id, state FROM users WHERE source = ?1 AND source_id = ?2";
constexpr Sql course_sql =
    "SELECT courses.edition, course_seats.capacity, course_seats.taken FROM courses "
    "JOIN course_seats ON course_seats.course_id = courses.id "
    "WHERE courses.id = ?1 AND courses.state <> 'removed'";
constexpr Sql take_seats_sql = "UPDATE course_seats SET taken = taken + ?2 WHERE course_id = ?1";
constexpr Sql insert_sql =
    "INSERT INTO enrollments (uid, source, source_id, user_id, course_id, state, edition, "
    "activated_at, completed_at, version, created_at, updated_at, holds_seat, seat_until) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?10, ?11, ?12) "
    "ON CONFLICT DO NOTHING";
constexpr Sql id_sql = "SELECT id FROM enrollments WHERE user_id = ?1 AND course_id = ?2";
constexpr Sql exists_sql = "SELECT id FROM enrollments WHERE source = ?1 AND source_id = ?2";
constexpr Sql insert_grant_sql =
    "INSERT INTO grants (uid, enrollment_id, kind, starts_at, ends_at, revoked_at, created_at) "
    "VALUES (?1, ?2, 'import', ?3, ?4, ?5, ?6)";
constexpr Sql insert_change_sql =
    "INSERT INTO enrollment_history (enrollment_id, number, at, to_state, cause, actor_kind, "
    "actor_uid) VALUES (?1, 1, ?2, ?3, 'import', ?4, ?5)";

std::optional<Learner> read_learner(Statement row) {
    if (!row.step()) return std::nullopt;
    return Learner{row.id<UserId>(0), known(parse_user_state(row.text(1)), "users.state")};
}

}  // namespace

std::optional<Learner> learner(Connection& connection, UserId user) {
    return read_learner(connection.query(learner_sql, user));
}

std::optional<Learner> learner(Connection& connection, std::string_view source,
                               std::string_view source_id) {
    return read_learner(connection.query(learner_by_source_sql, source, source_id));
}

std::optional<Course> course(Connection& connection, CourseId course) {
    auto row = connection.query(course_sql, course);
    if (!row.step()) return std::nullopt;
    Course found{std::max(1, static_cast<int>(row.int64(0))), std::nullopt};
    if (!row.is_null(1)) found.seats_left = row.int64(1) - row.int64(2);
    return found;
}

void take_seats(Connection& connection, CourseId course, std::int64_t seats) {
    connection.execute(take_seats_sql, course, seats);
}

std::optional<EnrollmentId> insert(Connection& connection, NewRow const& row, Timestamp at) {
    // A look for the id costs less than RETURNING, for which SQLite makes a table each time.
    auto const made = connection.execute(insert_sql, row.uid, row.source, row.source_id, row.user,
                                         row.course, name(row.state), row.edition, row.activated_at,
                                         row.completed_at, at, row.holds_seat, row.seat_until);
    if (made == 0) return std::nullopt;
    auto found = connection.query(id_sql, row.user, row.course);
    found.step();
    return found.id<EnrollmentId>(0);
}

bool exists(Connection& connection, std::string_view source, std::string_view source_id) {
    return connection.query(exists_sql, source, source_id).step();
}

void insert_grant(Connection& connection, NewGrant const& grant, Timestamp at) {
    connection.execute(insert_grant_sql, grant.uid, grant.enrollment, grant.starts_at,
                       grant.ends_at, grant.revoked_at, at);
}

void insert_change(Connection& connection, EnrollmentId enrollment, EnrollmentState state,
                   ActorKind actor_kind, std::optional<Uid> const& actor, Timestamp at) {
    connection.execute(insert_change_sql, enrollment, at, name(state), name_of(actor_kind), actor);
}

}  // namespace eduplat::repositories::enrollment_import
