#include "analytics/scan_percentiles.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace eduplat::analytics {

namespace {

/// Of values with a small range: counts them and walks along the counts.
std::vector<std::int64_t> by_counting(std::span<std::int64_t const> values, std::int64_t highest,
                                      std::span<std::size_t const> ranks) {
    std::vector<std::size_t> up_to(static_cast<std::size_t>(highest) + 1);
    for (auto const value : values)
        ++up_to[static_cast<std::size_t>(value)];
    std::partial_sum(up_to.begin(), up_to.end(), up_to.begin());
    std::vector<std::int64_t> result;
    result.reserve(ranks.size());
    for (auto const rank : ranks)
        result.push_back(std::ranges::upper_bound(up_to, rank) - up_to.begin());
    return result;
}

std::vector<std::int64_t> by_selecting(std::span<std::int64_t> values,
                                       std::span<std::size_t const> ranks) {
    std::vector<std::int64_t> result;
    result.reserve(ranks.size());
    for (auto const rank : ranks) {
        auto const at = values.begin() + static_cast<std::ptrdiff_t>(rank);
        std::nth_element(values.begin(), at, values.end());
        result.push_back(*at);
    }
    return result;
}

/// The values at places from 0 in ascending order; not of an empty span.
std::vector<std::int64_t> at_ranks(std::span<std::int64_t> values,
                                   std::span<std::size_t const> ranks) {
    constexpr std::size_t range_per_value = 8;  // as far as walking along counts pays
    auto const highest = *std::ranges::max_element(values);
    if (static_cast<std::size_t>(highest) / range_per_value <= values.size())
        return by_counting(values, highest, ranks);
    return by_selecting(values, ranks);
}

std::vector<Percentile> none_of(std::span<double const> probabilities) {
    std::vector<Percentile> none;
    for (auto const probability : probabilities)
        none.push_back({probability, std::nullopt});
    return none;
}

/// Of numbers of which the small ones are counted, and the others are `large`.
std::vector<Percentile> percentiles_of(std::vector<std::size_t> counts,
                                       std::span<std::int64_t> large,
                                       std::span<double const> probabilities) {
    std::partial_sum(counts.begin(), counts.end(), counts.begin());
    auto const small = counts.empty() ? 0 : counts.back();
    auto result = none_of(probabilities);
    if (small + large.size() == 0) return result;
    std::vector<std::size_t> ranks;  // among the large ones
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < result.size(); ++i) {
        auto const rank = nearest_rank(probabilities[i], small + large.size());
        if (rank < small) {
            result[i].value = std::ranges::upper_bound(counts, rank) - counts.begin();
        } else {
            ranks.push_back(rank - small);
            places.push_back(i);
        }
    }
    if (ranks.empty()) return result;
    auto const values = at_ranks(large, ranks);
    for (std::size_t i = 0; i < places.size(); ++i)
        result[places[i]].value = values[i];
    return result;
}

void add_to(std::vector<std::size_t>& sums, std::span<std::uint32_t const> counts) noexcept {
    for (std::size_t i = 0; i < counts.size(); ++i)
        sums[i] += counts[i];
}

}  // namespace

void check_probabilities(Validation& validation, std::span<double const> probabilities,
                         std::size_t groups) {
    auto const in_range = [](double value) { return value >= 0 && value <= 1; };  // no NaN is
    if (!std::ranges::all_of(probabilities, in_range))
        validation.add("probabilities", "out_of_range");
    auto const each = limits::analytics_cells_max / std::max<std::size_t>(groups, 1);
    if (probabilities.size() > each)
        validation.add("probabilities", "too_many", static_cast<std::int64_t>(each));
}

std::size_t nearest_rank(double probability, std::size_t count) noexcept {
    auto const all = static_cast<double>(count);
    auto const above = static_cast<std::size_t>(std::floor(all - all * probability));
    return count - std::min(above, count - 1) - 1;
}

std::vector<Percentile> percentiles(std::span<std::int64_t> values,
                                    std::span<double const> probabilities) {
    return percentiles_of({}, values, probabilities);
}

std::vector<std::int64_t> Samples::large_by_group(std::span<Samples const> parts,
                                                  std::vector<std::size_t>& ends) {
    ends.assign(parts.front().groups_ + 1, 0);
    for (auto const& part : parts) {
        for (auto const& sample : part.large_)
            ++ends[sample.group + 1];
    }
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    std::vector<std::int64_t> values(ends.back());
    for (auto const& part : parts) {
        for (auto const& sample : part.large_)
            values[ends[sample.group]++] = sample.value;  // from where the group begins
    }
    return values;
}

std::vector<Samples::Group> Samples::groups(std::span<Samples const> parts,
                                            std::span<double const> probabilities) {
    std::vector<std::size_t> ends;
    auto values = large_by_group(parts, ends);
    auto const& shape = parts.front();
    std::vector<Group> result;
    result.reserve(shape.groups_);
    std::size_t begin = 0;
    for (std::size_t group = 0; group < shape.groups_; ++group) {
        auto const large = std::span{values}.subspan(begin, ends[group] - begin);
        begin = ends[group];
        std::vector<std::size_t> counts(shape.width_);
        for (auto const& part : parts)
            add_to(counts, part.counts_of(group));
        auto const size = std::accumulate(counts.begin(), counts.end(), large.size());
        result.push_back({static_cast<std::int64_t>(size),
                          percentiles_of(std::move(counts), large, probabilities)});
    }
    return result;
}

std::vector<Percentile> Samples::all(std::span<Samples const> parts,
                                     std::span<double const> probabilities) {
    std::vector<std::size_t> counts(parts.front().width_);
    std::vector<std::int64_t> large;
    for (auto const& part : parts) {
        for (std::size_t group = 0; group < part.groups_; ++group)
            add_to(counts, part.counts_of(group));
        for (auto const& sample : part.large_)
            large.push_back(sample.value);
    }
    return percentiles_of(std::move(counts), large, probabilities);
}

}  // namespace eduplat::analytics
