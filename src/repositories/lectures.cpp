#include "repositories/lectures.hpp"

#include "repositories/lecture_versions.hpp"
#include "repositories/rows.hpp"

#include <utility>

namespace eduplat::repositories::lectures {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql find_sql =
    "SELECT id, uid, source, source_id, course_id, section_id, position, preview, required, "
    "completion, completion_percent, release, release_at, release_days, draft_version_id, "
    "published_version_id, version, created_at, updated_at FROM lectures WHERE id = ?1";
constexpr Sql course_of_sql = "SELECT course_id FROM lectures WHERE id = ?1";
constexpr Sql prerequisites_sql =
    "SELECT required_lecture_id FROM lecture_prerequisites WHERE lecture_id = ?1 "
    "ORDER BY required_lecture_id";
constexpr Sql has_source_sql = "SELECT id FROM lectures WHERE source = ?1 AND source_id = ?2";
constexpr Sql count_there_sql =
    "SELECT count(*) FROM lectures "
    "WHERE course_id = ?1 AND section_id IS NOT DISTINCT FROM ?2 AND position IS NOT NULL";
constexpr Sql count_sql =
    "SELECT count(*) FROM lectures WHERE course_id = ?1 AND position IS NOT NULL";

constexpr Sql make_room_sql =
    "UPDATE lectures SET position = position + 1 "
    "WHERE course_id = ?1 AND section_id IS NOT DISTINCT FROM ?2 AND position >= ?3";
// Version 0 is none: the draft is set before the transaction ends.
constexpr Sql insert_sql =
    "INSERT INTO lectures (uid, source, source_id, course_id, section_id, position, "
    "draft_version_id, preview, required, completion, completion_percent, release, release_at, "
    "release_days, version, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14, ?14) "
    "RETURNING id";
constexpr Sql set_draft_sql = "UPDATE lectures SET draft_version_id = ?2 WHERE id = ?1";
constexpr Sql set_rules_sql =
    "UPDATE lectures SET preview = ?2, required = ?3, completion = ?4, completion_percent = ?5, "
    "release = ?6, release_at = ?7, release_days = ?8, version = version + 1, updated_at = ?9 "
    "WHERE id = ?1";
constexpr Sql remove_prerequisites_sql = "DELETE FROM lecture_prerequisites WHERE lecture_id = ?1";
constexpr Sql add_prerequisite_sql =
    "INSERT INTO lecture_prerequisites (lecture_id, required_lecture_id) VALUES (?1, ?2)";
constexpr Sql remove_gone_prerequisites_sql =
    "DELETE FROM lecture_prerequisites WHERE lecture_id = ?1 AND required_lecture_id IN "
    "(SELECT id FROM lectures WHERE course_id = ?2 AND position IS NULL)";
constexpr Sql is_required_sql =
    "SELECT lecture_prerequisites.lecture_id FROM lecture_prerequisites "
    "JOIN lectures ON lectures.id = lecture_prerequisites.lecture_id "
    "WHERE lecture_prerequisites.required_lecture_id = ?1 AND lectures.position IS NOT NULL "
    "LIMIT 1";

// Lecture ?2 goes from section ?3 and position ?4 to section ?5 and position ?6. Those behind it
// move down, those that are then at its new place or behind it move up.
constexpr Sql move_sql =
    "UPDATE lectures SET "
    "section_id = CASE WHEN id = ?2 THEN ?5 ELSE section_id END, "
    "position = CASE WHEN id = ?2 THEN ?6 ELSE position "
    "- CASE WHEN section_id IS NOT DISTINCT FROM ?3 AND position > ?4 THEN 1 ELSE 0 END "
    "+ CASE WHEN section_id IS NOT DISTINCT FROM ?5 AND position "
    "- CASE WHEN section_id IS NOT DISTINCT FROM ?3 AND position > ?4 THEN 1 ELSE 0 END >= ?6 "
    "THEN 1 ELSE 0 END END, "
    "version = CASE WHEN id = ?2 THEN version + 1 ELSE version END, "
    "updated_at = CASE WHEN id = ?2 THEN ?7 ELSE updated_at END "
    "WHERE course_id = ?1 AND position IS NOT NULL AND (section_id IS NOT DISTINCT FROM ?3 "
    "OR section_id IS NOT DISTINCT FROM ?5)";
constexpr Sql remove_sql =
    "UPDATE lectures SET position = CASE WHEN id = ?2 THEN NULL ELSE position - 1 END, "
    "version = CASE WHEN id = ?2 THEN version + 1 ELSE version END, "
    "updated_at = CASE WHEN id = ?2 THEN ?5 ELSE updated_at END "
    "WHERE course_id = ?1 AND section_id IS NOT DISTINCT FROM ?3 AND position >= ?4";

constexpr Sql restore_sql =
    "UPDATE lectures SET section_id = ?2, position = ?3, version = version + 1, updated_at = ?4 "
    "WHERE id = ?1";
constexpr Sql removed_sql =
    "SELECT place.lecture_id FROM publication_lectures AS place "
    "JOIN lectures ON lectures.id = place.lecture_id "
    "WHERE place.publication_id = ?1 AND lectures.position IS NULL ORDER BY place.position";

Lecture read(Statement const& row, LectureVersion draft) {
    return {
        .id = row.id<LectureId>(0),
        .uid = row.uid(1),
        .source = row.optional(2, &Statement::string),
        .source_id = row.optional(3, &Statement::string),
        .course = row.id<CourseId>(4),
        .section = row.optional(5, &Statement::id<SectionId>),
        .position = optional_int(row, 6),
        .preview = row.boolean(7),
        .required = row.boolean(8),
        .completion = read_completion(row, 9),
        .release = read_release(row, 11),
        .draft = std::move(draft),
        .published = row.optional(15, &Statement::id<LectureVersionId>),
        .version = row.int64(16),
        .created_at = row.timestamp(17),
        .updated_at = row.timestamp(18),
    };
}

int one_count(Statement row) {
    row.step();
    return read_int(row, 0);
}

}  // namespace

