#pragma once

#include <eduplat/services/hash_cost.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

namespace eduplat {

/// Hashes passwords with Argon2id. Passwords are compared in NFC, so that the same characters typed
/// on two systems are one password. A hash takes the memory and time of its HashCost, so never call
/// this inside a write.
///
/// Thread safety: all members may be called from any thread; no more than `concurrent_max` of them
/// hash at a time, the others wait.
class PasswordHasher {
  public:
    /// Errors: invalid_argument, fields "hash_cost.memory_bytes", "hash_cost.passes" and
    /// "concurrent_hashes_max".
    PasswordHasher(HashCost cost, int concurrent_max);

    /// The hash of a password that passed check_password(), with its salt and cost, as text.
    /// Errors: invalid_argument ("utf8"), resource_exhausted (no memory for it).
    [[nodiscard]] std::string hash(std::string_view password);

    /// Whether `hash` was made of this password. Text that cannot be a password, and a malformed
    /// hash, are wrong ones. Errors: as hash() where memory is short.
    [[nodiscard]] bool verify(std::string_view hash, std::string_view password);

    /// Whether a hash was made at another cost than this one's.
    [[nodiscard]] bool needs_rehash(std::string_view hash) const;

    /// Takes the time of verify() where there is no hash to compare with, so that an answer does
    /// not tell by its time whether there is such an account.
    void verify_dummy(std::string_view password);

  private:
    class Slot;

    HashCost cost_;
    std::string dummy_hash_;
    std::mutex mutex_;
    std::condition_variable freed_;
    int slots_;
};

}  // namespace eduplat
