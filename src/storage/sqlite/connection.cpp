#include "storage/sqlite/connection.hpp"

#include "storage/sqlite/errors.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <iterator>
#include <limits>
#include <new>

namespace eduplat::storage {
namespace {

int flags_for(Access access) {
    int const common = SQLite::OPEN_NOMUTEX | SQLite::OPEN_URI;
    if (access == Access::immutable) return common | SQLite::OPEN_READONLY;
    if (access == Access::create) return common | SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
    return common | SQLite::OPEN_READWRITE;
}

/// A path as a URI, so that any character may stand in it.
std::string uri_of(std::string const& path, Access access) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string uri = "file:";
    for (char const c : path) {
        if (c == '%' || c == '?' || c == '#') {
            auto const byte = static_cast<unsigned char>(c);
            uri += {'%', hex[byte >> 4], hex[byte & 15]};
        } else {
            uri += c;
        }
    }
    return access == Access::immutable ? uri + "?immutable=1" : uri;
}

SQLite::Database open_database(std::string const& path, Access access, std::string const& vfs) {
    auto const name = path == ":memory:" ? path : uri_of(path, access);
    try {
        return SQLite::Database{name, flags_for(access), 0, vfs};
    } catch (SQLite::Exception const& e) {
        throw to_error(e);
    }
}

[[noreturn]] void refuse(std::string_view rule) {
    fail(ErrorCode::failed_precondition, "transaction", rule);
}

}  // namespace

/// A prepared statement that waits in its connection's cache between leases.
class SqliteConnection::CachedStatement final : public PreparedStatement {
  public:
    CachedStatement(SqliteConnection& connection, std::string_view sql) : connection_(connection) {
        int const size = static_cast<int>(sql.size());
        if (sqlite3_prepare_v3(connection.handle(), sql.data(), size, SQLITE_PREPARE_PERSISTENT,
                               &statement_, nullptr) != SQLITE_OK) {
            connection.failed_ = true;
            throw_last_error(connection.handle());
        }
        changes_data_ = sqlite3_stmt_readonly(statement_) == 0;
    }
    CachedStatement(CachedStatement const&) = delete;
    CachedStatement& operator=(CachedStatement const&) = delete;
    ~CachedStatement() override { sqlite3_finalize(statement_); }

    void bind_null(int parameter) override { check(sqlite3_bind_null(statement_, parameter)); }
    void bind_int64(int parameter, std::int64_t value) override {
        check(sqlite3_bind_int64(statement_, parameter, value));
    }
    void bind_double(int parameter, double value) override {
        check(sqlite3_bind_double(statement_, parameter, value));
    }
    void bind_text(int parameter, std::string_view value) override {
        char const* const data = value.data() == nullptr ? "" : value.data();  // null would be NULL
        check(sqlite3_bind_text64(statement_, parameter, data, value.size(), SQLITE_STATIC,
                                  SQLITE_UTF8));
    }
    void bind_blob(int parameter, std::span<std::byte const> value) override {
        if (value.empty()) return check(sqlite3_bind_zeroblob(statement_, parameter, 0));
        check(
            sqlite3_bind_blob64(statement_, parameter, value.data(), value.size(), SQLITE_STATIC));
    }

    bool step() override {
        if (done_) return false;
        if (!running_) start();
        int const result = sqlite3_step(statement_);
        if (result == SQLITE_ROW) return true;
        running_ = false;
        done_ = result == SQLITE_DONE;  // one more sqlite3_step() would run it again
        if (done_) return false;
        connection_.failed_ = true;
        throw_last_error(connection_.handle());
    }
    void reset() noexcept override {
        running_ = false;
        done_ = false;
        sqlite3_reset(statement_);
    }

    bool is_null(int column) const override {
        return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }
    std::int64_t int64(int column) const override {
        return sqlite3_column_int64(statement_, column);
    }
    double real(int column) const override { return sqlite3_column_double(statement_, column); }
    std::string_view text(int column) const override {
        auto const* const data = sqlite3_column_text(statement_, column);
        if (data == nullptr) return nothing_at(column);
        auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return {reinterpret_cast<char const*>(data), size};
    }
    std::span<std::byte const> blob(int column) const override {
        auto const* const data = sqlite3_column_blob(statement_, column);
        auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return {static_cast<std::byte const*>(data), size};
    }

