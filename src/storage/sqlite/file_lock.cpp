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
    // Outlives every lock, also at exit. A fork's handlers get no argument to find it by.
    static auto* const instance = new Registry;  // NOLINT(*-avoid-non-const-global-variables)
    return *instance;
}

/// A lock is for all who may use the school, whatever the umask, and whoever opened it first.
void share_like(std::string const& database_path, int descriptor) noexcept {
    struct stat database {};
    if (::stat(database_path.c_str(), &database) != 0) return;  // a new one, for its owner only
    ::fchmod(descriptor, database.st_mode & 0666);
    if (::geteuid() != 0) return;
    static_cast<void>(!::fchown(descriptor, database.st_uid, database.st_gid));
}

/// Opens the lock file, made if missing; -1 with errno if it cannot be.
int open_lock_file(std::string const& path, std::string const& database_path) noexcept {
    int const flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW;
    int const made = ::open(path.c_str(), flags | O_CREAT | O_EXCL, 0600);
    if (made >= 0) {
        share_like(database_path, made);
        return made;
    }
    return errno == EEXIST ? ::open(path.c_str(), flags) : -1;
}

struct flock byte_range(off_t byte, short type) {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
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

FileLock::FileLock(std::string database_path, Use use) : path_(std::move(database_path)) {
    ForkHandlers::install();
    std::lock_guard const guard{registry().mutex};  // no fork between opening and registering
    if (use == Use::exclusion) open_file();
    registry().locks.insert(this);
}

void FileLock::open_file() {
    descriptor_ = open_lock_file(path_ + "-lock", path_);
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
    explicit Waiting(FileLock const& lock) : lock_(lock) { lock_.show(Byte::waiting, true); }
    Waiting(Waiting const&) = delete;
    Waiting& operator=(Waiting const&) = delete;
    ~Waiting() { lock_.show(Byte::waiting, false); }

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
    stand_back_ = others_show(Byte::waiting);
    ::flock(descriptor_, LOCK_UN);
}

bool FileLock::try_lock() {
    while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) {
            throw Error(ErrorCode::unavailable,
                        "flock failed: " + std::generic_category().message(errno),
                        {{"path", "locked", {}}});
        }
    }
    if (has_its_name()) return true;
    open_anew();
    return false;
}

/// A script may have removed the file, whose lock excludes nobody then.
bool FileLock::has_its_name() const noexcept {
    struct stat named {};
    struct stat held {};
    return ::stat((path_ + "-lock").c_str(), &named) == 0 && ::fstat(descriptor_, &held) == 0 &&
           named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

void FileLock::open_anew() {
    std::lock_guard const guard{registry().mutex};
    ::close(std::exchange(descriptor_, -1));
    open_file();
    if (open_shown_) show(Byte::open, true);
}

void FileLock::show_open() noexcept {
    open_shown_ = true;
    show(Byte::open, true);
}

void FileLock::show(Byte byte, bool on) const noexcept {
    auto range = byte_range(static_cast<off_t>(byte), on ? F_RDLCK : F_UNLCK);
    ::fcntl(descriptor_, F_OFD_SETLK, &range);
}

bool FileLock::others_show(Byte byte) const noexcept {
    auto range = byte_range(static_cast<off_t>(byte), F_WRLCK);
    return ::fcntl(descriptor_, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

}  // namespace eduplat::storage
