#include "support/course_rows.hpp"

#include <eduplat/core/uid.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace eduplat::test {
namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql course_sql =
    "INSERT INTO courses (uid, slug, state, language, certificate, edition, version, created_at, "
    "updated_at) VALUES (?1, ?2, 'draft', 'en', 0, 0, 1, 0, 0) RETURNING id";
constexpr Sql seats_sql =
    "INSERT INTO course_seats (course_id, capacity, taken) VALUES (?1, ?2, 0)";
constexpr Sql ratings_sql =
    "INSERT INTO course_ratings (course_id, reviews, stars) VALUES (?1, 0, 0)";
constexpr Sql text_sql =
    "INSERT INTO course_texts (course_id, language, title, summary) VALUES (?1, 'en', ?2, '')";
constexpr Sql price_sql =
    "INSERT INTO course_prices (course_id, currency, period_days, amount_minor) "
    "VALUES (?1, 'EUR', 0, 4900)";
constexpr Sql teach_sql =
    "INSERT INTO course_teachers (course_id, user_id, position, share) VALUES (?1, ?2, 0, 1)";
constexpr Sql state_sql = "UPDATE courses SET state = ?2 WHERE id = ?1";
constexpr Sql require_sql =
    "INSERT INTO course_prerequisites (course_id, required_course_id, created_at) "
    "VALUES (?1, ?2, 0)";

// Its version has the next number of all versions, and refers back to it.
constexpr Sql lecture_sql =
    "INSERT INTO lectures (uid, course_id, position, draft_version_id, preview, required, "
    "completion, completion_percent, release, release_days, version, created_at, updated_at) "
    "SELECT ?1, ?2, count(*), (SELECT coalesce(max(id), 0) + 1 FROM lecture_versions), 0, 1, "
    "'opened', 0, 'at_once', 0, 1, 0, 0 FROM lectures WHERE course_id = ?2 "
    "RETURNING id, draft_version_id";
constexpr Sql version_sql =
    "INSERT INTO lecture_versions (id, uid, lecture_id, number, videos, audios, texts, files, "
    "embeds, duration_ms, created_at) VALUES (?1, ?2, ?3, 1, 0, 0, 0, 0, 0, 0, 0)";
constexpr Sql lecture_text_sql =
    "INSERT INTO lecture_texts (version_id, language, title) VALUES (?1, 'en', 'A lecture')";

constexpr Sql publication_sql =
    "INSERT INTO publications (uid, course_id, edition, kind, note, at) "
    "SELECT ?1, id, CASE WHEN ?3 OR edition = 0 THEN edition + 1 ELSE edition END, "
    "CASE WHEN ?3 OR edition = 0 THEN 'edition' ELSE 'correction' END, '', 0 "
    "FROM courses WHERE id = ?2 RETURNING id, edition";
constexpr Sql place_sql =
    "INSERT INTO publication_lectures (publication_id, position, lecture_id, version_id, preview, "
    "required, completion, completion_percent, release, release_at, release_days, prerequisites) "
    "SELECT ?1, ?2, id, draft_version_id, ?4, 1, 'opened', 0, ?5, ?6, ?7, ?8 FROM lectures "
    "WHERE id = ?3";
constexpr Sql needed_sql =
    "INSERT INTO publication_prerequisites (publication_id, lecture_id, required_lecture_id) "
    "VALUES (?1, ?2, ?3)";
constexpr Sql forget_edition_sql = "DELETE FROM editions WHERE course_id = ?1 AND edition = ?2";
constexpr Sql edition_sql =
    "INSERT INTO editions (course_id, edition, publication_id) VALUES (?1, ?2, ?3)";
constexpr Sql published_sql =
    "UPDATE courses SET edition = ?2, publication_id = ?3, published_at = 0, "
    "state = CASE WHEN state = 'archived' THEN state ELSE 'published' END WHERE id = ?1";
constexpr Sql lecture_published_sql =
    "UPDATE lectures SET published_version_id = draft_version_id WHERE id = ?1";

constexpr Sql forget_progress_sql =
    "DELETE FROM lecture_progress WHERE enrollment_id = ?1 AND lecture_id = ?2";
constexpr Sql progress_sql =
    "INSERT INTO lecture_progress (enrollment_id, lecture_id, opens, first_at, last_at, marked, "
    "completed_at) VALUES (?1, ?2, 1, 0, 0, 0, ?3)";

