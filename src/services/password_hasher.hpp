#pragma once

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/services/hash_cost.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

namespace eduplat {

/// Adds what a cost and a number of hashes at a time break: "too_small" and "too_large" of the
/// fields "hash_cost.memory_bytes", "hash_cost.passes" and "hashes_max_concurrent", with `path`
/// before them.
void check_hashing(Validation& validation, std::string_view path, HashCost cost,
                   int concurrent_max);

/// Hashes passwords with Argon2id. Passwords are compared in NFC, so that the same characters typed
/// on two systems are one password. A hash takes the memory and time of its HashCost, so never call
/// this inside a write.
///
/// Thread safety: all members may be called from any thread; no more than `concurrent_max` of them
/// hash at a time, the others wait. If `waiting_max` wait already, all but needs_rehash() end in
/// resource_exhausted (field "password", rule "busy").
class PasswordHasher {
  public:
    /// Errors: as check_hashing(), with an empty path.
    PasswordHasher(HashCost cost, int concurrent_max, int waiting_max = limits::hashes_waiting_max);

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
    int slots_;        // guarded by mutex_
    int waiting_ = 0;  // guarded by mutex_
    int waiting_max_;
};

}  // namespace eduplat
