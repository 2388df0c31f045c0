#pragma once

#include <cstdint>

namespace eduplat {

/// What one guess at a password costs: the parameters of Argon2id (RFC 9106) with one lane. Hashes
/// made at another cost stay valid and are made anew at the next sign-in. Less is for tests only.
struct HashCost {
    std::uint64_t memory_bytes = std::uint64_t{64} << 20U;  ///< of each hash, at least 8 KiB
    std::uint32_t passes = 3;                               ///< over that memory, at least 1

    friend bool operator==(HashCost const&, HashCost const&) = default;
};

}  // namespace eduplat
