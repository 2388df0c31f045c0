#include "analytics/distributions.hpp"

#include <eduplat/analytics/proportion.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <cmath>

namespace eduplat::analytics {

Proportion proportion(std::int64_t count, std::int64_t of, double confidence) {
    Validation validation;
    check_confidence(confidence, validation);
    if (count < 0 || count > of) validation.add("count", "out_of_range", of);
    validation.check("the proportion");
    if (of == 0) return {};

    auto const n = static_cast<double>(of);
    auto const share = static_cast<double>(count) / n;
    auto const z = normal_within(confidence);
    auto const center = share + z * z / (2 * n);
    auto const spread = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    auto const scale = 1 + z * z / n;
    // Exact at the ends, where the formula leaves the last digits of a difference.
    auto const low = count == 0 ? 0 : std::max(0.0, (center - spread) / scale);
    auto const high = count == of ? 1 : std::min(1.0, (center + spread) / scale);
    return {count, of, share, low, high};
}

}  // namespace eduplat::analytics
