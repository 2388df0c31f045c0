#pragma once

#include <eduplat/core/validation.hpp>

#include <string_view>

/// The few distributions that metrics need, to about 1e-14 of their value.
namespace eduplat::analytics {

/// The z that a standard normal variable stays within, either side, with a probability between 0
/// and 1: 1.96 for .95.
[[nodiscard]] double normal_within(double probability) noexcept;

/// The probability that a chi-squared variable of so many degrees of freedom (1 or more) is `x` (0
/// or more) or larger.
[[nodiscard]] double chi_squared_tail(double x, int degrees) noexcept;

/// The rule of every `confidence`: between 0 and 1.
void check_confidence(double confidence, Validation& validation,
                      std::string_view field = "confidence");

}  // namespace eduplat::analytics
