#pragma once

#include <eduplat/core/time.hpp>

namespace eduplat {

/// Where time comes from. Every rule that depends on time asks this port, so a test can move it.
/// Thread safety: an implementation is called from any thread.
class Clock {
  public:
    virtual ~Clock() = default;

    [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The system's clock, the default.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override {
        return std::chrono::time_point_cast<std::chrono::microseconds>(
            std::chrono::system_clock::now());
    }
};

}  // namespace eduplat
