#include "storage/sqlite/writer.hpp"

#include "storage/sqlite/errors.hpp"
#include "storage/sqlite/frame.hpp"
#include "storage/sqlite/migrations.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <thread>

namespace eduplat::storage {

using namespace std::chrono_literals;

namespace {

constexpr int passive_checkpoint_pages = 1000;
constexpr int restart_checkpoint_pages = 4000;
constexpr auto restart_patience = 50ms;
constexpr auto scrub_patience = 1000ms;
constexpr auto close_patience = 200ms;
constexpr auto gather_max = 1ms;
constexpr int careful_groups = 32;

std::shared_ptr<std::condition_variable> const& changed_of_this_thread() {
    thread_local auto const changed = std::make_shared<std::condition_variable>();
    return changed;
}

/// What a caller is told whose commit failed, whatever it failed of.
std::exception_ptr commit_failure(std::exception_ptr const& cause) noexcept {
    try {
        std::rethrow_exception(cause);
    } catch (std::exception const& e) {
        auto const message =
            fmt::format("a commit failed, the write may have happened: {}", e.what());
        return std::make_exception_ptr(
            Error(ErrorCode::outcome_unknown, message, {{"path", "commit_failed", {}}}));
    }
}

}  // namespace

/// One caller: what it wants run and how that ended. It lies on the caller's stack.
struct Writer::Member {
    enum class State : std::uint8_t {
        queued,
        leading,  ///< the last leader handed over
        baton,    ///< the leader waits while this caller runs its function itself
        ran,      ///< ... and has run it
        settled,  ///< the group is committed, or this member's error is set
    };

    Member(FunctionRef<void(Connection&)> fn_in, RunOn run_on_in, SteadyClock::time_point until_in)
        : fn(fn_in), run_on(run_on_in), until(until_in) {}

    FunctionRef<void(Connection&)> fn;
    RunOn run_on;
    SteadyClock::time_point until;  // how long it waits to be run
    State state = State::queued;    // guarded by queue_mutex_
    bool in_savepoint = false;
    std::exception_ptr error = nullptr;
    // Of the thread, not of the call: it can be notified without the mutex, after the member has
    // gone.
    std::shared_ptr<std::condition_variable> changed = changed_of_this_thread();
    // Of the leader that waits for this member's function: a thread waits on none but its own.
    std::shared_ptr<std::condition_variable> leader_changed = nullptr;
};

struct Writer::Group {
    Group(Member& leader_in, std::vector<Member*>& members_in)
        : leader(leader_in), members(members_in) {}

