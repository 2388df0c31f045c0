#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

namespace eduplat::test {

/// Within 1e-8 of each other, relative to the larger; both absent, too.
inline bool close(std::optional<double> a, std::optional<double> b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return std::isfinite(*a) && std::abs(*a - *b) <= 1e-8 * std::max(std::abs(*a), std::abs(*b));
}

}  // namespace eduplat::test
