#include "recommender/files.hpp"

#include "core/file.hpp"

#include <eduplat/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace eduplat::recommender {
namespace {

constexpr mode_t readable = 0666;  // less what the process masks

[[noreturn]] void refuse(ErrorCode code, std::string const& path, std::string rule, int error) {
    throw Error(code, path + ": " + std::generic_category().message(error),
                {{"path", std::move(rule), {}}});
}

[[noreturn]] void refuse_write(std::string const& path, std::string rule, ErrorCode code) {
    int const error = errno;
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        refuse(ErrorCode::resource_exhausted, path, "disk_full", error);
    refuse(code, path, std::move(rule), error);
}

std::string checked(std::string_view path) {
    if (path.empty()) fail(ErrorCode::invalid_argument, "path", "required");
    if (path.find('\0') != std::string_view::npos)
        fail(ErrorCode::invalid_argument, "path", "malformed");
    return std::string{path};
}

/// Makes the disk know the file by its name. A folder that may not be read keeps its names by
/// itself, sooner or later.
bool sync_folder(std::string const& path) {
    auto const parent = std::filesystem::path{path}.parent_path().string();
    Descriptor const folder{parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY};
    return !folder.ok() || ::fsync(folder.get()) == 0 || errno == EINVAL;
}

}  // namespace

void replace_file(std::string_view path, std::span<std::byte const> bytes) {
    auto const name = checked(path);
    UnfinishedFile file{name, readable};
    if (!file.ok()) refuse_write(name, "cannot_open", ErrorCode::invalid_argument);
    if (!file.write(bytes) || !file.sync() || !file.close())
        refuse_write(name, "cannot_write", ErrorCode::unavailable);
    if (!file.take_name()) refuse_write(name, "cannot_open", ErrorCode::invalid_argument);
    if (!sync_folder(name)) refuse_write(name, "cannot_write", ErrorCode::unavailable);
}

std::vector<std::byte> read_file(std::string_view path) {
    auto const name = checked(path);
    Descriptor const file{name, O_RDONLY | O_NONBLOCK};  // a pipe has no end to wait for
    if (!file.ok()) {
        bool const unknown = errno == ENOENT || errno == ENOTDIR;
        refuse(unknown ? ErrorCode::not_found : ErrorCode::invalid_argument, name,
               unknown ? "unknown" : "cannot_open", errno);
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        fail(ErrorCode::invalid_argument, "path", "not_a_file");
    std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
    std::size_t size = 0;
    while (size < bytes.size()) {
        auto const count =
            ::read(file.get(), bytes.data() + size, std::min(bytes.size() - size, file_step_bytes));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) refuse(ErrorCode::unavailable, name, "cannot_read", errno);
        if (count == 0) break;  // it became shorter
        size += static_cast<std::size_t>(count);
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace eduplat::recommender
