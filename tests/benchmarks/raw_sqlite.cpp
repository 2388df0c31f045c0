#include "benchmarks/raw_sqlite.hpp"

#include <cstdlib>
#include <iostream>

namespace eduplat::benchmarks {
namespace {

void require(bool ok, sqlite3* database) {
    if (ok) return;
    std::cerr << "SQLite: " << sqlite3_errmsg(database) << '\n';
    std::exit(1);
}

}  // namespace

RawConnection::RawConnection(std::string const& path, bool reader) {
    int const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    require(sqlite3_open_v2(path.c_str(), &database_, flags, nullptr) == SQLITE_OK, database_);
    sqlite3_busy_timeout(database_, 10'000);
    sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA mmap_size = 0;"
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
        "PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
        "PRAGMA cache_size = -8192;");
    if (reader) run("PRAGMA query_only = ON");
    auto const note_pages = [](void* pages, sqlite3*, char const*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(database_, note_pages, &wal_pages_);
    begin_ = prepare("BEGIN");
    begin_immediate_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
}

RawConnection::~RawConnection() {
    // Not by sqlite3_next_stmt(): the full-text module has statements of its own.
    for (auto* const statement : statements_)
        sqlite3_finalize(statement);
    sqlite3_close(database_);
}

sqlite3_stmt* RawConnection::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                               SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK,
            database_);
    statements_.push_back(statement);
    return statement;
}

void RawConnection::run(std::string const& sql) {
    require(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK,
            database_);
}

void RawConnection::commit_write() {
    step_to_end(commit_);
    if (wal_pages_ < 1000) checkpoint_at_ = 1000;
    if (wal_pages_ < checkpoint_at_) return;
    bool const restart = wal_pages_ >= 4000;
    sqlite3_wal_checkpoint_v2(database_, nullptr,
                              restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                              nullptr, nullptr);
    checkpoint_at_ = wal_pages_ + 1000;
}

void RawConnection::step_to_end(sqlite3_stmt* statement) {
    auto* const database = sqlite3_db_handle(statement);
    int result = SQLITE_ROW;
    while (result == SQLITE_ROW)
        result = sqlite3_step(statement);
    require(result == SQLITE_DONE, database);
    sqlite3_reset(statement);
}

void RawConnection::bind(sqlite3_stmt* statement, int parameter, std::int64_t value) {
    sqlite3_bind_int64(statement, parameter, value);
}

void RawConnection::bind(sqlite3_stmt* statement, int parameter, std::string_view value) {
    sqlite3_bind_text(statement, parameter, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
}

void RawConnection::bind(sqlite3_stmt* statement, int parameter, std::span<std::byte const> value) {
    sqlite3_bind_blob(statement, parameter, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
}

void RawConnection::bind_null(sqlite3_stmt* statement, int parameter) {
    sqlite3_bind_null(statement, parameter);
}

}  // namespace eduplat::benchmarks
