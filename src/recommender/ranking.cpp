#include "recommender/ranking.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>

namespace eduplat::recommender {
namespace {

constexpr std::size_t lanes = 16;  ///< scores that are looked at together
constexpr unsigned id_bits = 32;
constexpr std::uint32_t sign_bit = 0x8000'0000U;

/// A number that ascends as scores descend and, among equals, ids ascend.
std::uint64_t to_key(float score, std::size_t id) noexcept {
    auto const bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 is 0
    auto const ascending = (bits & sign_bit) != 0 ? ~bits : bits | sign_bit;
    return static_cast<std::uint64_t>(~ascending) << id_bits | id;
}

Scored from_key(std::uint64_t key) noexcept {
    auto const ascending = ~static_cast<std::uint32_t>(key >> id_bits);
    auto const bits = (ascending & sign_bit) != 0 ? ascending & ~sign_bit : ~ascending;
    return {static_cast<Index>(static_cast<std::uint32_t>(key)), std::bit_cast<float>(bits)};
}

/// How many groups of 16 scores make one, so that there are some times n of them, but not many
/// more.
std::size_t group_lanes(std::size_t scores, std::size_t n) noexcept {
    std::size_t const groups_wanted = std::max<std::size_t>(64, 4 * n);
    return std::max<std::size_t>(1, scores / lanes / groups_wanted);
}

float maximum(float const* scores, std::size_t groups) noexcept {
    float best[lanes];
    std::copy_n(scores, lanes, best);
    for (std::size_t g = 1; g < groups; ++g) {
        for (std::size_t i = 0; i < lanes; ++i) {
            float const score = scores[g * lanes + i];
            best[i] = score > best[i] ? score : best[i];
        }
    }
    for (std::size_t half = lanes / 2; half > 0; half /= 2) {
        for (std::size_t i = 0; i < half; ++i)
            best[i] = best[i + half] > best[i] ? best[i + half] : best[i];
    }
    return best[0];
}

bool any_from(float const* scores, float from) noexcept {
    unsigned any = 0;
    for (std::size_t i = 0; i < lanes; ++i)
        any |= static_cast<unsigned>(scores[i] >= from);
    return any != 0;
}

}  // namespace

float TopN::threshold(std::span<float const> scores, std::size_t n) {
    auto const groups = group_lanes(scores.size(), n);
    auto const step = groups * lanes;
    maxima_.clear();
    for (std::size_t at = 0; at + step <= scores.size(); at += step)
        maxima_.push_back(maximum(&scores[at], groups));
    if (maxima_.size() < n) return filtered_out;
    auto const nth = maxima_.begin() + static_cast<std::ptrdiff_t>(n) - 1;
    std::nth_element(maxima_.begin(), nth, maxima_.end(), std::greater<>{});
    return *nth;
}

void TopN::collect(std::span<float const> scores, float from) {
    // The lowest that is not filtered out is above it.
    from = std::max(from, std::numeric_limits<float>::lowest());
    keys_.clear();
    auto const take = [&](std::size_t i) {
        if (scores[i] >= from) keys_.push_back(to_key(scores[i], i));
    };
    std::size_t at = 0;
    for (; at + lanes <= scores.size(); at += lanes) {
        if (!any_from(&scores[at], from)) continue;
        for (std::size_t i = at; i < at + lanes; ++i)
            take(i);
    }
    for (; at < scores.size(); ++at)
        take(at);
}

std::span<Scored const> TopN::select(std::span<float const> scores, int n) {
    auto const wanted = static_cast<std::size_t>(n);
    collect(scores, threshold(scores, wanted));
    auto const count = std::min(wanted, keys_.size());
    auto const end = keys_.begin() + static_cast<std::ptrdiff_t>(count);
    if (count < keys_.size()) std::nth_element(keys_.begin(), end, keys_.end());
    std::sort(keys_.begin(), end);
    selected_.resize(count);
    std::transform(keys_.begin(), end, selected_.begin(), from_key);
    return selected_;
}

std::vector<Scored> top_n(std::span<float const> scores, int n) {
    TopN best;
    auto const selected = best.select(scores, n);
    return {selected.begin(), selected.end()};
}

}  // namespace eduplat::recommender
