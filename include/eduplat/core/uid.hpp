#pragma once

#include <eduplat/core/time.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eduplat {

/// A row's identity everywhere: a UUID of version 7 (RFC 9562), so that it sorts by time of
/// creation. It is what leaves the process, in exports, addresses and messages.
class Uid {
  public:
    using Bytes = std::array<std::byte, 16>;

    constexpr explicit Uid(Bytes const& bytes) noexcept : bytes_(bytes) {}

    /// A new one: 48 bits of milliseconds, 12 bits of the fraction of the millisecond
    /// (RFC 9562, section 6.2, method 3) and 62 of the given entropy.
    /// Errors: invalid_argument (field "at", rule "out_of_range") before 1970 or after 10889.
    [[nodiscard]] static Uid v7(Timestamp at, std::span<std::byte const, 8> entropy);

    /// Reads the form 8-4-4-4-12 in either case; nothing for any other text.
    [[nodiscard]] static std::optional<Uid> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr Bytes const& bytes() const noexcept { return bytes_; }

    // Rewritten as "<=> 0", which clang-tidy 14 takes for a pointer: NOLINTNEXTLINE(*-use-nullptr)
    friend constexpr auto operator<=>(Uid const&, Uid const&) noexcept = default;

  private:
    Bytes bytes_;
};

/// 8-4-4-4-12 in lower case.
[[nodiscard]] std::string to_string(Uid const& uid);

}  // namespace eduplat

template <>
struct std::hash<eduplat::Uid> {
    [[nodiscard]] std::size_t operator()(eduplat::Uid const& uid) const noexcept;
};
