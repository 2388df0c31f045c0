#include "services/recommender_training.hpp"

#include "services/recommender_data.hpp"
#include "services/recommender_models.hpp"
#include "services/recommender_serving.hpp"
#include "services/uids.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
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

// Of a transaction: others wait to write.
constexpr int courses_at_once = 1'000;
constexpr int chunks_at_once = 16;
constexpr std::size_t chunk_bytes = std::size_t{256} << 10U;
/// What a process began that has died meanwhile is removed after it, and before what was begun when
/// the clock was so far ahead.
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

models::Row row_of(TrainingData const& data, TrainedRecommender const& trained,
                   RecommendationOptions const& options, Uid const& uid, Timestamp now) {
    return {.uid = uid,
            .format = recommender_format,
            .tokenizer = text::tokenizer_version,
            .options = digest_of(options),
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

bool remove_some(Connection& connection, models::ModelId id) {
    return models::remove_some(connection, id, courses_at_once, chunks_at_once);
}

/// The rows of a recommender, written in several transactions. Unless it was completed they go with
/// this.
class Draft {
  public:
    Draft(Dependencies const& dependencies, FitControl const& control, models::Row const& row)
        : storage_(dependencies.storage),
          control_(control),
          id_(storage_.write([&](auto& connection) { return models::insert(connection, row); })) {}
    Draft(Draft const&) = delete;
    Draft& operator=(Draft const&) = delete;
    ~Draft() {
        if (completed_) return;
        try {
            while (!storage_.write(
                [&](Connection& connection) { return remove_some(connection, id_); })) {
            }
        } catch (std::exception const&) {  // what is left is removed as if this process had died
        }
    }

    void write(std::span<models::CourseRow const> courses, std::span<std::byte const> bytes) {
        in_steps(courses, courses_at_once, [&](Connection& connection, auto first, auto some) {
            models::add_courses(connection, id_, first, some);
        });
        in_steps(bytes, chunk_bytes * chunks_at_once,
                 [&](Connection& connection, auto first, auto some) {
                     add_chunks(connection, first / static_cast<std::int64_t>(chunk_bytes), some);
                 });
    }

    /// From then on it serves.
    template <class Also>
    void complete(Also also) {
        step([&](Connection& connection) {
            also(connection);
            models::complete(connection, id_);
        });
        completed_ = true;
    }

  private:
    template <class Write>
    void step(Write write) {
        check_wanted(control_, {.stage = "store"});
        storage_.write(write);
    }

    template <class Element, class Write>
    void in_steps(std::span<Element> all, std::size_t at_once, Write write) {
        for (std::size_t i = 0; i < all.size(); i += at_once) {
            auto const some = all.subspan(i, std::min(at_once, all.size() - i));
            step([&](Connection& connection) {
                write(connection, static_cast<std::int64_t>(i), some);
            });
        }
    }

    void add_chunks(Connection& connection, std::int64_t position,
                    std::span<std::byte const> bytes) {
        for (std::size_t i = 0; i < bytes.size(); i += chunk_bytes) {
            models::add_chunk(connection, id_, position++,
                              bytes.subspan(i, std::min(chunk_bytes, bytes.size() - i)));
        }
    }

    storage::Storage& storage_;
    FitControl const& control_;
    models::ModelId id_;
    bool completed_ = false;
};

/// Removes some of what is superfluous. Returns whether more may be left.
bool remove_some_old(Connection& connection, Timestamp now) {
    auto const old = models::superfluous(connection, recommenders_kept,
                                         {now - longest_training, now + longest_training});
    if (!old) return false;
    models::retire(connection, *old);
    static_cast<void>(remove_some(connection, *old));
    return true;
}

/// Whether the logs have grown by a hundredth, or a day has passed: one entry more changes little.
bool is_worth_it(Connection& connection, models::Row const& row, Timestamp now) {
    if (now - row.created_at >= longest_rest) return true;
    auto const ends = models::log_ends(connection);
    auto const before = row.seq + row.journal_seq;
    return ends.seq + ends.journal_seq - before >= before / entries_a_new_one;
}

/// What came of other options is out of date however little was done since, and so is what no
/// process of this eduplat can serve from. The dearest question comes last.
bool is_out_of_date(Connection& connection, RecommendationOptions const& options, Timestamp now) {
    auto const newest = models::newest(connection, 1);
    if (newest.empty()) return true;
    auto const row = models::find(connection, newest.front());
    if (!row || row->tokenizer != text::tokenizer_version) return true;
    if (row->options != digest_of(options)) return true;
    bool const changed = models::has_changed(connection, {row->seq, row->journal_seq});
    if (changed && is_worth_it(connection, *row, now)) return true;
    return !is_readable(connection, newest.front());
}

/// A training is done before this: what fails here, or is not wanted, is left to the next one.
void remove_old(Dependencies const& dependencies, FitControl const& control, Timestamp now) {
    try {
        do {
            check_wanted(control, {.stage = "remove"});
        } while (dependencies.storage.write(
            [&](Connection& connection) { return remove_some_old(connection, now); }));
    } catch (Error const& error) {
        if (error.code() == ErrorCode::canceled) return;
        dependencies.log.write(LogLevel::warning,
                               std::string{"old recommenders are left: "} + error.what());
    }
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
    auto const row = row_of(data, trained, dependencies.recommendations,
                            Uids{dependencies.random, now}.next(), now);
    Draft draft{dependencies, control, row};
    draft.write(data.courses, bytes);
    draft.complete([&](Connection& connection) {
        auto const asker = authorize(connection, actor, Call::recommendations_train, now);
        record(connection, asker, now, "recommender.trained", "recommender", row.uid);
    });
    remove_old(dependencies, control, now);
    return quality_of(row);
}

JobStep train_if_changed(Dependencies const& dependencies, KeepLease keep) {
    if (!dependencies.recommendations.train_in_jobs) return JobStep::finished;
    auto const now = dependencies.clock.now();
    bool const due = dependencies.storage.read([&](Connection& connection) {
        return is_out_of_date(connection, dependencies.recommendations, now);
    });
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
