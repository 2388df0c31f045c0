#include <eduplat/core/error.hpp>
#include <eduplat/recommender/evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace eduplat::recommender {
namespace {

/// From here on the normal distribution differs by less than 0.00003.
constexpr int many_degrees = 100'000;
constexpr double normal_95 = 1.959963984540054;

/// How much of Student's distribution lies within t of 0: for whole degrees a finite sum. Source:
/// Abramowitz and Stegun: Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
double share_within(double t, int degrees) {
    auto const angle = std::atan(t / std::sqrt(static_cast<double>(degrees)));
    auto const cosine = std::cos(angle);
    auto const odd = degrees % 2 == 1;
    auto term = odd ? cosine : 1.0;
    auto sum = 0.0;
    for (int i = odd ? 1 : 0; i <= degrees - 2; i += 2) {
        sum += term;
        term *= cosine * cosine * (i + 1) / (i + 2);
    }
    if (!odd) return std::sin(angle) * sum;
    return 2.0 / std::numbers::pi * (angle + std::sin(angle) * sum);
}

}  // namespace

double student_t95(int degrees_of_freedom) {
    if (degrees_of_freedom < 1)
        fail(ErrorCode::invalid_argument, "degrees_of_freedom", "too_small", 1);
    if (degrees_of_freedom >= many_degrees) return normal_95;
    auto low = 0.0;
    auto high = 16.0;  // past 12.706, that of 1 degree
    for (int step = 0; step < 64; ++step) {
        auto const middle = (low + high) / 2;
        (share_within(middle, degrees_of_freedom) < 0.95 ? low : high) = middle;
    }
    return high;
}

Interval interval(std::span<double const> values) {
    if (values.empty()) fail(ErrorCode::invalid_argument, "values", "required");
    if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
        fail(ErrorCode::invalid_argument, "values", "not_finite");
    auto const count = static_cast<double>(values.size());
    auto const mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    if (values.size() == 1) return {mean, mean, mean};
    auto squares = 0.0;
    for (auto const value : values)
        squares += (value - mean) * (value - mean);
    auto const degrees = std::min<std::size_t>(values.size() - 1, many_degrees);
    auto const error = std::sqrt(squares / (count - 1) / count);
    auto const reach = student_t95(static_cast<int>(degrees)) * error;
    return {mean, mean - reach, mean + reach};
}

}  // namespace eduplat::recommender
