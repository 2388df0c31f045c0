#include "core/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <random>
#include <utility>

namespace eduplat {
namespace {

std::string unfinished_name(std::string const& path) {
    std::random_device random;
    return path + std::string{UnfinishedFile::mark} + std::to_string(random()) +
           std::to_string(random());
}

}  // namespace

Descriptor::Descriptor(std::string const& path, int flags, mode_t permissions) noexcept
    : value_(::open(path.c_str(), flags | O_CLOEXEC, permissions)) {}

Descriptor::~Descriptor() {
    static_cast<void>(close());
}

bool Descriptor::close() noexcept {
    return value_ < 0 || ::close(std::exchange(value_, -1)) == 0;
}

UnfinishedFile::UnfinishedFile(std::string const& path, mode_t permissions)
    : path_(path),
      name_(unfinished_name(path)),
      file_(name_, O_WRONLY | O_CREAT | O_EXCL, permissions),
      to_remove_(file_.ok()) {}

UnfinishedFile::~UnfinishedFile() {
    if (to_remove_) ::unlink(name_.c_str());
}

bool UnfinishedFile::write(std::span<std::byte const> bytes) noexcept {
    while (!bytes.empty()) {
        auto const count =
            ::write(file_.get(), bytes.data(), std::min(bytes.size(), file_step_bytes));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

bool UnfinishedFile::sync() noexcept {
    return ::fsync(file_.get()) == 0;
}

bool UnfinishedFile::take_name() noexcept {
    if (::rename(name_.c_str(), path_.c_str()) != 0) return false;
    to_remove_ = false;
    return true;
}

}  // namespace eduplat
