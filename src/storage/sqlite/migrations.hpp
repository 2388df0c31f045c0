#pragma once

#include <eduplat/core/time.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace eduplat::storage {

class SqliteConnection;

/// One step of the schema: the statements that lead from version - 1 to version.
struct Migration {
    int version;
    std::string_view name;
    std::string_view sql;
};

/// The schema of this build, as steps 1, 2, ...
[[nodiscard]] std::span<Migration const> school_migrations() noexcept;

/// A migration's identity: 64-bit FNV-1a of its text, in hexadecimal.
[[nodiscard]] std::string checksum(Migration const& migration);

/// Brings a school to the last of `migrations` in one transaction, or leaves it as it was. Call it
/// under the file's lock. Does nothing to a school that is there already.
void migrate(SqliteConnection& connection, std::span<Migration const> migrations, Timestamp now);

/// Refuses a school whose recorded steps are not the first of `migrations`.
/// Errors: failed_precondition (field "schema_version", rule "too_new"), data_loss (field
/// "schema_version", rule "unknown_history").
void check_history(SqliteConnection& connection, std::span<Migration const> migrations);

[[nodiscard]] int schema_version_of(SqliteConnection& connection);

}  // namespace eduplat::storage
