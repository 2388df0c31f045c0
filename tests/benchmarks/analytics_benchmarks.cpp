#include "benchmarks/bench_school.hpp"
#include "benchmarks/school_benchmarks.hpp"
#include "benchmarks/table_rows.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/platform.hpp>

#include <oulad_import.hpp>

#include <filesystem>
#include <iostream>

namespace eduplat::benchmarks {
namespace {

namespace fs = std::filesystem;

constexpr int rounds = 5;
constexpr int transactions = 30;
constexpr int batches_per_transaction = 10;
constexpr auto events_per_batch = static_cast<int>(limits::learning_events_per_batch_max);
constexpr double events_per_round =
    static_cast<double>(transactions) * batches_per_transaction * events_per_batch;

void remove_school(std::string const& path) {
    for (auto const* const suffix : {"", "-wal", "-shm", "-lock", ".frame"})
        fs::remove(path + suffix);
}

/// Looks at a course's page, 10,000 in a transaction, by one learner after another.
class Appending {
  public:
    explicit Appending(std::string const& folder) : base_(folder + "/append.db") {
        remove_school(base_);
        BenchSchool school{base_};
        learners_ = school.learners(batches_per_transaction);
        course_ = school.course("a course", 1);
        static_cast<void>(school.storage->scrub());
    }

    double ours(std::string const& path) {
        BenchSchool school{path, 77};
        std::vector<Actor> actors;
        for (auto const learner : learners_)
            actors.push_back(school.accounts.actor_for(learner));
        EventBatch batch;
        batch.events.assign(static_cast<std::size_t>(events_per_batch), Viewed{*course_});
        return seconds_of([&] {
            for (int i = 0; i < transactions; ++i) {
                batch.batch = "batch " + std::to_string(i);
                school.storage->write([&](storage::Connection& /*connection*/) {
                    for (auto const& actor : actors)
                        static_cast<void>(school.learning.record(actor, batch));
                });
            }
        });
    }

    /// What ours wrote, for the peer.
    void keep_rows(std::string const& path) {
        RawConnection from{path, true};
        events_.emplace(from, "learning_events",
                        "SELECT seq, learning_events.* FROM learning_events WHERE kind = 1 "
                        "ORDER BY seq");
        batches_.emplace(from, "learning_batches",
                         "SELECT id, learning_batches.* FROM learning_batches ORDER BY id");
        require(static_cast<double>(events_->size()) == events_per_round, "an event was refused");
    }

    double peer(std::string const& path) {
        RawConnection peer{path};
        return seconds_of([&] {
            events_->begin(peer);
            batches_->begin(peer);
            for (int i = 0; i < transactions; ++i) {
                peer.begin_write();
                for (int batch = 0; batch < batches_per_transaction; ++batch) {
                    for (int event = 0; event < events_per_batch; ++event)
                        events_->insert_next();
                    batches_->insert_next();
                }
                peer.commit_write();
            }
        });
    }

    /// In a copy of the school without any of it.
    template <class Work>
    double in_copy(Work work) {
        auto const path = base_ + "-round";
        fs::copy_file(base_, path, fs::copy_options::overwrite_existing);
        auto const seconds = work(path);
        remove_school(path);
        return seconds;
    }

