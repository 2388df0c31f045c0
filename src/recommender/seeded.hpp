#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>

namespace eduplat::recommender {

/// Numbers that only the seed decides, on every platform: xoshiro256**, seeded by splitmix64.
/// Source: Blackman, Vigna: Scrambled Linear Pseudorandom Number Generators, 2021. It is a
/// UniformRandomBitGenerator, but distributions of the standard library differ between libraries.
/// Not for secrets.
class Seeded {
  public:
    using result_type = std::uint64_t;

    explicit Seeded(std::uint64_t seed) noexcept {
        for (auto& word : state_)
            word = split_mix(seed);
    }

    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

    result_type operator()() noexcept {
        auto const result = std::rotl(state_[1] * 5, 7) * 9;
        auto const shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// 0 to before 1, in steps of 2^-53.
    double uniform() noexcept { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

    /// 0 to before `end`, which is above 0; each as likely.
    std::uint64_t below(std::uint64_t end) noexcept {
        auto const rest = (max() - end + 1) % end;  // numbers that do not fill a whole round
        auto number = (*this)();
        while (number > max() - rest)
            number = (*this)();
        return number % end;
    }

    /// Of the normal distribution of mean 0 and deviation 1, by Box and Muller.
    double normal() noexcept {
        auto const radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

    /// Each order is as likely.
    template <typename Range>
    void shuffle(Range& range) noexcept {
        for (std::size_t i = range.size(); i > 1; --i)
            std::swap(range[i - 1], range[static_cast<std::size_t>(below(i))]);
    }

  private:
    static std::uint64_t split_mix(std::uint64_t& seed) noexcept {
        seed += 0x9e37'79b9'7f4a'7c15U;
        auto z = seed;
        z = (z ^ z >> 30U) * 0xbf58'476d'1ce4'e5b9U;
        z = (z ^ z >> 27U) * 0x94d0'49bb'1331'11ebU;
        return z ^ z >> 31U;
    }

    std::uint64_t state_[4] = {};
};

}  // namespace eduplat::recommender
