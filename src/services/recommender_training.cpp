#include "services/recommender_training.hpp"

#include "services/recommender_data.hpp"
#include "services/recommender_models.hpp"
#include "services/uids.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace eduplat {

namespace models = repositories::recommender_models;
using recommender::FitControl;
using storage::Connection;

namespace {

constexpr std::size_t courses_at_once = 1'000;
constexpr std::size_t chunk_bytes = std::size_t{256} << 10U;
constexpr std::size_t chunks_at_once = 16;  // of a transaction: others wait to write
/// What a process began that has died meanwhile is removed after it.
constexpr auto longest_training = std::chrono::days{1};
/// The job trains again for one new entry of the logs among so many, or after this time for any.
constexpr std::int64_t entries_a_new_one = 100;
constexpr auto longest_rest = std::chrono::days{1};

models::Metrics stored(OfflineMetrics const& metrics) {
    return {metrics.hr, metrics.recall, metrics.ndcg};
}

std::optional<models::Metrics> stored(std::optional<OfflineMetrics> const& metrics) {
    return metrics ? std::optional{stored(*metrics)} : std::nullopt;
}

models::Row row_of(TrainingData const& data, TrainedRecommender const& trained, Uid const& uid,
                   Timestamp now) {
    return {.uid = uid,
            .format = recommender_format,
            .tokenizer = text::tokenizer_version,
            .created_at = now,
            .seq = data.ends.seq,
            .journal_seq = data.ends.journal_seq,
            .learners = data.interactions.shape().users,
            .courses = std::ssize(data.courses),
            .pairs = data.interactions.pairs(),
            .evaluated = trained.measured ? trained.measured->learners : 0,
            .metrics =
                stored(trained.measured ? std::optional{trained.measured->metrics} : std::nullopt),
            .popularity = stored(trained.measured ? std::optional{trained.measured->popularity}
                                                  : std::nullopt),
            .coverage = trained.measured ? trained.measured->coverage : 0};
}

/// Writes a recommender in several transactions.
class Writer {
  public:
    Writer(Dependencies const& dependencies, FitControl const& control)
        : storage_(dependencies.storage), control_(control) {}

    models::ModelId write(models::Row const& row, std::span<models::CourseRow const> courses,
                          std::span<std::byte const> bytes) {
        auto const id =
            storage_.write([&](Connection& connection) { return models::insert(connection, row); });
        for (std::size_t i = 0; i < courses.size(); i += courses_at_once) {
            auto const some = courses.subspan(i, std::min(courses_at_once, courses.size() - i));
            step([&](Connection& connection) {
                models::add_courses(connection, id, static_cast<std::int64_t>(i), some);
            });
        }
        constexpr auto at_once = chunk_bytes * chunks_at_once;
        for (std::size_t i = 0; i < bytes.size(); i += at_once) {
            auto const some = bytes.subspan(i, std::min(at_once, bytes.size() - i));
            step([&](Connection& connection) {
                add_chunks(connection, id, static_cast<std::int64_t>(i / chunk_bytes), some);
            });
        }
        return id;
    }

  private:
    template <class Write>
    void step(Write write) {
        check_wanted(control_, {.stage = "store"});
        storage_.write(write);
    }

    static void add_chunks(Connection& connection, models::ModelId id, std::int64_t position,
                           std::span<std::byte const> bytes) {
        for (std::size_t i = 0; i < bytes.size(); i += chunk_bytes) {
            models::add_chunk(connection, id, position++,
                              bytes.subspan(i, std::min(chunk_bytes, bytes.size() - i)));
        }
    }

    storage::Storage& storage_;
    FitControl const& control_;
};

void remove_old(Connection& connection, Timestamp now) {
    auto const old = models::superfluous(connection, recommenders_kept, now - longest_training);
    for (auto const model : old)
        models::remove(connection, model);
}

/// Whether the logs have grown by a hundredth, or a day has passed: one entry more changes little.
bool is_worth_it(Connection& connection, models::Row const& row, Timestamp now) {
    if (now - row.created_at >= longest_rest) return true;
    auto const ends = models::log_ends(connection);
    auto const before = row.seq + row.journal_seq;
    return ends.seq + ends.journal_seq - before >= before / entries_a_new_one;
}

bool is_out_of_date(Connection& connection, Timestamp now) {
    auto const newest = models::newest(connection, 1);
    if (newest.empty()) return true;
    auto const row = models::find(connection, newest.front());
    if (!row || row->tokenizer != text::tokenizer_version) return true;
    return models::has_changed(connection, {row->seq, row->journal_seq}) &&
           is_worth_it(connection, *row, now);
}

}  // namespace

RecommenderQuality quality_of(models::Row const& row) {
    auto const shown = [](std::optional<models::Metrics> const& metrics) {
        return metrics ? std::optional{OfflineMetrics{metrics->hr, metrics->recall, metrics->ndcg}}
                       : std::nullopt;
    };
    return {.trained_at = row.created_at,
            .learners = row.learners,
            .courses = row.courses,
            .pairs = row.pairs,
            .k = measured_at(row.courses),
            .evaluated = row.evaluated,
            .metrics = shown(row.metrics),
            .popularity = shown(row.popularity),
            .coverage = row.coverage};
}

RecommenderQuality train_recommender(Dependencies const& dependencies, Actor const& actor,
                                     FitControl const& control) {
    auto const data = read_training_data(dependencies, control);
    auto const trained = train(data.profiles, data.interactions, data.hold_out,
                               dependencies.recommendations, control);
    auto const bytes =
        trained.model ? recommender::to_npz(*trained.model) : std::vector<std::byte>{};
    auto const now = dependencies.clock.now();
    auto const row = row_of(data, trained, Uids{dependencies.random, now}.next(), now);
    auto const id = Writer{dependencies, control}.write(row, data.courses, bytes);
    dependencies.storage.write([&](Connection& connection) {
        auto const asker = authorize(connection, actor, Call::recommendations_train, now);
        models::complete(connection, id);
        remove_old(connection, now);
        record(connection, asker, now, "recommender.trained", "recommender", row.uid);
    });
    return quality_of(row);
}

JobStep train_if_changed(Dependencies const& dependencies, KeepLease keep) {
    if (!dependencies.recommendations.train_in_jobs) return JobStep::finished;
    auto const now = dependencies.clock.now();
    bool const due = dependencies.storage.read(
        [&](Connection& connection) { return is_out_of_date(connection, now); });
    if (!due) return JobStep::finished;
    FitControl const control{
        .num_threads = dependencies.recommendations.num_threads,
        .on_progress = [&](recommender::FitProgress const&) { return keep(); }};
    try {
        static_cast<void>(train_recommender(dependencies, Actor::system(), control));
    } catch (Error const& error) {
        if (error.code() != ErrorCode::canceled) throw;
        return JobStep::more;  // the lease is lost: another one trains
    }
    return JobStep::finished;
}

}  // namespace eduplat
