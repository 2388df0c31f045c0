#pragma once

#include <cstdint>

namespace eduplat {

/// What one guess at a password costs: the parameters of Argon2id (RFC 9106) with one lane. Hashes
/// made at another cost stay valid and are made anew at the next sign-in. Less is for tests only.
struct HashCost {
    std::uint64_t memory_bytes = std::uint64_t{64} << 20U;  ///< of each hash, 8 KiB to 4 GiB
    std::uint32_t passes = 3;                               ///< over that memory, 1 to 1,000

    friend bool operator==(HashCost const&, HashCost const&) = default;
};

}  // namespace eduplat
