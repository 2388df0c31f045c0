#include "storage/sqlite/memory_storage.hpp"

#include "storage/sqlite/frame.hpp"
#include "storage/sqlite/maintenance.hpp"

#include <eduplat/core/error.hpp>

namespace eduplat::storage {

MemoryStorage::MemoryStorage(std::span<Migration const> migrations, Timestamp now)
    : connection_(":memory:", Access::create, std::chrono::milliseconds{0}, {}),
      schema_version_(migrations.back().version) {
    migrate(connection_, migrations, now);
}

void MemoryStorage::run_read(FunctionRef<void(Connection&)> fn) {
    fork_mark_.refuse_if_forked();
    if (auto* const frame = Frame::of(this)) return fn(frame->connection());
    run(fn, false);
    reads_.fetch_add(1, std::memory_order_relaxed);
}

void MemoryStorage::run_write(FunctionRef<void(Connection&)> fn, RunOn) {
    fork_mark_.refuse_if_forked();
    if (auto* const frame = Frame::of(this)) {
        if (!frame->writes()) fail(ErrorCode::failed_precondition, "transaction", "read_only");
        return frame->connection().run_in_savepoint(fn, true);
    }
    run(fn, true);
    writes_.fetch_add(1, std::memory_order_relaxed);
}

void MemoryStorage::run(FunctionRef<void(Connection&)> fn, bool writes) {
    std::lock_guard const guard{mutex_};
    Frame const frame{this, connection_, writes};
    writes ? connection_.begin_write() : connection_.begin_read();
    try {
        connection_.run_checked(fn, writes);
        connection_.commit();
    } catch (...) {
        connection_.rollback();
        throw;
    }
}

bool MemoryStorage::in_write() const noexcept {
    auto const* const frame = Frame::of(this);
    return frame != nullptr && frame->writes();
}

void MemoryStorage::refuse_inside_transaction() const {
    fork_mark_.refuse_if_forked();
    if (Frame::of(this) != nullptr) {
        fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
    }
}

CheckReport MemoryStorage::check() {
    refuse_inside_transaction();
    std::lock_guard const guard{mutex_};
    return check_school(connection_);
}

void MemoryStorage::backup_to(std::string_view destination) {
    refuse_inside_transaction();
    std::lock_guard const guard{mutex_};
    backup_school(connection_, destination, {});
}

bool MemoryStorage::scrub() {
    refuse_inside_transaction();
    return true;
}

Statistics MemoryStorage::statistics() const {
    Statistics statistics;
    statistics.statements = connection_.statements_run();
    statistics.reads = reads_;
    statistics.writes = writes_;
    statistics.commits = writes_;
    return statistics;
}

}  // namespace eduplat::storage
