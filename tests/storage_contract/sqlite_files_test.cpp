#include "storage_contract/engines.hpp"

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using storage::Connection;
using storage::RunOn;
using Names = std::set<std::string>;

namespace fs = std::filesystem;

namespace {

Names files_in(TempDir const& dir) {
    Names names;
    for (auto const& entry : fs::directory_iterator{dir.path()}) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

mode_t mode_of(std::string const& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

std::unique_ptr<storage::Storage> new_school(std::string const& path) {
    auto storage = storage::open_sqlite({.path = path});
    make_tables(*storage);
    storage->write([](Connection& connection) { add_item(connection, 1, "one"); });
    return storage;
}

std::vector<std::string> unprivileged(std::string const& path, std::string const& how) {
    ChildProcess child{{EDUPLAT_PROCESS_SQLITE_TOOL, "unprivileged", path, how}};
    auto lines = child.read_lines();
    REQUIRE(child.wait() == 0);
    return lines;
}

/// The whole of a cleanly closed school, as it is found through a copy of its one file.
std::string names_in_copy(TempDir const& dir) {
    auto const copy = dir.file("copied.db");
    run_program({"cp", dir.file("school.db"), copy});
    auto const storage = storage::open_sqlite({.path = copy});
    CHECK(storage->check().ok());
    return item_names(*storage);
}

}  // namespace

TEST_CASE("a new school belongs to its owner alone", "[sqlite][files]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const mask = ::umask(0);
    auto const storage = new_school(path);
    ::umask(mask);
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(path + "-lock") == 0600);
    CHECK(mode_of(path + "-wal") == 0600);
}

TEST_CASE("the lock of an existing school has the school's mode", "[sqlite][files]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school(path).reset();
    fs::remove(path + "-lock");
    ::chmod(path.c_str(), 0660);
    auto const mask = ::umask(0);
    auto const storage = storage::open_sqlite({.path = path});
    ::umask(mask);
    CHECK(mode_of(path + "-lock") == 0660);
}

TEST_CASE("creating a school leaves no other file", "[sqlite][files]") {
    TempDir const dir;
    auto const storage = storage::open_sqlite({.path = dir.file("school.db")});
    for (auto const& file : files_in(dir))
        CHECK(file.find(".new-") == std::string::npos);
}

TEST_CASE("what a killed creation left is removed by the next", "[sqlite][files]") {
    TempDir const dir;
    run_program({"touch", dir.file("school.db.new-0011223344556677")});
    auto const storage = storage::open_sqlite({.path = dir.file("school.db")});
    for (auto const& file : files_in(dir))
        CHECK(file.find(".new-") == std::string::npos);
}

TEST_CASE("a clean close leaves one file that is the whole school", "[sqlite][files]") {
    TempDir const dir;
    new_school(dir.file("school.db")).reset();
    CHECK(files_in(dir) == Names{"school.db", "school.db-lock"});
    CHECK(names_in_copy(dir) == "one");
}

TEST_CASE("the last of two storages to close leaves one file", "[sqlite][files]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto first = new_school(path);
    auto second = storage::open_sqlite({.path = path});
    first->write([](Connection& connection) { add_item(connection, 2, "two"); });
    first.reset();
    CHECK(item_names(*second) == "one two");
    second->write([](Connection& connection) { add_item(connection, 3, "three"); });
    second.reset();
    CHECK(files_in(dir) == Names{"school.db", "school.db-lock"});
    CHECK(names_in_copy(dir) == "one two three");
}

TEST_CASE("closing while another process has the school open loses nothing", "[sqlite][files]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto storage = new_school(path);
    ChildProcess other{{EDUPLAT_PROCESS_SQLITE_TOOL, "hold", path}};
    REQUIRE(other.read_line() == "ready");
    storage->write([](Connection& connection) { add_item(connection, 2, "two"); });
    other.send_line("three");
    REQUIRE(other.read_line() == "written");
    CHECK(item_names(*storage) == "one two three");
    storage.reset();
    other.send_line("four");
    REQUIRE(other.read_line() == "written");
    other.close_input();
    REQUIRE(other.wait() == 0);
    CHECK(files_in(dir) == Names{"school.db", "school.db-lock"});
    CHECK(names_in_copy(dir) == "one two three four");
}

TEST_CASE("opening an existing school again changes no byte of it", "[sqlite][files]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school(path).reset();
    auto const before = file_digest(path);
    storage::open_sqlite({.path = path}).reset();
    CHECK(file_digest(path) == before);
    storage::open_sqlite({.path = path, .read_only = true}).reset();
    CHECK(file_digest(path) == before);
}

TEST_CASE("a symbolic link does not split the lock", "[sqlite][files]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = new_school(path);
    fs::create_directory(dir.path() / "elsewhere");
    auto const link = GENERATE("link.db"s, "elsewhere/link.db"s);
    fs::create_symlink(path, dir.file(link));
    auto const by_link = storage::open_sqlite({.path = dir.file(link), .busy_timeout = 20ms});
    CHECK_FALSE(fs::exists(dir.file(link) + "-lock"));
    auto const add = [](Connection& connection) { add_item(connection, 2, "two"); };
    storage->write(
        [&](Connection&) {
            std::thread{[&] {
                CHECK(code_of([&] { by_link->write(add); }) == "unavailable");
            }}.join();
        },
        RunOn::this_thread);
    by_link->write(add);
    CHECK(item_names(*storage) == "one two");
}

TEST_CASE("a symbolic link in place of the lock is refused", "[sqlite][files]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    fs::create_symlink(dir.file("target"), path + "-lock");
    CHECK(open_outcome({.path = path}).find("failed_precondition") == 0);
    CHECK_FALSE(fs::exists(dir.file("target")));
}

TEST_CASE("any character may stand in a path", "[sqlite][files]") {
    TempDir const dir;
    auto const name = GENERATE("a school.db"s, "50%.db"s, "what?.db"s, "no#1.db"s, "a?mode=ro"s,
                               "\xe8\xaf\xbe\xe7\xa8\x8b.db"s, "file:x.db"s, "back\\slash.db"s);
    new_school(dir.file(name)).reset();
    CHECK(files_in(dir) == Names{name, name + "-lock"});
    auto const storage = storage::open_sqlite({.path = dir.file(name)});
    CHECK(item_names(*storage) == "one");
}

TEST_CASE("a storage opened for reading refuses to write", "[sqlite][read-only]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const writer = new_school(path);
    auto const reader = storage::open_sqlite({.path = path, .read_only = true});
    CHECK(item_names(*reader) == "one");
    writer->write([](Connection& connection) { add_item(connection, 2, "two"); });
    CHECK(item_names(*reader) == "one two");
    auto const add = [](Connection& connection) { add_item(connection, 3, "three"); };
    CHECK(outcome([&] { reader->write(add); }) == "failed_precondition path:read_only");
    CHECK(reader->check().ok());
    CHECK(reader->schema_version() == writer->schema_version());
    reader->backup_to(dir.file("copy.db"));
    CHECK(fs::exists(dir.file("copy.db")));
}

TEST_CASE("a storage opened for reading sees what is only in the WAL of a killed process",
          "[sqlite][read-only]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school(path).reset();
    ChildProcess other{{EDUPLAT_PROCESS_SQLITE_TOOL, "hold", path}};
    REQUIRE(other.read_line() == "ready");
    other.send_line("two");
    REQUIRE(other.read_line() == "written");
    other.kill();
    other.wait();
    auto const before = file_digest(path);
    auto const reader = storage::open_sqlite({.path = path, .read_only = true});
    CHECK(item_names(*reader) == "one two");
    CHECK(file_digest(path) == before);
}

TEST_CASE("a school that may not be written opens for reading only", "[sqlite][read-only]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school(path).reset();
    ::chmod(path.c_str(), 0444);
    ::chmod((path + "-lock").c_str(), 0444);
    auto const folder_mode = GENERATE(mode_t{0555}, mode_t{0777});
    ::chmod(dir.path().c_str(), folder_mode);
    auto const before = file_digest(path);
    CHECK(unprivileged(path, "writing") ==
          std::vector<std::string>{"failed_precondition path:read_only"});
    CHECK(unprivileged(path, "read-only") ==
          std::vector<std::string>{"ok", "one", "ok", "failed_precondition path:read_only"});
    ::chmod(dir.path().c_str(), 0700);
    CHECK(file_digest(path) == before);
}

TEST_CASE("a school with a WAL in a folder that may not be written is refused",
          "[sqlite][read-only]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school(path).reset();
    ChildProcess other{{EDUPLAT_PROCESS_SQLITE_TOOL, "hold", path}};
    REQUIRE(other.read_line() == "ready");
    other.send_line("two");
    REQUIRE(other.read_line() == "written");
    other.kill();
    other.wait();
    REQUIRE(fs::file_size(path + "-wal") > 0);
    fs::remove(path + "-shm");
    for (auto const& file : files_in(dir))
        ::chmod(dir.file(file).c_str(), 0444);
    ::chmod(dir.path().c_str(), 0555);
    for (auto const* const how : {"writing", "read-only"}) {
        CHECK(unprivileged(path, how) ==
              std::vector<std::string>{"failed_precondition path:read_only"});
    }
    ::chmod(dir.path().c_str(), 0700);
}
