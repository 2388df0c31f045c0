#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace eduplat::analytics {

/// The middle value, of an even number the mean of the middle two; absent of none.
[[nodiscard]] inline std::optional<double> median(std::vector<double> values) {
    if (values.empty()) return std::nullopt;
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace eduplat::analytics
