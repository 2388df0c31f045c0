#include "storage/sqlite/file_lock.hpp"

#include <eduplat/core/error.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace eduplat::storage {

using namespace std::chrono_literals;

namespace {

constexpr auto poll_interval_min = 50us;
constexpr auto poll_interval_max = 1000us;

/// Every lock of the process, so that a fork's child finds them, and the schools a child must not
/// open.
struct Registry {
    std::mutex mutex;
    std::set<FileLock*> locks;
    std::set<std::string> open_in_parent;
};

Registry& registry() {
    static auto* const instance = new Registry;  // outlives every lock, also at exit
    return *instance;
}

mode_t mode_for_lock_of(std::string const& database_path) {
    struct stat status {};
    return ::stat(database_path.c_str(), &status) == 0 ? (status.st_mode & 0666) : 0600;
}

struct flock waiting_byte(short type) {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = 0;
    range.l_len = 1;
    return range;
}

[[noreturn]] void refuse_forked() {
    throw Error(
        ErrorCode::failed_precondition,
        "the parent process had this school open when it forked: open it after fork(), or exec",
        {{"process", "forked", {}}});
}

}  // namespace

struct ForkHandlers {
    static void install() {
        static std::once_flag once;
        std::call_once(once, [] { ::pthread_atfork(prepare, parent, child); });
    }

  private:
    static void prepare() { registry().mutex.lock(); }
    static void parent() { registry().mutex.unlock(); }
    static void child() {
        for (auto* const lock : registry().locks) {
            registry().open_in_parent.insert(lock->path_);
            lock->abandon();
        }
        registry().mutex.unlock();
    }
};

void FileLock::refuse_if_open_in_parent(std::string const& database_path) {
    std::lock_guard const guard{registry().mutex};
    if (registry().open_in_parent.contains(database_path)) refuse_forked();
}

FileLock::FileLock(std::string const& database_path, Use use) : path_(database_path) {
    ForkHandlers::install();
    std::lock_guard const guard{registry().mutex};  // no fork between opening and registering
    if (use == Use::exclusion) open_file();
    registry().locks.insert(this);
}

void FileLock::open_file() {
    auto const path = path_ + "-lock";
    descriptor_ =
        ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_for_lock_of(path_));
    if (descriptor_ >= 0) return;
    throw Error(ErrorCode::failed_precondition,
                "cannot open the lock file: " + std::generic_category().message(errno),
                {{"path", errno == ENOENT ? "no_such_folder" : "read_only", {}}});
}

FileLock::~FileLock() {
    std::lock_guard const guard{registry().mutex};
    registry().locks.erase(this);
    if (descriptor_ >= 0) ::close(descriptor_);
}

void FileLock::abandon() noexcept {
    // Closed, not unlocked: an unlock here would take the lock from the parent.
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    forked_.store(true, std::memory_order_relaxed);
}

void FileLock::refuse_if_forked() const {
    if (forked()) refuse_forked();
}

/// Shows for a scope that this lock is waited for.
class FileLock::Waiting {
  public:
    explicit Waiting(FileLock const& lock) : lock_(lock) { lock_.show_waiting(true); }
    Waiting(Waiting const&) = delete;
    Waiting& operator=(Waiting const&) = delete;
    ~Waiting() { lock_.show_waiting(false); }

  private:
    FileLock const& lock_;
};

void FileLock::acquire(std::chrono::milliseconds timeout) {
    refuse_if_forked();
    auto const deadline = std::chrono::steady_clock::now() + timeout;
    // Longer than the longest interval between two polls: whoever waits has tried meanwhile.
    if (std::exchange(stand_back_, false)) std::this_thread::sleep_for(poll_interval_max + 200us);
    if (try_lock()) return;
    Waiting const waiting{*this};
    auto interval = std::chrono::microseconds{poll_interval_min};
    bool locked = false;
    while (!locked && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(interval);
        interval = std::min(interval * 2, std::chrono::microseconds{poll_interval_max});
        locked = try_lock();
    }
    if (!locked) fail(ErrorCode::unavailable, "path", "locked", timeout.count());
}

void FileLock::release() noexcept {
    if (forked()) return;
    stand_back_ = others_wait();
    ::flock(descriptor_, LOCK_UN);
}

bool FileLock::try_lock() const {
    while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) {
            throw Error(ErrorCode::unavailable,
                        "flock failed: " + std::generic_category().message(errno),
                        {{"path", "locked", {}}});
        }
    }
    return true;
}

bool FileLock::others_wait() const noexcept {
    auto range = waiting_byte(F_WRLCK);
    return ::fcntl(descriptor_, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

void FileLock::show_waiting(bool waiting) const noexcept {
    auto range = waiting_byte(waiting ? F_RDLCK : F_UNLCK);
    ::fcntl(descriptor_, F_OFD_SETLK, &range);
}

}  // namespace eduplat::storage
