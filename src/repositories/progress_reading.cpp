#include "repositories/progress.hpp"
#include "repositories/rows.hpp"

// What read_learner() reads, from a column on.
#define EDUPLAT_LEARNER_COLUMNS                                                     \
    "enrollments.id, enrollments.uid, enrollments.user_id, enrollments.course_id, " \
    "enrollments.edition, enrollments.state, enrollments.completed_at, "            \
    "editions.publication_id, courses.certificate"

#define EDUPLAT_LEARNERS                                                \
    "SELECT " EDUPLAT_LEARNER_COLUMNS                                   \
    " FROM enrollments "                                                \
    "JOIN courses ON courses.id = enrollments.course_id "               \
    "LEFT JOIN editions ON editions.course_id = enrollments.course_id " \
    "AND editions.edition = enrollments.edition "

#define EDUPLAT_RULES                                                            \
    "SELECT publication_lectures.lecture_id, publication_lectures.required, "    \
    "publication_lectures.completion, publication_lectures.completion_percent, " \
    "lecture_items.position, lecture_items.media, lecture_items.duration_ms "    \
    "FROM publication_lectures LEFT JOIN lecture_items "                         \
    "ON lecture_items.version_id = publication_lectures.version_id "             \
    "AND lecture_items.media IS NOT NULL "

