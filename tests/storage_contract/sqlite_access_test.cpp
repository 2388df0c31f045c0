#include "storage_contract/school_files.hpp"

#include <eduplat/core/limits.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <string>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;
using storage::Connection;

namespace {

/// What a function comes to in a child made by fork().
template <class Function>
bool in_forked_child(Function holds) {
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(holds() ? 0 : 1);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void add_named(Connection& connection, std::string const& name) {
    connection.execute("INSERT INTO items (name, amount) VALUES (?1, 0)", name);
}

/// A school whose folder only its owner may write, and whose files have a mode.
struct ClosedFolder {
    explicit ClosedFolder(mode_t files) {
        new_school({.path = path}).reset();
        ::chmod(path.c_str(), files);
        writer = storage::open_sqlite({.path = path});
        ::chmod(dir.path().c_str(), 0555);
    }
    ~ClosedFolder() { ::chmod(dir.path().c_str(), 0700); }

    TempDir dir;
    std::string path = dir.file("school.db");
    std::unique_ptr<storage::Storage> writer;
};

std::string outcome_with_timeout(std::chrono::milliseconds timeout, std::string const& path) {
    return open_outcome({.path = path, .busy_timeout = timeout});
}

}  // namespace

TEST_CASE("a reader of a folder it may not write sees the commits of an open writer",
          "[sqlite][read-only]") {
    ClosedFolder school{0666};
    ChildProcess reader{{EDUPLAT_PROCESS_EDGE_TOOL, "watch", school.path}};
    REQUIRE(reader.read_line() == "ok");
    std::string expected = "ok item-1";
    for (auto const* const name : {"two", "three", "four"}) {
        reader.send_line("look");
        CHECK(reader.read_line() == expected);
        school.writer->write([&](Connection& connection) { add_named(connection, name); });
        expected += std::string{" "} + name;
    }
    CHECK(school.writer->scrub());
    reader.send_line("look");
    CHECK(reader.read_line() == expected);
}

TEST_CASE("a reader that may not use the index of an open writer is refused",
          "[sqlite][read-only]") {
    if (::geteuid() != 0) return;  // nobody else to read it
    ClosedFolder school{0644};
    bool const written = GENERATE(false, true);
    if (written) {
        school.writer->write([](Connection& connection) { add_named(connection, "two"); });
    }
    ChildProcess reader{{EDUPLAT_PROCESS_EDGE_TOOL, "watch", school.path}};
    CHECK(reader.read_line() == "failed_precondition path:read_only");
}

TEST_CASE("a school in memory cannot be opened for reading only", "[sqlite][read-only]") {
    CHECK(open_outcome({.path = ":memory:", .read_only = true}) == "not_found path:no_such_file");
}

TEST_CASE("a school is not scrubbed inside its own transaction", "[sqlite][erasure]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    auto& storage = school.storage();
    auto const scrub = [&](Connection&) {
        return outcome([&] { static_cast<void>(storage.scrub()); });
    };
    CHECK(storage.write(scrub) == "failed_precondition transaction:not_allowed_inside");
    CHECK(storage.read(scrub) == "failed_precondition transaction:not_allowed_inside");
    CHECK(storage.scrub());
}

TEST_CASE("a forked child may not use its parent's school", "[sqlite][fork]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    auto& storage = school.storage();
    storage.write([](Connection& connection) { add_item(connection, 1, "one"); });
    std::string const forked = "failed_precondition process:forked";
    auto const add = [](Connection& connection) { add_item(connection, 2, "two"); };
    CHECK(in_forked_child([&] { return outcome([&] { storage.write(add); }) == forked; }));
    CHECK(in_forked_child(
        [&] { return outcome([&] { static_cast<void>(count_items(storage)); }) == forked; }));
    CHECK(in_forked_child(
        [&] { return outcome([&] { static_cast<void>(storage.scrub()); }) == forked; }));
    CHECK(in_forked_child(
        [&] { return outcome([&] { static_cast<void>(storage.check()); }) == forked; }));
    auto const copy = school.dir().file("copy.db");
    CHECK(in_forked_child([&] { return outcome([&] { storage.backup_to(copy); }) == forked; }));
    CHECK_FALSE(std::filesystem::exists(copy));
    storage.write(add);
    CHECK(item_names(storage) == "one two");
}

TEST_CASE("a forked child may open a school in memory of its own", "[sqlite][fork]") {
    School const school{Engine::sqlite_memory};
    CHECK(in_forked_child([] { return open_outcome({.path = ":memory:"}) == "ok"; }));
}

TEST_CASE("the time-out has limits", "[sqlite][settings]") {
    TempDir const dir;
    auto const path = GENERATE(true, false) ? dir.file("school.db") : ":memory:";
    constexpr std::chrono::milliseconds most{limits::busy_timeout_ms_max};
    CHECK(outcome_with_timeout(-1ms, path) == "invalid_argument busy_timeout:too_small");
    CHECK(outcome_with_timeout(std::chrono::milliseconds::min(), path) ==
          "invalid_argument busy_timeout:too_small");
    CHECK(outcome_with_timeout(most + 1ms, path) == "invalid_argument busy_timeout:too_large");
    CHECK(outcome_with_timeout(std::chrono::milliseconds::max(), path) ==
          "invalid_argument busy_timeout:too_large");
    CHECK(files_in(dir).empty());
    CHECK(outcome_with_timeout(0ms, path) == "ok");
    CHECK(outcome_with_timeout(most, path) == "ok");
    auto const storage = new_school({.path = path, .busy_timeout = most}, 3);
    CHECK(count_items(*storage) == 3);
}
