#include "storage/sqlite/reader_pool.hpp"

#include "storage/sqlite/frame.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>

namespace eduplat::storage {

class ReaderPool::Lease {
  public:
    explicit Lease(ReaderPool& pool) : pool_(pool), connection_(pool.take()) {}
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    ~Lease() { pool_.give_back(connection_); }

    [[nodiscard]] SqliteConnection& connection() const noexcept { return connection_; }

  private:
    ReaderPool& pool_;
    SqliteConnection& connection_;
};

ReaderPool::ReaderPool(std::string path, Access access, SqliteOptions const& options)
    : path_(std::move(path)),
      access_(access),
      busy_timeout_(options.busy_timeout),
      vfs_(options.vfs),
      connections_max_(static_cast<std::size_t>(options.readers_max)) {
    all_.reserve(connections_max_);
    idle_.reserve(connections_max_);
}

void ReaderPool::read(void const* storage, FunctionRef<void(Connection&)> fn) {
    Lease const lease{*this};
    auto& connection = lease.connection();
    Frame const frame{storage, connection, false};
    connection.begin_read();
    try {
        connection.run_checked(fn, false);
        connection.commit();
    } catch (...) {
        connection.rollback();
        throw;
    }
    reads_.fetch_add(1, std::memory_order_relaxed);
}

SqliteConnection& ReaderPool::take() {
    std::unique_lock lock{mutex_};
    auto const available = [this] {
        return !idle_.empty() || all_.size() + being_made_ < connections_max_;
    };
    if (!available() && !returned_.wait_for(lock, busy_timeout_, available)) {
        fail(ErrorCode::unavailable, "readers", "busy",
             static_cast<std::int64_t>(connections_max_));
    }
    if (!idle_.empty()) {
        auto* const connection = idle_.back();
        idle_.pop_back();
        return *connection;
    }
    ++being_made_;
    lock.unlock();  // opening takes its time; others go on reading
    return make();
}

SqliteConnection& ReaderPool::make() {
    std::unique_ptr<SqliteConnection> made;
    try {
        made = std::make_unique<SqliteConnection>(path_, access_, busy_timeout_, vfs_);
    } catch (...) {
        std::lock_guard const guard{mutex_};
        --being_made_;
        returned_.notify_one();
        throw;
    }
    std::lock_guard const guard{mutex_};
    --being_made_;
    all_.push_back(std::move(made));
    return *all_.back();
}

void ReaderPool::give_back(SqliteConnection& connection) noexcept {
    {
        std::lock_guard const guard{mutex_};
        if (connection.in_transaction()) {  // it could not be rolled back, and would pin the WAL
            drop(connection);
        } else {
            idle_.push_back(&connection);
        }
    }
    returned_.notify_one();
}

void ReaderPool::drop(SqliteConnection& connection) noexcept {
    statements_of_dropped_ += connection.statements_run();
    std::erase_if(all_, [&](auto const& one) { return one.get() == &connection; });
}

std::int64_t ReaderPool::statements_run() const {
    std::lock_guard const guard{mutex_};
    auto sum = statements_of_dropped_;
    for (auto const& connection : all_)
        sum += connection->statements_run();
    return sum;
}

}  // namespace eduplat::storage
