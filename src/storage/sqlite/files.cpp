#include "storage/sqlite/files.hpp"

#include "storage/sqlite/errors.hpp"

#include <eduplat/core/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

namespace eduplat::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t random_digits = 16;

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
        check(file()->pMethods->xFileSize(file(), &bytes));
        return bytes;
    }
    /// Zeros where the file is shorter.
    [[nodiscard]] std::array<unsigned char, 100> first_bytes() {
        std::array<unsigned char, 100> bytes{};
        int const size = static_cast<int>(bytes.size());
        int const result = file()->pMethods->xRead(file(), bytes.data(), size, 0);
        if (result != SQLITE_IOERR_SHORT_READ) check(result);
        return bytes;
    }

  private:
    static void check(int result) {
        if (result != SQLITE_OK) throw to_error(result, "the file's header cannot be read");
    }

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

bool is_unfinished(std::string_view name, std::string_view prefix) {
    return name.size() == prefix.size() + random_digits && name.starts_with(prefix) &&
           name.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

std::string unfinished_name(std::string const& path, std::string_view mark) {
    std::random_device random;
    return fmt::format("{}{}{:08x}{:08x}", path, mark, random(), random());
}

void remove_database(std::string const& path) noexcept {
    for (auto const* const suffix : {"-wal", "-shm", "-journal", ""}) {
        ::unlink((path + suffix).c_str());
    }
}

/// Held while an unfinished file is not locked by itself: between its making and its lock, between
/// its last closing and its name, and while leftovers are looked for. Without the right to read the
/// folder there is no such lock, and no looking either.
class FolderLock {
  public:
    explicit FolderLock(std::string const& path)
        : descriptor_(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        while (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    FolderLock(FolderLock const&) = delete;
    FolderLock& operator=(FolderLock const&) = delete;
    ~FolderLock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

  private:
    int descriptor_;
};

/// Whoever still works on an unfinished file holds a lock on it.
void remove_if_unlocked(std::string const& path) noexcept {
    int const flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW;
    int const descriptor = ::open(path.c_str(), flags);
    if (descriptor < 0) return;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) remove_database(path);
    ::close(descriptor);
}

void sync_folder_of(std::string const& path) {
    auto const folder = folder_of(path);
    int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) fail_from_system("open", folder);
    int const result = ::fsync(descriptor);
    ::close(descriptor);
    if (result != 0) fail_from_system("sync", folder);
}

/// Gives a finished file its name, unless that is taken: then false.
bool publish_file(std::string const& from, std::string const& to) {
    int result = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
    if (result != 0 && errno == EINVAL) {  // a file system that cannot refuse to replace
        result = ::link(from.c_str(), to.c_str());
        if (result == 0) ::unlink(from.c_str());
    }
    if (result != 0 && errno == EEXIST) return false;
    if (result != 0) fail_from_system("publish", to);
    sync_folder_of(to);
    return true;
}

}  // namespace

std::string resolve_path(std::string const& path, std::string const& vfs_name,
                         std::string_view field) {
    if (path.empty()) fail(ErrorCode::invalid_argument, field, "required");
    if (path.find('\0') != std::string::npos) {
        fail(ErrorCode::invalid_argument, field, "control_character");
    }
    auto& vfs = find_vfs(vfs_name);
    std::vector<char> full(static_cast<std::size_t>(vfs.mxPathname) + 1);
    int const result =
        vfs.xFullPathname(&vfs, path.c_str(), static_cast<int>(full.size()), full.data());
    if ((result & 0xff) != SQLITE_OK) {
        fail(ErrorCode::invalid_argument, field, "malformed", vfs.mxPathname);
    }
    std::error_code ignored;
    if (fs::is_directory(full.data(), ignored)) {
        fail(ErrorCode::invalid_argument, field, "is_a_folder");
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

bool writable(std::string const& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0;
}

bool writable_school(std::string const& path) {
    return writable(path) && writable_folder_of(path);
}

void remove_unfinished(std::string const& path, std::string_view mark) noexcept {
    auto const prefix = fs::path{path}.filename().string() + std::string{mark};
    FolderLock const folder{path};
    std::error_code error;
    std::vector<std::string> leftovers;
    for (fs::directory_iterator it{folder_of(path), error}, end; !error && it != end;
         it.increment(error)) {
        if (is_unfinished(it->path().filename().string(), prefix)) {
            leftovers.push_back(it->path().string());
        }
    }
    for (auto const& leftover : leftovers)
        remove_if_unlocked(leftover);
}

UnfinishedFile::UnfinishedFile(std::string const& path, std::string_view mark)
    : path_(unfinished_name(path, mark)) {
    FolderLock const folder{path_};
    int const flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    descriptor_ = ::open(path_.c_str(), flags, 0600);
    if (descriptor_ < 0) fail_from_system("create", path_);
    ::flock(descriptor_, LOCK_EX | LOCK_NB);  // nobody else has the name yet
}

UnfinishedFile::~UnfinishedFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    remove_database(path_);
}

bool UnfinishedFile::publish_as(std::string const& name) {
    int const synced = ::fsync(descriptor_);
    if (synced != 0) fail_from_system("sync", path_);
    FolderLock const folder{path_};
    // Closed before it has its name: to close a descriptor of a file drops the locks that SQLite,
    // opened on it by another thread of this process, has there.
    ::close(std::exchange(descriptor_, -1));
    bool published = false;
    try {
        published = publish_file(path_, name);
    } catch (...) {
        remove_database(path_);
        throw;
    }
    if (!published) remove_database(path_);
    return published;
}

}  // namespace eduplat::storage
