#include "repositories/outlines.hpp"

#include "repositories/course_facets.hpp"
#include "repositories/lecture_versions.hpp"
#include "repositories/rows.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#define EDUPLAT_TOTALS                                                           \
    "lecture_versions.videos, lecture_versions.audios, lecture_versions.texts, " \
    "lecture_versions.files, lecture_versions.embeds, lecture_versions.duration_ms, "

namespace eduplat::repositories::outlines {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql shown_sql =
    "SELECT publications.id, publications.edition, publications.lectures_needed FROM courses "
    "JOIN editions ON editions.course_id = courses.id "
    "AND editions.edition = coalesce(?2, courses.edition) "
    "JOIN publications ON publications.id = editions.publication_id WHERE courses.id = ?1";

// A row for each language of a lecture's title.
constexpr Sql published_sql =
    "SELECT place.lecture_id, lecture_texts.language, lecture_texts.title, lectures.uid, "
    "place.version_id, place.section_id, place.preview, place.required, place.completion, "
    "place.completion_percent, place.release, place.release_at, place.release_days, " EDUPLAT_TOTALS
    "place.prerequisites FROM publication_lectures AS place "
    "JOIN lectures ON lectures.id = place.lecture_id "
    "JOIN lecture_versions ON lecture_versions.id = place.version_id "
    "JOIN lecture_texts ON lecture_texts.version_id = place.version_id "
    "WHERE place.publication_id = ?1 ORDER BY place.position, lecture_texts.language";
constexpr Sql published_prerequisites_sql =
    "SELECT lecture_id, required_lecture_id FROM publication_prerequisites "
    "WHERE publication_id = ?1 ORDER BY lecture_id, required_lecture_id";

constexpr Sql draft_sql =
    "SELECT lectures.id, lecture_texts.language, lecture_texts.title, lectures.uid, "
    "lectures.draft_version_id, lectures.section_id, lectures.preview, lectures.required, "
    "lectures.completion, lectures.completion_percent, lectures.release, lectures.release_at, "
    "lectures.release_days, " EDUPLAT_TOTALS
    "1 FROM lectures "
    "LEFT JOIN sections ON sections.id = lectures.section_id "
    "JOIN lecture_versions ON lecture_versions.id = lectures.draft_version_id "
    "JOIN lecture_texts ON lecture_texts.version_id = lectures.draft_version_id "
    "WHERE lectures.course_id = ?1 AND lectures.position IS NOT NULL "
    "ORDER BY coalesce(sections.position, -1), lectures.position, lecture_texts.language";
constexpr Sql draft_prerequisites_sql =
    "SELECT lecture_prerequisites.lecture_id, lecture_prerequisites.required_lecture_id "
    "FROM lectures "
    "JOIN lecture_prerequisites ON lecture_prerequisites.lecture_id = lectures.id "
    "WHERE lectures.course_id = ?1 AND lectures.position IS NOT NULL "
    "ORDER BY lecture_prerequisites.lecture_id, lecture_prerequisites.required_lecture_id";

// Those that were removed too, for a publication may have them.
constexpr Sql sections_sql =
    "SELECT sections.id, section_texts.language, section_texts.title, sections.uid, "
    "sections.version, sections.position FROM sections "
    "JOIN section_texts ON section_texts.section_id = sections.id WHERE sections.course_id = ?1 "
    "ORDER BY sections.position, sections.id, section_texts.language";

constexpr Sql place_sql =
    "SELECT lectures.course_id, lectures.draft_version_id, lectures.section_id, "
    "place.version_id, place.section_id FROM lectures "
    "JOIN courses ON courses.id = lectures.course_id "
    "LEFT JOIN enrollments ON enrollments.user_id = ?2 "
    "AND enrollments.course_id = lectures.course_id "
    "LEFT JOIN editions ON editions.course_id = enrollments.course_id "
    "AND editions.edition = enrollments.edition "
    "LEFT JOIN publication_lectures AS place ON place.lecture_id = lectures.id "
    "AND place.publication_id = CASE WHEN enrollments.state IN ('active', 'completed', "
    "'suspended') "
    "THEN editions.publication_id ELSE courses.publication_id END WHERE lectures.id = ?1";

constexpr Sql versions_sql =
    "SELECT lecture_versions.id, lecture_versions.uid, lecture_versions.number, " EDUPLAT_TOTALS
    "lecture_versions.author_id, lecture_versions.created_at FROM lecture_versions "
    "WHERE lecture_versions.lecture_id = ?1 AND lecture_versions.number < ?2 "
    "ORDER BY lecture_versions.number DESC LIMIT ?3";
constexpr Sql version_texts_sql =
    "SELECT lecture_versions.id, lecture_texts.language, lecture_texts.title "
    "FROM lecture_versions JOIN lecture_texts ON lecture_texts.version_id = lecture_versions.id "
    "WHERE lecture_versions.lecture_id = ?1 AND lecture_versions.number < ?2 "
    "AND lecture_versions.number >= ?3 ORDER BY lecture_versions.id, lecture_texts.language";

OutlineLecture read_lecture(Statement const& row) {
    return {.id = row.id<LectureId>(0),
            .uid = row.uid(3),
            .version = row.id<LectureVersionId>(4),
            .section = row.optional(5, &Statement::id<SectionId>),
            .items = read_totals(row, 13),
            .preview = row.boolean(6),
            .required = row.boolean(7),
            .completion = read_completion(row, 8),
            .release = read_release(row, 10)};
}

/// True if some lecture may have prerequisites.
bool read_lectures(Outline& outline, Statement rows) {
    bool any = false;
    auto& lectures = outline.lectures;
    while (rows.step()) {
        if (lectures.empty() || lectures.back().id.value() != rows.int64(0)) {
            lectures.push_back(read_lecture(rows));
            any = any || rows.int64(19) > 0;
        }
        read_text(rows, 2, lectures.back().title);
    }
    return any;
}

void read_prerequisites(Outline& outline, Statement rows) {
    std::unordered_map<LectureId, OutlineLecture*> by_id;
    while (rows.step()) {
        if (by_id.empty()) {
            for (auto& lecture : outline.lectures)
                by_id.emplace(lecture.id, &lecture);
        }
        auto const found = by_id.find(rows.id<LectureId>(0));
        if (found != by_id.end()) found->second->prerequisites.push_back(rows.id<LectureId>(1));
    }
}

/// In order of position, the removed ones first.
struct Sections {
    std::vector<OutlineSection> all;
    std::size_t removed = 0;
};

Sections read_sections(Statement rows) {
    Sections result;
    auto& all = result.all;
    while (rows.step()) {
        if (all.empty() || all.back().id.value() != rows.int64(0)) {
            all.push_back(
                {.id = rows.id<SectionId>(0), .uid = rows.uid(3), .version = rows.int64(4)});
            if (rows.is_null(5)) ++result.removed;
        }
        read_text(rows, 2, all.back().title);
    }
    return result;
}

/// The sections that lectures stand in, in the order in which they come.
std::vector<OutlineSection> sections_of(std::vector<OutlineLecture> const& lectures,
                                        std::vector<OutlineSection> all) {
    std::vector<OutlineSection> result;
    std::optional<SectionId> last;
    for (auto const& lecture : lectures) {
        if (!lecture.section || lecture.section == last) continue;
        last = lecture.section;
        auto const found = std::find_if(all.begin(), all.end(),
                                        [&](auto const& section) { return section.id == *last; });
        if (found != all.end()) result.push_back(std::move(*found));
    }
    return result;
}

}  // namespace

