#include "repositories/sections.hpp"

#include "repositories/course_facets.hpp"
#include "repositories/rows.hpp"

#include <algorithm>

#define EDUPLAT_SECTION_COLUMNS "id, uid, source, source_id, course_id, position, version"

namespace eduplat::repositories::sections {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql find_sql =
    "SELECT " EDUPLAT_SECTION_COLUMNS " FROM sections WHERE id = ?1 AND position IS NOT NULL";
constexpr Sql texts_sql =
    "SELECT section_id, language, title FROM section_texts WHERE section_id = ?1 ORDER BY language";
constexpr Sql course_of_sql = "SELECT course_id FROM sections WHERE id = ?1";
constexpr Sql has_source_sql = "SELECT id FROM sections WHERE source = ?1 AND source_id = ?2";
constexpr Sql count_sql =
    "SELECT count(*) FROM sections WHERE course_id = ?1 AND position IS NOT NULL";
constexpr Sql of_course_sql = "SELECT " EDUPLAT_SECTION_COLUMNS
                              " FROM sections WHERE course_id = ?1 AND position IS NOT NULL "
                              "ORDER BY position";
constexpr Sql texts_of_course_sql =
    "SELECT section_texts.section_id, section_texts.language, section_texts.title FROM sections "
    "JOIN section_texts ON section_texts.section_id = sections.id "
    "WHERE sections.course_id = ?1 AND sections.position IS NOT NULL "
    "ORDER BY section_texts.section_id, section_texts.language";

constexpr Sql make_room_sql =
    "UPDATE sections SET position = position + 1 WHERE course_id = ?1 AND position >= ?2";
constexpr Sql insert_sql =
    "INSERT INTO sections (uid, source, source_id, course_id, position, version) "
    "VALUES (?1, ?2, ?3, ?4, ?5, 1) RETURNING id";
constexpr Sql touch_sql = "UPDATE sections SET version = version + 1 WHERE id = ?1";
constexpr Sql remove_texts_sql = "DELETE FROM section_texts WHERE section_id = ?1";
constexpr Sql add_text_sql =
    "INSERT INTO section_texts (section_id, language, title) VALUES (?1, ?2, ?3)";

// ?3 to ?4 are the positions between which the section moves to ?5; the others there give way by
// ?6.
constexpr Sql move_sql =
    "UPDATE sections SET position = CASE WHEN id = ?2 THEN ?5 ELSE position + ?6 END, "
    "version = CASE WHEN id = ?2 THEN version + 1 ELSE version END "
    "WHERE course_id = ?1 AND position BETWEEN ?3 AND ?4";
constexpr Sql remove_sql =
    "UPDATE sections SET position = CASE WHEN id = ?2 THEN NULL ELSE position - 1 END "
    "WHERE course_id = ?1 AND position >= ?3";

Section read(Statement const& row) {
    return {.id = row.id<SectionId>(0),
            .uid = row.uid(1),
            .source = row.optional(2, &Statement::string),
            .source_id = row.optional(3, &Statement::string),
            .course = row.id<CourseId>(4),
            .position = optional_int(row, 5),
            .version = row.int64(6)};
}

void take_title(Section& section, Statement const& row) {
    read_text(row, 2, section.title);
}

void add_texts(Connection& connection, SectionId section, LocalizedText const& title) {
    for (auto const& [language, text] : title.texts())
        connection.execute(add_text_sql, section, language, text);
}

}  // namespace

std::optional<Section> find(Connection& connection, SectionId section) {
    std::optional<Section> found;
    {
        auto row = connection.query(find_sql, section);
        if (!row.step()) return found;
        found = read(row);
    }
    auto texts = connection.query(texts_sql, section);
    while (texts.step())
        take_title(*found, texts);
    return found;
}

std::optional<CourseId> course_of(Connection& connection, SectionId section) {
    auto row = connection.query(course_of_sql, section);
    if (!row.step()) return std::nullopt;
    return row.id<CourseId>(0);
}

bool has_source(Connection& connection, std::string_view source, std::string_view source_id) {
    return connection.query(has_source_sql, source, source_id).step();
}

int count(Connection& connection, CourseId course) {
    auto row = connection.query(count_sql, course);
    row.step();
    return read_int(row, 0);
}

std::vector<Section> of_course(Connection& connection, CourseId course) {
    std::vector<Section> sections;
    auto rows = connection.query(of_course_sql, course);
    while (rows.step())
        sections.push_back(read(rows));
    Index{sections}.each(connection.query(texts_of_course_sql, course), take_title);
    return sections;
}

SectionId insert(Connection& connection, NewRow const& row) {
    connection.execute(make_room_sql, row.course, row.position);
    auto const id = [&] {
        auto statement = connection.query(insert_sql, row.uid, row.source, row.source_id,
                                          row.course, row.position);
        statement.step();
        auto const made = statement.id<SectionId>(0);
        statement.step();
        return made;
    }();
    add_texts(connection, id, row.title);
    return id;
}

void set_title(Connection& connection, SectionId section, LocalizedText const& title) {
    connection.execute(remove_texts_sql, section);
    add_texts(connection, section, title);
    connection.execute(touch_sql, section);
}

void move(Connection& connection, Section const& section, int position) {
    auto const [low, high] = std::minmax(*section.position, position);
    int const others = position > *section.position ? -1 : 1;
    connection.execute(move_sql, section.course, section.id, low, high, position, others);
}

void remove(Connection& connection, Section const& section) {
    connection.execute(remove_sql, section.course, section.id, *section.position);
}

}  // namespace eduplat::repositories::sections
