#include "repositories/course_lists.hpp"

#include "repositories/course_facets.hpp"
#include "repositories/in_page.hpp"
#include "repositories/rows.hpp"

#include <map>
#include <string_view>
#include <utility>

#define EDUPLAT_SUMMARY_COLUMNS                                                       \
    "SELECT courses.id, courses.uid, courses.slug, courses.state, courses.language, " \
    "courses.level, courses.published_at, coalesce(course_ratings.reviews, 0), "      \
    "coalesce(course_ratings.stars, 0) "
#define EDUPLAT_WITH_RATINGS "LEFT JOIN course_ratings ON course_ratings.course_id = courses.id "

// ?4 to ?7: language, level and tag, or empty; 1 for free courses, 0 for others, -1 for all.
#define EDUPLAT_FILTERS                                                           \
    "AND (?4 = '' OR courses.language = ?4) AND (?5 = '' OR courses.level = ?5) " \
    "AND (?6 = '' OR EXISTS (SELECT 1 FROM course_labels "                        \
    "WHERE course_labels.course_id = courses.id AND course_labels.kind = 'tag' "  \
    "AND course_labels.label = ?6)) "                                             \
    "AND (?7 < 0 OR ?7 = CASE WHEN EXISTS (SELECT 1 FROM course_prices "          \
    "WHERE course_prices.course_id = courses.id) THEN 0 ELSE 1 END) "

namespace eduplat::repositories::course_lists {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql published_sql = EDUPLAT_SUMMARY_COLUMNS
    "FROM courses " EDUPLAT_WITH_RATINGS
    "WHERE courses.state = 'published' AND (courses.published_at, courses.id) < (?1, "
    "?2) " EDUPLAT_FILTERS "ORDER BY courses.published_at DESC, courses.id DESC LIMIT ?3";
// Those with the tag are sorted: far fewer than all.
constexpr Sql tagged_sql = EDUPLAT_SUMMARY_COLUMNS
    "FROM course_labels AS wanted "
    "CROSS JOIN courses ON courses.id = wanted.course_id " EDUPLAT_WITH_RATINGS
    "WHERE wanted.kind = 'tag' AND wanted.label = ?6 AND courses.state = 'published' "
    "AND (courses.published_at, courses.id) < (?1, ?2) " EDUPLAT_FILTERS
    "ORDER BY courses.published_at DESC, courses.id DESC LIMIT ?3";
// ?8 is the teacher, ?9 the state.
constexpr Sql taught_sql = EDUPLAT_SUMMARY_COLUMNS
    "FROM course_teachers AS wanted "
    "CROSS JOIN courses ON courses.id = wanted.course_id " EDUPLAT_WITH_RATINGS
    "WHERE wanted.user_id = ?8 AND courses.state = ?9 "
    "AND (coalesce(courses.published_at, 0), courses.id) < (?1, ?2) " EDUPLAT_FILTERS
    "ORDER BY coalesce(courses.published_at, 0) DESC, courses.id DESC LIMIT ?3";
// By id: ?1 counts for nothing.
constexpr Sql in_state_sql = EDUPLAT_SUMMARY_COLUMNS
    "FROM courses " EDUPLAT_WITH_RATINGS
    "WHERE courses.state = ?9 AND courses.id < ?2 AND ?1 >= 0 " EDUPLAT_FILTERS
    "ORDER BY courses.id DESC LIMIT ?3";

constexpr Sql texts_sql =
    "SELECT course_id, language, title, summary FROM course_texts WHERE course_id " EDUPLAT_IN_PAGE
    " ORDER BY course_id, language";
constexpr Sql tags_sql =
    "SELECT course_id, label FROM course_labels WHERE kind = 'tag' AND course_id " EDUPLAT_IN_PAGE
    " ORDER BY course_id, label";
constexpr Sql prices_sql =
    "SELECT course_id, currency, period_days, amount_minor FROM course_prices WHERE "
    "course_id " EDUPLAT_IN_PAGE " ORDER BY course_id, currency, period_days";
constexpr Sql teachers_sql =
    "SELECT course_teachers.course_id, users.id, users.display_name FROM course_teachers "
    "JOIN users ON users.id = course_teachers.user_id WHERE "
    "course_teachers.course_id " EDUPLAT_IN_PAGE
    " ORDER BY course_teachers.course_id, course_teachers.position, course_teachers.user_id";

CourseSummary read(Statement const& row) {
    return {.id = row.id<CourseId>(0),
            .uid = row.uid(1),
            .slug = row.string(2),
            .state = known(parse_course_state(row.text(3)), "courses.state"),
            .language = row.string(4),
            .level = row.is_null(5) ? std::nullopt : parse_level(row.text(5)),
            .rating = {.reviews = row.int64(7), .stars = row.int64(8)},
            .published_at = row.optional(6, &Statement::timestamp)};
}

Statement rows_of(Connection& connection, Filter const& filter, Before const& before, int limit) {
    auto const level = filter.level ? name(*filter.level) : std::string_view{};
    int const free = filter.free ? (*filter.free ? 1 : 0) : -1;
    auto const with = [&](Sql sql) {
        return connection.query(sql, before.published_at, before.id, limit, filter.language, level,
                                filter.tag, free);
    };
    auto const with_more = [&](Sql sql) {
        return connection.query(sql, before.published_at, before.id, limit, filter.language, level,
                                filter.tag, free, filter.teacher, name(filter.state));
    };
    if (filter.teacher) return with_more(taught_sql);
    if (filter.state != CourseState::published) return with_more(in_state_sql);
    return with(filter.tag.empty() ? published_sql : tagged_sql);
}

void read_prices(Connection& connection, std::vector<CourseId> const& ids,
                 Index<CourseSummary> const& index) {
    std::map<CourseId, std::vector<Price>> prices;
    index.each(query_page(connection, prices_sql, ids), [&](CourseSummary& course, auto& row) {
        prices[course.id].push_back(read_price(row));
        course.prices = Prices{prices[course.id]};
    });
}

void read_facets(Connection& connection, std::vector<CourseSummary>& courses) {
    std::vector<CourseId> ids;
    ids.reserve(courses.size());
    for (auto const& course : courses)
        ids.push_back(course.id);
    Index const index{courses};
    index.each(query_page(connection, texts_sql, ids), take_texts<CourseSummary>);
    index.each(query_page(connection, tags_sql, ids),
               [](CourseSummary& course, auto& row) { course.tags.push_back(row.string(1)); });
    read_prices(connection, ids, index);
    index.each(query_page(connection, teachers_sql, ids), [](CourseSummary& course, auto& row) {
        course.teachers.push_back({row.template id<UserId>(1), row.string(2)});
    });
}

}  // namespace

std::vector<CourseSummary> page(Connection& connection, Filter const& filter, Before const& before,
                                int limit) {
    std::vector<CourseSummary> found;
    auto rows = rows_of(connection, filter, before, limit);
    while (rows.step())
        found.push_back(read(rows));
    read_facets(connection, found);
    return found;
}

}  // namespace eduplat::repositories::course_lists