  private:
    std::string base_;
    std::vector<UserId> learners_;
    std::optional<CourseId> course_;
    std::optional<TableRows> events_;
    std::optional<TableRows> batches_;
};

void measure_append(Report& report, std::string const& folder) {
    Appending appending{folder};
    appending.in_copy([&](std::string const& path) {
        auto const seconds = appending.ours(path);
        appending.keep_rows(path);
        return seconds;
    });
    std::vector<double> ours;
    std::vector<double> peer;
    for (int round = 0; round < rounds; ++round) {
        ours.push_back(appending.in_copy([&](auto const& path) { return appending.ours(path); }));
        peer.push_back(appending.in_copy([&](auto const& path) { return appending.peer(path); }));
    }
    report.add_rate("append log", {median(ours), median(peer)}, events_per_round, "rows/s");
}

/// A school with the whole dataset, which is imported once.
std::string school_with_clicks(std::string const& folder, std::string const& oulad) {
    auto const path = folder + "/analytics-oulad.db";
    if (fs::exists(path)) return path;
    auto const half = path + ".part";
    remove_school(half);
    {
        auto school = Platform::open({.path = half});
        static_cast<void>(school_day::import_oulad(school, oulad));
    }
    fs::rename(half, path);
    return path;
}

/// The columns that a frame is made of, by SQLite's own calls.
std::size_t read_columns(std::string const& path) {
    RawConnection connection{path, true};
    auto* const rows = connection.prepare(
        "SELECT seq, user_id, at, kind, course_id, lecture_id, item, a, b, c FROM learning_events "
        "ORDER BY seq");
    constexpr int columns = 10;
    std::vector<std::vector<std::int64_t>> values(columns);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int column = 0; column < columns; ++column)
            values[static_cast<std::size_t>(column)].push_back(sqlite3_column_int64(rows, column));
    }
    return values.front().size();
}

/// From a closed school to the first answer.
double first_answer(std::string const& path, std::string const& frame) {
    return seconds_of([&] {
        auto const school = Platform::open({.path = path, .insights = {.frame_path = frame}});
        require(school.insights().status(Actor::system()).events > 0, "the log is empty");
    });
}

/// From before an event is recorded until a metric has it, less the recording.
void note_visible(Report& report, std::string const& path, std::string const& frame) {
    auto school = Platform::open({.path = path, .insights = {.frame_path = frame}});
    auto const admin = Actor::system();
    auto const someone = school.accounts().actor_for(
        school.accounts().members(admin, {}, {.limit = 1}).items.front().id);
    auto const course = school.courses().catalog(admin, {}, {.limit = 1}).items.front().id;
    auto seen = school.insights().status(admin).events;
    std::vector<double> times;
    for (int i = 0; i < 50; ++i) {
        static_cast<void>(school.learning().record(
            someone, {.batch = "visible " + std::to_string(i), .events = {Viewed{course}}}));
        times.push_back(seconds_of([&] {
            require(school.insights().status(admin).events == ++seen, "an event is missing");
        }));
    }
    report.note("event visible after its append", median(times) * 1e3, "ms");
}

void measure_frame(Report& report, std::string const& folder, std::string const& oulad) {
    auto const path = school_with_clicks(folder, oulad);
    auto const frame = path + ".frame";
    auto const built = first_answer(path, "");
    if (!fs::exists(frame)) {  // of a run before: the job that keeps it would not be due yet
        auto school = Platform::open({.path = path, .insights = {.frame_path = frame}});
        static_cast<void>(school.insights().status(Actor::system()));
        for (int i = 0; i < 20 && !fs::exists(frame); ++i)
            static_cast<void>(school.run_due(std::chrono::seconds{10}));
    }
    require(fs::exists(frame), "no frame was saved");
    std::size_t rows = 0;
    auto const times = compare(
        rounds, [&] { static_cast<void>(first_answer(path, frame)); },
        [&] { rows = read_columns(path); });
    report.add_time("frame cold start", times);
    report.note("frame cold start without a file", built, "s");
    report.note("events in the log", static_cast<double>(rows), "rows");
    auto const copy = path + "-visible";
    fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
    fs::copy_file(frame, copy + ".frame", fs::copy_options::overwrite_existing);
    note_visible(report, copy, copy + ".frame");
    remove_school(copy);
}

}  // namespace

void measure_analytics(Report& report, std::string const& folder,
                       std::optional<std::string> const& oulad) {
    measure_append(report, folder);
    if (oulad) {
        measure_frame(report, folder, *oulad);
    } else {
        std::cerr << "frame cold start: skipped, needs --oulad DIR\n";
    }
}

}  // namespace eduplat::benchmarks
