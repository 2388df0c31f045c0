#pragma once

#include <eduplat/ports/random.hpp>

#include <cstdint>
#include <mutex>
#include <random>

namespace eduplat::testing {

/// Bytes that follow from a seed: the same on every platform, and no secret to anybody.
/// Thread safety: all members may be called from any thread; which thread gets which bytes then
/// depends on their order.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

    void fill(std::span<std::byte> bytes) override;

  private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

}  // namespace eduplat::testing
