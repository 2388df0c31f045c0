#include "repositories/recommender_models.hpp"

#include "repositories/rows.hpp"

#include <eduplat/core/error.hpp>

namespace eduplat::repositories::recommender_models {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql insert_sql =
    "INSERT INTO recommender_models (uid, complete, format, tokenizer, created_at, seq, "
    "journal_seq, learners, courses, pairs, evaluated, hr, recall, ndcg, coverage, popularity_hr, "
    "popularity_recall, popularity_ndcg) "
    "VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) "
    "RETURNING id";
constexpr Sql add_course_sql =
    "INSERT INTO recommender_courses (model_id, item, course_id, learners, weight) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr Sql add_chunk_sql =
    "INSERT INTO recommender_chunks (model_id, position, bytes) VALUES (?1, ?2, ?3)";
constexpr Sql complete_sql = "UPDATE recommender_models SET complete = 1 WHERE id = ?1";

constexpr Sql newest_sql =
    "SELECT id FROM recommender_models WHERE id > 0 AND complete = 1 ORDER BY id DESC LIMIT ?1";
constexpr Sql find_sql =
    "SELECT uid, format, tokenizer, created_at, seq, journal_seq, learners, courses, pairs, "
    "evaluated, hr, recall, ndcg, coverage, popularity_hr, popularity_recall, popularity_ndcg "
    "FROM recommender_models WHERE id = ?1";
constexpr Sql courses_sql =
    "SELECT item, course_id, learners, weight FROM recommender_courses WHERE model_id = ?1 "
    "ORDER BY item";
constexpr Sql bytes_sql =
    "SELECT position, bytes FROM recommender_chunks WHERE model_id = ?1 ORDER BY position";

constexpr Sql superfluous_sql =
    "SELECT id FROM recommender_models WHERE id > 0 AND ((complete = 0 AND created_at < ?2) OR "
    "(complete = 1 AND (SELECT count(*) FROM recommender_models AS newer "
    "WHERE newer.id > recommender_models.id AND newer.complete = 1) >= ?1)) ORDER BY id LIMIT 10";
constexpr Sql remove_chunks_sql = "DELETE FROM recommender_chunks WHERE model_id = ?1";
constexpr Sql remove_courses_sql = "DELETE FROM recommender_courses WHERE model_id = ?1";
constexpr Sql remove_sql = "DELETE FROM recommender_models WHERE id = ?1";

constexpr Sql last_event_sql =
    "SELECT seq FROM learning_events WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
constexpr Sql last_entry_sql = "SELECT seq FROM journal WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
constexpr Sql new_event_sql = "SELECT seq FROM learning_events WHERE seq > ?1 ORDER BY seq LIMIT 1";
// Sign-ins change nothing, nor do trainings themselves.
constexpr Sql new_entry_sql =
    "SELECT seq FROM journal WHERE seq > ?1 AND object_kind <> 'session' "
    "AND object_kind <> 'recommender' ORDER BY seq LIMIT 1";

std::optional<double> of(std::optional<Metrics> const& metrics, double Metrics::*number) {
    if (!metrics) return std::nullopt;
    return (*metrics).*number;
}

std::optional<Metrics> read_metrics(Statement const& row, int column, int ndcg_column) {
    if (row.is_null(column)) return std::nullopt;
    return Metrics{row.real(column), row.real(column + 1), row.real(ndcg_column)};
}

std::int64_t first_or_zero(Statement row) {
    return row.step() ? row.int64(0) : 0;
}

}  // namespace

ModelId insert(Connection& connection, Row const& row) {
    std::optional<double> coverage;
    if (row.metrics) coverage = row.coverage;
    auto statement = connection.query(
        insert_sql, row.uid, row.format, row.tokenizer, row.created_at, row.seq, row.journal_seq,
        row.learners, row.courses, row.pairs, row.evaluated, of(row.metrics, &Metrics::hr),
        of(row.metrics, &Metrics::recall), of(row.metrics, &Metrics::ndcg), coverage,
        of(row.popularity, &Metrics::hr), of(row.popularity, &Metrics::recall),
        of(row.popularity, &Metrics::ndcg));
    statement.step();
    auto const id = statement.id<ModelId>(0);
    statement.step();
    return id;
}

void add_courses(Connection& connection, ModelId model, std::int64_t first,
                 std::span<CourseRow const> courses) {
    auto statement = connection.query(add_course_sql);
    for (auto const& course : courses) {
        statement.bind_all(model, first++, course.course, course.learners, course.weight);
        statement.step();
        statement.reset();
    }
}

void add_chunk(Connection& connection, ModelId model, std::int64_t position,
               std::span<std::byte const> bytes) {
    connection.execute(add_chunk_sql, model, position, bytes);
}

void complete(Connection& connection, ModelId model) {
    connection.execute(complete_sql, model);
}

std::vector<ModelId> newest(Connection& connection, int limit) {
    std::vector<ModelId> models;
    auto rows = connection.query(newest_sql, limit);
    while (rows.step())
        models.push_back(rows.id<ModelId>(0));
    return models;
}

std::optional<Row> find(Connection& connection, ModelId model) {
    auto row = connection.query(find_sql, model);
    if (!row.step()) return std::nullopt;
    return Row{.uid = row.uid(0),
               .format = read_int(row, 1),
               .tokenizer = read_int(row, 2),
               .created_at = row.timestamp(3),
               .seq = row.int64(4),
               .journal_seq = row.int64(5),
               .learners = row.int64(6),
               .courses = row.int64(7),
               .pairs = row.int64(8),
               .evaluated = row.int64(9),
               .metrics = read_metrics(row, 10, 12),
               .popularity = read_metrics(row, 14, 16),
               .coverage = row.is_null(13) ? 0 : row.real(13)};
}

std::vector<CourseRow> courses(Connection& connection, ModelId model) {
    std::vector<CourseRow> courses;
    auto rows = connection.query(courses_sql, model);
    while (rows.step()) {
        if (rows.int64(0) != static_cast<std::int64_t>(courses.size())) {
            fail(ErrorCode::data_loss, "recommender_courses", "incomplete");
        }
        courses.push_back({rows.id<CourseId>(1), rows.int64(2), rows.real(3)});
    }
    return courses;
}

std::vector<std::byte> bytes(Connection& connection, ModelId model) {
    std::vector<std::byte> bytes;
    std::int64_t next = 0;
    auto rows = connection.query(bytes_sql, model);
    while (rows.step()) {
        if (rows.int64(0) != next++) fail(ErrorCode::data_loss, "recommender_chunks", "incomplete");
        auto const piece = rows.blob(1);
        bytes.insert(bytes.end(), piece.begin(), piece.end());
    }
    return bytes;
}

std::vector<ModelId> superfluous(Connection& connection, int kept, Timestamp begun_before) {
    std::vector<ModelId> models;
    auto rows = connection.query(superfluous_sql, kept, begun_before);
    while (rows.step())
        models.push_back(rows.id<ModelId>(0));
    return models;
}

void remove(Connection& connection, ModelId model) {
    connection.execute(remove_chunks_sql, model);
    connection.execute(remove_courses_sql, model);
    connection.execute(remove_sql, model);
}

LogEnds log_ends(Connection& connection) {
    return {first_or_zero(connection.query(last_event_sql)),
            first_or_zero(connection.query(last_entry_sql))};
}

bool has_changed(Connection& connection, LogEnds const& since) {
    return connection.query(new_event_sql, since.seq).step() ||
           connection.query(new_entry_sql, since.journal_seq).step();
}

}  // namespace eduplat::repositories::recommender_models