std::optional<Shown> shown(Connection& connection, CourseId course,
                           std::optional<int> enrolled_edition) {
    auto row = connection.query(shown_sql, course, enrolled_edition);
    if (!row.step()) return std::nullopt;
    return Shown{row.id<PublicationId>(0), read_int(row, 1), optional_int(row, 2)};
}

void read_published(Connection& connection, Outline& outline) {
    auto const publication = *outline.publication;
    bool const required = read_lectures(outline, connection.query(published_sql, publication));
    auto sections = read_sections(connection.query(sections_sql, outline.course));
    outline.sections = sections_of(outline.lectures, std::move(sections.all));
    if (!required) return;
    read_prerequisites(outline, connection.query(published_prerequisites_sql, publication));
}

void read_draft(Connection& connection, Outline& outline) {
    read_lectures(outline, connection.query(draft_sql, outline.course));
    auto sections = read_sections(connection.query(sections_sql, outline.course));
    auto const removed = static_cast<std::ptrdiff_t>(sections.removed);
    sections.all.erase(sections.all.begin(), sections.all.begin() + removed);
    outline.sections = std::move(sections.all);
    read_prerequisites(outline, connection.query(draft_prerequisites_sql, outline.course));
}

std::optional<Place> place(Connection& connection, LectureId lecture, std::optional<UserId> user) {
    auto row = connection.query(place_sql, lecture, user);
    if (!row.step()) return std::nullopt;
    return Place{.course = row.id<CourseId>(0),
                 .draft = row.id<LectureVersionId>(1),
                 .draft_section = row.optional(2, &Statement::id<SectionId>),
                 .version = row.optional(3, &Statement::id<LectureVersionId>),
                 .section = row.optional(4, &Statement::id<SectionId>)};
}

std::vector<LectureVersionSummary> versions(Connection& connection, LectureId lecture, int before,
                                            int limit) {
    std::vector<LectureVersionSummary> found;
    auto rows = connection.query(versions_sql, lecture, before, limit);
    while (rows.step()) {
        found.push_back({.id = rows.id<LectureVersionId>(0),
                         .uid = rows.uid(1),
                         .number = read_int(rows, 2),
                         .items = read_totals(rows, 3),
                         .author = rows.optional(9, &Statement::id<UserId>),
                         .created_at = rows.timestamp(10)});
    }
    if (found.empty()) return found;
    auto const take_title = [](auto& version, Statement const& row) {
        read_text(row, 2, version.title);
    };
    auto const last = found.back().number;
    Index{found}.each(connection.query(version_texts_sql, lecture, before, last), take_title);
    return found;
}

}  // namespace eduplat::repositories::outlines
