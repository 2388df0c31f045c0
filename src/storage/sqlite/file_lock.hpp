#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace eduplat::storage {

/// The lock between processes, and between several storages of one process, under which a school is
/// created, migrated, written and checkpointed: flock on "<path>-lock", which is never removed.
///
/// flock is not fair and has no time-out. So waiters poll, and show that they wait by a shared lock
/// on a byte of the same file; a holder that lets go while others wait stands back for one polling
/// interval.
///
/// A forked child keeps the parent's lock alive through its copy of the descriptor: it is closed
/// there at once, and the lock object says forked() from then on. Thread safety: acquire and
/// release by one thread at a time; forked() by any.
class FileLock {
  public:
    enum class Use : bool {
        exclusion,  ///< for those who write
        fork_mark,  ///< for those who only read: no lock file, but forked() speaks
    };

    /// Refuses a school that the parent had open when this process was forked. To be asked before
    /// anything opens the file. Errors: failed_precondition (field "process", rule "forked").
    static void refuse_if_open_in_parent(std::string const& database_path);

    /// Errors: failed_precondition (field "path", rule "read_only" or "no_such_folder") where the
    /// lock file cannot be made.
    FileLock(std::string database_path, Use use);
    FileLock(FileLock const&) = delete;
    FileLock& operator=(FileLock const&) = delete;
    ~FileLock();

    /// Errors: unavailable (field "path", rule "locked") past the time-out; failed_precondition in
    /// a forked child.
    void acquire(std::chrono::milliseconds timeout);
    void release() noexcept;

    /// Shows, until this object ends, that the school is open here.
    void show_open() noexcept;
    /// Whether it is open anywhere else. Nobody can open it while the lock is held.
    [[nodiscard]] bool others_have_it_open() const noexcept { return others_show(Byte::open); }

    /// Whether this process is a fork's child of the one that made the lock.
    [[nodiscard]] bool forked() const noexcept { return forked_.load(std::memory_order_relaxed); }
    /// Throws failed_precondition (field "process", rule "forked") if it is.
    void refuse_if_forked() const;

  private:
    friend struct ForkHandlers;
    class Waiting;
    /// Bytes of the file that hold shared locks as signs to others.
    enum class Byte : std::uint8_t { waiting, open };

    void open_file();
    [[nodiscard]] bool try_lock();
    [[nodiscard]] bool has_its_name() const noexcept;
    void open_anew();
    void show(Byte byte, bool on) const noexcept;
    [[nodiscard]] bool others_show(Byte byte) const noexcept;
    void abandon() noexcept;

    std::string path_;  // of the database
    int descriptor_ = -1;
    bool stand_back_ = false;
    bool open_shown_ = false;
    std::atomic<bool> forked_ = false;
};

/// Holds a FileLock for a scope.
class FileLockGuard {
  public:
    FileLockGuard(FileLock& lock, std::chrono::milliseconds timeout) : lock_(lock) {
        lock_.acquire(timeout);
    }
    FileLockGuard(FileLockGuard const&) = delete;
    FileLockGuard& operator=(FileLockGuard const&) = delete;
    ~FileLockGuard() { lock_.release(); }

  private:
    FileLock& lock_;
};

}  // namespace eduplat::storage
