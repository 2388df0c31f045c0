#pragma once

#include <eduplat/ports/log_sink.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::testing {

struct LogLine {
    LogLevel level;
    std::string message;
};

/// Keeps what was logged.
/// Thread safety: all members may be called from any thread.
class MemoryLog final : public LogSink {
  public:
    void write(LogLevel level, std::string_view message) noexcept override;

    /// All lines so far, oldest first.
    [[nodiscard]] std::vector<LogLine> lines() const;
    [[nodiscard]] bool contains(std::string_view part) const;
    void clear();

  private:
    mutable std::mutex mutex_;
    std::vector<LogLine> lines_;
};

}  // namespace eduplat::testing
