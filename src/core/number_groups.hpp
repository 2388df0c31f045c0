#pragma once

#include <eduplat/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Numbers of 63 bits as bytes: in groups of seven bits, the lowest first, of which all but the
/// last have the high bit set.
namespace eduplat {

inline void write_number(std::vector<std::byte>& bytes, std::int64_t number) {
    constexpr std::uint64_t group = 0x7F;
    auto rest = static_cast<std::uint64_t>(number);
    for (; rest > group; rest >>= 7U)
        bytes.push_back(static_cast<std::byte>((rest & group) | (group + 1)));
    bytes.push_back(static_cast<std::byte>(rest));
}

/// Reads what write_number() wrote, one after the other. Errors: data_loss (field `what`, rule
/// "malformed") for what it does not write.
class NumberReader {
  public:
    NumberReader(std::span<std::byte const> bytes, std::string_view what) noexcept
        : rest_(bytes), what_(what) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

    [[nodiscard]] std::int64_t next() {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 63 && !rest_.empty(); shift += 7) {
            auto const byte = std::to_integer<std::uint64_t>(rest_.front());
            rest_ = rest_.subspan(1);
            number |= (byte & 0x7FU) << shift;
            if (byte > 0x7F) continue;
            if (byte == 0 && shift > 0) malformed();  // not its shortest form
            return static_cast<std::int64_t>(number);
        }
        malformed();
    }

    [[noreturn]] void malformed() const { fail(ErrorCode::data_loss, what_, "malformed"); }

  private:
    std::span<std::byte const> rest_;
    std::string_view what_;
};

}  // namespace eduplat
