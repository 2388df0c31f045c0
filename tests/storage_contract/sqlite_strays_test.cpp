#include "storage_contract/school_files.hpp"

#include <sqlite3.h>
#include <support/vfs_shim.hpp>

#include <cstdint>
#include <string>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::string_literals;
using storage::Connection;

namespace fs = std::filesystem;

namespace {

std::int64_t size_of(std::string const& path) {
    return static_cast<std::int64_t>(fs::file_size(path));
}

/// Changes a school through SQLite itself and leaves the change in its WAL.
void change_in_wal(std::string const& path, std::string const& script) {
    run_program({EDUPLAT_PROCESS_SQLITE_TOOL, "sql", path, script, "keep-wal"});
    REQUIRE(size_of(path + "-wal") > 0);
}

/// Opens for writing and for reading only; both must end so and change nothing.
void check_refused(TempDir const& dir, std::string const& expected) {
    auto const before = contents_of(dir);
    for (bool const read_only : {false, true}) {
        CAPTURE(read_only);
        CHECK(open_outcome({.path = dir.file("school.db"), .read_only = read_only}) == expected);
        CHECK(contents_of(dir) == before);
    }
}

}  // namespace

TEST_CASE("what an older file of the name left is not taken into a new school",
          "[sqlite][strays]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const suffix = GENERATE("-wal"s, "-journal"s);
    auto const rule = suffix == "-wal" ? "stray_wal"s : "stray_journal"s;
    make_file(path + suffix, GENERATE("x"s, std::string(8192, 'w')));
    auto const before = contents_of(dir);
    CHECK(open_outcome({.path = path}) == "failed_precondition path:" + rule);
    CHECK(open_outcome({.path = path}) == "failed_precondition path:" + rule);
    CHECK(contents_of(dir) == before);
    CHECK(files_in(dir) == Names{"school.db" + suffix, "school.db-lock"});
    CHECK(open_outcome({.path = path, .read_only = true}) == "not_found path:no_such_file");
    CHECK(contents_of(dir) == before);
    fs::remove(path + suffix);
    CHECK(open_outcome({.path = path}) == "ok");
}

TEST_CASE("a real WAL of a school that is gone is not replayed into a new one",
          "[sqlite][strays]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}).reset();
    change_in_wal(path, "UPDATE items SET name = 'of the old school'");
    fs::remove(path);
    auto const before = contents_of(dir);
    CHECK(open_outcome({.path = path}) == "failed_precondition path:stray_wal");
    CHECK(contents_of(dir) == before);
}

TEST_CASE("a school with a journal beside it is refused", "[sqlite][strays]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}).reset();
    make_file(path + "-journal", GENERATE("x"s, std::string(8192, 'j')));
    check_refused(dir, "failed_precondition path:stray_journal");
    fs::remove(path + "-journal");
    CHECK(item_names(*storage::open_sqlite({.path = path})) == "item-1");
}

TEST_CASE("empty strays do no harm", "[sqlite][strays]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    bool const existing = GENERATE(false, true);
    if (existing) new_school({.path = path}).reset();
    make_file(path + "-wal");
    make_file(path + "-journal");
    auto const storage = existing ? storage::open_sqlite({.path = path}) : new_school({path});
    CHECK(item_names(*storage) == "item-1");
    CHECK(storage->check().ok());
    auto const reader = storage::open_sqlite({.path = path, .read_only = true});
    CHECK(item_names(*reader) == "item-1");
}

TEST_CASE("strays beside a backup's destination stand in its way", "[sqlite][strays][backup]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    auto const copy = school.dir().file("copy.db");
    auto const stray = copy + GENERATE("-wal"s, "-journal"s);
    make_file(stray, GENERATE(""s, "of an older file"s));
    auto const before = contents_of(school.dir());
    CHECK(outcome([&] { school.storage().backup_to(copy); }) ==
          "already_exists destination:exists");
    CHECK(contents_of(school.dir()) == before);
    fs::remove(stray);
    school.storage().backup_to(copy);
    CHECK(open_outcome({.path = copy}) == "ok");
}

