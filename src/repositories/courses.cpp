#include "repositories/courses.hpp"

#include "repositories/course_facets.hpp"
#include "repositories/rows.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace eduplat::repositories::courses {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql standing_sql =
    "SELECT courses.id, courses.uid, courses.slug, courses.state, courses.edition, "
    "courses.publication_id, course_teachers.user_id, enrollments.edition FROM courses "
    "LEFT JOIN course_teachers "
    "ON course_teachers.course_id = courses.id AND course_teachers.user_id = ?2 "
    "LEFT JOIN enrollments ON enrollments.user_id = ?2 AND enrollments.course_id = courses.id "
    "AND enrollments.state IN ('active', 'completed', 'suspended') "
    "WHERE courses.id = ?1 AND courses.state <> 'removed'";

constexpr Sql find_id_by_uid_sql = "SELECT id FROM courses WHERE uid = ?1";
constexpr Sql find_id_by_slug_sql = "SELECT id FROM courses WHERE slug = ?1";
constexpr Sql find_by_source_sql = "SELECT id FROM courses WHERE source = ?1 AND source_id = ?2";

constexpr Sql find_sql =
    "SELECT courses.id, courses.uid, courses.source, courses.source_id, courses.slug, "
    "courses.state, courses.language, courses.level, courses.certificate, "
    "courses.lectures_needed, courses.edition, courses.publication_id, courses.version, "
    "courses.created_at, courses.updated_at, courses.published_at, course_seats.capacity, "
    "course_seats.taken, coalesce(course_ratings.reviews, 0), coalesce(course_ratings.stars, 0) "
    "FROM courses JOIN course_seats ON course_seats.course_id = courses.id "
    "LEFT JOIN course_ratings ON course_ratings.course_id = courses.id WHERE courses.id = ?1";
constexpr Sql texts_sql =
    "SELECT course_id, language, title, summary FROM course_texts WHERE course_id = ?1 "
    "ORDER BY language";
constexpr Sql labels_sql =
    "SELECT kind, label FROM course_labels WHERE course_id = ?1 ORDER BY kind, label";
constexpr Sql prices_sql =
    "SELECT course_id, currency, period_days, amount_minor FROM course_prices "
    "WHERE course_id = ?1 ORDER BY currency, period_days";
constexpr Sql teachers_sql =
    "SELECT user_id, share FROM course_teachers WHERE course_id = ?1 ORDER BY position, user_id";
constexpr Sql prerequisites_sql =
    "SELECT required_course_id FROM course_prerequisites WHERE course_id = ?1 "
    "ORDER BY required_course_id";

constexpr Sql insert_sql =
    "INSERT INTO courses (uid, source, source_id, slug, state, language, level, certificate, "
    "lectures_needed, edition, version, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, 'draft', ?5, ?6, ?7, ?8, 0, 1, ?9, ?9) "
    "ON CONFLICT (slug) DO NOTHING RETURNING id";
constexpr Sql insert_seats_sql =
    "INSERT INTO course_seats (course_id, capacity, taken) VALUES (?1, ?2, 0)";

constexpr Sql update_sql =
    "UPDATE courses SET slug = ?2, language = ?3, level = ?4, certificate = ?5, "
    "lectures_needed = ?6, version = version + 1, updated_at = ?7 WHERE id = ?1";
constexpr Sql touch_sql = "UPDATE courses SET version = version + 1, updated_at = ?2 WHERE id = ?1";
constexpr Sql set_state_sql =
    "UPDATE courses SET state = ?2, version = version + 1, updated_at = ?3 WHERE id = ?1";
constexpr Sql set_publication_sql =
    "UPDATE courses SET state = 'published', edition = ?2, publication_id = ?3, "
    "published_at = coalesce(published_at, ?4), version = version + 1, updated_at = ?4 "
    "WHERE id = ?1";
constexpr Sql set_capacity_sql =
    "UPDATE course_seats SET capacity = ?2 "
    "WHERE course_id = ?1 AND (CAST(?2 AS INTEGER) IS NULL OR taken <= ?2)";

constexpr Sql remove_texts_sql = "DELETE FROM course_texts WHERE course_id = ?1";
constexpr Sql add_text_sql =
    "INSERT INTO course_texts (course_id, language, title, summary) VALUES (?1, ?2, ?3, ?4)";
constexpr Sql remove_labels_sql = "DELETE FROM course_labels WHERE course_id = ?1 AND kind = ?2";
constexpr Sql add_label_sql =
    "INSERT INTO course_labels (course_id, kind, label) VALUES (?1, ?2, ?3)";
