#include "repositories/progress.hpp"

#include "repositories/rows.hpp"

#include <span>

// In table order; read_progress() reads them by place.
#define EDUPLAT_PROGRESS_COLUMNS \
    "lecture_id, opens, first_at, last_at, item, position_ms, marked, completed_at"

namespace eduplat::repositories::progress {
namespace {

using std::chrono::milliseconds;
using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql find_sql = "SELECT " EDUPLAT_PROGRESS_COLUMNS
                         " FROM lecture_progress WHERE enrollment_id = ?1 AND lecture_id = ?2";
constexpr Sql all_sql = "SELECT " EDUPLAT_PROGRESS_COLUMNS
                        " FROM lecture_progress WHERE enrollment_id = ?1 ORDER BY lecture_id";
constexpr Sql in_order_sql =
    "SELECT lecture_progress.lecture_id, lecture_progress.opens, lecture_progress.first_at, "
    "lecture_progress.last_at, lecture_progress.item, lecture_progress.position_ms, "
    "lecture_progress.marked, lecture_progress.completed_at "
    "FROM publication_lectures JOIN lecture_progress ON lecture_progress.enrollment_id = ?2 "
    "AND lecture_progress.lecture_id = publication_lectures.lecture_id "
    "WHERE publication_lectures.publication_id = ?1 ORDER BY publication_lectures.position";
constexpr Sql save_sql =
    "INSERT INTO lecture_progress (enrollment_id, " EDUPLAT_PROGRESS_COLUMNS
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
    "ON CONFLICT (enrollment_id, lecture_id) DO UPDATE SET opens = ?3, first_at = ?4, "
    "last_at = ?5, item = ?6, position_ms = ?7, marked = ?8, completed_at = ?9";

constexpr Sql find_coverage_sql =
    "SELECT coverage FROM media_progress WHERE enrollment_id = ?1 AND media = ?2";
constexpr Sql all_coverage_sql =
    "SELECT media, coverage FROM media_progress WHERE enrollment_id = ?1 ORDER BY media";
constexpr Sql save_coverage_sql =
    "INSERT INTO media_progress (enrollment_id, media, coverage, covered_ms) "
    "VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (enrollment_id, media) DO UPDATE SET coverage = ?3, covered_ms = ?4";

constexpr Sql remove_sql = "DELETE FROM lecture_progress WHERE enrollment_id = ?1";
constexpr Sql remove_coverage_sql = "DELETE FROM media_progress WHERE enrollment_id = ?1";

constexpr Sql find_session_sql =
    "SELECT opened_at, last_at, credited_ms FROM viewing_sessions WHERE user_id = ?1";
constexpr Sql save_session_sql =
    "INSERT INTO viewing_sessions (user_id, opened_at, last_at, credited_ms) "
    "VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (user_id) DO UPDATE SET opened_at = ?2, last_at = ?3, credited_ms = ?4";
constexpr Sql remove_session_sql = "DELETE FROM viewing_sessions WHERE user_id = ?1";

LectureProgress read_progress(Statement const& row) {
    LectureProgress progress{.lecture = row.id<LectureId>(0),
                             .opens = row.int64(1),
                             .first_at = row.timestamp(2),
                             .last_at = row.timestamp(3)};
    if (!row.is_null(4)) progress.item = static_cast<int>(row.int64(4));
    if (!row.is_null(5)) progress.position = milliseconds{row.int64(5)};
    progress.marked = row.boolean(6);
    progress.completed_at = row.optional(7, &Statement::timestamp);
    return progress;
}

}  // namespace

std::optional<LectureProgress> find(Connection& connection, EnrollmentId enrollment,
                                    LectureId lecture) {
    auto row = connection.query(find_sql, enrollment, lecture);
    if (!row.step()) return std::nullopt;
    return read_progress(row);
}

std::vector<LectureProgress> all(Connection& connection, EnrollmentId enrollment) {
    std::vector<LectureProgress> result;
    auto rows = connection.query(all_sql, enrollment);
    while (rows.step())
        result.push_back(read_progress(rows));
    return result;
}

std::vector<LectureProgress> in_order(Connection& connection, PublicationId publication,
                                      EnrollmentId enrollment) {
    std::vector<LectureProgress> result;
    auto rows = connection.query(in_order_sql, publication, enrollment);
    while (rows.step())
        result.push_back(read_progress(rows));
    return result;
}

void save(Connection& connection, EnrollmentId enrollment, LectureProgress const& row) {
    std::optional<std::int64_t> position;
    if (row.position) position = row.position->count();
    connection.execute(save_sql, enrollment, row.lecture, row.opens, row.first_at, row.last_at,
                       row.item, position, row.marked, row.completed_at);
}

std::optional<Coverage> find_coverage(Connection& connection, EnrollmentId enrollment,
                                      Uid const& media) {
    auto row = connection.query(find_coverage_sql, enrollment, media);
    if (!row.step()) return std::nullopt;
    return Coverage::decode(row.blob(0));
}

MediaCoverage all_coverage(Connection& connection, EnrollmentId enrollment) {
    MediaCoverage result;
    auto rows = connection.query(all_coverage_sql, enrollment);
    while (rows.step())
        result.emplace(rows.uid(0), Coverage::decode(rows.blob(1)));
    return result;
}

void save(Connection& connection, EnrollmentId enrollment, Uid const& media,
          Coverage const& coverage) {
    auto const bytes = coverage.encode();
    connection.execute(save_coverage_sql, enrollment, media, std::span<std::byte const>{bytes},
                       coverage.covered().count());
}

void remove(Connection& connection, EnrollmentId enrollment) {
    connection.execute(remove_sql, enrollment);
    connection.execute(remove_coverage_sql, enrollment);
}

std::optional<ViewingSession> find_session(Connection& connection, UserId user) {
    auto row = connection.query(find_session_sql, user);
    if (!row.step()) return std::nullopt;
    return ViewingSession{row.timestamp(0), row.timestamp(1), milliseconds{row.int64(2)}};
}

void save(Connection& connection, UserId user, ViewingSession const& session) {
    connection.execute(save_session_sql, user, session.opened_at, session.last_at,
                       session.credited.count());
}

void remove_session(Connection& connection, UserId user) {
    connection.execute(remove_session_sql, user);
}

}  // namespace eduplat::repositories::progress
