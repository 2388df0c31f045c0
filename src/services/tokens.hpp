#pragma once

#include <eduplat/ports/random.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eduplat {

/// What is stored of a secret: 32 bytes of BLAKE2b. A secret of 256 random bits needs no salt.
using TokenHash = std::array<std::byte, 32>;

struct NewToken {
    std::string text;  ///< 256 random bits as base64url without padding (RFC 4648, section 5)
    TokenHash hash;
};

[[nodiscard]] NewToken make_token(Random& random);

/// The hash under which a token that make_token() made is stored; nothing for any other form of
/// text.
[[nodiscard]] std::optional<TokenHash> hash_of_token(std::string_view text);

/// A digest of `text` that says nothing of it to whoever lacks the salt.
[[nodiscard]] TokenHash salted_hash(std::span<std::byte const> salt, std::string_view text);

}  // namespace eduplat
