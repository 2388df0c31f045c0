#pragma once

#include "storage/sqlite/page_cleaner.hpp"

#include <eduplat/storage/storage.hpp>

#include <SQLiteCpp/Database.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace eduplat::storage {

enum class Access : std::uint8_t {
    read,       ///< a reader: query_only on a normal handle
    write,      ///< the writer
    create,     ///< the writer of a file that may not exist yet
    immutable,  ///< a reader of a file nobody can write
};

/// One connection to a database file: its settings, its cached statements and the state of its
/// transaction. Used by one thread at a time.
class SqliteConnection final : public Connection {
  public:
    /// Errors: as the engine's, from opening and the first access.
    SqliteConnection(std::string const& path, Access access, std::chrono::milliseconds busy_timeout,
                     std::string const& vfs);
    SqliteConnection(SqliteConnection const&) = delete;
    SqliteConnection& operator=(SqliteConnection const&) = delete;
    ~SqliteConnection();

    [[nodiscard]] sqlite3* handle() const noexcept { return database_.getHandle(); }
    [[nodiscard]] SQLite::Database& database() noexcept { return database_; }

    void begin_read() { run(Control::begin); }
    void begin_write() { run(Control::begin_immediate); }
    void commit() { run(Control::commit); }
    void rollback() noexcept;

    /// Runs `fn` between the checks a transaction's function gets, with no savepoint of its own.
    /// Throws what `fn` throws, or why its work cannot stay; the caller then rolls back.
    void run_checked(FunctionRef<void(Connection&)> fn, bool writes);
    /// The same in a savepoint, which is undone when this throws. A nested function may leave a
    /// deferred reference for the one around it to fulfill.
    void run_in_savepoint(FunctionRef<void(Connection&)> fn, bool nested);

    /// Whether a transaction is open. A full disk, an I/O error or OR ROLLBACK ends one unasked.
    [[nodiscard]] bool in_transaction() const noexcept;

    /// Runs a script of the engine's own. Errors: as the engine's.
    void execute_script(std::string const& sql);
    /// The first column of the first row; 0 or "" if there is none.
    [[nodiscard]] std::int64_t query_int64(std::string const& sql);
    [[nodiscard]] std::string query_text(std::string const& sql);
    /// Every row as text, its columns joined by spaces.
    [[nodiscard]] std::vector<std::string> query_rows(std::string const& sql);

    void set_busy_timeout(std::chrono::milliseconds timeout) noexcept;
    /// Whether closing the last connection of all moves the WAL into the file and removes it.
    void set_checkpoint_on_close(bool on) noexcept;

    /// Drops the cached pages, which may hold what was deleted since they were read.
    void forget_pages() noexcept;

    [[nodiscard]] std::int64_t statements_run() const noexcept { return statements_run_; }

  private:
    class CachedStatement;
    enum class Control : std::uint8_t {
        begin,
        begin_immediate,
        commit,
        rollback,
        savepoint,
        release,
        rollback_to,
        count
    };

    [[nodiscard]] PreparedStatement& prepare(Sql sql) override;
    [[nodiscard]] std::int64_t changes() const override;

    void configure(Access access, std::chrono::milliseconds busy_timeout);
    void forbid_transaction_control();
    void prepare_controls();
    void run(Control control);
    void undo_savepoint() noexcept;
    void refuse_failed_work() const;
    void refuse_unfit_work() const;
    void return_leases();

    PageCleaner page_cleaner_;  // outlives the database
    SQLite::Database database_;
    std::array<sqlite3_stmt*, static_cast<std::size_t>(Control::count)> controls_{};
    // By the address of the literal. A statement that is in use while it is wanted again gets a
    // twin.
    std::unordered_map<char const*, std::unique_ptr<CachedStatement>> statements_;
    std::vector<std::unique_ptr<CachedStatement>> orphans_;  // kept past their transaction
    std::atomic<std::int64_t> statements_run_ = 0;
    int leases_ = 0;
    bool writes_ = false;       // may the current transaction write?
    bool failed_ = false;       // has a statement of the innermost savepoint failed?
    bool own_control_ = false;  // is the engine itself preparing transaction control?
};

}  // namespace eduplat::storage
