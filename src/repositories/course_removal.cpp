#include "repositories/courses.hpp"

// The versions of all lectures of a course.
#define EDUPLAT_VERSIONS                                                  \
    "(SELECT lecture_versions.id FROM lectures "                          \
    "JOIN lecture_versions ON lecture_versions.lecture_id = lectures.id " \
    "WHERE lectures.course_id = ?1)"

namespace eduplat::repositories::courses {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql enrollments_sql = "SELECT id FROM enrollments WHERE course_id = ?1 LIMIT 1";
constexpr Sql orders_sql = "SELECT id FROM order_lines WHERE course_id = ?1 LIMIT 1";

constexpr Sql remove_item_texts_sql =
    "DELETE FROM lecture_item_texts WHERE version_id IN " EDUPLAT_VERSIONS;
constexpr Sql remove_items_sql = "DELETE FROM lecture_items WHERE version_id IN " EDUPLAT_VERSIONS;
constexpr Sql remove_lecture_texts_sql =
    "DELETE FROM lecture_texts WHERE version_id IN " EDUPLAT_VERSIONS;
constexpr Sql remove_lecture_concepts_sql =
    "DELETE FROM lecture_concepts WHERE version_id IN " EDUPLAT_VERSIONS;
constexpr Sql remove_lecture_prerequisites_sql =
    "DELETE FROM lecture_prerequisites "
    "WHERE lecture_id IN (SELECT id FROM lectures WHERE course_id = ?1)";
constexpr Sql remove_section_texts_sql =
    "DELETE FROM section_texts "
    "WHERE section_id IN (SELECT id FROM sections WHERE course_id = ?1)";
constexpr Sql clear_lectures_sql =
    "UPDATE lectures SET source = NULL, source_id = NULL, position = NULL WHERE course_id = ?1";
constexpr Sql clear_sections_sql =
    "UPDATE sections SET source = NULL, source_id = NULL, position = NULL WHERE course_id = ?1";
constexpr Sql remove_texts_sql = "DELETE FROM course_texts WHERE course_id = ?1";
constexpr Sql remove_labels_sql = "DELETE FROM course_labels WHERE course_id = ?1";
constexpr Sql remove_prices_sql = "DELETE FROM course_prices WHERE course_id = ?1";
constexpr Sql remove_teachers_sql = "DELETE FROM course_teachers WHERE course_id = ?1";
constexpr Sql remove_prerequisites_sql = "DELETE FROM course_prerequisites WHERE course_id = ?1";
constexpr Sql touch_requiring_sql =
    "UPDATE courses SET version = version + 1, updated_at = ?2 "
    "WHERE id IN (SELECT course_id FROM course_prerequisites WHERE required_course_id = ?1)";
constexpr Sql remove_requirements_sql =
    "DELETE FROM course_prerequisites WHERE required_course_id = ?1";
// No slug that is asked for begins with "-".
constexpr Sql clear_course_sql =
    "UPDATE courses SET state = 'removed', source = NULL, source_id = NULL, "
    "slug = '-' || CAST(id AS TEXT), version = version + 1, updated_at = ?2 WHERE id = ?1";

}  // namespace

std::string_view referred_by(Connection& connection, CourseId course) {
    if (connection.query(enrollments_sql, course).step()) return "enrollments";
    if (connection.query(orders_sql, course).step()) return "orders";
    return {};
}

void remove(Connection& connection, CourseId course, Timestamp at) {
    for (auto const& sql :
         {remove_item_texts_sql, remove_items_sql, remove_lecture_texts_sql,
          remove_lecture_concepts_sql, remove_lecture_prerequisites_sql, remove_section_texts_sql,
          clear_lectures_sql, clear_sections_sql, remove_texts_sql, remove_labels_sql,
          remove_prices_sql, remove_teachers_sql, remove_prerequisites_sql}) {
        connection.execute(sql, course);
    }
    connection.execute(touch_requiring_sql, course, at);
    connection.execute(remove_requirements_sql, course);
    connection.execute(clear_course_sql, course, at);
}

}  // namespace eduplat::repositories::courses
