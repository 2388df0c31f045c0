#pragma once

namespace eduplat::storage {

class SqliteConnection;

/// Marks that the current thread is inside a transaction of one storage, so that nested calls of
/// that storage join it. Frames lie on the stack of the thread they speak of.
class Frame {
  public:
    Frame(void const* storage, SqliteConnection& connection, bool writes) noexcept;
    Frame(Frame const&) = delete;
    Frame& operator=(Frame const&) = delete;
    ~Frame();

    /// The innermost frame of this thread that belongs to `storage`, or null.
    [[nodiscard]] static Frame* of(void const* storage) noexcept;

    [[nodiscard]] SqliteConnection& connection() const noexcept { return connection_; }
    [[nodiscard]] bool writes() const noexcept { return writes_; }

  private:
    void const* storage_;
    SqliteConnection& connection_;
    bool writes_;
    Frame* outer_;
};

/// Hides the frames of this thread for a scope, in which it runs a function for another thread.
class OtherThreadsWork {
  public:
    OtherThreadsWork() noexcept;
    OtherThreadsWork(OtherThreadsWork const&) = delete;
    OtherThreadsWork& operator=(OtherThreadsWork const&) = delete;
    ~OtherThreadsWork();

  private:
    Frame* hidden_;
};

}  // namespace eduplat::storage
