#include "storage/sqlite/open.hpp"

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/file_lock.hpp"
#include "storage/sqlite/file_storage.hpp"
#include "storage/sqlite/files.hpp"
#include "storage/sqlite/maintenance.hpp"
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
    std::chrono::milliseconds group_time_max;
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
    if (options.busy_timeout.count() > limits::busy_timeout_ms_max) {
        fail(ErrorCode::invalid_argument, "busy_timeout", "too_large", limits::busy_timeout_ms_max);
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
/// ahead of the file's size and a WAL that mends it: then the answer is true, for a closer look. It
/// looks twice, because without the lock a checkpoint may end between the looks at the file and at
/// the WAL.
bool check_file(Opening const& opening) {
    for (int look = 0; look < 2; ++look) {
        auto const header = read_header(opening.path, opening.options.vfs);
        if (!header) refuse_file("not_a_school");
        check_header(*header, opening.migrations);
        if (header->size >= header->size_by_header) return false;
        if (!absent_or_empty(opening.path + "-wal")) return true;
    }
    refuse_file("truncated");
}

/// What an older file of the name left behind would be taken for part of a new one, and a journal
/// of what was there before a WAL for part of this one.
void refuse_stray(std::string const& file, std::string_view rule) {
    if (!absent_or_empty(file)) fail(ErrorCode::failed_precondition, "path", rule);
}

/// In use from here on: SQLite answers what the mode is, it does not fail.
void use_wal(SqliteConnection& connection) {
    if (connection.query_text("PRAGMA journal_mode = WAL") != "wal") {
        fail(ErrorCode::failed_precondition, "path", "no_wal");
    }
}

void build_school(Opening const& opening, std::string const& path) {
    SqliteConnection connection{path, Access::create, 0ms, opening.options.vfs};
    use_wal(connection);
    migrate(connection, opening.migrations, opening.now);
    connection.execute_script("PRAGMA wal_checkpoint(TRUNCATE)");
    connection.set_checkpoint_on_close(true);
}

/// Makes a school under another name, then gives it its own: a kill leaves no half of one.
void create_school(Opening const& opening) {
    refuse_stray(opening.path + "-wal", "stray_wal");
    remove_unfinished(opening.path, creation_mark);
    UnfinishedFile unfinished{opening.path, creation_mark};
    build_school(opening, unfinished.path());
    // False if somebody has put a file there: then that one is opened, or refused.
    static_cast<void>(unfinished.publish_as(opening.path));
}

/// Opens a connection and makes the checks that need one, after a recovery if one was due.
std::unique_ptr<SqliteConnection> open_checked(Opening const& opening, Access access,
                                               bool maybe_truncated) try {
    auto const& options = opening.options;
    auto opened =
        std::make_unique<SqliteConnection>(opening.path, access, options.busy_timeout, options.vfs);
    auto& connection = *opened;
    auto const id = connection.query_int64("PRAGMA application_id");
    if (id != school_application_id) refuse_file("not_a_school");
    check_history(connection, opening.migrations);
    // The WAL has the missing pages, or nobody has: only a look at all of them tells.
    if (maybe_truncated && !check_school(connection).ok()) refuse_file("truncated");
    return opened;
} catch (Error const& e) {
    // SQLite has a general code for much of what it cannot read.
    bool const unreadable = e.code() == ErrorCode::internal || e.code() == ErrorCode::data_loss;
    if (maybe_truncated && unreadable) refuse_file("truncated");
    if (e.code() == ErrorCode::internal) refuse_file("corrupt");
    throw;
}

void prepare_for_writing(Opening const& opening, FileLock const& lock, bool maybe_truncated) {
    auto const connection = open_checked(opening, Access::write, maybe_truncated);
    use_wal(*connection);
    int const version = schema_version_of(*connection);
    int const wanted = opening.migrations.back().version;
    if (version != wanted) {
        // Another build that has it open would go on writing what it knows.
        if (lock.others_have_it_open()) {
            fail(ErrorCode::unavailable, "path", "open_elsewhere");
        }
        migrate(*connection, opening.migrations, opening.now);
    }
    // The header must tell the version to builds that only look there.
    auto const header = read_header(opening.path, opening.options.vfs);
    if (header && header->user_version != static_cast<std::uint32_t>(wanted)) {
        connection->execute_script("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}

std::unique_ptr<Storage> open_for_writing(Opening const& opening) {
    if (auto const header = read_header(opening.path, opening.options.vfs)) {
        check_header(*header, opening.migrations);
        if (!writable_school(opening.path)) refuse_read_only();
    }
    auto lock = std::make_unique<FileLock>(opening.path, FileLock::Use::exclusion);
    {
        FileLockGuard const locked{*lock, opening.options.busy_timeout};
        refuse_stray(opening.path + "-journal", "stray_journal");
        if (!exists(opening.path)) create_school(opening);
        prepare_for_writing(opening, *lock, check_file(opening));
        lock->show_open();
    }
    return std::make_unique<FileStorage>(opening.path, opening.options, Access::read,
                                         std::move(lock), opening.migrations.back().version,
                                         opening.group_time_max);
}

/// Reading a WAL needs its index beside it. Where that cannot be made, a file without a WAL can
/// still be read as one that nobody changes.
Access read_only_access(std::string const& path) {
    bool const has_index = exists(path + "-shm");
    if (has_index ? writable(path + "-shm") : writable_folder_of(path)) return Access::read;
    if (!has_index && absent_or_empty(path + "-wal")) return Access::immutable;
    refuse_read_only();
}

std::unique_ptr<Storage> open_for_reading(Opening const& opening) {
    if (!exists(opening.path)) fail(ErrorCode::not_found, "path", "no_such_file");
    bool const maybe_truncated = check_file(opening);
    refuse_stray(opening.path + "-journal", "stray_journal");
    auto mark = std::make_unique<FileLock>(opening.path, FileLock::Use::fork_mark);
    auto const access = read_only_access(opening.path);
    int const version = schema_version_of(*open_checked(opening, access, maybe_truncated));
    if (version != opening.migrations.back().version) {
        fail(ErrorCode::failed_precondition, "schema_version", "too_old",
             opening.migrations.back().version);
    }
    return std::make_unique<FileStorage>(opening.path, opening.options, access, std::move(mark),
                                         version, opening.group_time_max);
}

}  // namespace

std::unique_ptr<Storage> open_school(SqliteOptions const& options,
                                     std::span<Migration const> migrations,
                                     std::chrono::milliseconds group_time_max) {
    check_options(options);
    if (options.path == ":memory:") {
        if (options.read_only) fail(ErrorCode::not_found, "path", "no_such_file");
        return std::make_unique<MemoryStorage>(migrations, now_of(options));
    }
    Opening const opening{options, migrations, group_time_max,
                          resolve_path(options.path, options.vfs, "path"), now_of(options)};
    FileLock::refuse_if_open_in_parent(opening.path);
    return options.read_only ? open_for_reading(opening) : open_for_writing(opening);
}

std::unique_ptr<Storage> open_sqlite(SqliteOptions const& options) {
    return open_school(options, school_migrations());
}

}  // namespace eduplat::storage
