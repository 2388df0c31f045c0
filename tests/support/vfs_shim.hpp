#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace eduplat::test {

enum class FileKind : std::uint8_t { db, wal, other };

enum class FileCall : std::uint8_t { open, read, write, sync, truncate, shm_map };

/// Which calls go wrong, and how. It counts from the moment it is given to VfsShim::inject.
struct FileFault {
    FileCall call = FileCall::write;
    /// Of any kind unless told.
    std::optional<FileKind> kind = {};
    /// The first call that fails, counted from 1.
    std::int64_t from = 1;
    /// How many fail in a row; 0 for all that follow.
    std::int64_t times = 1;
    /// What the call returns: SQLITE_FULL, SQLITE_IOERR_FSYNC ...; 0 ends the process with SIGKILL
    /// before the call does anything.
    int code = 0;
};

/// A sqlite3_vfs that stands before the default one: counts calls, makes chosen ones fail, and can
/// hold a sync until a test allows it. Every connection that uses it must be closed before it ends.
/// Thread safety: all members may be called from any thread.
class VfsShim {
  public:
    /// Registers itself under a name of its own, which name() tells.
    VfsShim();
    VfsShim(VfsShim const&) = delete;
    VfsShim& operator=(VfsShim const&) = delete;
    ~VfsShim();

    [[nodiscard]] std::string const& name() const noexcept;

    /// Calls since the last reset. Directories are not counted: the default VFS syncs them by
    /// itself.
    [[nodiscard]] std::int64_t count(FileCall call, FileKind kind) const;
    [[nodiscard]] std::int64_t count(FileCall call) const;
    void reset_counts();

    void inject(FileFault const& fault);
    void heal();
    /// How many calls have failed because of the fault.
    [[nodiscard]] std::int64_t failures() const;

    /// Called in each sync, in the thread that syncs, before the file is synced. Empty for none.
    void on_sync(std::function<void(FileKind)> callback);

    struct State;

  private:
    std::unique_ptr<State> state_;
};

}  // namespace eduplat::test
