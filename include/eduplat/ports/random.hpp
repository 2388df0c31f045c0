#pragma once

#include <cstddef>
#include <span>

namespace eduplat {

/// Where uids, tokens and salts come from. The default is the operating system's generator;
/// anything weaker is for tests. Thread safety: an implementation is called from any thread.
class Random {
  public:
    virtual ~Random() = default;

    /// Fills `bytes` with unpredictable bits.
    virtual void fill(std::span<std::byte> bytes) = 0;
};

}  // namespace eduplat
