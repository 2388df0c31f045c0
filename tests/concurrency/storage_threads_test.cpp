#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/entry_log.hpp>
#include <support/temp_dir.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;
using storage::RunOn;

namespace {

using Problems = std::vector<std::string>;

struct Undo {};

/// What one of many threads does: writes of every kind, nested, undone, with reads between.
/// Returns how many of its entries were acknowledged.
std::int64_t mixed_work(storage::Storage& storage, int writer, int rounds) {
    std::int64_t n = 0;
    for (int round = 0; round < rounds; ++round) {
        auto const run_on = round % 2 == 0 ? RunOn::any_thread : RunOn::this_thread;
        write_entry(storage, writer, ++n, {.filler = 200, .run_on = run_on});
        if (last_entry(storage, writer) != n) return -1;
        try {
            storage.write(
                [&](Connection&) {
                    write_entry(storage, writer, n + 1);
                    throw Undo{};
                },
                run_on);
        } catch (Undo const&) {
        }
        storage.write(
            [&](Connection&) {
                write_entry(storage, writer, n + 1);
                if (last_entry(storage, writer) != n + 1) throw Undo{};
            },
            run_on);
        ++n;
        static_cast<void>(storage.statistics());
    }
    return n;
}

/// Runs mixed work on many threads, each with a storage that `choose` gives it.
std::map<int, std::int64_t> work_of_threads(int threads, int rounds,
                                            std::function<storage::Storage&(int)> const& choose) {
    std::vector<std::int64_t> acknowledged(static_cast<std::size_t>(threads));
    std::vector<std::thread> workers;
    for (int writer = 0; writer < threads; ++writer) {
        workers.emplace_back([&, writer] {
            acknowledged[static_cast<std::size_t>(writer)] =
                mixed_work(choose(writer), writer, rounds);
        });
    }
    for (auto& worker : workers)
        worker.join();
    std::map<int, std::int64_t> by_writer;
    for (int writer = 0; writer < threads; ++writer) {
        by_writer[writer] = acknowledged[static_cast<std::size_t>(writer)];
    }
    return by_writer;
}

void check_all_kept(storage::Storage& storage, std::map<int, std::int64_t> const& acknowledged,
                    int rounds) {
    for (auto const& [writer, count] : acknowledged) {
        CAPTURE(writer);
        CHECK(count == 2 * rounds);
    }
    CHECK(judge_entries(storage, acknowledged) == Problems{});
    CHECK(storage.check().ok());
}

int rounds() {
    return full_length() ? 100 : 15;
}

}  // namespace

TEST_CASE("sixteen threads read and write one school", "[storage][threads]") {
    TempDir const dir;
    bool const in_file = GENERATE(true, false);
    auto const storage = storage::open_sqlite(
        {.path = in_file ? dir.file("school.db") : ":memory:", .readers_max = 4});
    make_entry_tables(*storage);
    auto const acknowledged =
        work_of_threads(16, rounds(), [&](int) -> storage::Storage& { return *storage; });
    check_all_kept(*storage, acknowledged, rounds());
}

TEST_CASE("checks, backups and scrubs go on beside the work of many threads",
          "[storage][threads]") {
    TempDir const dir;
    auto const storage = storage::open_sqlite({.path = dir.file("school.db")});
    make_entry_tables(*storage);
    std::atomic<bool> done{false};
    std::atomic<int> unsound{0};
    std::thread keeper{[&] {
        for (int round = 0; !done; ++round) {
            auto const copy = dir.file("copy" + std::to_string(round) + ".db");
            storage->backup_to(copy);
            if (!storage->check().ok()) ++unsound;
            static_cast<void>(storage->scrub());
            if (!storage::open_sqlite({.path = copy})->check().ok()) ++unsound;
        }
    }};
    auto const acknowledged =
        work_of_threads(8, rounds(), [&](int) -> storage::Storage& { return *storage; });
    done = true;
    keeper.join();
    CHECK(unsound == 0);
    check_all_kept(*storage, acknowledged, rounds());
}

TEST_CASE("two storages of one process share one file", "[storage][threads]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto first = storage::open_sqlite({.path = path});
    make_entry_tables(*first);
    auto second = storage::open_sqlite({.path = path});
    auto const acknowledged = work_of_threads(8, rounds(), [&](int writer) -> storage::Storage& {
        return writer % 2 == 0 ? *first : *second;
    });
    check_all_kept(*second, acknowledged, rounds());
    first.reset();
    check_all_kept(*second, acknowledged, rounds());
    write_entry(*second, 100, 1);
    second.reset();
    CHECK(judge_entries(*storage::open_sqlite({.path = path}), {{100, 1}}) == Problems{});
}

TEST_CASE("schools are opened and closed by many threads at once", "[storage][threads]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    std::vector<std::thread> openers;
    std::atomic<int> failed{0};
    for (int opener = 0; opener < 8; ++opener) {
        openers.emplace_back([&, opener] {
            try {
                for (int round = 1; round <= 5; ++round) {
                    auto const storage = storage::open_sqlite({.path = path});
                    make_entry_tables(*storage);
                    write_entry(*storage, opener, round);
                }
            } catch (Error const&) {
                ++failed;
            }
        });
    }
    for (auto& opener : openers)
        opener.join();
    CHECK(failed == 0);
    std::map<int, std::int64_t> acknowledged;
    for (int opener = 0; opener < 8; ++opener)
        acknowledged[opener] = 5;
    CHECK(judge_entries(*storage::open_sqlite({.path = path}), acknowledged) == Problems{});
}
