#pragma once

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/file_lock.hpp"
#include "storage/sqlite/migrations.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <mutex>
#include <span>

namespace eduplat::storage {

/// A school in memory: one connection, one transaction at a time, since memory has no write-ahead
/// log.
class MemoryStorage final : public Storage {
  public:
    MemoryStorage(std::span<Migration const> migrations, Timestamp now);

    [[nodiscard]] bool in_write() const noexcept override;
    [[nodiscard]] int schema_version() const override { return schema_version_; }
    [[nodiscard]] CheckReport check() override;
    void backup_to(std::string_view destination) override;
    [[nodiscard]] bool scrub() override;
    [[nodiscard]] Statistics statistics() const override;

  private:
    void run_read(FunctionRef<void(Connection&)> fn) override;
    void run_write(FunctionRef<void(Connection&)> fn, RunOn run_on) override;
    void run(FunctionRef<void(Connection&)> fn, bool writes);
    void refuse_inside_transaction() const;

    FileLock fork_mark_{":memory:", FileLock::Use::fork_mark};  // the mutex may be held at a fork
    mutable std::mutex mutex_;
    SqliteConnection connection_;
    int schema_version_;
    std::atomic<std::int64_t> reads_ = 0;
    std::atomic<std::int64_t> writes_ = 0;
};

}  // namespace eduplat::storage
