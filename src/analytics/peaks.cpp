#include "analytics/peaks.hpp"

#include <algorithm>
#include <cstdint>

namespace eduplat::analytics {

namespace {

/// Of each value the lowest one between it and the last higher one before it, in one direction.
template <class Iterator>
std::vector<double> valleys(Iterator begin, Iterator end) {
    struct Higher {
        double value;
        double lowest;  ///< since the one before it on the stack
    };
    std::vector<Higher> stack;
    std::vector<double> result;
    for (auto at = begin; at != end; ++at) {
        auto lowest = *at;
        for (; !stack.empty() && stack.back().value <= *at; stack.pop_back())
            lowest = std::min(lowest, stack.back().lowest);
        if (stack.empty()) lowest = 0;
        stack.push_back({*at, lowest});
        result.push_back(lowest);
    }
    return result;
}

}  // namespace

std::vector<Peak> peaks(std::span<double const> values) {
    auto const left = valleys(values.begin(), values.end());
    auto right = valleys(values.rbegin(), values.rend());
    std::reverse(right.begin(), right.end());
    std::vector<Peak> result;
    for (std::size_t begin = 0; begin < values.size();) {
        auto end = begin + 1;
        while (end < values.size() && values[end] == values[begin])
            ++end;
        auto const before = begin == 0 ? 0 : values[begin - 1];
        auto const after = end == values.size() ? 0 : values[end];
        auto const middle = begin + (end - begin - 1) / 2;
        if (values[begin] > before && values[begin] > after)
            result.push_back({middle, values[middle] - std::max(left[middle], right[middle])});
        begin = end;
    }
    return result;
}

}  // namespace eduplat::analytics
