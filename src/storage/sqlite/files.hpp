#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eduplat::storage {

inline constexpr std::uint32_t school_application_id = 0x65647570;  // "edup"

/// What the first page of a database file says of itself.
struct FileHeader {
    bool is_sqlite = false;
    std::uint32_t application_id = 0;
    std::uint32_t user_version = 0;
    std::int64_t size_by_header = 0;  ///< bytes; 0 if the header does not say
    std::int64_t size = 0;            ///< bytes
};

/// The name SQLite itself gives the file: absolute, with symbolic links followed.
/// Errors: invalid_argument (`field`) for an empty name, one with a zero byte, or a folder.
[[nodiscard]] std::string resolve_path(std::string const& path, std::string const& vfs,
                                       std::string_view field);

/// Reads the header through SQLite's own file layer: to open the file in any other way and close it
/// would drop the locks this process has on it. Nothing if there is no such file. Errors:
/// unavailable (field "path", rule "cannot_open").
[[nodiscard]] std::optional<FileHeader> read_header(std::string const& path,
                                                    std::string const& vfs);

[[nodiscard]] bool exists(std::string const& path);
/// Whether the file is missing or has no bytes.
[[nodiscard]] bool absent_or_empty(std::string const& path);
/// Whether this process may write the file and make files beside it.
[[nodiscard]] bool writable_school(std::string const& path);
[[nodiscard]] bool writable(std::string const& path);
[[nodiscard]] bool writable_folder_of(std::string const& path);

inline constexpr std::string_view creation_mark = ".new-";
inline constexpr std::string_view backup_mark = ".part-";

/// A new file under a name of its own, "<path><mark><random>", that only its owner may read; it is
/// gone with its side files unless it was published.
class UnfinishedFile {
  public:
    UnfinishedFile(std::string const& path, std::string_view mark);
    UnfinishedFile(UnfinishedFile const&) = delete;
    UnfinishedFile& operator=(UnfinishedFile const&) = delete;
    ~UnfinishedFile();

    [[nodiscard]] std::string const& path() const noexcept { return path_; }

    /// Makes the file durable and gives it its name, once; false if that is taken. No connection to
    /// the file may be open.
    [[nodiscard]] bool publish_as(std::string const& name);

  private:
    std::string path_;
    int descriptor_ = -1;
};

/// Removes what creations or backups that were killed left beside `path`.
void remove_unfinished(std::string const& path, std::string_view mark) noexcept;

}  // namespace eduplat::storage
