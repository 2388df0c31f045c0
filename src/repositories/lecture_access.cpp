#include "repositories/lecture_access.hpp"

#include "repositories/in_page.hpp"
#include "repositories/rows.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace eduplat::repositories::lecture_access {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

// A row for each grant, or one without. A learner sees the publication of his edition, others, and
// those who are no longer or not yet enrolled, the course's. A course that is required counts for
// those who were let in after it was made so.
constexpr Sql find_sql =
    "SELECT lectures.course_id, courses.state, course_teachers.user_id, "
    "place.publication_id, place.position, place.preview, place.release, place.release_at, "
    "place.release_days, place.prerequisites, "
    "enrollments.id, enrollments.state, enrollments.activated_at, "
    "(SELECT needed.required_course_id FROM course_prerequisites AS needed "
    "WHERE needed.course_id = lectures.course_id "
    "AND (enrollments.activated_at IS NULL OR needed.created_at <= enrollments.activated_at) "
    "AND NOT EXISTS "
    "(SELECT 1 FROM enrollments AS other WHERE other.user_id = ?2 "
    "AND other.course_id = needed.required_course_id AND other.completed_at IS NOT NULL) "
    "ORDER BY needed.required_course_id LIMIT 1), "
    "grants.id, grants.starts_at, grants.ends_at "
    "FROM lectures JOIN courses ON courses.id = lectures.course_id "
    "LEFT JOIN course_teachers ON course_teachers.course_id = lectures.course_id "
    "AND course_teachers.user_id = ?2 "
    "LEFT JOIN enrollments ON enrollments.user_id = ?2 "
    "AND enrollments.course_id = lectures.course_id "
    "LEFT JOIN editions ON editions.course_id = enrollments.course_id "
    "AND editions.edition = enrollments.edition "
    "LEFT JOIN publication_lectures AS place ON place.lecture_id = lectures.id "
    "AND place.publication_id = CASE WHEN enrollments.state IN ('active', 'completed', "
    "'suspended') "
    "THEN editions.publication_id ELSE courses.publication_id END "
    "LEFT JOIN grants ON grants.enrollment_id = enrollments.id AND grants.revoked_at IS NULL "
    "WHERE lectures.id = ?1 ORDER BY grants.id";

constexpr Sql previous_sql =
    "SELECT place.lecture_id, lecture_progress.completed_at FROM publication_lectures AS place "
    "LEFT JOIN lecture_progress ON lecture_progress.enrollment_id = ?3 "
    "AND lecture_progress.lecture_id = place.lecture_id "
    "WHERE place.publication_id = ?1 AND place.position < ?2 "
    "ORDER BY place.position DESC LIMIT 1";

constexpr Sql required_lecture_sql =
    "SELECT needed.required_lecture_id FROM publication_prerequisites AS needed "
    "WHERE needed.publication_id = ?1 AND needed.lecture_id = ?2 AND NOT EXISTS "
    "(SELECT 1 FROM lecture_progress AS done WHERE done.enrollment_id = ?3 "
    "AND done.lecture_id = needed.required_lecture_id AND done.completed_at IS NOT NULL) "
    "ORDER BY needed.required_lecture_id LIMIT 1";

// The newest publication's lectures of a page that ?202 opens at ?203, as far as one statement
// can say: those that wait for something are left out.
constexpr Sql open_sql =
    "SELECT place.lecture_id FROM lectures "
    "JOIN courses ON courses.id = lectures.course_id "
    "JOIN publication_lectures AS place ON place.lecture_id = lectures.id "
    "AND place.publication_id = courses.publication_id "
    "WHERE lectures.id " EDUPLAT_IN_PAGE
    " AND (place.preview = 1 OR EXISTS "
    "(SELECT 1 FROM course_teachers WHERE course_teachers.course_id = courses.id "
    "AND course_teachers.user_id = ?202) OR (place.release = 'at_once' AND place.prerequisites = 0 "
    "AND EXISTS (SELECT 1 FROM enrollments "
    "JOIN grants ON grants.enrollment_id = enrollments.id WHERE enrollments.user_id = ?202 "
    "AND enrollments.course_id = courses.id AND enrollments.edition = courses.edition "
    "AND enrollments.state IN ('active', 'completed') AND grants.revoked_at IS NULL "
    "AND grants.starts_at <= ?203 AND (grants.ends_at IS NULL OR grants.ends_at > ?203)) "
    "AND NOT EXISTS (SELECT 1 FROM course_prerequisites AS needed "
    "WHERE needed.course_id = courses.id AND NOT EXISTS "
    "(SELECT 1 FROM enrollments AS other WHERE other.user_id = ?202 "
    "AND other.course_id = needed.required_course_id AND other.completed_at IS NOT NULL)))) "
    "ORDER BY place.lecture_id";

