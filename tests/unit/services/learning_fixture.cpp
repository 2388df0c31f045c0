#include "learning_fixture.hpp"

namespace eduplat::test {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql lectures_sql =
    "SELECT enrollment_id, lecture_id, opens, first_at, last_at, item, position_ms, marked, "
    "completed_at FROM lecture_progress ORDER BY enrollment_id, lecture_id";
constexpr Sql media_sql =
    "SELECT enrollment_id, hex(media), hex(coverage), covered_ms FROM media_progress "
    "ORDER BY enrollment_id, media";
constexpr Sql enrollments_sql = "SELECT id, state, completed_at FROM enrollments ORDER BY id";
constexpr Sql sessions_sql =
    "SELECT user_id, opened_at, last_at, credited_ms FROM viewing_sessions ORDER BY user_id";

void append(std::string& text, Connection& connection, Sql sql, int columns) {
    auto rows = connection.query(sql);
    while (rows.step()) {
        for (int i = 0; i < columns; ++i)
            text += (rows.is_null(i) ? "-" : rows.string(i)) + '|';
        text += '\n';
    }
}

}  // namespace

std::string LearningSchool::progress_tables() {
    return storage.read([](Connection& connection) {
        std::string text;
        append(text, connection, lectures_sql, 9);
        append(text, connection, media_sql, 4);
        append(text, connection, enrollments_sql, 3);
        append(text, connection, sessions_sql, 4);
        return text;
    });
}

}  // namespace eduplat::test
