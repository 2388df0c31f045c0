#include "repositories/seats.hpp"

namespace eduplat::repositories::seats {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql take_sql =
    "UPDATE course_seats SET taken = taken + 1 "
    "WHERE course_id = ?1 AND (capacity IS NULL OR taken < capacity)";
// A learner has few orders, a course many sales: "+ 0" keeps the index of those from being read.
constexpr Sql take_from_order_sql =
    "UPDATE orders SET seat_held = 0 WHERE id = (SELECT o.id FROM orders o "
    "JOIN order_lines l ON l.order_id = o.id WHERE o.user_id = ?1 AND l.course_id + 0 = ?2 "
    "AND o.state = 'open' AND o.seat_held = 1 ORDER BY o.id LIMIT 1)";
constexpr Sql free_sql = "UPDATE course_seats SET taken = taken - 1 WHERE course_id = ?1";

}  // namespace

bool take(Connection& connection, CourseId course) {
    return connection.execute(take_sql, course) == 1;
}

void free(Connection& connection, CourseId course) {
    connection.execute(free_sql, course);
}

bool take_from_order(Connection& connection, UserId user, CourseId course) {
    return connection.execute(take_from_order_sql, user, course) == 1;
}

}  // namespace eduplat::repositories::seats
