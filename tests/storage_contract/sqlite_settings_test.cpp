#include "storage_contract/engines.hpp"

#include <eduplat/testing/memory_log.hpp>

#include <dirent.h>
#include <storage/sqlite/connection.hpp>
#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/entry_log.hpp>
#include <support/vfs_shim.hpp>

#include <filesystem>
#include <string>
#include <thread>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::string_literals;
using storage::Access;
using storage::Connection;
using storage::SqliteConnection;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t mebibyte = 1 << 20;

std::string new_entry_school(TempDir const& dir) {
    auto const path = dir.file("school.db");
    make_entry_tables(*storage::open_sqlite({.path = path}));
    return path;
}

/// Lines about readers that hold the log up.
std::size_t warnings_of(testing::MemoryLog const& log) {
    std::size_t count = 0;
    for (auto const& line : log.lines())
        count += line.level == LogLevel::warning ? 1U : 0U;
    return count;
}

}  // namespace

TEST_CASE("every connection has the settings that keep data safe", "[sqlite][settings]") {
    TempDir const dir;
    auto const path = new_entry_school(dir);
    auto const access = GENERATE(Access::read, Access::write);
    SqliteConnection connection{path, access, std::chrono::seconds{1}, ""};
    auto const pragma = [&](std::string const& name) {
        return connection.query_text("PRAGMA " + name);
    };
    CHECK(pragma("journal_mode") == "wal");
    CHECK(pragma("synchronous") == "2");
    CHECK(pragma("foreign_keys") == "1");
    CHECK(pragma("trusted_schema") == "0");
    CHECK(pragma("cell_size_check") == "1");
    CHECK(pragma("secure_delete") == "1");
    CHECK(pragma("mmap_size") == "0");
    CHECK(pragma("busy_timeout") == "1000");
    CHECK(pragma("wal_autocheckpoint") == "0");
    CHECK(pragma("query_only") == (access == Access::read ? "1" : "0"));
}

TEST_CASE("programs started by the process do not inherit the lock", "[sqlite][settings]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = storage::open_sqlite({.path = path});
    auto const listed = run_program({"sh", "-c", "ls -l /proc/self/fd"});
    CHECK(listed.find("school.db") == std::string::npos);
}

TEST_CASE("the lock stays when the school is closed", "[sqlite][settings]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    storage::open_sqlite({.path = path}).reset();
    CHECK(fs::exists(path + "-lock"));
    CHECK(fs::file_size(path + "-lock") == 0);
}

TEST_CASE("the writer moves the WAL into the file as it grows", "[sqlite][checkpoint]") {
    TempDir const dir;
    auto const path = new_entry_school(dir);
    auto const storage = storage::open_sqlite({.path = path});
    for (int n = 1; n <= 40; ++n) {
        write_entry(*storage, 1, n, {.filler = mebibyte / 3, .run_on = {}});
    }
    CHECK(storage->statistics().checkpoints >= 2);
    CHECK(fs::file_size(path) > 20 * mebibyte);
    // Forty mebibytes went through a WAL that began anew whenever it could.
    CHECK(fs::file_size(path + "-wal") < 25 * mebibyte);
}

TEST_CASE("small writes do not checkpoint", "[sqlite][checkpoint]") {
    TempDir const dir;
    auto const path = new_entry_school(dir);
    VfsShim shim;
    auto const storage = storage::open_sqlite({.path = path, .vfs = shim.name()});
    auto const before = storage->statistics().checkpoints;
    write_entry(*storage, 1, 1);
    shim.reset_counts();
    for (int n = 2; n <= 50; ++n)
        write_entry(*storage, 1, n);
    CHECK(storage->statistics().checkpoints == before);
    CHECK(shim.count(FileCall::write, FileKind::db) == 0);
    CHECK(shim.count(FileCall::sync) == 49);
}

TEST_CASE("a read that holds the WAL up is reported, seldom, and then made up for",
          "[sqlite][checkpoint]") {
    TempDir const dir;
    auto const path = new_entry_school(dir);
    testing::MemoryLog log;
    auto const storage = storage::open_sqlite({.path = path, .log = &log});
    std::int64_t n = 0;
    auto const write_mebibytes = [&](int count) {
        for (int i = 0; i < count; ++i) {
            write_entry(*storage, 1, ++n, {.filler = mebibyte / 3, .run_on = {}});
        }
    };
    write_mebibytes(1);
    storage->read([&](Connection& connection) {
        connection.execute("SELECT count(*) FROM entries");
        std::thread{[&] { write_mebibytes(24); }}.join();
    });
    auto const warnings = warnings_of(log);
    CHECK(warnings >= 1);
    CHECK(warnings <= 4);
    auto const longest = fs::file_size(path + "-wal");
    write_mebibytes(24);
    CHECK(warnings_of(log) == warnings);
    CHECK(fs::file_size(path + "-wal") < longest + 8 * mebibyte);
    CHECK(judge_entries(*storage, {{1, n}}).empty());
}