constexpr Sql remove_prices_sql = "DELETE FROM course_prices WHERE course_id = ?1";
constexpr Sql add_price_sql =
    "INSERT INTO course_prices (course_id, currency, period_days, amount_minor) "
    "VALUES (?1, ?2, ?3, ?4)";
constexpr Sql remove_teachers_sql = "DELETE FROM course_teachers WHERE course_id = ?1";
constexpr Sql add_teacher_sql =
    "INSERT INTO course_teachers (course_id, user_id, position, share) VALUES (?1, ?2, ?3, ?4)";
constexpr Sql remove_prerequisite_sql =
    "DELETE FROM course_prerequisites WHERE course_id = ?1 AND required_course_id = ?2";
constexpr Sql add_prerequisite_sql =
    "INSERT INTO course_prerequisites (course_id, required_course_id, created_at) "
    "VALUES (?1, ?2, ?3)";

constexpr Sql requires_sql =
    "WITH RECURSIVE required (course_id) AS (SELECT CAST(?1 AS INTEGER) UNION "
    "SELECT course_prerequisites.required_course_id FROM required "
    "JOIN course_prerequisites ON course_prerequisites.course_id = required.course_id) "
    "SELECT course_id FROM required WHERE course_id = ?2 LIMIT 1";

constexpr Sql is_required_sql =
    "SELECT courses.id FROM course_prerequisites "
    "JOIN courses ON courses.id = course_prerequisites.course_id "
    "WHERE course_prerequisites.required_course_id = ?1 AND courses.state = 'published' LIMIT 1";
constexpr Sql requires_archived_sql =
    "SELECT courses.id FROM course_prerequisites "
    "JOIN courses ON courses.id = course_prerequisites.required_course_id "
    "WHERE course_prerequisites.course_id = ?1 AND courses.state = 'archived' LIMIT 1";

Course read(Statement const& row) {
    return {
        .id = row.id<CourseId>(0),
        .uid = row.uid(1),
        .source = row.optional(2, &Statement::string),
        .source_id = row.optional(3, &Statement::string),
        .slug = row.string(4),
        .state = known(parse_course_state(row.text(5)), "courses.state"),
        .language = row.string(6),
        .level = row.is_null(7) ? std::nullopt : parse_level(row.text(7)),
        .capacity = optional_int(row, 16),
        .seats_taken = read_int(row, 17),
        .certificate = row.boolean(8),
        .lectures_needed = optional_int(row, 9),
        .edition = read_int(row, 10),
        .publication = row.optional(11, &Statement::id<PublicationId>),
        .rating = {.reviews = row.int64(18), .stars = row.int64(19)},
        .version = row.int64(12),
        .created_at = row.timestamp(13),
        .updated_at = row.timestamp(14),
        .published_at = row.optional(15, &Statement::timestamp),
    };
}

void read_labels(Connection& connection, Course& course) {
    auto rows = connection.query(labels_sql, course.id);
    while (rows.step()) {
        auto& labels = rows.text(0) == "tag" ? course.tags : course.concepts;
        labels.push_back(rows.string(1));
    }
}

void read_others(Connection& connection, Course& course) {
    std::vector<Price> prices;
    auto rows = connection.query(prices_sql, course.id);
    while (rows.step())
        prices.push_back(read_price(rows));
    course.prices = Prices{std::move(prices)};
    auto teachers = connection.query(teachers_sql, course.id);
    while (teachers.step())
        course.teachers.push_back({teachers.id<UserId>(0), read_int(teachers, 1)});
    auto required = connection.query(prerequisites_sql, course.id);
    while (required.step())
        course.prerequisites.push_back(required.id<CourseId>(0));
}

std::optional<CourseId> one_id(Statement statement) {
    if (!statement.step()) return std::nullopt;
    return statement.id<CourseId>(0);
}

void set_labels(Connection& connection, CourseId course, std::string_view kind,
                std::span<std::string const> labels) {
    connection.execute(remove_labels_sql, course, kind);
    for (auto const& label : labels)
        connection.execute(add_label_sql, course, kind, label);
}

}  // namespace

std::optional<Standing> standing(Connection& connection, CourseId course,
                                 std::optional<UserId> user) {
    auto row = connection.query(standing_sql, course, user);
    if (!row.step()) return std::nullopt;
    return Standing{.id = row.id<CourseId>(0),
                    .uid = row.uid(1),
                    .slug = row.string(2),
                    .state = known(parse_course_state(row.text(3)), "courses.state"),
                    .edition = read_int(row, 4),
                    .publication = row.optional(5, &Statement::id<PublicationId>),
                    .teaches = !row.is_null(6),
                    .enrolled_edition = optional_int(row, 7)};
}

