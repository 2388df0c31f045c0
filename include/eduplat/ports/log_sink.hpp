#pragma once

#include <cstdint>
#include <string_view>

namespace eduplat {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Where eduplat reports what nobody asked for: a checkpoint that readers hold up, a failed job.
/// Messages carry no personal data. Thread safety: an implementation is called from any thread.
class LogSink {
  public:
    virtual ~LogSink() = default;

    virtual void write(LogLevel level, std::string_view message) noexcept = 0;
};

}  // namespace eduplat
