#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/ports/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace eduplat {

/// Uids for a transaction that cannot tell before how many it needs. Made before it, and copied
/// inside, it gives the same ones when the transaction is run again.
class Uids {
  public:
    Uids(Random& random, Timestamp at) : at_(at) {
        std::array<std::byte, 8> bytes{};
        random.fill(bytes);
        for (auto const byte : bytes)
            state_ = state_ << 8U | static_cast<std::uint64_t>(byte);
    }

    [[nodiscard]] Uid next() {
        auto const bits = mixed(state_ += 0x9E3779B97F4A7C15U);
        std::array<std::byte, 8> entropy{};
        for (std::size_t i = 0; i < entropy.size(); ++i)
            entropy[i] = static_cast<std::byte>(bits >> (8 * i) & 0xFFU);
        return Uid::v7(at_, entropy);
    }

  private:
    /// SplitMix64: a one-to-one map, so that no two of one object are equal.
    [[nodiscard]] static std::uint64_t mixed(std::uint64_t z) noexcept {
        z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
        z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
        return z ^ z >> 31U;
    }

    Timestamp at_;
    std::uint64_t state_ = 0;
};

}  // namespace eduplat
