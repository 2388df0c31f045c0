#pragma once

#include "storage/sqlite/connection.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace eduplat::storage {

/// The connections that read: made when they are first needed, up to a number, then waited for.
/// Thread safety: all members may be called from any thread.
class ReaderPool {
  public:
    ReaderPool(std::string path, Access access, SqliteOptions const& options);
    ReaderPool(ReaderPool const&) = delete;
    ReaderPool& operator=(ReaderPool const&) = delete;

    /// Runs `fn` in a read transaction of its own. Errors: unavailable (field "readers", rule
    /// "busy").
    void read(void const* storage, FunctionRef<void(Connection&)> fn);

    [[nodiscard]] std::int64_t statements_run() const;
    [[nodiscard]] std::int64_t reads() const noexcept { return reads_; }

  private:
    class Lease;

    [[nodiscard]] SqliteConnection& take();
    [[nodiscard]] SqliteConnection& make();
    void give_back(SqliteConnection& connection) noexcept;
    void drop(SqliteConnection& connection) noexcept;

    std::string path_;
    Access access_;
    std::chrono::milliseconds busy_timeout_;
    std::string vfs_;
    std::size_t connections_max_;

    mutable std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<SqliteConnection>> all_;
    std::vector<SqliteConnection*> idle_;  // last in, first out: its cache is the warmest
    std::size_t being_made_ = 0;
    std::int64_t statements_of_dropped_ = 0;
    std::atomic<std::int64_t> reads_ = 0;
};

}  // namespace eduplat::storage
