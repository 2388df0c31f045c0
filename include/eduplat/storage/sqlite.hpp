#pragma once

#include <eduplat/ports/clock.hpp>
#include <eduplat/ports/log_sink.hpp>
#include <eduplat/storage/storage.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace eduplat::storage {

struct SqliteOptions {
    /// The school's file, made if missing; ":memory:" for one that ends with the Storage.
    std::string path = {};
    /// Opens an existing school without ever writing to it. Where the folder cannot be written and
    /// nobody has the school open, it must stay so while it is read.
    bool read_only = false;
    /// How long a call waits for another process or for a free reader before it ends in
    /// `unavailable`.
    std::chrono::milliseconds busy_timeout = std::chrono::seconds{10};
    /// Connections that read beside the writer, made as they are needed.
    int readers_max = 8;
    /// Dates the migrations; null for the system's clock. Must outlive the storage.
    Clock const* clock = nullptr;
    /// Hears of checkpoints held up and the like; null for silence. Must outlive the storage.
    LogSink* log = nullptr;
    /// Name of a registered sqlite3_vfs; empty for SQLite's default.
    std::string vfs = {};
};

/// Opens or creates a school in one SQLite file.
///
/// One process may open a school several times, and several processes may share it; all of them
/// must use eduplat to write. The file, its "-wal" while it exists, and nothing else is the school;
/// "-lock" and "-shm" only coordinate. Network file systems are not supported.
///
/// Errors: data_loss (field "path", rule "not_a_school", "truncated" or "corrupt"; field
/// "schema_version", rule "unknown_history"); failed_precondition (field "schema_version", rule
/// "too_new": made by a newer eduplat, or "too_old" to be only read; field "path", rule
/// "read_only", "no_such_folder", or "stray_wal" and "stray_journal": what an older file of that
/// name left must be dealt with first; field "process", rule "forked"); unavailable (field "path",
/// rule "locked", or "open_elsewhere": an older school is migrated only when nobody else has it
/// open); not_found (read_only and no such file); invalid_argument (field "path", "readers_max" or
/// "busy_timeout"). A refused file is left as it was.
[[nodiscard]] std::unique_ptr<Storage> open_sqlite(SqliteOptions const& options);

}  // namespace eduplat::storage
