#include "repositories/publications.hpp"

#include "repositories/lecture_versions.hpp"
#include "repositories/rows.hpp"

#include <algorithm>
#include <map>
#include <utility>

#define EDUPLAT_PUBLICATION_COLUMNS \
    "id, uid, course_id, edition, kind, restored_id, lectures_needed, publisher_id, note, at"

namespace eduplat::repositories::publications {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql draft_sql =
    "SELECT lectures.id, lectures.draft_version_id, lectures.section_id, lectures.preview, "
    "lectures.required, lectures.completion, lectures.completion_percent, lectures.release, "
    "lectures.release_at, lectures.release_days FROM lectures "
    "LEFT JOIN sections ON sections.id = lectures.section_id "
    "WHERE lectures.course_id = ?1 AND lectures.position IS NOT NULL "
    "ORDER BY coalesce(sections.position, -1), lectures.position";
constexpr Sql draft_prerequisites_sql =
    "SELECT lecture_prerequisites.lecture_id, lecture_prerequisites.required_lecture_id "
    "FROM lectures "
    "JOIN lecture_prerequisites ON lecture_prerequisites.lecture_id = lectures.id "
    "WHERE lectures.course_id = ?1 AND lectures.position IS NOT NULL "
    "ORDER BY lecture_prerequisites.lecture_id, lecture_prerequisites.required_lecture_id";
constexpr Sql without_recording_sql =
    "SELECT lectures.id FROM lectures "
    "JOIN lecture_versions ON lecture_versions.id = lectures.draft_version_id "
    "WHERE lectures.course_id = ?1 AND lectures.position IS NOT NULL "
    "AND lectures.completion = 'covered' AND lecture_versions.videos = 0 "
    "AND lecture_versions.audios = 0 ORDER BY lectures.id";
constexpr Sql entries_sql =
    "SELECT lecture_id, version_id, section_id, preview, required, completion, "
    "completion_percent, release, release_at, release_days FROM publication_lectures "
    "WHERE publication_id = ?1 ORDER BY position";
constexpr Sql prerequisites_sql =
    "SELECT lecture_id, required_lecture_id FROM publication_prerequisites "
    "WHERE publication_id = ?1 ORDER BY lecture_id, required_lecture_id";

constexpr Sql find_sql = "SELECT " EDUPLAT_PUBLICATION_COLUMNS " FROM publications WHERE id = ?1";
constexpr Sql page_sql = "SELECT " EDUPLAT_PUBLICATION_COLUMNS
                         " FROM publications WHERE course_id = ?1 AND id < ?2 "
                         "ORDER BY id DESC LIMIT ?3";

constexpr Sql insert_sql =
    "INSERT INTO publications (uid, course_id, edition, kind, restored_id, lectures_needed, "
    "publisher_id, note, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id";
constexpr Sql insert_entry_sql =
    "INSERT INTO publication_lectures (publication_id, position, lecture_id, version_id, "
    "section_id, preview, required, completion, completion_percent, release, release_at, "
    "release_days, prerequisites) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
constexpr Sql insert_prerequisite_sql =
    "INSERT INTO publication_prerequisites (publication_id, lecture_id, required_lecture_id) "
    "VALUES (?1, ?2, ?3)";
constexpr Sql point_edition_sql =
    "INSERT INTO editions (course_id, edition, publication_id) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (course_id, edition) DO UPDATE SET publication_id = excluded.publication_id";
constexpr Sql point_lectures_sql =
    "UPDATE lectures SET published_version_id = (SELECT publication_lectures.version_id "
    "FROM publication_lectures WHERE publication_lectures.publication_id = ?2 "
    "AND publication_lectures.lecture_id = lectures.id) WHERE course_id = ?1";

Publication read(Statement const& row) {
    return {.id = row.id<PublicationId>(0),
            .uid = row.uid(1),
            .course = row.id<CourseId>(2),
            .edition = read_int(row, 3),
            .kind = known(parse_publication_kind(row.text(4)), "publications.kind"),
            .restored = row.optional(5, &Statement::id<PublicationId>),
            .lectures_needed = optional_int(row, 6),
            .publisher = row.optional(7, &Statement::id<UserId>),
            .note = row.string(8),
            .at = row.timestamp(9)};
}

std::vector<Entry> read_entries(Statement rows) {
    std::vector<Entry> entries;
    while (rows.step()) {
        entries.push_back({.lecture = rows.id<LectureId>(0),
                           .version = rows.id<LectureVersionId>(1),
                           .section = rows.optional(2, &Statement::id<SectionId>),
                           .preview = rows.boolean(3),
                           .required = rows.boolean(4),
                           .completion = read_completion(rows, 5),
                           .release = read_release(rows, 7)});
    }
    return entries;
}

/// `rows` are in order of lectures.
std::vector<Entry> with_prerequisites(std::vector<Entry> entries, Statement rows) {
    std::map<LectureId, std::vector<LectureId>> all;
    while (rows.step())
        all[rows.id<LectureId>(0)].push_back(rows.id<LectureId>(1));
    if (all.empty()) return entries;
    for (auto& entry : entries) {
        if (auto const found = all.find(entry.lecture); found != all.end())
            entry.prerequisites = std::move(found->second);
    }
    return entries;
}

void insert_entry(Connection& connection, PublicationId publication, int position,
                  Entry const& entry) {
    connection.execute(insert_entry_sql, publication, position, entry.lecture, entry.version,
                       entry.section, entry.preview, entry.required, name(entry.completion.rule),
                       entry.completion.percent, name(entry.release.rule), entry.release.at,
                       entry.release.days, entry.prerequisites.size());
    for (auto const required : entry.prerequisites)
        connection.execute(insert_prerequisite_sql, publication, entry.lecture, required);
}

PublicationId insert_row(Connection& connection, NewRow const& row, Timestamp at) {
    auto statement =
        connection.query(insert_sql, row.uid, row.course, row.edition, name(row.kind), row.restored,
                         row.lectures_needed, row.publisher, row.note, at);
    statement.step();
    auto const id = statement.id<PublicationId>(0);
    statement.step();
    return id;
}

}  // namespace

