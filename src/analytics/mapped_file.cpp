#include "analytics/mapped_file.hpp"

#include <eduplat/core/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace eduplat::analytics {

namespace fs = std::filesystem;

namespace {

constexpr mode_t readable_by_owner = 0600;  // who did what is nobody else's business
constexpr std::string_view unfinished_mark = ".unfinished-";
constexpr std::chrono::hours abandoned_after{24};  // nobody writes for so long
constexpr std::size_t step_bytes = std::size_t{1} << 30U;

[[noreturn]] void refuse(std::string const& path, std::string rule) {
    throw Error(ErrorCode::unavailable, path + ": " + std::generic_category().message(errno),
                {{"path", std::move(rule), {}}});
}

class Descriptor {
  public:
    Descriptor(std::string const& path, int flags)
        : value_(::open(path.c_str(), flags | O_CLOEXEC, readable_by_owner)) {}
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor() { static_cast<void>(close()); }

    [[nodiscard]] bool ok() const noexcept { return value_ >= 0; }
    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] bool close() noexcept {
        return value_ < 0 || ::close(std::exchange(value_, -1)) == 0;
    }

  private:
    int value_;
};

/// A new file, which is removed unless it takes a name.
class Unfinished {
  public:
    explicit Unfinished(std::string const& path) : path_(path), name_(path + suffix()) {}
    Unfinished(Unfinished const&) = delete;
    Unfinished& operator=(Unfinished const&) = delete;
    ~Unfinished() {
        if (!done_) ::unlink(name_.c_str());
    }

    void write(std::span<std::span<std::byte const> const> parts) {
        Descriptor file{name_, O_WRONLY | O_CREAT | O_EXCL};
        if (!file.ok()) refuse(path_, "not_written");
        for (auto const& part : parts)
            write(file, part);
        if (!file.close()) refuse(path_, "not_written");
    }

    void take_name() {
        if (::rename(name_.c_str(), path_.c_str()) != 0) refuse(path_, "not_written");
        done_ = true;
    }

  private:
    static std::string suffix() {
        std::random_device random;
        return std::string{unfinished_mark} + std::to_string(random()) + std::to_string(random());
    }

    void write(Descriptor const& file, std::span<std::byte const> bytes) const {
        while (!bytes.empty()) {
            auto const count =
                ::write(file.get(), bytes.data(), std::min(bytes.size(), step_bytes));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) refuse(path_, "not_written");
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

    std::string path_;
    std::string name_;
    bool done_ = false;
};

bool is_abandoned(fs::directory_entry const& entry, std::string const& prefix) {
    auto const name = entry.path().filename().string();
    if (!name.starts_with(prefix) || name.size() == prefix.size()) return false;
    if (name.find_first_not_of("0123456789", prefix.size()) != std::string::npos) return false;
    std::error_code error;
    auto const written = entry.last_write_time(error);
    return !error && written < fs::file_time_type::clock::now() - abandoned_after;
}

/// Removes what processes left that ended while they wrote. What cannot be removed stays.
void remove_abandoned(std::string const& path) {
    fs::path const whole{path};
    auto const prefix = whole.filename().string() + std::string{unfinished_mark};
    auto const folder = whole.has_parent_path() ? whole.parent_path() : fs::path{"."};
    std::vector<fs::path> abandoned;
    std::error_code error;
    for (fs::directory_iterator each{folder, error}, end; !error && each != end;
         each.increment(error)) {
        if (is_abandoned(*each, prefix)) abandoned.push_back(each->path());
    }
    for (auto const& each : abandoned)
        fs::remove(each, error);
}

}  // namespace

MappedFile::MappedFile(std::string const& path) {
    Descriptor const file{path, O_RDONLY | O_NONBLOCK};  // a pipe has no end to wait for
    if (!file.ok() && (errno == ENOENT || errno == ENOTDIR)) return;
    struct stat status {};
    if (!file.ok() || ::fstat(file.get(), &status) != 0) refuse(path, "not_read");
    if (!S_ISREG(status.st_mode)) fail(ErrorCode::unavailable, "path", "not_read");
    exists_ = true;
    if (status.st_size == 0) return;  // which cannot be mapped
    auto const size = static_cast<std::size_t>(status.st_size);
    auto* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (at == MAP_FAILED) refuse(path, "not_read");
    bytes_ = {static_cast<std::byte const*>(at), size};
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void replace_file(std::string const& path, std::span<std::span<std::byte const> const> parts) {
    if (path.find('\0') != std::string::npos) fail(ErrorCode::unavailable, "path", "not_written");
    Unfinished file{path};
    file.write(parts);
    file.take_name();
    remove_abandoned(path);
}

}  // namespace eduplat::analytics