    void release() noexcept override {
        if (!leased_) return;  // taken back already: the connection may have lent it to others
        reset();
        sqlite3_clear_bindings(statement_);
        leased_ = false;
        --connection_.leases_;
    }

    /// This statement or the first of its twins that is free, made if need be; now on lease.
    CachedStatement& lease(std::string_view sql) {
        auto* candidate = this;
        while (candidate->leased_) {
            auto& twin = candidate->twin_;
            if (!twin) twin = std::make_unique<CachedStatement>(connection_, sql);
            candidate = twin.get();
        }
        candidate->leased_ = true;
        ++connection_.leases_;
        return *candidate;
    }

    /// Takes back this and its twins. True if one of them was on loan.
    [[nodiscard]] bool take_back() noexcept {
        bool any = false;
        for (auto* one = this; one != nullptr; one = one->twin_.get()) {
            any = any || one->leased_;
            one->release();
        }
        return any;
    }

  private:
    void start() {
        if (!leased_) refuse("transaction_ended");
        if (connection_.failed_) refuse("transaction_failed");
        if (!connection_.in_transaction()) refuse("transaction_ended");
        if (changes_data_ && !connection_.writes_) refuse("read_only");
        running_ = true;
        // One thread writes it, any may read it: no read-modify-write is needed.
        connection_.statements_run_.store(connection_.statements_run() + 1,
                                          std::memory_order_relaxed);
    }

    /// The text of a null, if it is one.
    std::string_view nothing_at(int column) const {
        if (!is_null(column)) throw std::bad_alloc{};
        return {};
    }

    void check(int result) const {
        if (result != SQLITE_OK) throw to_error(result, sqlite3_errstr(result));
    }

    SqliteConnection& connection_;
    sqlite3_stmt* statement_ = nullptr;
    std::unique_ptr<CachedStatement> twin_;
    bool changes_data_ = false;
    bool leased_ = false;
    bool running_ = false;
    bool done_ = false;
};

SqliteConnection::SqliteConnection(std::string const& path, Access access,
                                   std::chrono::milliseconds busy_timeout, std::string const& vfs)
    : database_(open_database(path, access, vfs)) {
    if (access == Access::write || access == Access::create) page_cleaner_.attach(handle());
    configure(access, busy_timeout);
    forbid_transaction_control();
    prepare_controls();
}

void SqliteConnection::forget_pages() noexcept {
    sqlite3_db_release_memory(handle());
}

SqliteConnection::~SqliteConnection() {
    for (auto* const control : controls_)
        sqlite3_finalize(control);
}

void SqliteConnection::configure(Access access, std::chrono::milliseconds busy_timeout) {
    set_busy_timeout(busy_timeout);
    sqlite3_extended_result_codes(handle(), 1);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    set_checkpoint_on_close(false);
    // A checkpoint happens when the writer says so, under the lock: two at one moment can corrupt
    // the WAL before SQLite 3.51.3. temp_store keeps sorted personal data off the disk.
    execute_script(
        "PRAGMA wal_autocheckpoint = 0; PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;"
        "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;");
    bool const reads_only = access == Access::read || access == Access::immutable;
    if (reads_only) execute_script("PRAGMA query_only = ON;");
}

void SqliteConnection::forbid_transaction_control() {
    auto const authorize = [](void* self, int action, char const*, char const*, char const*,
                              char const*) {
        bool const forbidden = action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT ||
                               action == SQLITE_ATTACH || action == SQLITE_DETACH;
        bool const own = static_cast<SqliteConnection*>(self)->own_control_;
        return forbidden && !own ? SQLITE_DENY : SQLITE_OK;
    };
    sqlite3_set_authorizer(handle(), authorize, this);
}

/// All at once, so that no rollback needs memory when there is none.
void SqliteConnection::prepare_controls() {
    static constexpr std::array<char const*, static_cast<std::size_t>(Control::count)> texts{
        "BEGIN",        "BEGIN IMMEDIATE", "COMMIT",        "ROLLBACK",
        "SAVEPOINT fn", "RELEASE fn",      "ROLLBACK TO fn"};
    own_control_ = true;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        int const result = sqlite3_prepare_v3(handle(), texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                              &controls_[i], nullptr);
        if (result != SQLITE_OK) throw_last_error(handle());
    }
    own_control_ = false;
}

void SqliteConnection::run(Control control) {
    auto* const statement = controls_[static_cast<std::size_t>(control)];
    own_control_ = true;  // SQLite prepares a statement that has expired anew in the step
    sqlite3_step(statement);
    own_control_ = false;
    if (sqlite3_reset(statement) != SQLITE_OK) throw_last_error(handle());
}