constexpr Sql course_of_sql = "SELECT course_id FROM lectures WHERE id = ?1";
constexpr Sql taken_sql = "SELECT taken FROM course_seats WHERE course_id = ?1";

template <class... Values>
std::array<std::int64_t, 2> inserted(Connection& connection, Sql sql, Values const&... values) {
    auto row = connection.query(sql, values...);
    row.step();
    std::array const result{row.int64(0), row.int64(1)};
    row.step();
    return result;
}

void place(Connection& connection, std::int64_t publication, int position, PlaceRow const& row) {
    connection.execute(place_sql, publication, position, row.lecture, row.preview, row.release,
                       row.release_at, row.release_days, row.prerequisites.size());
    for (auto const required : row.prerequisites)
        connection.execute(needed_sql, publication, row.lecture, required);
    connection.execute(lecture_published_sql, row.lecture);
}

}  // namespace

Uid CourseRows::uid() {
    std::array<std::byte, 8> entropy{};
    random_.fill(entropy);
    return Uid::v7(Timestamp{}, entropy);
}

CourseId CourseRows::course(CourseRow const& row) {
    auto const uid = this->uid();
    auto const slug = to_string(uid);
    auto const id = storage_.write([&](Connection& connection) {
        auto statement = connection.query(course_sql, uid, slug);
        statement.step();
        auto const course = statement.id<CourseId>(0);
        statement.step();
        connection.execute(seats_sql, course, row.capacity);
        connection.execute(ratings_sql, course);
        connection.execute(text_sql, course, slug);
        if (row.has_price) connection.execute(price_sql, course);
        return course;
    });
    if (row.teacher) teach(id, *row.teacher);
    if (row.state == "published" || row.state == "archived") publish(id, {});
    if (row.state != "draft" && row.state != "published") set_state(id, row.state);
    return id;
}

LectureId CourseRows::lecture(CourseId course) {
    auto const lecture_uid = uid();
    auto const version_uid = uid();
    return storage_.write([&](Connection& connection) {
        auto const [id, version] = inserted(connection, lecture_sql, lecture_uid, course);
        connection.execute(version_sql, version, version_uid, id);
        connection.execute(lecture_text_sql, version);
        return LectureId{id};
    });
}

PublicationId CourseRows::publish(CourseId course, std::vector<PlaceRow> const& places,
                                  bool new_edition) {
    auto const uid = this->uid();
    return storage_.write([&](Connection& connection) {
        auto const [id, edition] = inserted(connection, publication_sql, uid, course, new_edition);
        int position = 0;
        for (auto const& row : places)
            place(connection, id, position++, row);
        connection.execute(forget_edition_sql, course, edition);
        connection.execute(edition_sql, course, edition, id);
        connection.execute(published_sql, course, edition, id);
        return PublicationId{id};
    });
}

LectureId CourseRows::open_lecture(CourseRow const& row) {
    auto const course = this->course(row);
    auto const lecture = this->lecture(course);
    publish(course, {{.lecture = lecture}});
    return lecture;
}

void CourseRows::set_state(CourseId course, std::string_view state) {
    storage_.write([&](Connection& connection) { connection.execute(state_sql, course, state); });
}

void CourseRows::teach(CourseId course, UserId user) {
    storage_.write([&](Connection& connection) { connection.execute(teach_sql, course, user); });
}

void CourseRows::require(CourseId course, CourseId required) {
    storage_.write(
        [&](Connection& connection) { connection.execute(require_sql, course, required); });
}

void CourseRows::progress(EnrollmentId enrollment, LectureId lecture,
                          std::optional<Timestamp> completed_at) {
    storage_.write([&](Connection& connection) {
        connection.execute(forget_progress_sql, enrollment, lecture);
        connection.execute(progress_sql, enrollment, lecture, completed_at);
    });
}

CourseId course_of(storage::Storage& storage, LectureId lecture) {
    return storage.read([&](Connection& connection) {
        auto row = connection.query(course_of_sql, lecture);
        row.step();
        return row.id<CourseId>(0);
    });
}

int seats_taken(storage::Storage& storage, CourseId course) {
    return storage.read([&](Connection& connection) {
        auto row = connection.query(taken_sql, course);
        row.step();
        return static_cast<int>(row.int64(0));
    });
}

}  // namespace eduplat::test