constexpr Sql teaches_sql =
    "SELECT user_id FROM course_teachers WHERE course_id = ?1 AND user_id = ?2";

constexpr Sql teaches_lecture_sql =
    "SELECT course_teachers.user_id FROM lectures JOIN course_teachers "
    "ON course_teachers.course_id = lectures.course_id AND course_teachers.user_id = ?2 "
    "WHERE lectures.id = ?1";

constexpr std::array<std::string_view, 4> schedule_names{"at_once", "at", "after_enrollment",
                                                         "after_previous"};

Schedule read_schedule(std::string_view name) {
    auto const found = std::find(schedule_names.begin(), schedule_names.end(), name);
    if (found == schedule_names.end()) {
        fail(ErrorCode::data_loss, "publication_lectures.release", "unknown_value");
    }
    return static_cast<Schedule>(found - schedule_names.begin());
}

Place read_place(Statement const& row) {
    return {.publication = row.id<PublicationId>(3),
            .position = static_cast<int>(row.int64(4)),
            .preview = row.boolean(5),
            .schedule = read_schedule(row.text(6)),
            .release_at = row.optional(7, &Statement::timestamp),
            .release_days = std::chrono::days{row.int64(8)},
            .has_prerequisites = row.int64(9) > 0};
}

Facts read_facts(Statement const& row) {
    Facts facts{.course = row.id<CourseId>(0),
                .course_is_published = row.text(1) == "published",
                .teaches = !row.is_null(2),
                .place = std::nullopt,
                .enrollment = std::nullopt,
                .required_course = std::nullopt,
                .grants = {}};
    if (!row.is_null(3)) facts.place = read_place(row);
    if (!row.is_null(10)) {
        facts.enrollment = {row.id<EnrollmentId>(10),
                            known(parse_enrollment_state(row.text(11)), "enrollments.state"),
                            row.optional(12, &Statement::timestamp)};
    }
    facts.required_course = row.optional(13, &Statement::id<CourseId>);
    return facts;
}

}  // namespace

std::optional<Facts> find(Connection& connection, LectureId lecture, std::optional<UserId> user) {
    auto row = connection.query(find_sql, lecture, user);
    if (!row.step()) return std::nullopt;
    auto facts = read_facts(row);
    do {
        if (row.is_null(14)) break;
        facts.grants.push_back({row.timestamp(15), row.optional(16, &Statement::timestamp)});
    } while (row.step());
    return facts;
}

std::optional<Previous> previous(Connection& connection, Place const& place,
                                 EnrollmentId enrollment) {
    auto row = connection.query(previous_sql, place.publication, place.position, enrollment);
    if (!row.step()) return std::nullopt;
    return Previous{row.id<LectureId>(0), row.optional(1, &Statement::timestamp)};
}

std::optional<LectureId> required_lecture(Connection& connection, PublicationId publication,
                                          LectureId lecture, EnrollmentId enrollment) {
    auto row = connection.query(required_lecture_sql, publication, lecture, enrollment);
    if (!row.step()) return std::nullopt;
    return row.id<LectureId>(0);
}

std::set<LectureId> open_lectures(Connection& connection, std::vector<LectureId> const& lectures,
                                  UserId user, Timestamp at) {
    std::set<LectureId> open;
    if (lectures.empty()) return open;
    auto rows = query_page(connection, open_sql, lectures);
    rows.bind(page_rows_max + 1, user);
    rows.bind(page_rows_max + 2, at);
    while (rows.step())
        open.insert(rows.id<LectureId>(0));
    return open;
}

bool teaches(Connection& connection, UserId user, CourseId course) {
    return connection.query(teaches_sql, course, user).step();
}

bool teaches(Connection& connection, UserId user, LectureId lecture) {
    return connection.query(teaches_lecture_sql, lecture, user).step();
}

}  // namespace eduplat::repositories::lecture_access
