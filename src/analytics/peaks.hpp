#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace eduplat::analytics {

struct Peak {
    std::size_t at;
    double prominence;
};

/// Local maxima with their prominence, in order, of values of 0 or more, beyond whose ends there is
/// 0. Of a plateau the middle, rounded down. Takes linear time.
[[nodiscard]] std::vector<Peak> peaks(std::span<double const> values);

}  // namespace eduplat::analytics