void SqliteConnection::rollback() noexcept {
    if (!in_transaction()) return;
    try {
        run(Control::rollback);
    } catch (...) {  // if SQLite has not rolled back by itself, in_transaction() says so
    }
}

void SqliteConnection::run_checked(FunctionRef<void(Connection&)> fn, bool writes) {
    failed_ = false;
    writes_ = writes;
    try {
        fn(*this);
        refuse_unfit_work();
    } catch (...) {
        return_leases();
        throw;
    }
}

void SqliteConnection::run_in_savepoint(FunctionRef<void(Connection&)> fn, bool nested) {
    refuse_failed_work();
    run(Control::savepoint);
    try {
        fn(*this);
        nested ? refuse_failed_work() : refuse_unfit_work();
        run(Control::release);
    } catch (...) {
        undo_savepoint();
        throw;
    }
}

void SqliteConnection::undo_savepoint() noexcept {
    failed_ = true;
    if (!in_transaction()) return;  // nothing more may run in what is left
    try {
        run(Control::rollback_to);
        run(Control::release);
        failed_ = false;
    } catch (...) {  // rather all of the transaction than a part that should be gone
        rollback();
    }
}

void SqliteConnection::refuse_failed_work() const {
    if (failed_) refuse("transaction_failed");
    if (!in_transaction()) refuse("transaction_ended");
}

void SqliteConnection::refuse_unfit_work() const {
    refuse_failed_work();
    if (leases_ != 0) throw Error(ErrorCode::internal, "a statement outlived its transaction");
    if (!writes_) return;
    int unresolved = 0;
    int highest = 0;
    sqlite3_db_status(handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &highest, 0);
    // Left to COMMIT it would fail everyone who shares the transaction.
    if (unresolved != 0) fail(ErrorCode::failed_precondition, "reference", "foreign_key");
}

void SqliteConnection::return_leases() {
    if (leases_ == 0) return;
    // Whoever still has one must not meet it in somebody else's hands.
    for (auto it = statements_.begin(); it != statements_.end();) {
        bool const was_lent = it->second->take_back();
        if (was_lent) orphans_.push_back(std::move(it->second));
        it = was_lent ? statements_.erase(it) : std::next(it);
    }
}

bool SqliteConnection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle()) == 0;
}

PreparedStatement& SqliteConnection::prepare(Sql sql) {
    auto const text = sql.text();
    if (auto const found = statements_.find(text.data()); found != statements_.end()) {
        return found->second->lease(text);
    }
    auto made = std::make_unique<CachedStatement>(*this, text);
    return statements_.emplace(text.data(), std::move(made)).first->second->lease(text);
}

std::int64_t SqliteConnection::changes() const {
    return sqlite3_changes64(handle());
}

void SqliteConnection::execute_script(std::string const& sql) {
    own_control_ = true;
    int const result = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
    own_control_ = false;
    if (result != SQLITE_OK) throw_last_error(handle());
}

std::int64_t SqliteConnection::query_int64(std::string const& sql) {
    auto const text = query_text(sql);
    return text.empty() ? 0 : std::stoll(text);
}

std::string SqliteConnection::query_text(std::string const& sql) {
    auto rows = query_rows(sql);
    return rows.empty() ? std::string{} : std::move(rows.front());
}

std::vector<std::string> SqliteConnection::query_rows(std::string const& sql) {
    std::vector<std::string> rows;
    auto const keep = [](void* into, int count, char** values, char**) {
        std::string row;
        for (int i = 0; i < count; ++i) {
            if (i > 0) row += ' ';
            row += values[i] == nullptr ? "" : values[i];
        }
        static_cast<std::vector<std::string>*>(into)->push_back(std::move(row));
        return 0;
    };
    if (sqlite3_exec(handle(), sql.c_str(), keep, &rows, nullptr) != SQLITE_OK) {
        throw_last_error(handle());
    }
    return rows;
}

void SqliteConnection::set_busy_timeout(std::chrono::milliseconds timeout) noexcept {
    auto const bounded = std::min<std::int64_t>(timeout.count(), std::numeric_limits<int>::max());
    sqlite3_busy_timeout(handle(), static_cast<int>(bounded));
}

void SqliteConnection::set_checkpoint_on_close(bool on) noexcept {
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

}  // namespace eduplat::storage
