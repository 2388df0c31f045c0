#pragma once

#include "storage/sqlite/file_lock.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/reader_pool.hpp"
#include "storage/sqlite/writer.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace eduplat::storage {

/// A school in one file: many readers and, unless it is read-only, one writer.
class FileStorage final : public Storage {
  public:
    /// For a file that was checked and migrated. `access` is of the readers.
    FileStorage(std::string path, SqliteOptions options, Access access,
                std::unique_ptr<FileLock> lock, int schema_version,
                std::chrono::milliseconds group_time_max);
    FileStorage(FileStorage const&) = delete;
    FileStorage& operator=(FileStorage const&) = delete;
    ~FileStorage() override;

    [[nodiscard]] bool in_write() const noexcept override;
    [[nodiscard]] int schema_version() const override { return schema_version_; }
    [[nodiscard]] CheckReport check() override;
    void backup_to(std::string_view destination) override;
    [[nodiscard]] bool scrub() override;
    [[nodiscard]] Statistics statistics() const override;

  private:
    void run_read(FunctionRef<void(Connection&)> fn) override;
    void run_write(FunctionRef<void(Connection&)> fn, RunOn run_on) override;
    void refuse_inside_transaction() const;
    [[nodiscard]] std::unique_ptr<SqliteConnection> separate_reader() const;

    std::string path_;
    SqliteOptions options_;
    Access access_;
    int schema_version_;
    std::unique_ptr<FileLock> lock_;
    std::unique_ptr<ReaderPool> readers_;
    std::unique_ptr<Writer> writer_;  // null if read-only
};

}  // namespace eduplat::storage
