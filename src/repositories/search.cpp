#include "repositories/search.hpp"

#include "repositories/search_terms.hpp"

#include <eduplat/core/text.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>

// A word in a title weighs most, then one in a summary.
#define EDUPLAT_SCORED \
    "SELECT rowid AS id, bm25(search, 8.0, 3.0, 1.0) AS score FROM search WHERE search MATCH ?1"
// A lecture comes with its course's summary; with its own text if it is a preview or ?3 is 1. The
// order is left to page(): sorted here, all texts would be copied once more.
#define EDUPLAT_HIT_COLUMNS                                                                   \
    "SELECT hits.score, hits.id, search_documents.course_id, search_documents.lecture_id, "   \
    "search_documents.title, course.summary, "                                                \
    "CASE WHEN place.preview = 1 OR ?3 = 1 THEN search_documents.body ELSE '' END, "          \
    "courses.slug, coalesce(place.preview, 0) "                                               \
    "FROM hits CROSS JOIN search_documents ON search_documents.id = hits.id "                 \
    "CROSS JOIN search_documents AS course ON course.course_id = search_documents.course_id " \
    "AND coalesce(course.lecture_id, 0) = 0 "                                                 \
    "CROSS JOIN courses ON courses.id = search_documents.course_id "                          \
    "LEFT JOIN publication_lectures AS place ON place.preview = 1 "                           \
    "AND place.lecture_id = search_documents.lecture_id "                                     \
    "AND +place.publication_id = courses.publication_id"

