#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::benchmarks {

/// The peer: SQLite's own C calls, as a careful hand would write them, with the settings that
/// eduplat uses. Ends the program on any error.
class RawConnection {
  public:
    explicit RawConnection(std::string const& path, bool reader = false);
    RawConnection(RawConnection const&) = delete;
    RawConnection& operator=(RawConnection const&) = delete;
    ~RawConnection();

    [[nodiscard]] sqlite3_stmt* prepare(std::string_view sql);
    void run(std::string const& sql);

    void begin_read() { step_to_end(begin_); }
    void begin_write() { step_to_end(begin_immediate_); }
    /// Commits, and checkpoints when eduplat's writer would.
    void commit_read() { step_to_end(commit_); }
    void commit_write();

    static void step_to_end(sqlite3_stmt* statement);
    static void bind(sqlite3_stmt* statement, int parameter, std::int64_t value);
    static void bind(sqlite3_stmt* statement, int parameter, std::string_view value);
    static void bind(sqlite3_stmt* statement, int parameter, std::span<std::byte const> value);
    static void bind_null(sqlite3_stmt* statement, int parameter);

  private:
    sqlite3* database_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* begin_immediate_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    int wal_pages_ = 0;
    int checkpoint_at_ = 1000;
};

}  // namespace eduplat::benchmarks