std::optional<CourseId> find_id(Connection& connection, Uid const& uid) {
    return one_id(connection.query(find_id_by_uid_sql, uid));
}

std::optional<CourseId> find_id(Connection& connection, std::string_view slug) {
    return one_id(connection.query(find_id_by_slug_sql, slug));
}

std::optional<CourseId> find_by_source(Connection& connection, std::string_view source,
                                       std::string_view source_id) {
    return one_id(connection.query(find_by_source_sql, source, source_id));
}

std::optional<Course> find(Connection& connection, CourseId course) {
    std::optional<Course> found;
    {
        auto row = connection.query(find_sql, course);
        if (!row.step()) return found;
        found = read(row);
    }
    auto texts = connection.query(texts_sql, course);
    while (texts.step())
        take_texts(*found, texts);
    read_labels(connection, *found);
    read_others(connection, *found);
    return found;
}

std::optional<CourseId> insert(Connection& connection, NewRow const& row, Timestamp at) {
    std::optional<CourseId> id;
    {
        auto statement =
            connection.query(insert_sql, row.uid, row.source, row.source_id, row.slug, row.language,
                             row.level ? std::optional{name(*row.level)} : std::nullopt,
                             row.certificate, row.lectures_needed, at);
        if (!statement.step()) return id;
        id = statement.id<CourseId>(0);
        statement.step();
    }
    connection.execute(insert_seats_sql, *id, row.capacity);
    return id;
}

void update(Connection& connection, Course const& course, Timestamp at) {
    connection.execute(update_sql, course.id, course.slug, course.language,
                       course.level ? std::optional{name(*course.level)} : std::nullopt,
                       course.certificate, course.lectures_needed, at);
}

void touch(Connection& connection, CourseId course, Timestamp at) {
    connection.execute(touch_sql, course, at);
}

void set_state(Connection& connection, CourseId course, CourseState state, Timestamp at) {
    connection.execute(set_state_sql, course, name(state), at);
}

void set_publication(Connection& connection, CourseId course, int edition,
                     PublicationId publication, Timestamp at) {
    connection.execute(set_publication_sql, course, edition, publication, at);
}

bool set_capacity(Connection& connection, CourseId course, std::optional<int> capacity) {
    return connection.execute(set_capacity_sql, course, capacity) == 1;
}

void set_texts(Connection& connection, CourseId course, LocalizedText const& title,
               LocalizedText const& summary) {
    connection.execute(remove_texts_sql, course);
    struct Both {
        std::string_view title = {};
        std::string_view summary = {};
    };
    std::map<std::string_view, Both> both;
    for (auto const& [language, text] : title.texts())
        both[language].title = text;
    for (auto const& [language, text] : summary.texts())
        both[language].summary = text;
    for (auto const& [language, texts] : both)
        connection.execute(add_text_sql, course, language, texts.title, texts.summary);
}

void set_tags(Connection& connection, CourseId course, std::span<std::string const> tags) {
    set_labels(connection, course, "tag", tags);
}

void set_concepts(Connection& connection, CourseId course, std::span<std::string const> concepts) {
    set_labels(connection, course, "concept", concepts);
}

void set_prices(Connection& connection, CourseId course, Prices const& prices) {
    connection.execute(remove_prices_sql, course);
    for (auto const& price : prices.all()) {
        connection.execute(add_price_sql, course, price.amount.currency().code(), price.period_days,
                           price.amount.minor_units());
    }
}

void set_teachers(Connection& connection, CourseId course, std::span<Teacher const> teachers) {
    connection.execute(remove_teachers_sql, course);
    int position = 0;
    for (auto const& teacher : teachers)
        connection.execute(add_teacher_sql, course, teacher.user, position++, teacher.share);
}

void set_prerequisites(Connection& connection, CourseId course, std::span<CourseId const> before,
                       std::span<CourseId const> after, Timestamp at) {
    auto const in = [](std::span<CourseId const> all, CourseId one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    for (auto const required : before) {
        if (!in(after, required)) connection.execute(remove_prerequisite_sql, course, required);
    }
    for (auto const required : after) {
        if (!in(before, required)) connection.execute(add_prerequisite_sql, course, required, at);
    }
}

bool requires_course(Connection& connection, CourseId course, CourseId other) {
    return connection.query(requires_sql, course, other).step();
}

bool is_required(Connection& connection, CourseId course) {
    return connection.query(is_required_sql, course).step();
}

bool requires_archived(Connection& connection, CourseId course) {
    return connection.query(requires_archived_sql, course).step();
}

}  // namespace eduplat::repositories::courses
