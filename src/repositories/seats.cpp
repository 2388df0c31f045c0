#include "repositories/seats.hpp"

namespace eduplat::repositories::seats {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql take_sql =
    "UPDATE course_seats SET taken = taken + 1 "
    "WHERE course_id = ?1 AND (capacity IS NULL OR taken < capacity)";
constexpr Sql free_sql = "UPDATE course_seats SET taken = taken - 1 WHERE course_id = ?1";

}  // namespace

bool take(Connection& connection, CourseId course) {
    return connection.execute(take_sql, course) == 1;
}

void free(Connection& connection, CourseId course) {
    connection.execute(free_sql, course);
}

}  // namespace eduplat::repositories::seats
