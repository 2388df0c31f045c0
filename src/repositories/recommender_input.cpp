#include "repositories/recommender_input.hpp"

#include "repositories/in_page.hpp"
#include "repositories/rows.hpp"

#include <algorithm>

// What stands in the log for a course: read_event() reads it by place.
#define EDUPLAT_DOING_COLUMNS                                                   \
    "learning_events.seq, learning_events.user_id, learning_events.course_id, " \
    "learning_events.kind, learning_events.a, learning_events.at"
#define EDUPLAT_ENROLLED_COLUMNS                                                \
    "enrollments.id, enrollments.user_id, enrollments.course_id, "              \
    "coalesce(enrollments.activated_at, enrollments.created_at), "              \
    "enrollments.completed_at, EXISTS (SELECT 1 FROM grants "                   \
    "WHERE grants.enrollment_id = enrollments.id AND grants.kind = 'purchase' " \
    "AND grants.revoked_at IS NULL), enrollments.state "

namespace eduplat::repositories::recommender_input {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql users_sql = "SELECT id, state FROM users WHERE id > ?1 ORDER BY id LIMIT ?2";
constexpr Sql courses_sql =
    "SELECT id FROM courses WHERE id > ?1 AND state IN ('published', 'archived') "
    "ORDER BY id LIMIT ?2";
constexpr Sql events_sql =
    "SELECT " EDUPLAT_DOING_COLUMNS " FROM learning_events WHERE seq > ?1 ORDER BY seq LIMIT ?2";
constexpr Sql enrollments_sql =
    "SELECT " EDUPLAT_ENROLLED_COLUMNS "FROM enrollments WHERE id > ?1 ORDER BY id LIMIT ?2";
constexpr Sql reviews_sql =
    "SELECT course_id, user_id, rating, updated_at FROM reviews WHERE course_id = ?1 "
    "ORDER BY user_id";

constexpr Sql texts_sql =
    "SELECT course_id, title, summary FROM course_texts WHERE course_id " EDUPLAT_IN_PAGE
    " ORDER BY course_id, language";
constexpr Sql labels_sql =
    "SELECT course_id, kind, label FROM course_labels WHERE course_id " EDUPLAT_IN_PAGE
    " ORDER BY course_id, kind, label";
constexpr Sql teachers_sql =
    "SELECT course_id, user_id FROM course_teachers WHERE course_id " EDUPLAT_IN_PAGE
    " ORDER BY course_id, user_id";

// ?2 is the kind of searches.
constexpr Sql recent_sql = "SELECT " EDUPLAT_DOING_COLUMNS
                           ", learning_details.detail FROM learning_events "
                           "LEFT JOIN learning_details ON learning_events.kind = ?2 "
                           "AND learning_details.seq = learning_events.seq "
                           "WHERE learning_events.user_id = ?1 "
                           "ORDER BY learning_events.seq DESC LIMIT ?3";
constexpr Sql enrollments_of_sql =
    "SELECT " EDUPLAT_ENROLLED_COLUMNS "FROM enrollments WHERE user_id = ?1 ORDER BY course_id";
constexpr Sql reviews_of_sql =
    "SELECT course_id, user_id, rating, updated_at FROM reviews WHERE user_id = ?1 "
    "ORDER BY course_id";

constexpr int detail_column = 6;

/// How often an entry says that it was done; 0 if it says that it was not.
std::int64_t count_of(LearningKind kind, std::optional<std::int64_t> a) {
    if (kind == LearningKind::opened || kind == LearningKind::marked) {
        return std::max<std::int64_t>(a.value_or(1), 0);
    }
    return 1;
}

/// Nothing for entries of no user, of no course, of a kind that a newer build wrote.
std::optional<Event> read_event(Statement const& row) {
    auto const kind = parse_learning_kind(row.int64(3));
    if (row.is_null(1) || row.is_null(2) || !kind) return std::nullopt;
    return Event{.seq = row.int64(0),
                 .user = row.id<UserId>(1),
                 .course = row.id<CourseId>(2),
                 .kind = *kind,
                 .count = count_of(*kind, row.optional(4, &Statement::int64)),
                 .at = row.timestamp(5)};
}

/// Nothing for a revoked one: the learner has it no longer.
std::optional<Enrolled> read_enrolled(Statement const& row) {
    if (row.text(6) == name(EnrollmentState::revoked)) return std::nullopt;
    return Enrolled{.enrollment = row.id<EnrollmentId>(0),
                    .user = row.id<UserId>(1),
                    .course = row.id<CourseId>(2),
                    .at = row.timestamp(3),
                    .purchased = row.boolean(5),
                    .completed_at = row.optional(4, &Statement::timestamp)};
}

Reviewed read_review(Statement const& row) {
    return {row.id<CourseId>(0), row.id<UserId>(1), read_int(row, 2), row.timestamp(3)};
}

/// Finds the texts of a course that a row is of.
class ByCourse {
  public:
    explicit ByCourse(std::vector<CourseTexts>& texts) : texts_(texts) {}