std::vector<Entry> draft(Connection& connection, CourseId course) {
    auto entries = read_entries(connection.query(draft_sql, course));
    return with_prerequisites(std::move(entries),
                              connection.query(draft_prerequisites_sql, course));
}

std::vector<LectureId> covered_without_recording(Connection& connection, CourseId course) {
    std::vector<LectureId> found;
    auto rows = connection.query(without_recording_sql, course);
    while (rows.step())
        found.push_back(rows.id<LectureId>(0));
    return found;
}

std::vector<Entry> entries(Connection& connection, PublicationId publication) {
    auto found = read_entries(connection.query(entries_sql, publication));
    return with_prerequisites(std::move(found), connection.query(prerequisites_sql, publication));
}

std::optional<Publication> find(Connection& connection, PublicationId publication) {
    auto row = connection.query(find_sql, publication);
    if (!row.step()) return std::nullopt;
    return read(row);
}

std::vector<Publication> page(Connection& connection, CourseId course, PublicationId before,
                              int limit) {
    std::vector<Publication> found;
    auto rows = connection.query(page_sql, course, before, limit);
    while (rows.step())
        found.push_back(read(rows));
    return found;
}

PublicationId insert(Connection& connection, NewRow const& row, std::vector<Entry> const& entries,
                     Timestamp at) {
    auto const id = insert_row(connection, row, at);
    int position = 0;
    for (auto const& entry : entries)
        insert_entry(connection, id, position++, entry);
    connection.execute(point_edition_sql, row.course, row.edition, id);
    connection.execute(point_lectures_sql, row.course, id);
    return id;
}

}  // namespace eduplat::repositories::publications
