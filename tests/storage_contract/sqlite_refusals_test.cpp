#include "storage_contract/engines.hpp"

#include <support/catch.hpp>
#include <support/child_process.hpp>

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::string_literals;
using storage::Connection;

namespace {

void raw_sql(std::string const& path, std::string const& script, std::string const& end = "") {
    run_program({EDUPLAT_PROCESS_SQLITE_TOOL, "sql", path, script, end});
}

void raw_sql_then_die(std::string const& path, std::string const& script) {
    ChildProcess child{{EDUPLAT_PROCESS_SQLITE_TOOL, "sql", path, script, "kill"}};
    REQUIRE(child.wait() < 0);
}

void write_bytes(std::string const& path, std::string_view bytes) {
    run_program({"touch", path});
    overwrite_file(path, 0, bytes);
}

void copy_file(std::string const& from, std::string const& to) {
    run_program({"cp", from, to});
}

/// A school with some content, cleanly closed.
void make_school(std::string const& path) {
    auto const storage = storage::open_sqlite({.path = path});
    make_tables(*storage);
    storage->write([](Connection& connection) {
        for (int id = 1; id <= 500; ++id)
            add_item(connection, id, std::to_string(id) + " an item");
    });
}

/// What must not change when a file is refused. A WAL without bytes is none.
std::string shape_of(std::string const& path) {
    std::error_code missing;
    bool const has_wal = std::filesystem::file_size(path + "-wal", missing) > 0 && !missing;
    return file_digest(path) + ' ' + (has_wal ? file_digest(path + "-wal") : "") + ' ' +
           file_digest(path + "-journal");
}

/// Opens for writing and for reading only; both must end the same way and leave the file as it was.
std::string refusal(std::string const& path) {
    auto const before = shape_of(path);
    auto const to_write = open_outcome({.path = path});
    CHECK(shape_of(path) == before);
    auto const to_read = open_outcome({.path = path, .read_only = true});
    CHECK(shape_of(path) == before);
    CHECK(to_write == to_read);
    return to_write;
}

}  // namespace

TEST_CASE("an empty file is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("empty.db");
    run_program({"touch", path});
    CHECK(refusal(path).find("data_loss path:") == 0);
}

TEST_CASE("a file that is no database is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("notes.txt");
    auto const content = GENERATE("x"s, "SQLite format 3"s, std::string(99, 'a'),
                                  std::string(100, 'a'), std::string(8192, 'a'));
    write_bytes(path, content);
    CHECK(refusal(path) == "data_loss path:not_a_school");
}

TEST_CASE("another program's database is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("other.db");
    auto const script =
        GENERATE("CREATE TABLE t (a)"s, "PRAGMA application_id = 1; CREATE TABLE t (a)"s,
                 "PRAGMA application_id = 1; PRAGMA user_version = 1;"
                 "PRAGMA journal_mode = WAL; CREATE TABLE t (a)"s);
    raw_sql(path, script, GENERATE(""s, "keep-wal"s));
    CHECK(refusal(path) == "data_loss path:not_a_school");
}

TEST_CASE("another program's unfinished transaction is not touched", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("other.db");
    raw_sql(path,
            "CREATE TABLE t (a); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 2000) INSERT INTO t SELECT printf('%0100d', i) FROM n");
    // A small cache makes SQLite spill changed pages into the file, so that the journal is hot.
    raw_sql_then_die(path, "PRAGMA cache_size = 5; BEGIN; UPDATE t SET a = 'changed' || a");
    REQUIRE(std::filesystem::file_size(path + "-journal") > 512);
    CHECK(refusal(path) == "data_loss path:not_a_school");
}

