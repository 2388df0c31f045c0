#include "storage/sqlite/migrations.hpp"

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/files.hpp"

#include <eduplat/core/error.hpp>

#include <fmt/format.h>

namespace eduplat::storage {
namespace {

constexpr char create_history[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,"
    "applied_at INTEGER NOT NULL) STRICT";
constexpr char insert_step[] =
    "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)";
constexpr char select_steps[] = "SELECT version, checksum FROM schema_migrations ORDER BY version";

void apply(SqliteConnection& connection, Migration const& migration, Timestamp now) {
    connection.execute_script(std::string{migration.sql});
    auto const sum = checksum(migration);
    connection.run_checked(
        [&](Connection& c) { c.execute(insert_step, migration.version, migration.name, sum, now); },
        true);
}

void apply_all(SqliteConnection& connection, std::span<Migration const> migrations, Timestamp now) {
    connection.execute_script(create_history);
    int const present = schema_version_of(connection);
    for (auto const& migration : migrations) {
        if (migration.version > present) apply(connection, migration, now);
    }
    if (!connection.query_text("PRAGMA foreign_key_check").empty()) {
        throw Error(ErrorCode::internal, "a migration leaves references without their rows");
    }
    connection.execute_script(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                          school_application_id, migrations.back().version));
}

[[noreturn]] void refuse_history() {
    fail(ErrorCode::data_loss, "schema_version", "unknown_history");
}

void check_steps(SqliteConnection& connection, std::span<Migration const> migrations) {
    int const version = schema_version_of(connection);
    int const known = migrations.back().version;
    if (version > known) fail(ErrorCode::failed_precondition, "schema_version", "too_new", known);
    constexpr auto find_history = "SELECT name FROM sqlite_schema WHERE name = 'schema_migrations'";
    if (connection.query_text(find_history).empty()) refuse_history();
    connection.run_checked(
        [&](Connection& c) {
            auto steps = c.query(select_steps);
            int seen = 0;
            while (steps.step()) {
                auto const at = static_cast<std::size_t>(seen++);
                if (at >= migrations.size() || steps.int64(0) != migrations[at].version ||
                    steps.text(1) != checksum(migrations[at])) {
                    refuse_history();
                }
            }
            if (seen != version) refuse_history();
        },
        false);
}

}  // namespace

std::string checksum(Migration const& migration) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (char const c : migration.sql) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return fmt::format("{:016x}", hash);
}

int schema_version_of(SqliteConnection& connection) {
    return static_cast<int>(connection.query_int64("PRAGMA user_version"));
}

void migrate(SqliteConnection& connection, std::span<Migration const> migrations, Timestamp now) {
    if (schema_version_of(connection) == migrations.back().version) return;
    // A table that others refer to is rebuilt by dropping it; the check before the commit makes up
    // for it.
    connection.execute_script("PRAGMA foreign_keys = OFF");
    try {
        connection.begin_write();
        apply_all(connection, migrations, now);
        connection.commit();
    } catch (...) {
        connection.rollback();
        connection.execute_script("PRAGMA foreign_keys = ON");
        throw;
    }
    connection.execute_script("PRAGMA foreign_keys = ON");
}

void check_history(SqliteConnection& connection, std::span<Migration const> migrations) {
    // One snapshot: another process may migrate the school meanwhile.
    connection.begin_read();
    try {
        check_steps(connection, migrations);
    } catch (...) {
        connection.rollback();
        throw;
    }
    connection.commit();
}

}  // namespace eduplat::storage
