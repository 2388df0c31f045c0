#pragma once

#include <cstdint>
#include <optional>
#include <string>

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
/// Errors: invalid_argument (field "path") for an empty name, one with a zero byte, or a folder.
[[nodiscard]] std::string resolve_path(std::string const& path, std::string const& vfs);

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
[[nodiscard]] bool writable_folder_of(std::string const& path);

/// Makes an empty file that only its owner may read. Errors: as the system's, as `unavailable`.
void make_private_file(std::string const& path);
/// Makes the file's bytes and then its folder's entries durable. Never for a file SQLite has open.
void sync_file(std::string const& path);
void sync_folder_of(std::string const& path);
/// Gives a finished file its name, unless that is taken: then false. `from` is gone afterwards.
[[nodiscard]] bool publish_file(std::string const& from, std::string const& to);
void remove_file(std::string const& path) noexcept;
/// Removes what creations that were killed left beside `path`.
void remove_unfinished(std::string const& path) noexcept;

/// "<path>.new-<random>"
[[nodiscard]] std::string unfinished_name(std::string const& path);

}  // namespace eduplat::storage
