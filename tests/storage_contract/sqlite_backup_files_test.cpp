#include "storage_contract/school_files.hpp"

#include <sqlite3.h>
#include <support/vfs_shim.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::string_literals;
using storage::Storage;

namespace fs = std::filesystem;

namespace {

constexpr auto leftover_suffix = ".part-0123456789abcdef";

/// A file that another process has locked, until this object ends.
class LockedElsewhere {
  public:
    explicit LockedElsewhere(std::string const& path)
        : holder_({"flock", path, "sh", "-c", "echo locked; read line || true"}) {
        REQUIRE(holder_.read_line() == "locked");
    }
    ~LockedElsewhere() {
        holder_.close_input();
        holder_.wait();
    }

  private:
    ChildProcess holder_;
};

/// Goes to another folder for a scope.
class InFolder {
  public:
    explicit InFolder(fs::path const& folder) : before_(fs::current_path()) {
        fs::current_path(folder);
    }
    ~InFolder() { fs::current_path(before_); }

  private:
    fs::path before_;
};

std::string backup_outcome(Storage& storage, std::string const& destination) {
    return outcome([&] { storage.backup_to(destination); });
}

void check_copy(std::string const& path, int items) {
    auto const copy = storage::open_sqlite({.path = path});
    CHECK(copy->check().ok());
    CHECK(count_items(*copy) == items);
}

/// Backs up from two threads, neither of which ends before the other has begun to write its copy.
std::array<std::string, 2> back_up_twice(Storage& storage, VfsShim& shim, std::string const& copy) {
    std::atomic<int> syncing{0};
    std::atomic<bool> any_ended{false};
    shim.on_sync([&](FileKind) {
        ++syncing;
        while (syncing < 2 && !any_ended)
            std::this_thread::yield();
    });
    std::array<std::string, 2> results;
    std::array<std::thread, 2> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) {
        threads.at(i) = std::thread{[&, i] {
            results.at(i) = backup_outcome(storage, copy);
            any_ended = true;
        }};
    }
    for (auto& thread : threads)
        thread.join();
    shim.on_sync({});
    std::sort(results.begin(), results.end());
    return results;
}

}  // namespace

TEST_CASE("a backup removes what a killed one left and nothing else", "[sqlite][backup]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    auto const copy = school.dir().file("copy.db");
    for (auto const* const other :
         {".part", ".part-", ".part-time", ".part-0123", ".part-0123456789abcdeg",
          ".part-0123456789abcdef0", ".new-0123456789abcdef", "2.part-0123456789abcdef"}) {
        make_file(copy + other, other);
    }
    auto const before = contents_of(school.dir());
    for (auto const* const suffix : {"", "-wal", "-shm", "-journal"}) {
        make_file(copy + leftover_suffix + suffix, "left over");
    }
    school.storage().backup_to(copy);
    check_copy(copy, 0);
    fs::remove(copy);
    CHECK(contents_of(school.dir()) == before);
}

TEST_CASE("a backup that another process still writes stays", "[sqlite][backup]") {
    School school{Engine::sqlite_file};
    auto const copy = school.dir().file("copy.db");
    auto const leftover = copy + leftover_suffix;
    make_file(leftover, "half of a backup");
    make_file(leftover + "-journal", "its journal");
    auto const digest = file_digest(leftover);
    {
        LockedElsewhere const locked{leftover};
        school.storage().backup_to(copy);
        CHECK(file_digest(leftover) == digest);
        CHECK(fs::exists(leftover + "-journal"));
    }
    fs::remove(copy);
    school.storage().backup_to(copy);
    CHECK_FALSE(fs::exists(leftover));
    CHECK_FALSE(fs::exists(leftover + "-journal"));
}

TEST_CASE("a refused backup leaves another's unfinished one alone", "[sqlite][backup]") {
    School school{Engine::sqlite_file};
    auto const copy = school.dir().file("copy.db");
    make_file(copy, "somebody else's");
    make_file(copy + leftover_suffix, "left over");
    auto const before = contents_of(school.dir());
    CHECK(backup_outcome(school.storage(), copy) == "already_exists destination:exists");
    CHECK(contents_of(school.dir()) == before);
}

TEST_CASE("a backup belongs to its owner alone", "[sqlite][backup]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    auto const copy = school.dir().file("copy.db");
    auto const mask = ::umask(GENERATE(mode_t{0}, mode_t{022}, mode_t{077}));
    school.storage().backup_to(copy);
    ::umask(mask);
    CHECK(mode_of(copy) == 0600);
}

