#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <sqlite3.h>
#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/entry_log.hpp>
#include <support/temp_dir.hpp>
#include <support/vfs_shim.hpp>

#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

using Problems = std::vector<std::string>;

/// What a fault may come to. `internal` would say that nobody thought of it.
bool is_documented(Error const& error) {
    switch (error.code()) {
        case ErrorCode::resource_exhausted:
        case ErrorCode::unavailable:
        case ErrorCode::outcome_unknown:
        case ErrorCode::data_loss:
            return true;
        default:
            return false;
    }
}

/// A fixed working day: a school is made, written to in small and large pieces, scrubbed, backed
/// up, closed and opened again. Every step goes on after a failed one, as a host would.
class Workload {
  public:
    Workload(TempDir const& dir, std::string vfs)
        : path_(dir.file("school.db")), copy_(dir.file("copy.db")), vfs_(std::move(vfs)) {}

    void run() {
        open();
        for (std::int64_t i = 0; i < 4; ++i)
            write(500);
        write(3'000'000);  // more than the page cache holds: written before the commit
        step([&] { static_cast<void>(storage_->scrub()); });
        write(500);
        step([&] { storage_->backup_to(copy_); });
        storage_.reset();
        open();
        for (std::int64_t i = 0; i < 2; ++i)
            write(500);
        storage_.reset();
    }

    /// What is wrong afterwards, seen through a sound file layer.
    [[nodiscard]] Problems verdict() {
        auto problems = undocumented_;
        auto const storage = storage::open_sqlite({.path = path_});
        make_entry_tables(*storage);
        for (auto const& problem : judge_entries(*storage, {{1, acknowledged_}}, unknown_)) {
            problems.push_back(problem);
        }
        for (auto const& problem : storage->check().problems)
            problems.push_back(problem);
        write_entry(*storage, 1, last_entry(*storage, 1) + 1);
        if (std::filesystem::exists(copy_)) {
            auto const copy = storage::open_sqlite({.path = copy_});
            for (auto const& problem : copy->check().problems)
                problems.push_back(problem);
        }
        return problems;
    }

  private:
    void step(std::function<void()> const& function) {
        if (!storage_) return;
        try {
            function();
        } catch (Error const& error) {
            if (!is_documented(error)) undocumented_.emplace_back(error.what());
            if (error.code() == ErrorCode::outcome_unknown) ++unknown_;
        }
    }

    void open() {
        try {
            storage_ = storage::open_sqlite({.path = path_, .vfs = vfs_});
        } catch (Error const& error) {
            if (!is_documented(error)) undocumented_.emplace_back(error.what());
        }
    }

    // The next entry follows what is really there: a write whose outcome is unknown may have
    // happened.
    void write(std::int64_t filler) {
        step([&] {
            make_entry_tables(*storage_);
            auto const n = last_entry(*storage_, 1) + 1;
            write_entry(*storage_, 1, n, {.filler = filler});
            acknowledged_ = n;
            unknown_ = 0;
        });
    }

    std::string path_;
    std::string copy_;
    std::string vfs_;
    std::unique_ptr<storage::Storage> storage_;
    std::int64_t acknowledged_ = 0;
    std::int64_t unknown_ = 0;
    Problems undocumented_;
};

struct Sweep {
    FileCall call;
    int code;
    std::int64_t times;
};

}  // namespace

TEST_CASE("a fault at any write, sync or truncate loses nothing that was acknowledged", "[crash]") {
    auto const sweep = GENERATE(
        Sweep{FileCall::write, SQLITE_FULL, 1}, Sweep{FileCall::write, SQLITE_FULL, 0},
        Sweep{FileCall::write, SQLITE_IOERR_WRITE, 1}, Sweep{FileCall::sync, SQLITE_IOERR_FSYNC, 1},
        Sweep{FileCall::sync, SQLITE_IOERR_FSYNC, 0},
        Sweep{FileCall::truncate, SQLITE_IOERR_TRUNCATE, 1},
        Sweep{FileCall::open, SQLITE_CANTOPEN, 1},
        Sweep{FileCall::shm_map, SQLITE_IOERR_SHMMAP, 1});
    CAPTURE(static_cast<int>(sweep.call), sweep.code, sweep.times);
    std::int64_t first = 1;
    std::int64_t faults = 0;
    // Every call at full length; else every one of the first, then fewer and fewer.
    auto const next = [](std::int64_t call) {
        return full_length() || call < 20 ? call + 1 : call + call / 4;
    };
    for (bool reached = true; reached; first = next(first)) {
        CAPTURE(first);
        TempDir const dir;
        VfsShim shim;
        Workload workload{dir, shim.name()};
        shim.inject({sweep.call, {}, first, sweep.times, sweep.code});
        workload.run();
        reached = shim.failures() > 0;
        faults += reached ? 1 : 0;
        shim.heal();
        CHECK(workload.verdict() == Problems{});
    }
    CHECK(faults > 0);
    std::cout << "kind " << static_cast<int>(sweep.call) << ", code " << sweep.code << ": "
              << faults << " faults\n";
}
