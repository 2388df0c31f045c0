#pragma once

#include "repositories/rows.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Trained recommenders. One is written in several transactions and counts once it is complete.
namespace eduplat::repositories::recommender_models {

using ModelId = Id<struct RecommenderModelTag>;

struct Metrics {
    double hr;
    double recall;
    double ndcg;
};

struct Row {
    Uid uid;
    int format;      ///< of the bytes
    int tokenizer;   ///< text::tokenizer_version
    Digest options;  ///< of the RecommendationOptions that it was trained by
    Timestamp created_at;
    std::int64_t seq;          ///< newest entry of the log of learning, when it was trained
    std::int64_t journal_seq;  ///< and of the journal
    std::int64_t learners;
    std::int64_t courses;
    std::int64_t pairs;
    std::int64_t evaluated = 0;
    std::optional<Metrics> metrics = std::nullopt;  ///< none: nobody was evaluated
    std::optional<Metrics> popularity = std::nullopt;
    double coverage = 0;
};

struct CourseRow {
    CourseId course;
    std::int64_t learners;
    double weight;
};

/// Not yet complete.
[[nodiscard]] ModelId insert(storage::Connection& connection, Row const& row);
/// Courses `first`, `first` + 1 and so on of a model.
void add_courses(storage::Connection& connection, ModelId model, std::int64_t first,
                 std::span<CourseRow const> courses);
void add_chunk(storage::Connection& connection, ModelId model, std::int64_t position,
               std::span<std::byte const> bytes);
/// Errors: data_loss (field "recommender_models", rule "incomplete") if it is there no more.
void complete(storage::Connection& connection, ModelId model);

/// Complete ones, newest first.
[[nodiscard]] std::vector<ModelId> newest(storage::Connection& connection, int limit);
[[nodiscard]] std::optional<Row> find(storage::Connection& connection, ModelId model);
/// In the order of their numbers. Errors: data_loss (field "recommender_courses", rule
/// "incomplete") if a number is missing.
[[nodiscard]] std::vector<CourseRow> courses(storage::Connection& connection, ModelId model);
/// All pieces together. Errors: data_loss (field "recommender_chunks", rule "incomplete").
[[nodiscard]] std::vector<std::byte> bytes(storage::Connection& connection, ModelId model);

/// When a model that is not complete was begun, if somebody may still be writing it.
struct Begun {
    Timestamp since;
    Timestamp until;
};
/// One to be removed, if there is any: those that `kept` complete ones are newer than, and
/// incomplete ones that were begun at another time.
[[nodiscard]] std::optional<ModelId> superfluous(storage::Connection& connection, int kept,
                                                 Begun const& in_work);
/// Makes a complete model one that does not count.
void retire(storage::Connection& connection, ModelId model);
/// Removes `rows_max` of the courses and `chunks_max` of the chunks of a model that is not
/// complete, and with the last of them itself. Returns whether nothing is left to be removed.
[[nodiscard]] bool remove_some(storage::Connection& connection, ModelId model, int rows_max,
                               int chunks_max);

/// Where the logs of changes stand.
struct LogEnds {
    std::int64_t seq;          ///< of learning
    std::int64_t journal_seq;  ///< of the school
};
[[nodiscard]] LogEnds log_ends(storage::Connection& connection);
/// Whether the logs have entries after these that say something of learning, courses or people.
[[nodiscard]] bool has_changed(storage::Connection& connection, LogEnds const& since);

}  // namespace eduplat::repositories::recommender_models
