#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// Spreads all bits over all bits (the finalizer of MurmurHash3, of 64 bits).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value = (value ^ (value >> 33U)) * 0xFF51'AFD7'ED55'8CCDU;
    value = (value ^ (value >> 33U)) * 0xC4CE'B9FE'1A85'EC53U;
    return value ^ (value >> 33U);
}

/// Numbers keys in the order in which they are added: a hash table with open addressing over a list
/// that never moves.
template <class Key, class Hash>
class Numbers {
  public:
    /// Room for so many keys. Those given must be there once.
    Numbers(std::span<Key const> keys, std::size_t capacity)
        : slots_(std::bit_ceil(2 * capacity), 0) {
        keys_.reserve(capacity);
        for (auto const& key : keys)
            add(key);
    }

    [[nodiscard]] std::span<Key const> keys() const noexcept { return keys_; }
    [[nodiscard]] bool full() const noexcept { return keys_.size() == keys_.capacity(); }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return keys_.capacity() * sizeof(Key) + slots_.size() * sizeof(std::uint32_t);
    }

    /// As many as there are keys, if it is none of them.
    [[nodiscard]] std::size_t find(Key const& key) const noexcept {
        auto const number = slots_[place(key)];
        return number == 0 ? keys_.size() : number - 1;
    }

    /// One that is not there yet, while it is not full.
    void add(Key const& key) {
        auto const at = place(key);
        keys_.push_back(key);
        slots_[at] = static_cast<std::uint32_t>(keys_.size());
    }

  private:
    [[nodiscard]] std::size_t place(Key const& key) const noexcept {
        auto const mask = slots_.size() - 1;
        auto slot = static_cast<std::size_t>(Hash{}(key)) & mask;
        while (slots_[slot] != 0 && keys_[slots_[slot] - 1] != key)
            slot = (slot + 1) & mask;
        return slot;
    }

    std::vector<Key> keys_;
    std::vector<std::uint32_t> slots_;  ///< numbers, one more; 0: free
};

}  // namespace eduplat::analytics
