#pragma once

#include <cstdint>
#include <optional>

namespace eduplat::analytics {

inline constexpr double confidence_default = 0.95;

/// A count of its total, the share that it is, and what share it may stand for. Of nothing (a total
/// of 0) share, low and high are absent.
struct Proportion {
    std::int64_t count = 0;
    std::int64_t of = 0;
    std::optional<double> share = std::nullopt;
    std::optional<double> low = std::nullopt;  ///< of Wilson's interval, 0 to 1
    std::optional<double> high = std::nullopt;

    friend bool operator==(Proportion const&, Proportion const&) = default;
};

/// A share with the score interval of Wilson (Journal of the American Statistical Association 22,
/// 1927), without correction for continuity.
/// Errors: invalid_argument (field "confidence", rule "out_of_range": not between 0 and 1, or NaN;
/// field "count", rule "out_of_range": negative or above `of`).
[[nodiscard]] Proportion proportion(std::int64_t count, std::int64_t of,
                                    double confidence = confidence_default);

}  // namespace eduplat::analytics
