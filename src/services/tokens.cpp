#include "services/tokens.hpp"

#include "services/sodium_ready.hpp"

#include <sodium.h>

#include <cstdint>

namespace eduplat {
namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

using TokenBytes = std::array<std::byte, 32>;

unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}
unsigned char const* raw(std::byte const* bytes) {
    return reinterpret_cast<unsigned char const*>(bytes);
}

TokenHash hash_of_bytes(TokenBytes const& bytes) {
    TokenHash hash{};
    crypto_generichash(raw(hash.data()), hash.size(), raw(bytes.data()), bytes.size(), nullptr, 0);
    return hash;
}

}  // namespace

NewToken make_token(Random& random) {
    sodium_ready();
    TokenBytes bytes{};
    random.fill(bytes);
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes.data()), bytes.size(), variant);
    text.pop_back();  // the zero at its end
    NewToken token{std::move(text), hash_of_bytes(bytes)};
    sodium_memzero(bytes.data(), bytes.size());
    return token;
}

std::optional<TokenHash> hash_of_token(std::string_view text) {
    sodium_ready();
    TokenBytes bytes{};
    std::size_t size = 0;
    char const* end = nullptr;
    bool const well_formed = sodium_base642bin(raw(bytes.data()), bytes.size(), text.data(),
                                               text.size(), nullptr, &size, &end, variant) == 0 &&
                             size == bytes.size() && end == text.data() + text.size();
    if (!well_formed) return std::nullopt;
    auto const hash = hash_of_bytes(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return hash;
}

TokenHash salted_hash(std::span<std::byte const> salt, std::string_view text) {
    sodium_ready();
    TokenHash hash{};
    crypto_generichash_state state{};
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    // The length keeps apart "ab" + "c" and "a" + "bc".
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
        length[i] = static_cast<unsigned char>(std::uint64_t{salt.size()} >> (8 * i));
    }
    crypto_generichash_update(&state, length.data(), length.size());
    crypto_generichash_update(&state, raw(salt.data()), salt.size());
    crypto_generichash_update(&state, reinterpret_cast<unsigned char const*>(text.data()),
                              text.size());
    crypto_generichash_final(&state, raw(hash.data()), hash.size());
    return hash;
}

}  // namespace eduplat
