#pragma once

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/file_lock.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

namespace eduplat::storage {

/// The one connection of a process that writes and checkpoints a school, and the group commit over
/// it.
///
/// Callers queue. The first becomes the leader: on its own thread it runs their functions in one
/// transaction, commits once, and wakes the others, so that a group shares one fsync. Whoever came
/// meanwhile is led by the first of them. A lone caller never waits for company.
///
/// Thread safety: all members may be called from any thread.
class Writer {
  public:
    Writer(void const* storage, std::string path, FileLock& lock, SqliteOptions const& options,
           std::chrono::milliseconds group_time_max);
    Writer(Writer const&) = delete;
    Writer& operator=(Writer const&) = delete;

    /// Runs `fn` and returns when it is durable. Throws what `fn` throws, its effects undone.
    void write(FunctionRef<void(Connection&)> fn, RunOn run_on);

    /// Empties the WAL, so that nothing deleted is left in it; false if readers hold it.
    [[nodiscard]] bool scrub();

    /// Moves the WAL into the file and closes. The readers of the process are closed before.
    void close() noexcept;

    [[nodiscard]] std::int64_t statements_run() const noexcept { return statements_run_; }
    [[nodiscard]] std::int64_t writes() const noexcept { return writes_; }
    [[nodiscard]] std::int64_t commits() const noexcept { return commits_; }
    [[nodiscard]] std::int64_t checkpoints() const noexcept { return checkpoints_; }

  private:
    using SteadyClock = std::chrono::steady_clock;
    struct Member;
    struct Group;

    void lead(std::unique_lock<std::mutex>& queue_lock, Member& leader);
    [[nodiscard]] std::unique_lock<std::mutex> take_turn();
    void run_group(Member& leader) noexcept;
    void give_up(Group& group, std::exception_ptr const& error) noexcept;
    void run_and_commit(Group& group) noexcept;
    static void fail_all(Group& group, std::exception_ptr const& error) noexcept;
    void run_members(Group& group);
    [[nodiscard]] bool needs_savepoint(Group const& group) const noexcept;
    void run_member(Group& group, Member& member);
    void hand_baton(Group& group, Member& member) noexcept;
    void run_for(Group& group, Member& member) noexcept;
    void run_here(Member& member) noexcept;
    void gather(Group& group);
    [[nodiscard]] bool admit(Group& group) noexcept;
    [[nodiscard]] Member* next_member(Group& group) noexcept;
    void commit(Group& group);
    void settle(Group& group);
    void note_statements() noexcept;
    void wait_in_queue(std::unique_lock<std::mutex>& queue_lock, Member& member);
    void leave_queue(Member& member);

    [[nodiscard]] SqliteConnection& connection();
    void open_connection();
    void reopen() noexcept;
    void drop_connection() noexcept;
    void count_wal_pages();
    void checkpoint_if_due() noexcept;
    [[nodiscard]] int checkpoint(int mode, std::chrono::milliseconds patience) noexcept;

    void const* storage_;
    std::string path_;
    FileLock& lock_;
    std::chrono::milliseconds busy_timeout_;
    std::string vfs_;
    LogSink* log_;
    SteadyClock::duration group_time_max_;

    // Guards the connection and the file lock: held by the leader while its group runs, by scrub,
    // by close.
    std::mutex writer_mutex_;
    std::unique_ptr<SqliteConnection> connection_;
    std::vector<Member*> members_;  // of the group, with room for the largest
    std::vector<std::shared_ptr<std::condition_variable>> woken_;  // to be notified, likewise
    std::atomic<int> wal_pages_ = 0;
    int passive_at_pages_;
    int restart_at_pages_;
    int last_wal_pages_ = 0;
    SteadyClock::duration mean_commit_{};
    std::size_t expected_company_ = 1;  // callers that were about when the last group ended
    int careful_groups_left_ = 0;       // groups whose members have savepoints

    std::mutex queue_mutex_;
    std::deque<Member*> queue_;
    std::atomic<std::size_t> queued_ = 0;  // queue_.size(), to be watched without the mutex
    bool led_ = false;                     // is there a leader?

    std::int64_t statements_of_closed_ = 0;  // of connections given up after a failed commit
    std::atomic<std::int64_t> statements_run_ = 0;
    std::atomic<std::int64_t> writes_ = 0;
    std::atomic<std::int64_t> commits_ = 0;
    std::atomic<std::int64_t> checkpoints_ = 0;
};

}  // namespace eduplat::storage
