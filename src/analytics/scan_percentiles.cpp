#include "analytics/scan_percentiles.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cmath>

namespace eduplat::analytics {

namespace {

/// Of values with a small range: counts them and walks along the counts.
std::vector<Percentile> by_counting(std::span<std::int64_t const> values, std::int64_t highest,
                                    std::span<double const> probabilities) {
    std::vector<std::size_t> up_to(static_cast<std::size_t>(highest) + 1);
    for (auto const value : values)
        ++up_to[static_cast<std::size_t>(value)];
    std::size_t sum = 0;
    for (auto& count : up_to)
        count = sum += count;
    std::vector<Percentile> result;
    result.reserve(probabilities.size());
    for (auto const probability : probabilities) {
        auto const rank = nearest_rank(probability, values.size());
        auto const found = std::ranges::upper_bound(up_to, rank);
        result.push_back({probability, found - up_to.begin()});
    }
    return result;
}

std::vector<Percentile> by_selecting(std::span<std::int64_t> values,
                                     std::span<double const> probabilities) {
    std::vector<Percentile> result;
    result.reserve(probabilities.size());
    for (auto const probability : probabilities) {
        auto const rank = nearest_rank(probability, values.size());
        auto const at = values.begin() + static_cast<std::ptrdiff_t>(rank);
        std::nth_element(values.begin(), at, values.end());
        result.push_back({probability, *at});
    }
    return result;
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
    if (values.empty()) {
        std::vector<Percentile> none;
        for (auto const probability : probabilities)
            none.push_back({probability, std::nullopt});
        return none;
    }
    constexpr std::size_t range_per_value = 8;  // as far as walking along counts pays
    auto const highest = *std::ranges::max_element(values);
    if (static_cast<std::size_t>(highest) / range_per_value <= values.size())
        return by_counting(values, highest, probabilities);
    return by_selecting(values, probabilities);
}

std::vector<Samples::Group> Samples::groups(std::span<Samples const> parts, std::size_t groups,
                                            std::span<double const> probabilities) {
    std::vector<std::size_t> next(groups + 1);
    for (auto const& part : parts) {
        for (auto const& sample : part.samples_)
            ++next[sample.group + 1];
    }
    for (std::size_t group = 0; group < groups; ++group)
        next[group + 1] += next[group];
    std::vector<std::int64_t> values(next.back());
    for (auto const& part : parts) {
        for (auto const& sample : part.samples_)
            values[next[sample.group]++] = sample.value;
    }
    std::vector<Group> result;
    result.reserve(groups);
    std::size_t begin = 0;
    for (std::size_t group = 0; group < groups; ++group) {  // `next` is now where each ends
        auto const own = std::span{values}.subspan(begin, next[group] - begin);
        result.push_back({std::ssize(own), percentiles(own, probabilities)});
        begin = next[group];
    }
    return result;
}

std::vector<Percentile> Samples::all(std::span<Samples const> parts,
                                     std::span<double const> probabilities) {
    std::size_t size = 0;
    for (auto const& part : parts)
        size += part.size();
    std::vector<std::int64_t> values;
    values.reserve(size);
    for (auto const& part : parts) {
        for (auto const& sample : part.samples_)
            values.push_back(sample.value);
    }
    return percentiles(values, probabilities);
}

}  // namespace eduplat::analytics
