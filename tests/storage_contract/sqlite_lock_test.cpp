#include "storage_contract/school_files.hpp"
#include "storage_contract/synthetic_chain.hpp"

#include <storage/sqlite/open.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;
using storage::Connection;
using storage::RunOn;
using storage::Storage;

namespace fs = std::filesystem;

namespace {

std::unique_ptr<Storage> open_version(std::string const& path, std::size_t version) {
    return storage::open_school({.path = path}, synthetic_chain().first(version));
}

std::string version_outcome(std::string const& path, std::size_t version) {
    return outcome([&] { open_version(path, version).reset(); });
}

std::int64_t count_books(Storage& storage) {
    return storage.read([](Connection& connection) {
        auto row = connection.query("SELECT count(*) FROM books");
        row.step();
        return row.int64(0);
    });
}

void add_book(Storage& storage) {
    storage.write([](Connection& connection) {
        connection.execute("INSERT INTO books (author_id, title) VALUES (1, 'Later')");
    });
}

/// What this process has open of a name, as Linux tells it: " (deleted)" follows a removed file.
std::vector<std::string> open_files(std::string const& name) {
    std::vector<std::string> files;
    for (auto const& entry : fs::directory_iterator{"/proc/self/fd"}) {
        std::error_code closed;
        auto const file = fs::read_symlink(entry.path(), closed).string();
        if (!closed && file.find(name) == 0) files.push_back(file);
    }
    return files;
}

constexpr int writes_each = 50;

/// Adds one to a number from two threads on each of the storages; before some of the writes a lock
/// is removed, if one is given. Returns how many writes failed.
int count_up(std::vector<Storage*> const& storages, std::string const& lock_to_remove = {}) {
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 2 * storages.size(); ++i) {
        auto& storage = *storages[i / 2];
        auto const run_on = i % 2 == 0 ? RunOn::any_thread : RunOn::this_thread;
        threads.emplace_back([&, run_on] {
            auto const count = [](Connection& connection) {
                auto row = connection.query("SELECT amount FROM items WHERE id = 1");
                row.step();
                auto const amount = row.int64(0) + 1;
                connection.execute("UPDATE items SET amount = ?1 WHERE id = 1", amount);
            };
            std::error_code missing;
            for (int step = 0; step < writes_each; ++step) {
                if (step % 10 == 5) fs::remove(lock_to_remove, missing);
                if (outcome([&] { storage.write(count, run_on); }) != "ok") ++failures;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    return failures;
}

std::int64_t amount_of_first(Storage& storage) {
    return storage.read([](Connection& connection) {
        auto row = connection.query("SELECT amount FROM items WHERE id = 1");
        row.step();
        return row.int64(0);
    });
}

/// One school, open twice.
struct TwoStorages {
    TempDir dir;
    std::string path = dir.file("school.db");
    std::string lock = path + "-lock";
    std::unique_ptr<Storage> one = new_school({.path = path, .busy_timeout = 60s});
    std::unique_ptr<Storage> two = storage::open_sqlite({.path = path, .busy_timeout = 60s});
};

}  // namespace

TEST_CASE("an older school that the process has open elsewhere is not migrated",
          "[sqlite][migrations][lock]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto older = open_version(path, 2);
    add_book(*older);
    for (int attempt = 0; attempt < 2; ++attempt) {
        CHECK(version_outcome(path, 3) == "unavailable path:open_elsewhere");
        add_book(*older);
    }
    CHECK(version_outcome(path, 2) == "ok");
    CHECK(older->schema_version() == 2);
    CHECK(count_books(*older) == 5);
    older.reset();
    auto const newer = open_version(path, 3);
    CHECK(newer->schema_version() == 3);
    CHECK(count_books(*newer) == 5);
    CHECK(newer->check().ok());
    CHECK(version_outcome(path, 2) == "failed_precondition schema_version:too_new");
}

TEST_CASE("an older school that another process has open is not migrated",
          "[sqlite][migrations][lock]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    ChildProcess other{{EDUPLAT_PROCESS_EDGE_TOOL, "hold-version", path, "2"}};
    REQUIRE(other.read_line() == "ready");
    auto const before = file_digest(path);
    CHECK(version_outcome(path, 3) == "unavailable path:open_elsewhere");
    CHECK(file_digest(path) == before);
    bool const is_killed = GENERATE(false, true);
    if (is_killed) {
        other.kill();
    } else {
        other.close_input();
    }
    other.wait();
    CHECK(open_version(path, 3)->schema_version() == 3);
}

TEST_CASE("the last of several storages of an older school lets it be migrated",
          "[sqlite][migrations][lock]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto one = open_version(path, 1);
    auto two = open_version(path, 1);
    one.reset();
    CHECK(version_outcome(path, 3) == "unavailable path:open_elsewhere");
    two.reset();
    CHECK(version_outcome(path, 3) == "ok");
}

TEST_CASE("an older school is not migrated by those who may only read it",
          "[sqlite][migrations][lock]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    open_version(path, 2).reset();
    auto const before = file_digest(path);
    CHECK(outcome([&] {
              storage::open_school({.path = path, .read_only = true}, synthetic_chain()).reset();
          }) == "failed_precondition schema_version:too_old");
    CHECK(file_digest(path) == before);
    CHECK(version_outcome(path, 3) == "ok");
}

TEST_CASE("writers of one school exclude each other after its lock was removed", "[sqlite][lock]") {
    TwoStorages school;
    school.two->write([](Connection& connection) { add_item(connection, 2, "two"); });
    auto const hasty = storage::open_sqlite({.path = school.path, .busy_timeout = 20ms});
    fs::remove(school.lock);
    school.one->write(
        [&](Connection& connection) {
            add_item(connection, 3, "three");
            std::thread{[&] {
                auto const add = [](Connection& other) { add_item(other, 4, "four"); };
                // "busy" would come from SQLite's own lock: both would have one of their own.
                CHECK(outcome([&] { hasty->write(add); }) == "unavailable path:locked");
            }}.join();
        },
        RunOn::this_thread);
    CHECK(item_names(*school.two) == "item-1 two three");
}

TEST_CASE("storages of one school agree on a new lock when it was removed", "[sqlite][lock]") {
    TwoStorages school;
    for (int round = 1; round <= 3; ++round) {
        fs::remove(school.lock);
        CHECK(count_up({school.one.get(), school.two.get()}) == 0);
        CHECK(amount_of_first(*school.one) == round * 4 * writes_each);
        CHECK(open_files(school.lock) == std::vector<std::string>(2, school.lock));
    }
    CHECK(school.one->check().ok());
}

TEST_CASE("a lock that is removed again and again while writers work loses nothing",
          "[sqlite][lock]") {
    TwoStorages school;
    CHECK(count_up({school.one.get(), school.two.get()}, school.lock) == 0);
    CHECK(amount_of_first(*school.two) == 4 * writes_each);
    CHECK(school.two->check().ok());
    CHECK(count_up({school.one.get(), school.two.get()}) == 0);
    CHECK(open_files(school.lock) == std::vector<std::string>(2, school.lock));
}

TEST_CASE("a storage that made its lock anew still shows that it has the school open",
          "[sqlite][migrations][lock]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto older = open_version(path, 2);
    fs::remove(path + "-lock");
    add_book(*older);
    CHECK(version_outcome(path, 3) == "unavailable path:open_elsewhere");
    older.reset();
    CHECK(version_outcome(path, 3) == "ok");
}

TEST_CASE("a lock is for all who may use the school, whatever the umask", "[sqlite][lock]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}).reset();
    fs::remove(path + "-lock");
    ::chmod(path.c_str(), 0660);
    auto const mask = ::umask(077);
    auto const storage = storage::open_sqlite({.path = path});
    CHECK(mode_of(path + "-lock") == 0660);
    fs::remove(path + "-lock");
    storage->write([](Connection& connection) { add_item(connection, 2, "two"); });
    ::umask(mask);
    CHECK(mode_of(path + "-lock") == 0660);
}
