#include <eduplat/core/error.hpp>
#include <eduplat/core/uid.hpp>

#include <cstdint>

namespace eduplat {
namespace {

constexpr std::uint64_t milliseconds_end = std::uint64_t{1} << 48;
constexpr std::size_t text_size = 36;

constexpr bool is_hyphen_place(std::size_t i) noexcept {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::uint64_t load_big_endian(std::span<std::byte const> bytes) noexcept {
    std::uint64_t value = 0;
    for (auto const byte : bytes.first<8>())
        value = value << 8 | std::to_integer<unsigned>(byte);
    return value;
}

void store_big_endian(std::uint64_t value, std::span<std::byte> bytes) noexcept {
    for (std::size_t i = 8; i-- > 0; value >>= 8)
        bytes[i] = static_cast<std::byte>(value & 0xff);
}

/// Spreads every bit over all: the finalizer of MurmurHash3.
std::uint64_t mixed(std::uint64_t value) noexcept {
    value = (value ^ value >> 33) * 0xff51afd7ed558ccdU;
    value = (value ^ value >> 33) * 0xc4ceb9fe1a85ec53U;
    return value ^ value >> 33;
}

}  // namespace

Uid Uid::v7(Timestamp at, std::span<std::byte const, 8> entropy) {
    using namespace std::chrono;
    auto const whole = floor<milliseconds>(at);
    auto const ms = static_cast<std::uint64_t>(whole.time_since_epoch().count());
    if (at < Timestamp{} || ms >= milliseconds_end) {
        fail(ErrorCode::invalid_argument, "at", "out_of_range");
    }
    auto const us = static_cast<std::uint64_t>(duration_cast<microseconds>(at - whole).count());
    auto const fraction = us * 4096 / 1000;

    constexpr std::uint64_t version = 7, variant = 0b10;
    Bytes bytes{};
    auto const out = std::span{bytes};
    store_big_endian(ms << 16 | version << 12 | fraction, out.first<8>());
    store_big_endian(variant << 62 | load_big_endian(entropy) >> 2, out.last<8>());
    return Uid{bytes};
}

std::optional<Uid> Uid::parse(std::string_view text) noexcept {
    if (text.size() != text_size) return std::nullopt;
    Bytes bytes{};
    std::size_t nibbles = 0;
    for (std::size_t i = 0; i < text_size; ++i) {
        if (is_hyphen_place(i)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        auto const value = hex_value(text[i]);
        if (value < 0) return std::nullopt;
        auto& byte = bytes[nibbles++ / 2];
        byte = byte << 4 | static_cast<std::byte>(value);
    }
    return Uid{bytes};
}

std::string to_string(Uid const& uid) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text(text_size, '-');
    std::size_t nibbles = 0;
    for (std::size_t i = 0; i < text_size; ++i) {
        if (is_hyphen_place(i)) continue;
        auto const byte = std::to_integer<unsigned>(uid.bytes()[nibbles / 2]);
        text[i] = hex[nibbles++ % 2 == 0 ? byte >> 4 : byte & 0xf];
    }
    return text;
}

}  // namespace eduplat

std::size_t std::hash<eduplat::Uid>::operator()(eduplat::Uid const& uid) const noexcept {
    // Uids from elsewhere need not be random, so both halves count, one mixed before it meets the
    // other: else a bit of one could undo a bit of the other.
    auto const bytes = std::span{uid.bytes()};
    auto const high = eduplat::load_big_endian(bytes.first<8>());
    auto const low = eduplat::load_big_endian(bytes.last<8>());
    return static_cast<std::size_t>(eduplat::mixed(eduplat::mixed(high) ^ low));
}
