#include "storage/sqlite/files.hpp"

#include <eduplat/core/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <random>
#include <system_error>
#include <vector>

namespace eduplat::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished_mark = ".new-";

[[noreturn]] void fail_from_system(std::string_view doing, std::string const& path) {
    int const code = errno;
    auto const message =
        fmt::format("cannot {} {}: {}", doing, path, std::generic_category().message(code));
    if (code == ENOSPC) {
        throw Error(ErrorCode::resource_exhausted, message, {{"path", "disk_full", {}}});
    }
    if (code == EACCES || code == EROFS || code == EPERM) {
        throw Error(ErrorCode::failed_precondition, message, {{"path", "read_only", {}}});
    }
    throw Error(ErrorCode::unavailable, message, {{"path", "cannot_open", {}}});
}

sqlite3_vfs& find_vfs(std::string const& name) {
    auto* const vfs = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
    if (vfs == nullptr) fail(ErrorCode::invalid_argument, "vfs", "unknown");
    return *vfs;
}

/// A file opened through a VFS, without a database connection.
class VfsFile {
  public:
    VfsFile(sqlite3_vfs& vfs, std::string const& path)
        : memory_(std::make_unique<std::byte[]>(static_cast<std::size_t>(vfs.szOsFile))),
          name_(sqlite3_create_filename(path.c_str(), "", "", 0, nullptr)) {
        int opened = 0;
        int const flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
        ok_ = vfs.xOpen(&vfs, name_, file(), flags, &opened) == SQLITE_OK;
    }
    VfsFile(VfsFile const&) = delete;
    VfsFile& operator=(VfsFile const&) = delete;
    ~VfsFile() {
        if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
        sqlite3_free_filename(name_);
    }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::int64_t size() {
        sqlite3_int64 bytes = 0;
        return file()->pMethods->xFileSize(file(), &bytes) == SQLITE_OK ? bytes : 0;
    }
    /// Zeros where the file is shorter.
    [[nodiscard]] std::array<unsigned char, 100> first_bytes() {
        std::array<unsigned char, 100> bytes{};
        file()->pMethods->xRead(file(), bytes.data(), static_cast<int>(bytes.size()), 0);
        return bytes;
    }

  private:
    sqlite3_file* file() noexcept { return reinterpret_cast<sqlite3_file*>(memory_.get()); }

    std::unique_ptr<std::byte[]> memory_;
    sqlite3_filename name_;
    bool ok_ = false;
};

std::uint32_t big_endian(unsigned char const* bytes, int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i)
        value = value << 8 | bytes[i];
    return value;
}

/// The file format's page 1: https://www.sqlite.org/fileformat2.html#the_database_header
FileHeader parse_header(std::array<unsigned char, 100> const& bytes, std::int64_t size) {
    FileHeader header;
    header.size = size;
    std::string_view const magic{"SQLite format 3\0", 16};
    header.is_sqlite =
        std::equal(magic.begin(), magic.end(), bytes.begin(),
                   [](char m, unsigned char b) { return m == static_cast<char>(b); });
    std::uint32_t const page_size_field = big_endian(&bytes[16], 2);
    std::int64_t const page_size = page_size_field == 1 ? 65536 : page_size_field;
    header.size_by_header = page_size * big_endian(&bytes[28], 4);
    header.user_version = big_endian(&bytes[60], 4);
    header.application_id = big_endian(&bytes[68], 4);
    return header;
}

std::string folder_of(std::string const& path) {
    auto const folder = fs::path{path}.parent_path().string();
    return folder.empty() ? "." : folder;
}

void sync(std::string const& path, int flags) {
    int const descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) fail_from_system("open", path);
    int const result = ::fsync(descriptor);
    ::close(descriptor);
    if (result != 0) fail_from_system("sync", path);
}

}  // namespace

std::string resolve_path(std::string const& path, std::string const& vfs_name) {
    if (path.empty()) fail(ErrorCode::invalid_argument, "path", "required");
    if (path.find('\0') != std::string::npos) {
        fail(ErrorCode::invalid_argument, "path", "control_character");
    }
    auto& vfs = find_vfs(vfs_name);
    std::vector<char> full(static_cast<std::size_t>(vfs.mxPathname) + 1);
    int const result =
        vfs.xFullPathname(&vfs, path.c_str(), static_cast<int>(full.size()), full.data());
    if ((result & 0xff) != SQLITE_OK) {
        fail(ErrorCode::invalid_argument, "path", "malformed", vfs.mxPathname);
    }
    std::error_code ignored;
    if (fs::is_directory(full.data(), ignored)) {
        fail(ErrorCode::invalid_argument, "path", "is_a_folder");
    }
    return full.data();
}

std::optional<FileHeader> read_header(std::string const& path, std::string const& vfs) {
    if (!exists(path)) return std::nullopt;
    VfsFile file{find_vfs(vfs), path};
    if (!file.ok()) fail(ErrorCode::unavailable, "path", "cannot_open");
    return parse_header(file.first_bytes(), file.size());
}

bool exists(std::string const& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

bool absent_or_empty(std::string const& path) {
    std::error_code missing;
    auto const size = fs::file_size(path, missing);
    return missing || size == 0;
}

bool writable_folder_of(std::string const& path) {
    return ::faccessat(AT_FDCWD, folder_of(path).c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

bool writable_school(std::string const& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0 &&
           writable_folder_of(path);
}

void make_private_file(std::string const& path) {
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) fail_from_system("create", path);
    ::close(descriptor);
}

void sync_file(std::string const& path) {
    sync(path, O_RDONLY);
}

void sync_folder_of(std::string const& path) {
    sync(folder_of(path), O_RDONLY | O_DIRECTORY);
}

bool publish_file(std::string const& from, std::string const& to) {
    if (::link(from.c_str(), to.c_str()) != 0) {
        if (errno == EEXIST) return false;
        fail_from_system("link", to);
    }
    remove_file(from);
    sync_folder_of(to);
    return true;
}

void remove_file(std::string const& path) noexcept {
    ::unlink(path.c_str());
}

void remove_unfinished(std::string const& path) noexcept {
    auto const prefix = fs::path{path}.filename().string() + std::string{unfinished_mark};
    std::error_code error;
    std::vector<std::string> leftovers;
    for (fs::directory_iterator it{folder_of(path), error}, end; !error && it != end;
         it.increment(error)) {
        if (it->path().filename().string().starts_with(prefix)) {
            leftovers.push_back(it->path().string());
        }
    }
    for (auto const& leftover : leftovers)
        remove_file(leftover);
}

std::string unfinished_name(std::string const& path) {
    std::random_device random;
    return fmt::format("{}{}{:08x}{:08x}", path, unfinished_mark, random(), random());
}

}  // namespace eduplat::storage