TEST_CASE("of two backups to one place at the same time one succeeds", "[sqlite][backup]") {
    VfsShim shim;
    School school{Engine::sqlite_file, {.vfs = shim.name()}};
    school.storage().write([](storage::Connection& connection) { add_item(connection, 1, "one"); });
    auto const before = files_in(school.dir());
    auto const copy = school.dir().file("copy.db");
    for (int round = 0; round < 10; ++round) {
        CAPTURE(round);
        auto const results = back_up_twice(school.storage(), shim, copy);
        CHECK(results == std::array{"already_exists destination:exists"s, "ok"s});
        CHECK(mode_of(copy) == 0600);
        check_copy(copy, 1);
        fs::remove(copy);
        fs::remove(copy + "-lock");
        CHECK(files_in(school.dir()) == before);
    }
}

TEST_CASE("backups that come and go all the time do not harm each other", "[sqlite][backup]") {
    School school{Engine::sqlite_file};
    auto const before = files_in(school.dir());
    auto const copy = school.dir().file("copy.db");
    std::mutex mutex;
    std::set<std::string> refusals;
    std::atomic<int> succeeded{0};
    auto const back_up_again_and_again = [&] {
        for (int round = 0; round < 100; ++round) {
            auto const result = backup_outcome(school.storage(), copy);
            if (result == "ok") {
                ++succeeded;
                fs::remove(copy);
            } else {
                std::lock_guard const guard{mutex};
                refusals.insert(result);
            }
        }
    };
    std::array<std::thread, 4> threads;
    for (auto& thread : threads)
        thread = std::thread{back_up_again_and_again};
    for (auto& thread : threads)
        thread.join();
    refusals.erase("already_exists destination:exists");
    CHECK(refusals == std::set<std::string>{});
    CHECK(succeeded > 0);
    CHECK(files_in(school.dir()) == before);
}

TEST_CASE("a backup's destination may be relative or begin with two slashes", "[sqlite][backup]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    InFolder const here{school.dir().path()};
    auto const& dir = school.dir();
    fs::create_directory(dir.file("sub"));
    auto const slashes = GENERATE(""s, "/"s, "//"s);
    auto const relative = GENERATE("copy.db"s, "./copy.db"s, "sub/../copy.db"s);
    auto const destination = slashes.empty() ? relative : slashes + dir.file(relative);
    CAPTURE(destination);
    CHECK(backup_outcome(school.storage(), destination) == "ok");
    CHECK(backup_outcome(school.storage(), destination) == "already_exists destination:exists");
    check_copy(dir.file("copy.db"), 0);
}

TEST_CASE("a school's path may be relative or begin with two slashes", "[sqlite][files]") {
    TempDir const dir;
    InFolder const here{dir.path()};
    auto const slashes = GENERATE(""s, "/"s, "//"s);
    auto const path = slashes.empty() ? "school.db"s : slashes + dir.file("school.db");
    CAPTURE(path);
    new_school({.path = path}).reset();
    CHECK(files_in(dir) == Names{"school.db", "school.db-lock"});
    CHECK(item_names(*storage::open_sqlite({.path = path})) == "item-1");
    CHECK(item_names(*storage::open_sqlite({.path = path, .read_only = true})) == "item-1");
}

TEST_CASE("a backup that fails leaves no file", "[sqlite][backup][faults]") {
    VfsShim shim;
    School school{Engine::sqlite_file, {.vfs = shim.name()}};
    auto const call = GENERATE(FileCall::open, FileCall::read, FileCall::write, FileCall::sync);
    auto const code = GENERATE(SQLITE_FULL, SQLITE_IOERR_WRITE);
    auto const before = contents_of(school.dir());
    auto const copy = school.dir().file("copy.db");
    int failed = 0;
    for (std::int64_t nth = 1; nth < 100000; nth += 1 + nth / 4) {
        CAPTURE(static_cast<int>(call), code, nth);
        shim.inject({.call = call, .from = nth, .code = code});
        auto const result = backup_outcome(school.storage(), copy);
        bool const fired = shim.failures() > 0;
        shim.heal();
        failed += result == "ok" ? 0 : 1;
        if (result == "ok") {
            check_copy(copy, 0);
            fs::remove(copy);
            fs::remove(copy + "-lock");
        }
        CHECK(contents_of(school.dir()) == before);
        if (!fired) break;
    }
    CHECK(failed > 0);
    CHECK(school.storage().check().ok());
    CHECK(backup_outcome(school.storage(), copy) == "ok");
}
