#include "benchmarks/raw_sqlite.hpp"
#include "benchmarks/storage_benchmarks.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <array>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace eduplat::benchmarks {
namespace {

#define EDUPLAT_ADD_TO_JOURNAL                                              \
    "INSERT INTO journal (at, actor_kind, action, object_kind, object_uid)" \
    " VALUES (?1, 'system', ?2, 'benchmark', ?3)"

constexpr std::string_view action = "benchmark.written";
constexpr std::array<std::byte, 16> object{};

void write_one(storage::Storage& storage) {
    storage.write([](storage::Connection& connection) {
        connection.execute(EDUPLAT_ADD_TO_JOURNAL, std::int64_t{1'700'000'000'000'000}, action,
                           std::span<std::byte const>{object});
    });
}

/// One connection under a mutex, one commit for each write.
class Peer {
  public:
    explicit Peer(std::string const& path)
        : connection_(path), insert_(connection_.prepare(EDUPLAT_ADD_TO_JOURNAL)) {}

    void write_one() {
        std::lock_guard const lock{mutex_};
        connection_.begin_write();
        RawConnection::bind(insert_, 1, std::int64_t{1'700'000'000'000'000});
        RawConnection::bind(insert_, 2, action);
        RawConnection::bind(insert_, 3, std::span<std::byte const>{object});
        RawConnection::step_to_end(insert_);
        connection_.commit_write();
    }

  private:
    std::mutex mutex_;
    RawConnection connection_;
    sqlite3_stmt* insert_;
};

void on_threads(int threads, int writes_each, std::function<void()> const& write) {
    if (threads == 1) {
        for (int i = 0; i < writes_each; ++i)
            write();
        return;
    }
    std::vector<std::thread> writers;
    for (int thread = 0; thread < threads; ++thread) {
        writers.emplace_back([&] {
            for (int i = 0; i < writes_each; ++i)
                write();
        });
    }
    for (auto& writer : writers)
        writer.join();
}

void measure(Report& report, std::string_view name, std::string const& folder, int threads,
             int writes_each, int rounds) {
    auto const file = folder + "/writes" + std::to_string(threads);
    // Both begin with the same school.
    storage::open_sqlite({.path = file + "-peer.db"}).reset();
    auto const ours = storage::open_sqlite({.path = file + "-ours.db"});
    Peer peer{file + "-peer.db"};
    auto const times = compare(
        rounds, [&] { on_threads(threads, writes_each, [&] { write_one(*ours); }); },
        [&] { on_threads(threads, writes_each, [&] { peer.write_one(); }); });
    report.add_rate(name, times, threads * writes_each, "writes/s");
    auto const statistics = ours->statistics();
    report.note("  commits a write, ours",
                static_cast<double>(statistics.commits) / static_cast<double>(statistics.writes),
                "");
}

}  // namespace

void measure_durable_writes(Report& report, std::string const& folder) {
    measure(report, "durable writes 8 threads", folder, 8, 25, 45);
    measure(report, "durable writes 1 thread", folder, 1, 50, 61);
}

}  // namespace eduplat::benchmarks
