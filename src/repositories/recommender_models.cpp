#include "repositories/recommender_models.hpp"

#include <eduplat/core/error.hpp>

namespace eduplat::repositories::recommender_models {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql insert_sql =
    "INSERT INTO recommender_models (uid, complete, format, tokenizer, options, created_at, seq, "
    "journal_seq, learners, courses, pairs, evaluated, hr, recall, ndcg, coverage, popularity_hr, "
    "popularity_recall, popularity_ndcg) "
    "VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
    "?18) "
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
    "SELECT uid, format, tokenizer, options, created_at, seq, journal_seq, learners, courses, "
    "pairs, "
    "evaluated, hr, recall, ndcg, coverage, popularity_hr, popularity_recall, popularity_ndcg "
    "FROM recommender_models WHERE id = ?1";
constexpr Sql courses_sql =
    "SELECT item, course_id, learners, weight FROM recommender_courses WHERE model_id = ?1 "
    "ORDER BY item";
constexpr Sql bytes_sql =
    "SELECT position, bytes FROM recommender_chunks WHERE model_id = ?1 ORDER BY position";

constexpr Sql superfluous_sql =
    "SELECT id FROM recommender_models WHERE id > 0 "
    "AND ((complete = 0 AND (created_at < ?2 OR created_at > ?3)) "
    "OR (SELECT count(*) FROM recommender_models AS newer "
    "WHERE newer.id > recommender_models.id AND newer.complete = 1) >= ?1) ORDER BY id LIMIT 1";
constexpr Sql retire_sql = "UPDATE recommender_models SET complete = 0 WHERE id = ?1";
constexpr Sql incomplete_sql = "SELECT id FROM recommender_models WHERE id = ?1 AND complete = 0";
constexpr Sql remove_chunks_sql =
    "DELETE FROM recommender_chunks WHERE model_id = ?1 AND position IN "
    "(SELECT position FROM recommender_chunks WHERE model_id = ?1 ORDER BY position LIMIT ?2)";
constexpr Sql remove_courses_sql =
    "DELETE FROM recommender_courses WHERE model_id = ?1 AND item IN "
    "(SELECT item FROM recommender_courses WHERE model_id = ?1 ORDER BY item LIMIT ?2)";
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
        insert_sql, row.uid, row.format, row.tokenizer, row.options, row.created_at, row.seq,
        row.journal_seq, row.learners, row.courses, row.pairs, row.evaluated,
        of(row.metrics, &Metrics::hr), of(row.metrics, &Metrics::recall),
        of(row.metrics, &Metrics::ndcg), coverage, of(row.popularity, &Metrics::hr),
        of(row.popularity, &Metrics::recall), of(row.popularity, &Metrics::ndcg));
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
    if (connection.execute(complete_sql, model) == 0) {
        fail(ErrorCode::data_loss, "recommender_models", "incomplete");
    }
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
               .options = read_digest(row, 3),
               .created_at = row.timestamp(4),
               .seq = row.int64(5),
               .journal_seq = row.int64(6),
               .learners = row.int64(7),
               .courses = row.int64(8),
               .pairs = row.int64(9),
               .evaluated = row.int64(10),
               .metrics = read_metrics(row, 11, 13),
               .popularity = read_metrics(row, 15, 17),
               .coverage = row.is_null(14) ? 0 : row.real(14)};
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

std::optional<ModelId> superfluous(Connection& connection, int kept, Begun const& in_work) {
    auto row = connection.query(superfluous_sql, kept, in_work.since, in_work.until);
    if (!row.step()) return std::nullopt;
    return row.id<ModelId>(0);
}

void retire(Connection& connection, ModelId model) {
    connection.execute(retire_sql, model);
}

bool remove_some(Connection& connection, ModelId model, int rows_max, int chunks_max) {
    if (!connection.query(incomplete_sql, model).step()) return true;
    bool const rows = connection.execute(remove_courses_sql, model, rows_max) == rows_max;
    bool const chunks = connection.execute(remove_chunks_sql, model, chunks_max) == chunks_max;
    if (rows || chunks) return false;
    connection.execute(remove_sql, model);
    return true;
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
