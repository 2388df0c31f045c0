#include <eduplat/core/error.hpp>
#include <eduplat/core/page.hpp>

#include <array>
#include <span>

// A cursor is base64url (RFC 4648, section 5, without padding) of:
//   1 byte   version
//   8 bytes  fingerprint of the list's name and filters
//   n keys   'i' and 8 bytes, or 't', 2 bytes of length and the text
//   4 bytes  checksum of all before it
// with numbers in big-endian order. Every value has one form only, so that two cursors are the same
// place exactly when they are the same text. The checksum finds accidents, not forgers: a cursor
// grants nothing.

namespace eduplat {
namespace {

constexpr std::uint64_t version = 1;
constexpr std::size_t checksum_size = 4;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

[[noreturn]] void malformed() {
    fail(ErrorCode::invalid_argument, "after", "malformed");
}

constexpr auto values = [] {
    std::array<int, 256> out{};
    for (auto& value : out)
        value = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        out[static_cast<unsigned char>(alphabet[i])] = static_cast<int>(i);
    }
    return out;
}();

std::string to_base64url(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 4 / 3 + 2);
    unsigned buffer = 0, bits = 0;
    for (auto const byte : bytes) {
        buffer = (buffer << 8 | static_cast<unsigned char>(byte)) & 0xffff;
        for (bits += 8; bits >= 6; bits -= 6)
            out += alphabet[buffer >> (bits - 6) & 63];
    }
    if (bits > 0) out += alphabet[buffer << (6 - bits) & 63];
    return out;
}

std::string from_base64url(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 3 / 4);
    unsigned buffer = 0, bits = 0;
    for (auto const c : text) {
        auto const value = values[static_cast<unsigned char>(c)];
        if (value < 0) malformed();
        buffer = (buffer << 6 | static_cast<unsigned>(value)) & 0xffff;
        if (bits += 6; bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(buffer >> bits & 0xff);
    }
    // What is left over must be less than a character, and zero: else there were two texts for one.
    if (bits >= 6 || (buffer & ((1U << bits) - 1)) != 0) malformed();
    return out;
}

/// FNV-1a with the finalizer of MurmurHash3, so that every bit of the answer depends on every byte.
std::uint64_t hash_of(std::string_view bytes) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (auto const byte : bytes)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdU;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53U;
    return hash ^ hash >> 33;
}

void put(std::string& out, std::uint64_t value, std::size_t size) {
    for (auto shift = size * 8; shift > 0; shift -= 8) {
        out += static_cast<char>(value >> (shift - 8) & 0xff);
    }
}

void put_key(std::string& out, CursorKey const& key) {
    if (auto const* number = std::get_if<std::int64_t>(&key)) {
        out += 'i';
        return put(out, static_cast<std::uint64_t>(*number), 8);
    }
    auto const& text = std::get<std::string>(key);
    if (text.size() > limits::cursor_bytes_max) {
        fail(ErrorCode::internal, "after", "too_long", limits::cursor_bytes_max);
    }
    out += 't';
    put(out, text.size(), 2);
    out += text;
}

/// Takes bytes from the front and refuses to go past the end.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool done() const noexcept { return rest_.empty(); }

    std::string_view bytes(std::size_t size) {
        if (size > rest_.size()) malformed();
        auto const out = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return out;
    }

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (auto const byte : bytes(size))
            value = value << 8 | static_cast<unsigned char>(byte);
        return value;
    }

    CursorKey key() {
        auto const type = bytes(1).front();
        if (type == 'i') return static_cast<std::int64_t>(number(8));
        if (type != 't') malformed();
        return std::string{bytes(number(2))};
    }

  private:
    std::string_view rest_;
};

/// The bytes before the checksum, if it is theirs.
std::string_view checked(std::string_view bytes) {
    if (bytes.size() < checksum_size) malformed();
    auto const body = bytes.substr(0, bytes.size() - checksum_size);
    auto const sum = Reader{bytes.substr(body.size())}.number(checksum_size);
    if (sum != (hash_of(body) & 0xffff'ffff)) malformed();
    return body;
}

}  // namespace

Cursor encode_cursor(std::string_view list, std::vector<CursorKey> const& keys) {
    std::string bytes;
    put(bytes, version, 1);
    put(bytes, hash_of(list), 8);
    for (auto const& key : keys)
        put_key(bytes, key);
    put(bytes, hash_of(bytes), checksum_size);
    auto text = to_base64url(bytes);
    if (text.size() > limits::cursor_bytes_max) {
        fail(ErrorCode::internal, "after", "too_long", limits::cursor_bytes_max);
    }
    return Cursor{std::move(text)};
}

std::vector<CursorKey> decode_cursor(std::string_view list, Cursor const& cursor) {
    if (cursor.text().size() > limits::cursor_bytes_max) {
        fail(ErrorCode::invalid_argument, "after", "too_long", limits::cursor_bytes_max);
    }
    auto const bytes = from_base64url(cursor.text());
    auto in = Reader{checked(bytes)};
    if (in.number(1) != version) malformed();
    auto const fingerprint = in.number(8);
    std::vector<CursorKey> keys;
    while (!in.done())
        keys.push_back(in.key());
    if (fingerprint != hash_of(list)) fail(ErrorCode::invalid_argument, "after", "other_list");
    return keys;
}

void check_page_limit(int limit) {
    if (limit < 1) fail(ErrorCode::invalid_argument, "limit", "too_small", 1);
    if (limit > limits::page_size_max) {
        fail(ErrorCode::invalid_argument, "limit", "too_large", limits::page_size_max);
    }
}

}  // namespace eduplat