TEST_CASE("a creation removes what a killed one left and nothing else", "[sqlite][strays]") {
    TempDir const dir;
    Names const others{"academy.db.new-york",
                       "academy.db.new-",
                       "academy.db.new-0123",
                       "academy.db.new-0123456789ABCDEF",
                       "academy.db.new-0123456789abcdeg",
                       "academy.db.new-0123456789abcdef0",
                       "academy.db.new-0123456789abcdef.txt",
                       "academy.db.part-0123456789abcdef",
                       "academy.db2.new-0123456789abcdef",
                       "my-academy.db.new-0123456789abcdef",
                       "academy.new-0123456789abcdef"};
    for (auto const& name : others)
        make_file(dir.file(name), name);
    auto const before = contents_of(dir);
    for (auto const* const suffix : {"", "-wal", "-shm", "-journal"}) {
        make_file(dir.file("academy.db.new-0123456789abcdef"s + suffix), "left over");
    }
    storage::open_sqlite({.path = dir.file("academy.db")}).reset();
    fs::remove(dir.file("academy.db"));
    CHECK(contents_of(dir) == before);
}

TEST_CASE("a creation does not follow links or take folders for its own", "[sqlite][strays]") {
    TempDir const dir;
    make_file(dir.file("target"), "somebody else's");
    fs::create_symlink(dir.file("target"), dir.file("academy.db.new-0123456789abcdef"));
    fs::create_directory(dir.file("academy.db.new-fedcba9876543210"));
    storage::open_sqlite({.path = dir.file("academy.db")}).reset();
    CHECK(fs::exists(dir.file("target")));
    CHECK(fs::is_directory(dir.file("academy.db.new-fedcba9876543210")));
}

TEST_CASE("a school cut short beside a WAL that has not the missing pages is refused",
          "[sqlite][strays][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}, 3000).reset();
    auto const whole = size_of(path);
    change_in_wal(path, "UPDATE items SET amount = 7 WHERE id = 1");
    truncate_file(path, GENERATE_COPY(whole / 2, whole - 4096, whole - 1));
    check_refused(dir, "data_loss path:truncated");
}

TEST_CASE("a school cut short beside a WAL of something else is refused",
          "[sqlite][strays][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}, 3000).reset();
    truncate_file(path, size_of(path) / 2);
    make_file(path + "-wal", GENERATE("x"s, std::string(8192, 'w')));
    check_refused(dir, "data_loss path:truncated");
}

TEST_CASE("a school cut short beside a WAL that has the missing pages is sound",
          "[sqlite][strays]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}).reset();
    auto const before = size_of(path);
    change_in_wal(path,
                  "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                  " INSERT INTO items SELECT i, 'item-' || i, 0 FROM n;"
                  " PRAGMA wal_checkpoint(PASSIVE)");
    fs::remove(path + "-shm");  // as after a loss of power: the WAL is read from its beginning
    REQUIRE(size_of(path) > before + 4096);
    truncate_file(path, before + 4096);
    auto const storage = storage::open_sqlite({.path = path, .read_only = GENERATE(true, false)});
    CHECK(count_items(*storage) == 3000);
    CHECK(storage->check().ok());
}

TEST_CASE("a header that cannot be read now is not called lost", "[sqlite][strays][faults]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}).reset();
    VfsShim shim;
    storage::SqliteOptions const options{
        .path = path, .read_only = GENERATE(false, true), .vfs = shim.name()};
    CAPTURE(options.read_only);
    shim.inject({.call = FileCall::read, .kind = FileKind::db, .code = SQLITE_IOERR_READ});
    CHECK(open_outcome(options) == "unavailable path:io_error");
    CHECK(shim.failures() == 1);
    CHECK(open_outcome(options) == "ok");
}

TEST_CASE("no read that fails while a school is opened is called a loss",
          "[sqlite][strays][faults]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    new_school({.path = path}).reset();
    change_in_wal(path, "UPDATE items SET amount = 7 WHERE id = 1");
    auto const before = contents_of(dir);
    VfsShim shim;
    storage::SqliteOptions const options{.path = path, .read_only = true, .vfs = shim.name()};
    int failed = 0;
    for (std::int64_t nth = 1;; ++nth) {
        CAPTURE(nth);
        shim.inject({.call = FileCall::read, .from = nth, .code = SQLITE_IOERR_READ});
        auto const opened = open_outcome(options);
        CHECK(contents_of(dir) == before);
        if (shim.failures() == 0) break;
        CHECK((opened == "ok" || opened == "unavailable path:io_error"));
        ++failed;
        REQUIRE(nth < 1000);
    }
    CHECK(failed > 3);
    shim.heal();
    CHECK(open_outcome(options) == "ok");
}
