#include "storage/sqlite/open.hpp"

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/file_lock.hpp"
#include "storage/sqlite/file_storage.hpp"
#include "storage/sqlite/files.hpp"
#include "storage/sqlite/memory_storage.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <optional>

namespace eduplat::storage {
namespace {

using namespace std::chrono_literals;

/// Opening one file: what stays the same through its steps.
struct Opening {
    SqliteOptions const& options;
    std::span<Migration const> migrations;
    std::string path;
    Timestamp now;
};

[[noreturn]] void refuse_file(std::string_view rule) {
    fail(ErrorCode::data_loss, "path", rule);
}

[[noreturn]] void refuse_read_only() {
    fail(ErrorCode::failed_precondition, "path", "read_only");
}

void check_options(SqliteOptions const& options) {
    if (options.readers_max < 1) fail(ErrorCode::invalid_argument, "readers_max", "too_small", 1);
    if (options.readers_max > limits::readers_max) {
        fail(ErrorCode::invalid_argument, "readers_max", "too_large", limits::readers_max);
    }
    if (options.busy_timeout < 0ms) {
        fail(ErrorCode::invalid_argument, "busy_timeout", "too_small", 0);
    }
}

Timestamp now_of(SqliteOptions const& options) {
    return options.clock == nullptr ? SystemClock{}.now() : options.clock->now();
}

/// What can be judged without opening a database: a foreign file is not touched at all.
void check_header(FileHeader const& header, std::span<Migration const> migrations) {
    if (!header.is_sqlite || header.application_id != school_application_id) {
        refuse_file("not_a_school");
    }
    auto const known = migrations.back().version;
    if (header.user_version > static_cast<std::uint32_t>(known)) {
        fail(ErrorCode::failed_precondition, "schema_version", "too_new", known);
    }
}

/// Refuses a file that is foreign, too new or cut short. A kill in mid-checkpoint leaves a header
/// ahead of the file's size and a WAL that mends it, so size counts only where there is no WAL; and
/// counts twice, because without the lock a checkpoint may end between the two looks.
void check_file(Opening const& opening) {
    for (int look = 0; look < 2; ++look) {
        auto const header = read_header(opening.path, opening.options.vfs);
        if (!header) refuse_file("not_a_school");
        check_header(*header, opening.migrations);
        if (header->size >= header->size_by_header) return;
        if (!absent_or_empty(opening.path + "-wal")) return;
    }
    refuse_file("truncated");
}

void build_school(Opening const& opening, std::string const& path) {
    make_private_file(path);
    SqliteConnection connection{path, Access::create, 0ms, opening.options.vfs};
    connection.execute_script("PRAGMA journal_mode = WAL");
    migrate(connection, opening.migrations, opening.now);
    connection.execute_script("PRAGMA wal_checkpoint(TRUNCATE)");
    connection.set_checkpoint_on_close(true);
}

/// Makes a school under another name and links it to its own: a kill leaves no half of one.
void create_school(Opening const& opening) {
    remove_unfinished(opening.path);
    auto const unfinished = unfinished_name(opening.path);
    try {
        build_school(opening, unfinished);
        sync_file(unfinished);
        // Somebody may have put a file there: then that one is opened, or refused.
        if (!publish_file(unfinished, opening.path)) remove_file(unfinished);
    } catch (...) {
        remove_unfinished(opening.path);
        throw;
    }
}

/// Opens a connection and makes the checks that need one, after a recovery if one was due.
std::unique_ptr<SqliteConnection> open_checked(Opening const& opening, Access access) try {
    auto const& options = opening.options;
    auto opened =
        std::make_unique<SqliteConnection>(opening.path, access, options.busy_timeout, options.vfs);
    auto& connection = *opened;
    auto const id = connection.query_int64("PRAGMA application_id");
    if (id != school_application_id) refuse_file("not_a_school");
    check_history(connection, opening.migrations);
    if (connection.query_text("PRAGMA journal_mode") != "wal" && !options.read_only) {
        connection.execute_script("PRAGMA journal_mode = WAL");
    }
    return opened;
} catch (Error const& e) {
    // SQLite has a general code for much of what it cannot read.
    if (e.code() == ErrorCode::internal) refuse_file("corrupt");
    throw;
}

void prepare_for_writing(Opening const& opening) {
    auto const connection = open_checked(opening, Access::write);
    if (schema_version_of(*connection) == opening.migrations.back().version) return;
    migrate(*connection, opening.migrations, opening.now);
    // The header must tell the version to builds that only look there.
    connection->execute_script("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::unique_ptr<Storage> open_for_writing(Opening const& opening) {
    if (auto const header = read_header(opening.path, opening.options.vfs)) {
        check_header(*header, opening.migrations);
        if (!writable_school(opening.path)) refuse_read_only();
    }
    auto lock = std::make_unique<FileLock>(opening.path, FileLock::Use::exclusion);
    {
        FileLockGuard const locked{*lock, opening.options.busy_timeout};
        if (!exists(opening.path)) create_school(opening);
        check_file(opening);
        prepare_for_writing(opening);
    }
    return std::make_unique<FileStorage>(opening.path, opening.options, Access::read,
                                         std::move(lock), opening.migrations.back().version);
}

/// Reading a WAL needs its index beside it. Where that cannot be made, a file without a WAL can
/// still be read as one that nobody changes.
Access read_only_access(std::string const& path) {
    if (writable_folder_of(path)) return Access::read;
    if (absent_or_empty(path + "-wal")) return Access::immutable;
    refuse_read_only();
}

std::unique_ptr<Storage> open_for_reading(Opening const& opening) {
    if (!exists(opening.path)) fail(ErrorCode::not_found, "path", "no_such_file");
    check_file(opening);
    auto mark = std::make_unique<FileLock>(opening.path, FileLock::Use::fork_mark);
    auto const access = read_only_access(opening.path);
    int const version = schema_version_of(*open_checked(opening, access));
    if (version != opening.migrations.back().version) {
        fail(ErrorCode::failed_precondition, "schema_version", "too_old",
             opening.migrations.back().version);
    }
    return std::make_unique<FileStorage>(opening.path, opening.options, access, std::move(mark),
                                         version);
}

}  // namespace

std::unique_ptr<Storage> open_school(SqliteOptions const& options,
                                     std::span<Migration const> migrations) {
    check_options(options);
    if (options.path == ":memory:") {
        return std::make_unique<MemoryStorage>(migrations, now_of(options));
    }
    Opening const opening{options, migrations, resolve_path(options.path, options.vfs),
                          now_of(options)};
    FileLock::refuse_if_open_in_parent(opening.path);
    return options.read_only ? open_for_reading(opening) : open_for_writing(opening);
}

std::unique_ptr<Storage> open_sqlite(SqliteOptions const& options) {
    return open_school(options, school_migrations());
}

}  // namespace eduplat::storage
