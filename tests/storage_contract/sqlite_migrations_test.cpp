#include "storage_contract/engines.hpp"
#include "storage_contract/synthetic_chain.hpp"

#include <fcntl.h>
#include <storage/sqlite/connection.hpp>
#include <storage/sqlite/migrations.hpp>
#include <support/catch.hpp>
#include <support/child_process.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::Access;
using storage::Migration;
using storage::SqliteConnection;

namespace {

using Chain = std::vector<Migration>;

SqliteConnection connect(std::string const& path) {
    return SqliteConnection{path, Access::create, std::chrono::seconds{1}, ""};
}

Chain first_steps(int count) {
    auto const all = synthetic_chain();
    return {all.begin(), all.begin() + count};
}

std::string query(std::string const& path, std::string const& sql) {
    return run_program({EDUPLAT_PROCESS_SQLITE_TOOL, "sql", path, sql});
}

/// Everything that a migration may change: tables, indexes, and what is in the synthetic ones.
std::string state_of(std::string const& path) {
    auto state =
        query(path, "PRAGMA user_version; SELECT type, name, sql FROM sqlite_schema ORDER BY name");
    if (state.find("authors") == std::string::npos) return state;
    return state + query(path,
                         "SELECT * FROM authors ORDER BY id; SELECT * FROM books ORDER BY id;"
                         "SELECT version, name, checksum FROM schema_migrations ORDER BY version");
}

std::string schema_of(std::string const& path) {
    return query(path, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
}

void migrate(std::string const& path, Chain const& chain) {
    auto connection = connect(path);
    storage::migrate(connection, chain, Timestamp{});
}

std::vector<std::string> statements_of(std::string_view sql) {
    std::vector<std::string> statements;
    std::istringstream lines{std::string{sql}};
    std::string statement;
    for (std::string line; std::getline(lines, line);) {
        statement += line + '\n';
        if (line.ends_with(';')) statements.push_back(std::exchange(statement, {}));
    }
    return statements;
}

std::string golden_path(int version) {
    auto number = std::to_string(version);
    return std::string{EDUPLAT_GOLDEN_DIR} + '/' + std::string(4 - number.size(), '0') + number +
           ".sql";
}

/// The script that makes a school of this build's version anew: schema and history.
std::string golden_of(std::string const& path, int version) {
    auto script =
        query(path,
              "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL"
              " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
              " AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')"
              " ORDER BY rowid;"
              "SELECT printf('INSERT INTO schema_migrations VALUES (%d, %Q, %Q, 0);', version,"
              " name, checksum) FROM schema_migrations ORDER BY version;"
              "SELECT printf('PRAGMA application_id = %d;', application_id)"
              " FROM pragma_application_id");
    return script + "PRAGMA user_version = " + std::to_string(version) + ";\n";
}

std::string content_of(std::string const& path) {
    std::ifstream file{path};
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

}  // namespace

TEST_CASE("a chain of migrations leads an empty file to the last version", "[sqlite][migrations]") {
    TempDir const dir;
    auto const path = dir.file("chain.db");
    migrate(path, first_steps(3));
    CHECK(query(path, "PRAGMA user_version") == "3\n");
    CHECK(query(path, "SELECT * FROM authors ORDER BY id") == "1|Ada|A\n2|Ben|B\n");
    CHECK(query(path, "SELECT * FROM books ORDER BY id") == "1|1|Notes|100\n2|2|Letters|200\n");
    CHECK(query(path, "PRAGMA foreign_key_check").empty());
}

TEST_CASE("from every earlier version the chain leads to the same schema and data",
          "[sqlite][migrations]") {
    TempDir const dir;
    migrate(dir.file("fresh.db"), first_steps(3));
    auto const released = GENERATE(1, 2);
    auto const path = dir.file("old.db");
    migrate(path, first_steps(released));
    migrate(path, first_steps(3));
    CHECK(state_of(path) == state_of(dir.file("fresh.db")));
}

TEST_CASE("migrating twice is migrating once", "[sqlite][migrations]") {
    TempDir const dir;
    auto const path = dir.file("chain.db");
    migrate(path, first_steps(3));
    auto const before = state_of(path);
    migrate(path, first_steps(3));
    CHECK(state_of(path) == before);
}

TEST_CASE("a migration that fails at any statement leaves the old version whole",
          "[sqlite][migrations]") {
    TempDir const dir;
    auto const version = GENERATE(1, 2, 3);
    auto const path = dir.file("chain.db");
    if (version > 1) migrate(path, first_steps(version - 1));
    auto const before = version > 1 ? state_of(path) : "0\n";
    auto const statements =
        statements_of(synthetic_chain()[static_cast<std::size_t>(version) - 1].sql);
    for (std::size_t broken = 0; broken <= statements.size(); ++broken) {
        std::string sql;
        for (std::size_t i = 0; i < broken; ++i)
            sql += statements[i];
        sql += "INSERT INTO no_such_table VALUES (1);\n";
        auto chain = first_steps(version);
        chain.back().sql = sql;
        CAPTURE(version, broken);
        CHECK(outcome([&] { migrate(path, chain); }) != "ok");
        CHECK(state_of(path) == before);
    }
    migrate(path, first_steps(3));
    CHECK(query(path, "PRAGMA user_version") == "3\n");
}

TEST_CASE("a migration that leaves references without their rows is undone",
          "[sqlite][migrations]") {
    TempDir const dir;
    auto const path = dir.file("chain.db");
    migrate(path, first_steps(1));
    auto const before = state_of(path);
    auto chain = first_steps(1);
    chain.push_back({2, "careless", "DELETE FROM authors WHERE id = 1;"});
    CHECK(outcome([&] { migrate(path, chain); }) != "ok");
    CHECK(state_of(path) == before);
}

TEST_CASE("a migration killed at any write or sync leaves the old or the new version whole",
          "[sqlite][migrations][crash]") {
    TempDir const dir;
    auto const call = GENERATE(std::string{"write"}, std::string{"sync"});
    auto const old_file = dir.file("old.db");
    migrate(old_file, first_steps(1));
    auto const old_state = state_of(old_file);
    migrate(dir.file("new.db"), first_steps(3));
    auto const new_state = state_of(dir.file("new.db"));

    int kills = 0;
    int seen_new = 0;
    for (int nth = 1;; ++nth) {
        auto const path = dir.file("victim" + std::to_string(nth) + ".db");
        run_program({"cp", old_file, path});
        ChildProcess child{
            {EDUPLAT_PROCESS_SQLITE_TOOL, "migrate", path, call, std::to_string(nth)}};
        auto const status = child.wait();
        auto const state = state_of(path);
        CAPTURE(call, nth, status);
        CHECK((state == old_state || state == new_state));
        if (state == new_state) ++seen_new;
        if (status == 0) break;
        ++kills;
        REQUIRE(kills < 1000);
        migrate(path, first_steps(3));
        CHECK(state_of(path) == new_state);
    }
    CHECK(kills > 1);
    CHECK(seen_new > 0);
}

TEST_CASE("a step whose text was changed after its release is noticed", "[sqlite][migrations]") {
    TempDir const dir;
    auto const path = dir.file("chain.db");
    migrate(path, first_steps(2));
    auto connection = connect(path);
    CHECK_NOTHROW(storage::check_history(connection, first_steps(2)));
    CHECK_NOTHROW(storage::check_history(connection, first_steps(3)));
    auto changed = first_steps(2);
    changed[1].sql = "SELECT 1;";
    CHECK(outcome([&] { storage::check_history(connection, changed); }) ==
          "data_loss schema_version:unknown_history");
    CHECK(outcome([&] { storage::check_history(connection, first_steps(1)); }) ==
          "failed_precondition schema_version:too_new");
}

TEST_CASE("migrations are numbered from one without gaps", "[sqlite][migrations]") {
    int expected = 0;
    for (auto const& migration : storage::school_migrations())
        CHECK(migration.version == ++expected);
    CHECK(expected >= 1);
}

TEST_CASE("every version of the schema has its golden file and it leads to the fresh schema",
          "[sqlite][migrations][golden]") {
    TempDir const dir;
    auto const fresh = dir.file("fresh.db");
    storage::open_sqlite({.path = fresh}).reset();
    int const latest = storage::school_migrations().back().version;
    // For the developer of a new migration: writes the golden file of the version that is not yet
    // released.
    if (environment_number("EDUPLAT_UPDATE_GOLDEN", 0) != 0) {
        std::ofstream{golden_path(latest)} << golden_of(fresh, latest);
    }
    for (int version = 1; version <= latest; ++version) {
        CAPTURE(version, golden_path(version));
        REQUIRE(std::filesystem::exists(golden_path(version)));
        auto const path = dir.file("golden" + std::to_string(version) + ".db");
        query(path, content_of(golden_path(version)));
        {
            auto const storage = storage::open_sqlite({.path = path});
            CHECK(storage->schema_version() == latest);
            CHECK(storage->check().ok());
        }
        CHECK(schema_of(path) == schema_of(fresh));
    }
    CHECK(golden_of(fresh, latest) == content_of(golden_path(latest)));
}