std::optional<Lecture> find(Connection& connection, LectureId lecture) {
    std::optional<Lecture> found;
    {
        auto row = connection.query(find_sql, lecture);
        if (!row.step()) return found;
        auto draft = lecture_versions::find(connection, row.id<LectureVersionId>(14));
        if (!draft) fail(ErrorCode::data_loss, "lectures.draft_version_id", "unknown_value");
        found = read(row, *std::move(draft));
    }
    auto required = connection.query(prerequisites_sql, lecture);
    while (required.step())
        found->prerequisites.push_back(required.id<LectureId>(0));
    return found;
}

std::optional<CourseId> course_of(Connection& connection, LectureId lecture) {
    auto row = connection.query(course_of_sql, lecture);
    if (!row.step()) return std::nullopt;
    return row.id<CourseId>(0);
}

bool has_source(Connection& connection, std::string_view source, std::string_view source_id) {
    return connection.query(has_source_sql, source, source_id).step();
}

int count(Connection& connection, Place const& place) {
    return one_count(connection.query(count_there_sql, place.course, place.section));
}

int count(Connection& connection, CourseId course) {
    return one_count(connection.query(count_sql, course));
}

LectureId insert(Connection& connection, NewRow const& row, Timestamp at) {
    connection.execute(make_room_sql, row.course, row.section, row.position);
    return append(connection, row, at);
}

LectureId append(Connection& connection, NewRow const& row, Timestamp at) {
    auto statement = connection.query(insert_sql, row.uid, row.source, row.source_id, row.course,
                                      row.section, row.position, row.preview, row.required,
                                      name(row.completion.rule), row.completion.percent,
                                      name(row.release.rule), row.release.at, row.release.days, at);
    statement.step();
    auto const id = statement.id<LectureId>(0);
    statement.step();
    return id;
}

void set_draft(Connection& connection, LectureId lecture, LectureVersionId version) {
    connection.execute(set_draft_sql, lecture, version);
}

void set_rules(Connection& connection, Lecture const& lecture, Timestamp at) {
    connection.execute(set_rules_sql, lecture.id, lecture.preview, lecture.required,
                       name(lecture.completion.rule), lecture.completion.percent,
                       name(lecture.release.rule), lecture.release.at, lecture.release.days, at);
}

void set_prerequisites(Connection& connection, LectureId lecture,
                       std::span<LectureId const> prerequisites) {
    connection.execute(remove_prerequisites_sql, lecture);
    for (auto const required : prerequisites)
        connection.execute(add_prerequisite_sql, lecture, required);
}

bool is_required(Connection& connection, LectureId lecture) {
    return connection.query(is_required_sql, lecture).step();
}

void move(Connection& connection, Lecture const& lecture, std::optional<SectionId> section,
          int position, Timestamp at) {
    connection.execute(move_sql, lecture.course, lecture.id, lecture.section, *lecture.position,
                       section, position, at);
}

void remove(Connection& connection, Lecture const& lecture, Timestamp at) {
    connection.execute(remove_sql, lecture.course, lecture.id, lecture.section, *lecture.position,
                       at);
}

void restore(Connection& connection, LectureId lecture, Place const& place, Timestamp at) {
    connection.execute(restore_sql, lecture, place.section, count(connection, place), at);
}

void drop_gone_prerequisites(Connection& connection, Lecture const& lecture) {
    connection.execute(remove_gone_prerequisites_sql, lecture.id, lecture.course);
}

std::vector<LectureId> removed_since(Connection& connection, PublicationId publication) {
    std::vector<LectureId> removed;
    auto rows = connection.query(removed_sql, publication);
    while (rows.step())
        removed.push_back(rows.id<LectureId>(0));
    return removed;
}

}  // namespace eduplat::repositories::lectures