TEST_CASE("another program's killed WAL is not touched", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("other.db");
    raw_sql_then_die(path,
                     "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    REQUIRE(std::filesystem::file_size(path + "-wal") > 0);
    CHECK(refusal(path).find("data_loss path:") == 0);
}

TEST_CASE("a truncated school is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    make_school(path);
    auto const size = static_cast<std::int64_t>(std::filesystem::file_size(path));
    auto const left = GENERATE_COPY(size - 1, size - 4096, size / 2, std::int64_t{4096},
                                    std::int64_t{100}, std::int64_t{99}, std::int64_t{50});
    CAPTURE(size, left);
    truncate_file(path, left);
    CHECK(refusal(path).find("data_loss path:") == 0);
}

TEST_CASE("a truncated school says so", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    make_school(path);
    truncate_file(path, 5 * 4096);
    CHECK(refusal(path) == "data_loss path:truncated");
}

TEST_CASE("a school whose file grows on after its last commit is sound", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    make_school(path);
    auto const size = static_cast<std::int64_t>(std::filesystem::file_size(path));
    truncate_file(path, size + 4096);
    auto const storage = storage::open_sqlite({.path = path});
    CHECK(count_items(*storage) == 500);
    CHECK(storage->check().ok());
}

TEST_CASE("a school of a newer eduplat is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    make_school(path);
    raw_sql(path, "PRAGMA user_version = 9999", GENERATE(""s, "keep-wal"s));
    CHECK(refusal(path) == "failed_precondition schema_version:too_new");
}

TEST_CASE("a school whose last migration is only in its WAL is refused by its true version",
          "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    make_school(path);
    raw_sql_then_die(path, "PRAGMA user_version = 9999");
    REQUIRE(std::filesystem::file_size(path + "-wal") > 0);
    CHECK(refusal(path) == "failed_precondition schema_version:too_new");
}

TEST_CASE("a school with another application's id is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    make_school(path);
    raw_sql(path, "PRAGMA application_id = 0", GENERATE(""s, "keep-wal"s));
    CHECK(refusal(path) == "data_loss path:not_a_school");
}

TEST_CASE("a school whose history was altered is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    make_school(path);
    auto const change = GENERATE("UPDATE schema_migrations SET checksum = 'other'"s,
                                 "DELETE FROM schema_migrations"s, "DROP TABLE schema_migrations"s);
    raw_sql(path, change);
    CHECK(refusal(path).find("data_loss ") == 0);
}

TEST_CASE("damage anywhere in the first page is refused or survived", "[sqlite][refusal]") {
    TempDir const dir;
    auto const sound = dir.file("sound.db");
    make_school(sound);
    std::mt19937 random{20260301};
    for (int const offset :
         {0,  15, 16, 18, 19, 20, 21, 24,  28,  32,  36,  40,  44,  48,   52,
          56, 60, 64, 68, 72, 92, 96, 100, 101, 103, 105, 108, 110, 4000, 4092}) {
        auto const path = dir.file("damaged" + std::to_string(offset) + ".db");
        copy_file(sound, path);
        std::string bytes(4, '\0');
        for (auto& byte : bytes)
            byte = static_cast<char>(random() & 0xffU);
        overwrite_file(path, offset, bytes);
        CAPTURE(offset);
        auto const before = shape_of(path);
        std::unique_ptr<storage::Storage> storage;
        auto const opened = outcome([&] { storage = storage::open_sqlite({.path = path}); });
        if (storage) {
            CHECK(outcome([&] { static_cast<void>(storage->check()); }).find("internal") ==
                  std::string::npos);
        } else {
            CHECK(
                (opened.find("data_loss ") == 0 || opened.find("failed_precondition schema") == 0));
            CHECK(shape_of(path) == before);
        }
    }
}

TEST_CASE("paths that cannot name a school are refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const open = [](std::string path, bool read_only = false) {
        return open_outcome({.path = path, .read_only = read_only});
    };
    CHECK(open("").find("invalid_argument path:") == 0);
    CHECK(open(dir.path().string()).find("invalid_argument path:") == 0);
    CHECK(open("with\0zero"s).find("invalid_argument path:") == 0);
    CHECK(open(dir.file(std::string(5000, 'x'))).find("invalid_argument path:") == 0);
    CHECK(open(dir.file("missing.db"), true).find("not_found") == 0);
    CHECK(open(dir.file("nowhere/school.db"), true).find("not_found") == 0);
    auto const no_folder = open(dir.file("nowhere/school.db"));
    CHECK(no_folder != "ok");
    CHECK(no_folder.find("internal") == std::string::npos);
    CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("an unknown VFS is refused", "[sqlite][refusal]") {
    TempDir const dir;
    auto const result = open_outcome({.path = dir.file("school.db"), .vfs = "no-such"});
    CHECK(result.find("invalid_argument vfs:") == 0);
}
