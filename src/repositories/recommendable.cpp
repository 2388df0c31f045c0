#include "repositories/recommendable.hpp"

#include "repositories/in_page.hpp"

// Seats whose time is over are left too: enrolling gives them back first.
// What makes a row of courses, with its row of course_seats, recommendable to a user at a time. The
// plus keeps the lines of a course, which are many, from being walked instead of those of the user.
#define EDUPLAT_RECOMMENDABLE(user, now)                                                        \
    "courses.state = 'published' "                                                              \
    "AND (course_seats.capacity IS NULL OR course_seats.taken < course_seats.capacity "         \
    "OR course_seats.taken - (SELECT count(*) FROM enrollments AS ended "                       \
    "WHERE ended.seat_until <= " now                                                            \
    " AND ended.course_id + 0 = courses.id AND NOT EXISTS (SELECT 1 FROM orders AS more "       \
    "JOIN order_lines AS line ON line.order_id = more.id WHERE more.user_id = ended.user_id "   \
    "AND more.state = 'open' AND line.course_id + 0 = ended.course_id)) "                       \
    "< course_seats.capacity) "                                                                 \
    "AND NOT EXISTS (SELECT 1 FROM enrollments WHERE enrollments.user_id = " user               \
    " "                                                                                         \
    "AND enrollments.course_id = courses.id AND (enrollments.state <> 'revoked' "               \
    "OR NOT EXISTS (SELECT 1 FROM course_prices WHERE course_prices.course_id = courses.id))) " \
    "AND NOT EXISTS (SELECT 1 FROM course_teachers "                                            \
    "WHERE course_teachers.course_id = courses.id AND course_teachers.user_id = " user          \
    ") "                                                                                        \
    "AND NOT EXISTS (SELECT 1 FROM orders JOIN order_lines "                                    \
    "ON order_lines.order_id = orders.id WHERE orders.user_id = " user                          \
    " "                                                                                         \
    "AND orders.state = 'open' AND orders.hold_until > " now                                    \
    " "                                                                                         \
    "AND +order_lines.course_id = courses.id) "                                                 \
    "AND NOT EXISTS (SELECT 1 FROM course_prerequisites "                                       \
    "WHERE course_prerequisites.course_id = courses.id AND NOT EXISTS "                         \
    "(SELECT 1 FROM enrollments AS learned WHERE learned.user_id = " user                       \
    " "                                                                                         \
    "AND learned.course_id = course_prerequisites.required_course_id "                          \
    "AND learned.completed_at IS NOT NULL)) "

namespace eduplat::repositories::recommendable {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql among_sql =
    "SELECT courses.id FROM courses JOIN course_seats ON course_seats.course_id = courses.id "
    "WHERE courses.id " EDUPLAT_IN_PAGE
    " AND " EDUPLAT_RECOMMENDABLE("?202", "?203") "ORDER BY courses.id";
constexpr Sql most_taken_sql =
    "SELECT courses.id, course_seats.taken FROM courses "
    "JOIN course_seats ON course_seats.course_id = courses.id WHERE " EDUPLAT_RECOMMENDABLE("?2", "?3")
    "ORDER BY course_seats.taken DESC, courses.published_at DESC, courses.id DESC LIMIT ?1";

constexpr Sql visible_sql = "SELECT courses.id FROM courses WHERE courses.id " EDUPLAT_IN_PAGE
                            " AND (courses.state = 'published' OR EXISTS (SELECT 1 FROM "
                            "enrollments WHERE enrollments.user_id = ?202 "
                            "AND enrollments.course_id = courses.id "
                            "AND enrollments.state <> 'revoked')) ORDER BY courses.id";

constexpr Sql latest_sql =
    "WITH published AS (SELECT id FROM courses WHERE state = 'published' "
    "ORDER BY published_at DESC, id DESC LIMIT ?1), "
    "added AS (SELECT id FROM courses WHERE state = 'published' ORDER BY id DESC LIMIT ?1) "
    "SELECT id FROM published UNION SELECT id FROM added ORDER BY id DESC";

constexpr int user_parameter = page_rows_max + 1;
constexpr int now_parameter = user_parameter + 1;

}  // namespace

std::vector<CourseId> among(Connection& connection, std::vector<CourseId> const& courses,
                            std::optional<UserId> user, Timestamp now) {
    std::vector<CourseId> found;
    auto rows = query_page(connection, among_sql, courses);
    rows.bind(user_parameter, user);
    rows.bind(now_parameter, now);
    while (rows.step())
        found.push_back(rows.id<CourseId>(0));
    return found;
}

std::vector<CourseId> visible(Connection& connection, std::vector<CourseId> const& courses,
                              UserId user) {
    std::vector<CourseId> found;
    auto rows = query_page(connection, visible_sql, courses);
    rows.bind(user_parameter, user);
    while (rows.step())
        found.push_back(rows.id<CourseId>(0));
    return found;
}

std::vector<CourseId> latest(Connection& connection, int limit) {
    std::vector<CourseId> found;
    auto rows = connection.query(latest_sql, limit);
    while (rows.step())
        found.push_back(rows.id<CourseId>(0));
    return found;
}

std::vector<Popular> most_taken(Connection& connection, std::optional<UserId> user, Timestamp now,
                                int limit) {
    std::vector<Popular> found;
    auto rows = connection.query(most_taken_sql, limit, user, now);
    while (rows.step())
        found.push_back({rows.id<CourseId>(0), static_cast<double>(rows.int64(1))});
    return found;
}

}  // namespace eduplat::repositories::recommendable
