#include "repositories/reviews.hpp"

#include "repositories/rows.hpp"

#define EDUPLAT_REVIEW_COLUMNS                                                 \
    "reviews.course_id, reviews.user_id, users.display_name, reviews.rating, " \
    "reviews.body, reviews.created_at, reviews.updated_at "

namespace eduplat::repositories::reviews {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql find_sql = "SELECT " EDUPLAT_REVIEW_COLUMNS
                         "FROM reviews JOIN users ON users.id = reviews.user_id "
                         "WHERE reviews.course_id = ?1 AND reviews.user_id = ?2";
constexpr Sql page_sql = "SELECT " EDUPLAT_REVIEW_COLUMNS
                         "FROM reviews JOIN users ON users.id = reviews.user_id "
                         "WHERE reviews.course_id = ?1 "
                         "AND (reviews.created_at, reviews.user_id) < (?2, ?3) "
                         "ORDER BY reviews.created_at DESC, reviews.user_id DESC LIMIT ?4";

constexpr Sql save_sql =
    "INSERT INTO reviews (course_id, user_id, rating, body, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (course_id, user_id) "
    "DO UPDATE SET rating = excluded.rating, body = excluded.body, "
    "updated_at = excluded.updated_at";
constexpr Sql remove_sql = "DELETE FROM reviews WHERE course_id = ?1 AND user_id = ?2";
constexpr Sql first_rating_sql =
    "INSERT INTO course_ratings (course_id, reviews, stars) VALUES (?1, 0, 0) "
    "ON CONFLICT (course_id) DO NOTHING";
constexpr Sql add_rating_sql =
    "UPDATE course_ratings SET reviews = reviews + ?2, stars = stars + ?3 WHERE course_id = ?1";

Review read(Statement const& row) {
    return {.course = row.id<CourseId>(0),
            .user = row.id<UserId>(1),
            .display_name = row.string(2),
            .rating = read_int(row, 3),
            .body = row.string(4),
            .created_at = row.timestamp(5),
            .updated_at = row.timestamp(6)};
}

}  // namespace

std::optional<Review> find(Connection& connection, CourseId course, UserId user) {
    auto row = connection.query(find_sql, course, user);
    if (!row.step()) return std::nullopt;
    return read(row);
}

std::vector<Review> page(Connection& connection, CourseId course, Before const& before, int limit) {
    std::vector<Review> found;
    auto rows = connection.query(page_sql, course, before.created_at, before.user, limit);
    while (rows.step())
        found.push_back(read(rows));
    return found;
}

void save(Connection& connection, CourseId course, UserId user, int rating, std::string_view body,
          std::optional<Review> const& before, Timestamp at) {
    connection.execute(save_sql, course, user, rating, body, at);
    connection.execute(first_rating_sql, course);
    connection.execute(add_rating_sql, course, before ? 0 : 1,
                       before ? rating - before->rating : rating);
}

void remove(Connection& connection, Review const& review) {
    connection.execute(remove_sql, review.course, review.user);
    connection.execute(add_rating_sql, review.course, -1, -review.rating);
}

}  // namespace eduplat::repositories::reviews
