#include <eduplat/testing/memory_log.hpp>

#include <algorithm>

namespace eduplat::testing {

void MemoryLog::write(LogLevel level, std::string_view message) noexcept {
    std::lock_guard const lock{mutex_};
    lines_.push_back({level, std::string{message}});
}

std::vector<LogLine> MemoryLog::lines() const {
    std::lock_guard const lock{mutex_};
    return lines_;
}

bool MemoryLog::contains(std::string_view part) const {
    std::lock_guard const lock{mutex_};
    return std::any_of(lines_.begin(), lines_.end(), [&](LogLine const& line) {
        return line.message.find(part) != std::string::npos;
    });
}

void MemoryLog::clear() {
    std::lock_guard const lock{mutex_};
    lines_.clear();
}

}  // namespace eduplat::testing