    Member& leader;
    std::vector<Member*>& members;
    std::size_t next = 0;     // the first member that has not run in the open transaction
    bool nothing_ran = true;  // is the open transaction still empty?
    bool host_ran = false;    // did a host's function run in it?
    SteadyClock::time_point began{};
};

Writer::Writer(void const* storage, std::string path, FileLock& lock, SqliteOptions const& options,
               std::chrono::milliseconds group_time_max)
    : storage_(storage),
      path_(std::move(path)),
      lock_(lock),
      busy_timeout_(options.busy_timeout),
      vfs_(options.vfs),
      log_(options.log),
      group_time_max_(group_time_max),
      passive_at_pages_(passive_checkpoint_pages),
      restart_at_pages_(restart_checkpoint_pages) {
    members_.reserve(limits::group_commit_members_max);
    woken_.reserve(limits::group_commit_members_max);
}

void Writer::write(FunctionRef<void(Connection&)> fn, RunOn run_on) {
    Member member{fn, run_on, SteadyClock::now() + busy_timeout_};
    std::unique_lock queue_lock{queue_mutex_};
    queue_.push_back(&member);
    queued_.store(queue_.size(), std::memory_order_relaxed);
    if (!led_) {
        led_ = true;
        member.state = Member::State::leading;
    }
    wait_in_queue(queue_lock, member);
    if (member.state == Member::State::leading) lead(queue_lock, member);
    if (member.error) std::rethrow_exception(member.error);
}

void Writer::wait_in_queue(std::unique_lock<std::mutex>& queue_lock, Member& member) {
    using enum Member::State;
    auto const called = [&] { return member.state != queued && member.state != ran; };
    for (bool in_queue = true;; in_queue = false) {
        if (!in_queue) {
            member.changed->wait(queue_lock, called);
        } else if (!member.changed->wait_until(queue_lock, member.until, called)) {
            leave_queue(member);
            continue;
        }
        if (member.state != baton) return;
        queue_lock.unlock();
        run_here(member);
        queue_lock.lock();
        member.state = ran;
        member.leader_changed->notify_one();
    }
}

/// Ends a wait that took too long, as one does whose functions wait for each other's schools. Who
/// was taken into a group by now is run.
void Writer::leave_queue(Member& member) {
    auto const place = std::find(queue_.begin(), queue_.end(), &member);
    if (place == queue_.end()) return;
    queue_.erase(place);
    queued_.store(queue_.size(), std::memory_order_relaxed);
    fail(ErrorCode::unavailable, "path", "busy", busy_timeout_.count());
}

void Writer::lead(std::unique_lock<std::mutex>& queue_lock, Member& leader) {
    queue_lock.unlock();
    run_group(leader);
    queue_lock.lock();
    if (queue_.empty()) {
        led_ = false;
        return;
    }
    queue_.front()->state = Member::State::leading;
    queue_.front()->changed->notify_one();
}

/// Leaders come one at a time, so only a scrub or the closing can be in the way, and not for long.
/// It is tried for, not waited for: functions that write to each other's schools hold it for one
/// school while they come to the other's, in either order.
std::unique_lock<std::mutex> Writer::take_turn() {
    std::unique_lock turn{writer_mutex_, std::try_to_lock};
    while (!turn.owns_lock() && !turn.try_lock())
        std::this_thread::sleep_for(1ms);
    return turn;
}

void Writer::run_group(Member& leader) noexcept {
    auto const turn = take_turn();
    members_.clear();
    Group group{leader, members_};
    static_cast<void>(admit(group));  // the leader, the first of the queue
    auto const patience =
        std::chrono::ceil<std::chrono::milliseconds>(leader.until - SteadyClock::now());
    try {
        FileLockGuard const locked{lock_, std::max(patience, 0ms)};
        run_and_commit(group);
        settle(group);
        if (careful_groups_left_ > 0) --careful_groups_left_;
        checkpoint_if_due();
    } catch (...) {  // the lock is not to be had, and the leader's time is up; others have theirs
        give_up(group, std::current_exception());
        settle(group);
    }
}

void Writer::run_and_commit(Group& group) noexcept {
    group.began = SteadyClock::now();
    try {
        run_members(group);
        gather(group);
        bool const any_success = std::any_of(group.members.begin(), group.members.end(),
                                             [](Member const* m) { return !m->error; });
        any_success ? commit(group) : connection().rollback();
    } catch (...) {  // the connection or the write lock is not to be had
        give_up(group, std::current_exception());
    }
    // What could not be rolled back would become part of the next transaction.
    if (connection_ && connection_->in_transaction()) drop_connection();
}

void Writer::give_up(Group& group, std::exception_ptr const& error) noexcept {
    fail_all(group, error);
    if (!connection_) return;
    lock_.forked() ? drop_connection() : connection_->rollback();
}

/// Each gets a copy: one exception object that all threads end would be counted by hands that
/// thread sanitizers do not see.
void Writer::fail_all(Group& group, std::exception_ptr const& error) noexcept {
    for (auto* const member : group.members) {
        if (member->error) continue;
        try {
            std::rethrow_exception(error);
        } catch (Error const& e) {
            member->error = std::make_exception_ptr(e);
        } catch (...) {
            member->error = std::current_exception();
        }
    }
}

/// Takes the first of the queue into the group, unless the group is full.
bool Writer::admit(Group& group) noexcept {
    if (group.members.size() >= limits::group_commit_members_max) return false;
    std::lock_guard const guard{queue_mutex_};
    if (queue_.empty()) return false;
    group.members.push_back(queue_.front());
    queue_.pop_front();
    queued_.store(queue_.size(), std::memory_order_relaxed);
    return true;
}

/// The next who has not run in the open transaction: of the group, else of the queue while there is
/// time.
Writer::Member* Writer::next_member(Group& group) noexcept {
    while (group.next < group.members.size()) {
        auto* const member = group.members[group.next++];
        if (!member->error) return member;
    }
    bool const in_time = SteadyClock::now() < group.began + group_time_max_;
    if (!in_time || !admit(group)) return nullptr;
    return group.members[group.next++];
}

void Writer::run_members(Group& group) {
    while (auto* const member = next_member(group)) {
        if (!connection().in_transaction()) connection().begin_write();
        run_member(group, *member);
        if (connection().in_transaction()) {
            if (!member->error) group.nothing_ran = false;
            continue;
        }
        // A full disk, an I/O error or OR ROLLBACK took the others' work along: they run again
        // without this member, which has its error.
        group.next = 0;
        group.nothing_ran = true;
        group.host_ran = false;
    }
}

/// In a savepoint pages are copied before each member changes them, which costs a fifth of a
/// group's time. So there is none while members succeed: if one fails, the whole transaction goes,
/// the others run again, and the next groups have savepoints. The first needs none, for nobody else
/// is in the transaction; a host's function is never made to run again by another's failure.
bool Writer::needs_savepoint(Group const& group) const noexcept {
    return !group.nothing_ran && (careful_groups_left_ > 0 || group.host_ran);
}

void Writer::run_member(Group& group, Member& member) {
    member.in_savepoint = needs_savepoint(group);
    run_for(group, member);
    lock_.refuse_if_forked();  // a child may return from the function it was made in
    if (member.run_on == RunOn::this_thread) group.host_ran = true;
    if (!member.error || member.in_savepoint) return;
    if (!group.nothing_ran) careful_groups_left_ = careful_groups;
    connection().rollback();
    if (connection().in_transaction()) drop_connection();
}

void Writer::run_for(Group& group, Member& member) noexcept {
    if (&member == &group.leader) return run_here(member);
    if (member.run_on == RunOn::this_thread) return hand_baton(group, member);
    OtherThreadsWork const others;
    run_here(member);
}

void Writer::hand_baton(Group& group, Member& member) noexcept {
    std::unique_lock queue_lock{queue_mutex_};
    member.leader_changed = group.leader.changed;
    member.state = Member::State::baton;
    member.changed->notify_one();
    group.leader.changed->wait(queue_lock, [&] { return member.state == Member::State::ran; });
}

void Writer::run_here(Member& member) noexcept {
    auto& connection = *connection_;
    Frame const frame{storage_, connection, true};
    auto const run = [&](Connection&) {
        member.in_savepoint ? connection.run_in_savepoint(member.fn, false) : member.fn(connection);
    };
    try {
        connection.run_checked(run, true);
    } catch (...) {
        member.error = std::current_exception();
    }
}

/// Waits a little for callers of the last group to come back: without this they miss this group by
/// microseconds and groups settle at half of the callers. Only if there was company, never for
/// longer than a quarter of a commit, and only until as many are here as were about last time. It
/// yields instead of sleeping because a sleep rounds up to the scheduler's slack, which is longer.
void Writer::gather(Group& group) {
    auto const patience = std::min<SteadyClock::duration>(mean_commit_ / 4, gather_max);
    auto const deadline = std::min(SteadyClock::now() + patience, group.began + group_time_max_);
    for (;;) {
        if (queued_.load(std::memory_order_relaxed) > 0) run_members(group);
        auto const company = std::min(expected_company_, limits::group_commit_members_max);
        if (group.members.size() >= company || SteadyClock::now() >= deadline) return;
        std::this_thread::yield();
    }
}

void Writer::commit(Group& group) {
    auto const began = SteadyClock::now();
    try {
        connection().commit();
    } catch (...) {
        reopen();  // after a failed fsync its view of the file cannot be trusted
        fail_all(group, commit_failure(std::current_exception()));
        return;
    }
    auto const took = SteadyClock::now() - began;
    mean_commit_ = mean_commit_ == SteadyClock::duration{} ? took : (mean_commit_ * 7 + took) / 8;
    count_wal_pages();
    auto const succeeded = std::count_if(group.members.begin(), group.members.end(),
                                         [](Member const* m) { return !m->error; });
    writes_.fetch_add(succeeded, std::memory_order_relaxed);
    commits_.fetch_add(1, std::memory_order_relaxed);
}

void Writer::settle(Group& group) {
    if (connection_) note_statements();
    expected_company_ = group.members.size() + queued_.load(std::memory_order_relaxed);
    woken_.clear();
    {
        std::lock_guard const guard{queue_mutex_};
        for (auto* const member : group.members) {
            if (member == &group.leader) continue;
            member->state = Member::State::settled;
            woken_.push_back(std::move(member->changed));
        }
    }
    for (auto const& changed : woken_)
        changed->notify_one();
}

SqliteConnection& Writer::connection() {
    if (!connection_) open_connection();
    return *connection_;
}

void Writer::open_connection() {
    auto opened = std::make_unique<SqliteConnection>(path_, Access::write, busy_timeout_, vfs_);
    auto const note_pages = [](void* pages, sqlite3*, char const*, int count) {
        static_cast<std::atomic<int>*>(pages)->store(count, std::memory_order_relaxed);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(opened->handle(), note_pages, &wal_pages_);
    connection_ = std::move(opened);
}

/// The new connection reads before the old one goes, so that the index of the WAL stays in memory.
/// With nobody on it the WAL would be recovered, and what a failed fsync left there taken for
/// durable.
void Writer::reopen() noexcept {
    connection_->rollback();
    auto const old = std::move(connection_);
    statements_of_closed_ += old->statements_run();
    try {
        open_connection();
        static_cast<void>(schema_version_of(*connection_));
    } catch (...) {  // opened by the next write
        connection_.reset();
    }
}

void Writer::drop_connection() noexcept {
    statements_of_closed_ += connection_->statements_run();
    if (lock_.forked()) {  // not this process's to close
        static_cast<void>(connection_.release());
    } else {
        connection_.reset();
    }
}

void Writer::count_wal_pages() {
    // A WAL that began anew starts the count anew.
    if (wal_pages_ < last_wal_pages_) {
        passive_at_pages_ = passive_checkpoint_pages;
        restart_at_pages_ = restart_checkpoint_pages;
    }
    last_wal_pages_ = wal_pages_;
}

void Writer::checkpoint_if_due() noexcept {
    if (!connection_) return;
    int const pages = wal_pages_;
    if (pages >= restart_at_pages_) {
        bool const held = checkpoint(SQLITE_CHECKPOINT_RESTART, restart_patience) == SQLITE_BUSY;
        if (held && log_ != nullptr) {
            log_->write(LogLevel::warning, "a long read keeps the write-ahead log from shrinking");
        }
        restart_at_pages_ = pages + passive_checkpoint_pages;
        passive_at_pages_ = restart_at_pages_;
    } else if (pages >= passive_at_pages_) {
        static_cast<void>(checkpoint(SQLITE_CHECKPOINT_PASSIVE, 0ms));
        passive_at_pages_ = pages + passive_checkpoint_pages;
    }
}

/// Returns SQLite's primary result code.
int Writer::checkpoint(int mode, std::chrono::milliseconds patience) noexcept {
    auto& connection = *connection_;
    connection.set_busy_timeout(patience);
    int const result =
        sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, mode, nullptr, nullptr) & 0xff;
    connection.set_busy_timeout(busy_timeout_);
    if (result == SQLITE_OK) checkpoints_.fetch_add(1, std::memory_order_relaxed);
    if (result != SQLITE_OK && result != SQLITE_BUSY && log_ != nullptr) {
        log_->write(LogLevel::error, sqlite3_errstr(result));
    }
    return result;
}

bool Writer::scrub() {
    auto const turn = take_turn();
    FileLockGuard const locked{lock_, busy_timeout_};
    static_cast<void>(connection());
    int const result = checkpoint(SQLITE_CHECKPOINT_TRUNCATE, scrub_patience);
    if (result != SQLITE_OK && result != SQLITE_BUSY) {
        throw to_error(result, sqlite3_errstr(result));
    }
    connection_->forget_pages();  // or the next write puts into the WAL what the file has lost
    return result == SQLITE_OK;
}

void Writer::close() noexcept {
    auto const turn = take_turn();
    try {
        FileLockGuard const locked{lock_, busy_timeout_};
        connection().set_checkpoint_on_close(true);
        static_cast<void>(checkpoint(SQLITE_CHECKPOINT_TRUNCATE, close_patience));
        connection_.reset();
    } catch (...) {  // nothing is lost: the WAL stays beside the file
        connection_.reset();
    }
}

void Writer::note_statements() noexcept {
    statements_run_.store(statements_of_closed_ + connection_->statements_run(),
                          std::memory_order_relaxed);
}

}  // namespace eduplat::storage