namespace eduplat::repositories::search {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql titles_sql =
    "SELECT place.lecture_id, lecture_texts.language, lecture_texts.title "
    "FROM publication_lectures AS place "
    "JOIN lecture_texts ON lecture_texts.version_id = place.version_id "
    "WHERE place.publication_id = ?1 ORDER BY place.position, lecture_texts.language";
constexpr Sql bodies_sql =
    "SELECT place.lecture_id, lecture_item_texts.body FROM publication_lectures AS place "
    "JOIN lecture_item_texts ON lecture_item_texts.version_id = place.version_id "
    "WHERE place.publication_id = ?1 "
    "ORDER BY place.position, lecture_item_texts.position, lecture_item_texts.language";

constexpr Sql of_course_sql =
    "SELECT id, segmenter, course_id, lecture_id, title, summary, body FROM search_documents "
    "WHERE course_id = ?1 ORDER BY id";
constexpr Sql itself_sql =
    "SELECT id, segmenter, course_id, lecture_id, title, summary, body FROM search_documents "
    "WHERE course_id = ?1 AND coalesce(lecture_id, 0) = 0";
constexpr Sql by_segmenter_sql =
    "SELECT id, segmenter, course_id, lecture_id, title, summary, body FROM search_documents "
    "WHERE segmenter BETWEEN ?1 AND ?2 ORDER BY segmenter, id LIMIT ?3";
constexpr Sql has_segmenter_sql =
    "SELECT id FROM search_documents WHERE segmenter BETWEEN ?1 AND ?2 LIMIT 1";
constexpr Sql insert_sql =
    "INSERT INTO search_documents (course_id, lecture_id, segmenter, title, summary, body) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id";
constexpr Sql remove_sql = "DELETE FROM search_documents WHERE id = ?1";
constexpr Sql set_segmenter_sql = "UPDATE search_documents SET segmenter = ?2 WHERE id = ?1";

constexpr Sql add_terms_sql =
    "INSERT INTO search (rowid, title, summary, body) VALUES (?1, ?2, ?3, ?4)";
constexpr Sql remove_terms_sql =
    "INSERT INTO search (search, rowid, title, summary, body) VALUES ('delete', ?1, ?2, ?3, ?4)";
constexpr Sql remove_all_terms_sql = "INSERT INTO search (search) VALUES ('delete-all')";

// Nothing is joined but the hits that are shown.
constexpr Sql first_page_sql =
    "WITH hits AS (" EDUPLAT_SCORED " ORDER BY score, id LIMIT ?2) " EDUPLAT_HIT_COLUMNS;
constexpr Sql page_sql =
    "WITH scored AS MATERIALIZED (" EDUPLAT_SCORED
    "), hits AS (SELECT scored.id, scored.score "
    "FROM scored JOIN search_documents ON search_documents.id = scored.id "
    "JOIN courses ON courses.id = search_documents.course_id "
    "WHERE (scored.score, scored.id) > (?4, ?5) AND (?6 = '' OR courses.language = ?6) "
    "AND (?7 = '' OR courses.level = ?7) AND (?8 = '' OR EXISTS (SELECT 1 FROM course_labels "
    "WHERE course_labels.course_id = courses.id AND course_labels.kind = 'tag' "
    "AND course_labels.label = ?8)) "
    "ORDER BY scored.score, scored.id LIMIT ?2) " EDUPLAT_HIT_COLUMNS;

/// A document as it is kept.
struct Kept {
    std::int64_t id;
    int segmenter;
    Document document;
};

Document read_document(Statement const& row, int column) {
    return {.course = row.id<CourseId>(column),
            .lecture = row.optional(column + 1, &Statement::id<LectureId>),
            .title = row.string(column + 2),
            .summary = row.string(column + 3),
            .body = row.string(column + 4)};
}

std::vector<Kept> read_kept(Statement rows) {
    std::vector<Kept> kept;
    while (rows.step()) {
        kept.push_back({rows.int64(0), static_cast<int>(rows.int64(1)), read_document(rows, 2)});
    }
    return kept;
}

/// Adds a document's terms, or takes away just those that were added.
void write_terms(Connection& connection, Sql sql, std::int64_t id, Document const& document) {
    connection.execute(sql, id, segmented(document.title), segmented(document.summary),
                       segmented(document.body));
}

constexpr int without_terms = 0;
constexpr int current = text::tokenizer_version;

bool has(Connection& connection, int from, int to) {
    return connection.query(has_segmenter_sql, from, to).step();
}

/// Whether the terms of the table are all of this segmenter. Those of another cannot be said any
/// more, so that they are forgotten only when all are; from then on, while they are made anew,
/// there are documents of both.
bool terms_are_current(Connection& connection) {
    return has(connection, current, current) ||
           !(has(connection, without_terms, current - 1) ||
             has(connection, current + 1, std::numeric_limits<int>::max()));
}

/// Without terms, it gets its own when those of all are made anew.
void add(Connection& connection, Document const& document, bool with_terms) {
    auto const id = [&] {
        auto statement = connection.query(insert_sql, document.course, document.lecture,
                                          with_terms ? current : without_terms, document.title,
                                          document.summary, document.body);
        statement.step();
        auto const made = statement.int64(0);
        statement.step();
        return made;
    }();
    if (with_terms) write_terms(connection, add_terms_sql, id, document);
}

/// The terms of another segmenter stay until all are forgotten; they find no document.
void remove(Connection& connection, Kept const& kept) {
    if (kept.segmenter == current) {
        write_terms(connection, remove_terms_sql, kept.id, kept.document);
    }
    connection.execute(remove_sql, kept.id);
}

void put(Connection& connection, Kept const* kept, Document const& document, bool with_terms) {
    if (kept != nullptr && kept->document == document) return;
    if (kept != nullptr) remove(connection, *kept);
    add(connection, document, with_terms);
}

/// Some documents whose terms are not of this segmenter.
std::vector<Kept> read_foreign(Connection& connection) {
    constexpr int at_a_time = 100;
    auto const read = [&](int from, int to) {
        return read_kept(connection.query(by_segmenter_sql, from, to, at_a_time));
    };
    auto older = read(without_terms, current - 1);
    return older.empty() ? read(current + 1, std::numeric_limits<int>::max()) : older;
}

void append_line(std::string& to, std::string_view line) {
    if (!to.empty()) to += '\n';
    to += line;
}

/// All texts in lines, the one for readers of `language` first.
std::string lines(LocalizedText const& texts, std::string_view language) {
    std::string result{texts.best_for(language)};
    for (auto const& [other, text] : texts.texts()) {
        if (text != texts.best_for(language)) append_line(result, text);
    }
    return result;
}

}  // namespace

