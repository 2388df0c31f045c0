#include "recommender/ranking.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <utility>

namespace eduplat::recommender {
namespace {

/// Four floats at once, which every processor of 64 bits can; compilers do not find it in loops.
using Four = float __attribute__((vector_size(16)));
constexpr std::size_t four = 4;

/// Scores that are looked at together.
constexpr std::size_t strip = 32;
constexpr std::size_t part = 16;

constexpr std::size_t groups_per_n = 3;
constexpr std::size_t group_scores_min = 4;

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

/// How many groups there are: some times n, but each of several scores.
std::size_t group_count(std::size_t scores, std::size_t n) noexcept {
    auto const wanted = (groups_per_n * n + strip - 1) / strip * strip;
    return wanted * group_scores_min <= scores ? wanted : 0;
}

Four load(float const* from) noexcept {
    Four result;
    std::memcpy(&result, from, sizeof result);
    return result;
}

/// Writes the maxima of `strip` groups, whose scores lie `step` apart.
void maximize(float const* scores, float const* end, std::size_t step, float* out) noexcept {
    std::array<Four, strip / four> best;
    for (std::size_t i = 0; i < best.size(); ++i)
        best[i] = load(scores + i * four);
    for (auto const* row = scores; std::cmp_greater_equal(end - row, step + strip);) {
        row += step;
        for (std::size_t i = 0; i < best.size(); ++i) {
            auto const other = load(row + i * four);
            best[i] = other > best[i] ? other : best[i];
        }
    }
    std::memcpy(out, best.data(), sizeof best);
}

/// Whether one of `count` scores reaches `from`.
template <std::size_t count>
bool any_from(float const* scores, float from) noexcept {
    auto const least = Four{from, from, from, from};
    auto any = load(scores) >= least;
    for (std::size_t i = four; i < count; i += four)
        any |= load(scores + i) >= least;
    std::array<std::uint64_t, 2> halves;
    static_assert(sizeof halves == sizeof any);
    std::memcpy(halves.data(), &any, sizeof any);
    return (halves[0] | halves[1]) != 0;
}

}  // namespace

float TopN::threshold(std::span<float const> scores, std::size_t n) {
    auto const groups = group_count(scores.size(), n);
    if (groups == 0) return filtered_out;
    maxima_.resize(groups);
    for (std::size_t g = 0; g < groups; g += strip)
        maximize(scores.data() + g, scores.data() + scores.size(), groups, maxima_.data() + g);
    auto const nth = maxima_.begin() + static_cast<std::ptrdiff_t>(n) - 1;
    std::nth_element(maxima_.begin(), nth, maxima_.end(), std::greater<>{});
    return *nth;
}

void TopN::collect(std::span<float const> scores, float from) {
    // The lowest that is not filtered out is above it.
    from = std::max(from, std::numeric_limits<float>::lowest());
    std::size_t count = 0;
    // What is no candidate is written too, and written over: a jump that nobody can foresee costs
    // more.
    auto const take = [&](std::size_t begin, std::size_t end) {
        if (found_.size() < count + part) found_.resize(2 * count + part);
        auto* const found = found_.data();
        for (auto i = begin; i < end; ++i) {
            found[count] = static_cast<std::uint32_t>(i);
            count += static_cast<std::size_t>(scores[i] >= from);
        }
    };
    std::size_t at = 0;
    for (; at + part <= scores.size(); at += part) {
        if (any_from<part>(&scores[at], from)) take(at, at + part);
    }
    take(at, scores.size());
    keys_.resize(count);
    std::transform(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(count),
                   keys_.begin(), [&](std::uint32_t i) { return to_key(scores[i], i); });
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
