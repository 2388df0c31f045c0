#pragma once

#include <eduplat/ports/clock.hpp>

#include <atomic>
#include <chrono>

namespace eduplat::testing {

/// A clock that stands still until a test moves it.
/// Thread safety: all members may be called from any thread.
class FakeClock final : public Clock {
  public:
    explicit FakeClock(Timestamp start) noexcept : micros_(start.time_since_epoch().count()) {}

    [[nodiscard]] Timestamp now() const override {
        return Timestamp{std::chrono::microseconds{micros_.load()}};
    }

    /// Moves the clock by `step`; back, if `step` is negative.
    void advance(std::chrono::microseconds step) noexcept { micros_ += step.count(); }
    void set(Timestamp at) noexcept { micros_ = at.time_since_epoch().count(); }

  private:
    std::atomic<std::chrono::microseconds::rep> micros_;
};

}  // namespace eduplat::testing
