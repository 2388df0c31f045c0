#pragma once

#include <eduplat/core/money.hpp>

#include <cstdint>

namespace eduplat::analytics {

/// Amounts times a fraction, rounded once to the nearest minor unit, halves to the even one.
/// Errors: invalid_argument (field "amount", rule "overflow").
[[nodiscard]] Money times_fraction(Money amount, std::int64_t numerator, std::int64_t denominator);

/// The same of a finite factor, 0 or more, taken as exactly the fraction that the double is.
[[nodiscard]] Money times_factor(Money amount, double factor);

}  // namespace eduplat::analytics