namespace eduplat::repositories::progress {
namespace {

using std::chrono::milliseconds;
using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql find_place_sql =
    "SELECT lectures.course_id, courses.publication_id, " EDUPLAT_LEARNER_COLUMNS
    " FROM lectures JOIN courses ON courses.id = lectures.course_id "
    "LEFT JOIN enrollments ON enrollments.user_id = ?2 "
    "AND enrollments.course_id = lectures.course_id "
    "LEFT JOIN editions ON editions.course_id = enrollments.course_id "
    "AND editions.edition = enrollments.edition WHERE lectures.id = ?1";
constexpr Sql find_learner_sql =
    EDUPLAT_LEARNERS "WHERE enrollments.user_id = ?1 AND enrollments.course_id = ?2";
constexpr Sql find_learner_by_id_sql = EDUPLAT_LEARNERS "WHERE enrollments.id = ?1";
constexpr Sql learners_sql = EDUPLAT_LEARNERS
    "WHERE enrollments.course_id = ?1 AND enrollments.id > ?2 ORDER BY enrollments.id LIMIT ?3";
constexpr Sql active_learners_sql = EDUPLAT_LEARNERS
    "WHERE enrollments.course_id = ?1 AND enrollments.state = 'active' AND enrollments.id > ?2 "
    "ORDER BY enrollments.id LIMIT ?3";
constexpr Sql learners_of_sql =
    EDUPLAT_LEARNERS "WHERE enrollments.user_id = ?1 ORDER BY enrollments.course_id";
constexpr Sql next_user_sql =
    "SELECT user_id FROM enrollments WHERE user_id > ?1 ORDER BY user_id, course_id LIMIT 1";

constexpr Sql exists_sql = "SELECT id FROM courses WHERE id = ?1";
constexpr Sql course_of_sql = "SELECT course_id FROM lectures WHERE id = ?1";

constexpr Sql rule_sql = EDUPLAT_RULES
    "WHERE publication_lectures.publication_id = ?1 AND publication_lectures.lecture_id = ?2 "
    "ORDER BY lecture_items.position";
constexpr Sql rules_sql = EDUPLAT_RULES
    "WHERE publication_lectures.publication_id = ?1 "
    "ORDER BY publication_lectures.position, lecture_items.position";
constexpr Sql needed_sql =
    "SELECT publications.lectures_needed, (SELECT count(*) FROM publication_lectures "
    "WHERE publication_lectures.publication_id = publications.id "
    "AND publication_lectures.required = 1) FROM publications WHERE publications.id = ?1";
constexpr Sql standing_sql =
    "SELECT publications.lectures_needed, (SELECT count(*) FROM publication_lectures "
    "WHERE publication_lectures.publication_id = publications.id "
    "AND publication_lectures.required = 1), "
    "(SELECT count(*) FROM lecture_progress JOIN publication_lectures "
    "ON publication_lectures.publication_id = publications.id "
    "AND publication_lectures.lecture_id = lecture_progress.lecture_id "
    "AND publication_lectures.required = 1 WHERE lecture_progress.enrollment_id = ?2 "
    "AND lecture_progress.completed_at IS NOT NULL) FROM publications WHERE publications.id = ?1";
constexpr Sql had_media_sql =
    "SELECT lecture_versions.id FROM lecture_versions JOIN lecture_items "
    "ON lecture_items.version_id = lecture_versions.id AND lecture_items.media = ?2 "
    "WHERE lecture_versions.lecture_id = ?1 ORDER BY lecture_versions.number LIMIT 1";

constexpr Sql gradebook_sql =
    "SELECT enrollments.id, enrollments.user_id, users.uid, users.display_name, "
    "enrollments.state, enrollments.edition, enrollments.completed_at "
    "FROM enrollments JOIN users ON users.id = enrollments.user_id "
    "WHERE enrollments.course_id = ?1 AND enrollments.id > ?2 ORDER BY enrollments.id LIMIT ?3";
constexpr Sql completed_counts_sql =
    "SELECT enrollments.id, count(*) FROM enrollments "
    "JOIN editions ON editions.course_id = enrollments.course_id "
    "AND editions.edition = enrollments.edition "
    "JOIN lecture_progress ON lecture_progress.enrollment_id = enrollments.id "
    "AND lecture_progress.completed_at IS NOT NULL "
    "JOIN publication_lectures ON publication_lectures.publication_id = editions.publication_id "
    "AND publication_lectures.lecture_id = lecture_progress.lecture_id "
    "AND publication_lectures.required = 1 "
    "WHERE enrollments.course_id = ?1 AND enrollments.id > ?2 AND enrollments.id <= ?3 "
    "GROUP BY enrollments.id ORDER BY enrollments.id";
constexpr Sql editions_sql =
    "SELECT editions.edition, publications.lectures_needed, "
    "(SELECT count(*) FROM publication_lectures "
    "WHERE publication_lectures.publication_id = editions.publication_id "
    "AND publication_lectures.required = 1) "
    "FROM editions JOIN publications ON publications.id = editions.publication_id "
    "WHERE editions.course_id = ?1 ORDER BY editions.edition";

int small(Statement const& row, int column) {
    return static_cast<int>(row.int64(column));
}

EnrollmentState read_state(Statement const& row, int column) {
    return known(parse_enrollment_state(row.text(column)), "enrollments.state");
}

Learner read_learner(Statement const& row, int first) {
    return {.enrollment = row.id<EnrollmentId>(first),
            .uid = row.uid(first + 1),
            .user = row.id<UserId>(first + 2),
            .course = row.id<CourseId>(first + 3),
            .edition = small(row, first + 4),
            .state = read_state(row, first + 5),
            .completed_at = row.optional(first + 6, &Statement::timestamp),
            .publication = row.optional(first + 7, &Statement::id<PublicationId>),
            .certificate = row.boolean(first + 8)};
}

std::optional<Learner> one(Statement row) {
    if (!row.step()) return std::nullopt;
    return read_learner(row, 0);
}

std::vector<Learner> several(Statement rows) {
    std::vector<Learner> result;
    while (rows.step())
        result.push_back(read_learner(rows, 0));
    return result;
}

/// Rules from rows of which each tells one recording, or that there is none.
std::vector<LectureRule> read_rules(Statement rows) {
    std::vector<LectureRule> result;
    while (rows.step()) {
        auto const lecture = rows.id<LectureId>(0);
        if (result.empty() || result.back().lecture != lecture) {
            auto const rule =
                known(parse_completion_rule(rows.text(2)), "publication_lectures.completion");
            result.push_back({.lecture = lecture,
                              .required = rows.boolean(1),
                              .completion = {.rule = rule, .percent = small(rows, 3)}});
        }
        if (rows.is_null(5)) continue;
        result.back().media.push_back({small(rows, 4), rows.uid(5), milliseconds{rows.int64(6)}});
    }
    return result;
}

int needed_of(Statement const& row, int column) {
    std::optional<int> needed;
    if (!row.is_null(column)) needed = small(row, column);
    return lectures_needed(small(row, column + 1), needed);
}

}  // namespace

std::optional<Place> find_place(Connection& connection, LectureId lecture, UserId user) {
    auto row = connection.query(find_place_sql, lecture, user);
    if (!row.step()) return std::nullopt;
    Place place{.course = row.id<CourseId>(0),
                .publication = row.optional(1, &Statement::id<PublicationId>),
                .learner = std::nullopt};
    if (!row.is_null(2)) place.learner = read_learner(row, 2);
    return place;
}

std::optional<Learner> find_learner(Connection& connection, UserId user, CourseId course) {
    return one(connection.query(find_learner_sql, user, course));
}

std::optional<Learner> find_learner(Connection& connection, EnrollmentId enrollment) {
    return one(connection.query(find_learner_by_id_sql, enrollment));
}

std::vector<Learner> learners(Connection& connection, CourseId course, EnrollmentId after,
                              int limit) {
    return several(connection.query(learners_sql, course, after, limit));
}

std::vector<Learner> active_learners(Connection& connection, CourseId course, EnrollmentId after,
                                     int limit) {
    return several(connection.query(active_learners_sql, course, after, limit));
}

std::vector<Learner> learners_of(Connection& connection, UserId user) {
    return several(connection.query(learners_of_sql, user));
}

std::optional<UserId> next_user(Connection& connection, UserId after) {
    auto row = connection.query(next_user_sql, after);
    if (!row.step()) return std::nullopt;
    return row.id<UserId>(0);
}

bool exists(Connection& connection, CourseId course) {
    return connection.query(exists_sql, course).step();
}

std::optional<CourseId> course_of(Connection& connection, LectureId lecture) {
    auto row = connection.query(course_of_sql, lecture);
    if (!row.step()) return std::nullopt;
    return row.id<CourseId>(0);
}

std::optional<LectureRule> rule(Connection& connection, PublicationId publication,
                                LectureId lecture) {
    auto found = read_rules(connection.query(rule_sql, publication, lecture));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::vector<LectureRule> rules(Connection& connection, PublicationId publication) {
    return read_rules(connection.query(rules_sql, publication));
}

std::optional<int> needed(Connection& connection, PublicationId publication) {
    auto row = connection.query(needed_sql, publication);
    if (!row.step()) return std::nullopt;
    return needed_of(row, 0);
}

Standing standing(Connection& connection, PublicationId publication, EnrollmentId enrollment) {
    auto row = connection.query(standing_sql, publication, enrollment);
    if (!row.step()) return {0, 0};
    return {small(row, 2), needed_of(row, 0)};
}

bool had_media(Connection& connection, LectureId lecture, Uid const& media) {
    return connection.query(had_media_sql, lecture, media).step();
}

std::vector<GradebookEntry> gradebook(Connection& connection, CourseId course, EnrollmentId after,
                                      int limit) {
    std::vector<GradebookEntry> result;
    auto rows = connection.query(gradebook_sql, course, after, limit);
    while (rows.step()) {
        result.push_back({.enrollment = rows.id<EnrollmentId>(0),
                          .user = rows.id<UserId>(1),
                          .user_uid = rows.uid(2),
                          .display_name = rows.string(3),
                          .state = read_state(rows, 4),
                          .edition = small(rows, 5),
                          .completed_at = rows.optional(6, &Statement::timestamp)});
    }
    return result;
}

std::vector<CompletedCount> completed_counts(Connection& connection, CourseId course,
                                             EnrollmentId after, EnrollmentId last) {
    std::vector<CompletedCount> result;
    auto rows = connection.query(completed_counts_sql, course, after, last);
    while (rows.step())
        result.push_back({rows.id<EnrollmentId>(0), small(rows, 1)});
    return result;
}

std::vector<EditionNeeds> editions(Connection& connection, CourseId course) {
    std::vector<EditionNeeds> result;
    auto rows = connection.query(editions_sql, course);
    while (rows.step())
        result.push_back({small(rows, 0), needed_of(rows, 1)});
    return result;
}

}  // namespace eduplat::repositories::progress
