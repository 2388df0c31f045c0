#include "analytics/mapped_file.hpp"

#include "core/file.hpp"

#include <eduplat/core/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <vector>

namespace eduplat::analytics {

namespace fs = std::filesystem;

namespace {

constexpr mode_t readable_by_owner = 0600;         // who did what is nobody else's business
constexpr std::chrono::hours abandoned_after{24};  // nobody writes for so long

[[noreturn]] void refuse(std::string const& path, std::string rule) {
    throw Error(ErrorCode::unavailable, path + ": " + std::generic_category().message(errno),
                {{"path", std::move(rule), {}}});
}

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
    auto const prefix = whole.filename().string() + std::string{UnfinishedFile::mark};
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
    UnfinishedFile file{path, readable_by_owner};
    bool written = file.ok();
    for (auto const& part : parts)
        written = written && file.write(part);
    if (!written || !file.close() || !file.take_name()) refuse(path, "not_written");
    remove_abandoned(path);
}

}  // namespace eduplat::analytics