    CourseTexts& of(Statement const& row) const {
        auto const course = row.id<CourseId>(0);
        return *std::lower_bound(
            texts_.begin(), texts_.end(), course,
            [](CourseTexts const& texts, CourseId id) { return texts.course < id; });
    }

  private:
    std::vector<CourseTexts>& texts_;
};

}  // namespace

std::optional<UserId> users(Connection& connection, UserId after, int limit,
                            FunctionRef<void(UserId)> take) {
    std::optional<UserId> last;
    auto rows = connection.query(users_sql, after, limit);
    while (rows.step()) {
        last = rows.id<UserId>(0);
        auto const state = parse_user_state(rows.text(1));
        if (state == UserState::active || state == UserState::invited) take(*last);
    }
    return last;
}

std::vector<CourseId> courses(Connection& connection, CourseId after, int limit) {
    std::vector<CourseId> found;
    auto rows = connection.query(courses_sql, after, limit);
    while (rows.step())
        found.push_back(rows.id<CourseId>(0));
    return found;
}

std::optional<std::int64_t> events(Connection& connection, std::int64_t after, int limit,
                                   FunctionRef<void(Event const&)> take) {
    std::optional<std::int64_t> last;
    auto rows = connection.query(events_sql, after, limit);
    while (rows.step()) {
        last = rows.int64(0);
        if (auto const event = read_event(rows)) take(*event);
    }
    return last;
}

std::optional<EnrollmentId> enrollments(Connection& connection, EnrollmentId after, int limit,
                                        FunctionRef<void(Enrolled const&)> take) {
    std::optional<EnrollmentId> last;
    auto rows = connection.query(enrollments_sql, after, limit);
    while (rows.step()) {
        last = rows.id<EnrollmentId>(0);
        if (auto const enrolled = read_enrolled(rows)) take(*enrolled);
    }
    return last;
}

void reviews(Connection& connection, CourseId course, FunctionRef<void(Reviewed const&)> take) {
    auto rows = connection.query(reviews_sql, course);
    while (rows.step())
        take(read_review(rows));
}

std::vector<CourseTexts> texts(Connection& connection, std::vector<CourseId> const& courses) {
    std::vector<CourseTexts> found;
    found.reserve(courses.size());
    for (auto const course : courses)
        found.push_back({.course = course});
    std::sort(found.begin(), found.end(),
              [](auto const& one, auto const& other) { return one.course < other.course; });
    ByCourse const by_course{found};
    auto rows = query_page(connection, texts_sql, courses);
    while (rows.step()) {
        auto& text = by_course.of(rows).text;
        text.append(rows.text(1)).append("\n").append(rows.text(2)).append("\n");
    }
    auto labels = query_page(connection, labels_sql, courses);
    while (labels.step()) {
        auto& of = by_course.of(labels);
        (labels.text(1) == "tag" ? of.tags : of.concepts).push_back(labels.string(2));
    }
    auto teachers = query_page(connection, teachers_sql, courses);
    while (teachers.step())
        by_course.of(teachers).teachers.push_back(teachers.id<UserId>(1));
    return found;
}

std::vector<std::string> recent(Connection& connection, UserId user, int limit,
                                FunctionRef<void(Event const&)> take) {
    std::vector<std::string> searched;
    auto rows = connection.query(recent_sql, user, static_cast<int>(LearningKind::searched), limit);
    while (rows.step()) {
        if (!rows.is_null(detail_column)) searched.push_back(rows.string(detail_column));
        if (auto const event = read_event(rows)) take(*event);
    }
    return searched;
}

void enrollments_of(Connection& connection, UserId user, FunctionRef<void(Enrolled const&)> take) {
    auto rows = connection.query(enrollments_of_sql, user);
    while (rows.step()) {
        if (auto const enrolled = read_enrolled(rows)) take(*enrolled);
    }
}

void reviews_of(Connection& connection, UserId user, FunctionRef<void(Reviewed const&)> take) {
    auto rows = connection.query(reviews_of_sql, user);
    while (rows.step())
        take(read_review(rows));
}

}  // namespace eduplat::repositories::recommender_input
