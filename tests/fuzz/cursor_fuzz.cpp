#include "fuzz.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/page.hpp>

#include <array>
#include <optional>
#include <vector>

using namespace eduplat;
using fuzz::require;

namespace {

std::optional<std::vector<CursorKey>> read(std::string_view text) {
    try {
        return decode_cursor("users", Cursor{std::string{text}});
    } catch (Error const& error) {
        require(error.code() == ErrorCode::invalid_argument, "refused with another code");
        require(error.violations().size() == 1, "refused without its reason");
        require(error.violations()[0].field == "after", "refused with another field");
        return std::nullopt;
    }
}

/// Text that came from outside.
void check_decoding(std::string_view text) {
    if (auto const keys = read(text)) {
        require(encode_cursor("users", *keys).text() == text, "two texts for one place");
    }
}

/// Keys made from the input, which reach past the checksum.
void check_round_trip(std::string_view input) {
    std::vector<CursorKey> keys;
    while (!input.empty() && keys.size() < 16) {
        auto const size = static_cast<unsigned char>(input.front()) % 64U;
        auto const piece = input.substr(1, size);
        if (size < 8) {
            keys.emplace_back(static_cast<std::int64_t>(size) - 4);
        } else {
            keys.emplace_back(std::string{piece});
        }
        input.remove_prefix(1 + piece.size());
    }
    require(read(encode_cursor("users", keys).text()) == keys, "keys changed on their way");
}

}  // namespace

std::span<std::string_view const> fuzz::seeds() {
    static auto const texts = std::array{
        encode_cursor("users", {}).text(),
        encode_cursor("users", {std::int64_t{5}}).text(),
        encode_cursor("users", {std::string{"Ada"}, std::int64_t{-1}}).text(),
        encode_cursor("courses", {std::string(100, 'x')}).text(),
    };
    static auto const views =
        std::array<std::string_view, 4>{texts[0], texts[1], texts[2], texts[3]};
    return views;
}

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::as_text(data, size);
    check_decoding(input);
    check_round_trip(input);
    return 0;
}