Document texts_of(Course const& course) {
    return {.course = course.id,
            .title = lines(course.title, course.language),
            .summary = lines(course.summary, course.language)};
}

std::vector<Document> published_texts(Connection& connection, Course const& course) {
    std::vector<Document> documents{texts_of(course)};
    std::vector<std::pair<LectureId, LocalizedText>> titles;
    auto rows = connection.query(titles_sql, course.publication);
    while (rows.step()) {
        auto const lecture = rows.id<LectureId>(0);
        if (titles.empty() || titles.back().first != lecture) titles.push_back({lecture, {}});
        titles.back().second.set(rows.text(1), rows.text(2));
    }
    std::map<LectureId, std::string> bodies;
    auto texts = connection.query(bodies_sql, course.publication);
    while (texts.step())
        append_line(bodies[texts.id<LectureId>(0)], texts.text(1));
    for (auto const& [lecture, title] : titles) {
        documents.push_back({.course = course.id,
                             .lecture = lecture,
                             .title = lines(title, course.language),
                             .body = std::move(bodies[lecture])});
    }
    return documents;
}

void replace(Connection& connection, CourseId course, std::vector<Document> const& documents) {
    auto kept = read_kept(connection.query(of_course_sql, course));
    bool const with_terms = terms_are_current(connection);
    std::map<std::optional<LectureId>, Kept const*> before;
    for (auto const& one : kept)
        before.emplace(one.document.lecture, &one);
    for (auto const& document : documents) {
        auto const found = before.find(document.lecture);
        put(connection, found == before.end() ? nullptr : found->second, document, with_terms);
        if (found != before.end()) before.erase(found);
    }
    for (auto const& [lecture, gone] : before)
        remove(connection, *gone);
}

void replace_one(Connection& connection, Document const& document) {
    auto const kept = read_kept(connection.query(itself_sql, document.course));
    put(connection, kept.empty() ? nullptr : &kept.front(), document,
        terms_are_current(connection));
}

bool rebuild_some(Connection& connection) {
    if (!terms_are_current(connection)) connection.execute(remove_all_terms_sql);
    auto const part = read_foreign(connection);
    for (auto const& kept : part) {
        write_terms(connection, add_terms_sql, kept.id, kept.document);
        connection.execute(set_segmenter_sql, kept.id, current);
    }
    return !part.empty();
}

std::vector<Hit> page(Connection& connection, std::string_view expression, Filter const& filter,
                      std::optional<After> const& after, int limit, Texts texts) {
    constexpr After first{-std::numeric_limits<double>::max(), 0};
    auto const [rank, id] = after.value_or(first);
    auto const level = filter.level ? name(*filter.level) : std::string_view{};
    bool const plain = !after && filter.empty();
    bool const all = texts == Texts::all;
    auto rows = plain ? connection.query(first_page_sql, expression, limit, all)
                      : connection.query(page_sql, expression, limit, all, rank, id,
                                         filter.language, level, filter.tag);
    std::vector<Hit> hits;
    hits.reserve(static_cast<std::size_t>(limit));
    while (rows.step()) {
        hits.push_back({.key = {rows.real(0), rows.int64(1)},
                        .document = read_document(rows, 2),
                        .slug = rows.string(7),
                        .is_preview = rows.boolean(8)});
    }
    std::sort(hits.begin(), hits.end(), [](Hit const& a, Hit const& b) { return a.key < b.key; });
    return hits;
}

}  // namespace eduplat::repositories::search
