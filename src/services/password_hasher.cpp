#include "services/password_hasher.hpp"

#include "services/sodium_ready.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>
#include <eduplat/core/validation.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace eduplat {
namespace {

/// NFC makes a text at most this many times shorter; what is longer cannot be a password.
constexpr std::size_t raw_bytes_max = 8 * limits::password_bytes_max;

/// A copy of a password that does not outlive its use.
class Secret {
  public:
    explicit Secret(std::string text) noexcept : text_(std::move(text)) {}
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    ~Secret() { sodium_memzero(text_.data(), text_.size()); }

    [[nodiscard]] char const* data() const noexcept { return text_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

  private:
    std::string text_;
};

/// libsodium reads hashes as zero-terminated arrays of this size.
using HashText = std::array<char, crypto_pwhash_STRBYTES>;

HashText zero_terminated(std::string_view hash) {
    HashText text{};
    if (hash.size() < text.size()) std::memcpy(text.data(), hash.data(), hash.size());
    return text;
}

HashCost checked(HashCost cost, int concurrent_max) {
    Validation validation;
    check_hashing(validation, "", cost, concurrent_max);
    validation.check("cost of password hashes");
    return cost;
}

/// A well-formed hash of no known password: what verify() reads, so that it does the same work.
std::string hash_of_nothing(HashCost cost) {
    std::array<unsigned char, 16 + 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    auto const base64 = [](unsigned char const* data, std::size_t size) {
        constexpr int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
        std::string text(sodium_base64_encoded_len(size, variant), '\0');
        sodium_bin2base64(text.data(), text.size(), data, size, variant);
        text.pop_back();  // the zero at its end
        return text;
    };
    return "$argon2id$v=19$m=" + std::to_string(cost.memory_bytes / 1024) +
           ",t=" + std::to_string(cost.passes) + ",p=1$" + base64(bytes.data(), 16) + '$' +
           base64(bytes.data() + 16, 32);
}

[[noreturn]] void fail_without_memory() {
    throw Error{ErrorCode::resource_exhausted, "no memory to hash a password"};
}

bool matches(std::string_view hash, char const* password, std::size_t size) {
    auto const text = zero_terminated(hash);
    errno = 0;
    if (crypto_pwhash_str_verify(text.data(), password, size) == 0) return true;
    if (errno == ENOMEM) fail_without_memory();
    return false;
}

}  // namespace

void check_hashing(Validation& validation, std::string_view path, HashCost cost,
                   int concurrent_max) {
    auto const check = [&](std::string_view name, std::uint64_t value, std::uint64_t min,
                           std::uint64_t max) {
        auto const field = std::string{path} + std::string{name};
        if (value < min) validation.add(field, "too_small", static_cast<std::int64_t>(min));
        if (value > max) validation.add(field, "too_large", static_cast<std::int64_t>(max));
    };
    check("hash_cost.memory_bytes", cost.memory_bytes, crypto_pwhash_MEMLIMIT_MIN,
          std::min<std::uint64_t>(limits::hash_memory_bytes_max, crypto_pwhash_MEMLIMIT_MAX));
    check("hash_cost.passes", cost.passes, crypto_pwhash_OPSLIMIT_MIN, limits::hash_passes_max);
    check("hashes_max_concurrent", static_cast<std::uint64_t>(std::max(concurrent_max, 0)), 1,
          limits::hashes_concurrent_max);
}

/// One of the places to hash in, held for as long as this object lives.
class PasswordHasher::Slot {
  public:
    explicit Slot(PasswordHasher& hasher) : hasher_(hasher) {
        std::unique_lock lock{hasher_.mutex_};
        if (hasher_.slots_ == 0 && hasher_.waiting_ >= hasher_.waiting_max_) {
            fail(ErrorCode::resource_exhausted, "password", "busy");
        }
        ++hasher_.waiting_;
        hasher_.freed_.wait(lock, [this] { return hasher_.slots_ > 0; });
        --hasher_.waiting_;
        --hasher_.slots_;
    }
    Slot(Slot const&) = delete;
    Slot& operator=(Slot const&) = delete;
    ~Slot() {
        {
            std::lock_guard const lock{hasher_.mutex_};
            ++hasher_.slots_;
        }
        hasher_.freed_.notify_one();
    }

  private:
    PasswordHasher& hasher_;
};

PasswordHasher::PasswordHasher(HashCost cost, int concurrent_max, int waiting_max)
    : cost_(checked(cost, concurrent_max)), slots_(concurrent_max), waiting_max_(waiting_max) {
    sodium_ready();
    dummy_hash_ = hash_of_nothing(cost);
}

std::string PasswordHasher::hash(std::string_view password) {
    Secret const normal{text::nfc(password)};
    HashText text{};
    Slot const slot{*this};
    if (crypto_pwhash_str_alg(text.data(), normal.data(), normal.size(), cost_.passes,
                              cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        fail_without_memory();
    }
    return text.data();
}

bool PasswordHasher::verify(std::string_view hash, std::string_view password) {
    if (password.size() > raw_bytes_max || !text::is_valid_utf8(password)) {
        verify_dummy({});
        return false;
    }
    Secret const normal{text::nfc(password)};
    Slot const slot{*this};
    return matches(hash, normal.data(), normal.size());
}

bool PasswordHasher::needs_rehash(std::string_view hash) const {
    return crypto_pwhash_str_needs_rehash(zero_terminated(hash).data(), cost_.passes,
                                          cost_.memory_bytes) != 0;
}

void PasswordHasher::verify_dummy(std::string_view password) {
    bool const usable = password.size() <= raw_bytes_max && text::is_valid_utf8(password);
    Secret const normal{usable ? text::nfc(password) : std::string{}};
    Slot const slot{*this};
    static_cast<void>(matches(dummy_hash_, normal.data(), normal.size()));
}

}  // namespace eduplat
