#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eduplat::storage {

/// Keeps deleted rows out of the database file where secure_delete does not: when SQLite moves rows
/// between pages it overwrites what it deletes, but not the copies that stay in the unallocated
/// space of the pages it laid out anew. This stands before the file's xWrite, through which every
/// page enters the file, in WAL mode at a checkpoint, and clears that space in passing. It costs a
/// copy of the page and no further I/O.
///
/// Bytes of the WAL have checksums and stay as they are: after a checkpoint that empties it nothing
/// is left. The page cache keeps what it had; see SqliteConnection::forget_pages().
/// Thread safety: as the connection's.
class PageCleaner {
  public:
    PageCleaner() = default;
    PageCleaner(PageCleaner const&) = delete;
    PageCleaner& operator=(PageCleaner const&) = delete;

    /// To be called once, right after the database is opened. This must outlive the connection.
    void attach(sqlite3* database);

  private:
    /// SQLite's own functions for the file, but for xWrite.
    struct Methods : sqlite3_io_methods {
        PageCleaner* cleaner = nullptr;
    };

    static int write(sqlite3_file* file, void const* bytes, int size, sqlite3_int64 offset);
    [[nodiscard]] std::span<std::byte const> cleaned(std::span<std::byte const> bytes,
                                                     std::int64_t offset);
    void learn(std::span<std::byte const> first_page);

    Methods methods_{};
    sqlite3_io_methods const* original_ = nullptr;
    std::vector<std::byte> page_;
    bool enabled_ = false;
};

/// Clears the unallocated space of a b-tree page; others stay as they are. `first` is for page 1,
/// which begins with the header of the file. Layout: sqlite.org/fileformat2.html, section 1.6.
void clear_unallocated(std::span<std::byte> page, bool first);

}  // namespace eduplat::storage
