#include "repositories/enrollment_lists.hpp"

#include "repositories/enrollments.hpp"
#include "repositories/grants.hpp"
#include "repositories/rows.hpp"

// In the order of enrollments::read().
#define EDUPLAT_ROSTER_COLUMNS                                                             \
    "enrollments.id, enrollments.uid, enrollments.source, enrollments.source_id, "         \
    "enrollments.user_id, enrollments.course_id, enrollments.state, enrollments.edition, " \
    "enrollments.activated_at, enrollments.completed_at, enrollments.version, "            \
    "enrollments.created_at, enrollments.updated_at, users.display_name"

namespace eduplat::repositories::enrollment_lists {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

// A user has few enrollments beside those of a course: they are sorted, not indexed.
constexpr Sql of_user_sql =
    "SELECT id, uid, source, source_id, user_id, course_id, state, edition, activated_at, "
    "completed_at, version, created_at, updated_at FROM enrollments "
    "WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";

constexpr Sql roster_sql =
    "SELECT " EDUPLAT_ROSTER_COLUMNS
    " FROM enrollments JOIN users ON users.id = enrollments.user_id "
    "WHERE enrollments.course_id = ?1 AND enrollments.id > ?2 ORDER BY enrollments.id LIMIT ?3";
constexpr Sql roster_in_state_sql =
    "SELECT " EDUPLAT_ROSTER_COLUMNS
    " FROM enrollments JOIN users ON users.id = enrollments.user_id "
    "WHERE enrollments.course_id = ?1 AND enrollments.state = ?4 AND enrollments.id > ?2 "
    "ORDER BY enrollments.id LIMIT ?3";

constexpr Sql history_sql =
    "SELECT number, at, from_state, to_state, cause, actor_kind, actor_uid "
    "FROM enrollment_history WHERE enrollment_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3";

constexpr Sql grants_sql =
    "SELECT id, uid, enrollment_id, kind, starts_at, ends_at, revoked_at FROM grants "
    "WHERE enrollment_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";

template <class Row>
std::vector<Row> all(Statement statement, Row (*read)(Statement const&)) {
    std::vector<Row> rows;
    while (statement.step())
        rows.push_back(read(statement));
    return rows;
}

Learner read_learner(Statement const& row) {
    return {enrollments::read(row), row.string(enrollments::columns)};
}

EnrollmentState read_state(Statement const& row, int column) {
    return known(parse_enrollment_state(row.text(column)), "enrollment_history.to_state");
}

EnrollmentChange read_change(Statement const& row) {
    EnrollmentChange change{.number = static_cast<int>(row.int64(0)),
                            .at = row.timestamp(1),
                            .to = read_state(row, 3),
                            .cause = row.string(4),
                            .actor_kind = read_actor_kind(row, 5),
                            .actor = row.optional(6, &Statement::uid)};
    if (!row.is_null(2)) change.from = read_state(row, 2);
    return change;
}

}  // namespace

std::vector<Enrollment> of_user(Connection& connection, UserId user, std::int64_t after,
                                int limit) {
    return all(connection.query(of_user_sql, user, after, limit), &enrollments::read);
}

std::vector<Learner> roster(Connection& connection, CourseId course,
                            std::optional<EnrollmentState> state, std::int64_t after, int limit) {
    if (!state) return all(connection.query(roster_sql, course, after, limit), &read_learner);
    return all(connection.query(roster_in_state_sql, course, after, limit, name(*state)),
               &read_learner);
}

std::vector<EnrollmentChange> history(Connection& connection, EnrollmentId enrollment,
                                      std::int64_t after, int limit) {
    return all(connection.query(history_sql, enrollment, after, limit), &read_change);
}

std::vector<Grant> grants(Connection& connection, EnrollmentId enrollment, std::int64_t after,
                          int limit) {
    return all(connection.query(grants_sql, enrollment, after, limit), &repositories::grants::read);
}

}  // namespace eduplat::repositories::enrollment_lists
