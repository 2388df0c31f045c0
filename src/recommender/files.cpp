#include "recommender/files.hpp"

#include <eduplat/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <utility>

namespace eduplat::recommender {
namespace {

constexpr mode_t readable = 0666;  // less what the process masks
constexpr std::size_t step_bytes = std::size_t{1} << 30U;

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

class Descriptor {
  public:
    Descriptor(std::string const& path, int flags)
        : value_(::open(path.c_str(), flags | O_CLOEXEC, readable)) {}
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor() { static_cast<void>(close()); }

    [[nodiscard]] bool ok() const noexcept { return value_ >= 0; }
    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] bool close() noexcept {
        if (value_ < 0) return true;
        return ::close(std::exchange(value_, -1)) == 0;
    }

  private:
    int value_;
};

/// A new file beside the one that it will replace. It is removed unless it does.
class Unfinished {
  public:
    explicit Unfinished(std::string path) : path_(std::move(path)), name_(path_ + suffix()) {}
    Unfinished(Unfinished const&) = delete;
    Unfinished& operator=(Unfinished const&) = delete;
    ~Unfinished() {
        if (!done_) ::unlink(name_.c_str());
    }

    void write(std::span<std::byte const> bytes) {
        Descriptor file{name_, O_WRONLY | O_CREAT | O_EXCL};
        if (!file.ok()) refuse_write(path_, "cannot_open", ErrorCode::invalid_argument);
        while (!bytes.empty()) {
            auto const count =
                ::write(file.get(), bytes.data(), std::min(bytes.size(), step_bytes));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) refuse_write(path_, "cannot_write", ErrorCode::unavailable);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        if (::fsync(file.get()) != 0 || !file.close())
            refuse_write(path_, "cannot_write", ErrorCode::unavailable);
    }

    void take_place() {
        if (::rename(name_.c_str(), path_.c_str()) != 0)
            refuse_write(path_, "cannot_open", ErrorCode::invalid_argument);
        done_ = true;
        auto const parent = std::filesystem::path{path_}.parent_path().string();
        Descriptor const folder{parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY};
        // A folder that may not be read keeps its names by itself, sooner or later.
        if (folder.ok() && ::fsync(folder.get()) != 0 && errno != EINVAL)
            refuse_write(path_, "cannot_write", ErrorCode::unavailable);
    }

  private:
    static std::string suffix() {
        std::random_device random;
        return ".unfinished-" + std::to_string(random()) + std::to_string(random());
    }

    std::string path_;
    std::string name_;
    bool done_ = false;
};

}  // namespace

void replace_file(std::string_view path, std::span<std::byte const> bytes) {
    Unfinished file{checked(path)};
    file.write(bytes);
    file.take_place();
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
            ::read(file.get(), bytes.data() + size, std::min(bytes.size() - size, step_bytes));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) refuse(ErrorCode::unavailable, name, "cannot_read", errno);
        if (count == 0) break;  // it became shorter
        size += static_cast<std::size_t>(count);
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace eduplat::recommender
