#include "analytics/fractions.hpp"

#include <cmath>
#include <limits>

namespace eduplat::analytics {

namespace {

__extension__ using Wide = __int128;  // wide enough for each product of two numbers below

Money rounded(Wide numerator, Wide denominator, Currency currency) {
    auto quotient = numerator / denominator;
    auto remainder = numerator % denominator;
    if (remainder < 0) {
        --quotient;
        remainder += denominator;
    }
    auto const other = denominator - remainder;
    if (remainder > other || (remainder == other && quotient % 2 != 0)) ++quotient;
    if (quotient < std::numeric_limits<std::int64_t>::min() ||
        quotient > std::numeric_limits<std::int64_t>::max())
        fail(ErrorCode::invalid_argument, "amount", "overflow");
    return Money{static_cast<std::int64_t>(quotient), currency};
}

}  // namespace

Money times_fraction(Money amount, std::int64_t numerator, std::int64_t denominator) {
    return rounded(Wide{amount.minor_units()} * numerator, denominator, amount.currency());
}

Money times_factor(Money amount, double factor) {
    constexpr int digits = std::numeric_limits<double>::digits;
    int exponent = 0;
    auto const mantissa =
        static_cast<std::int64_t>(std::ldexp(std::frexp(factor, &exponent), digits));
    auto const product = Wide{amount.minor_units()} * mantissa;
    // Products are below 2^116.
    auto const shift = digits - exponent;
    if (shift > 120) return Money{0, amount.currency()};
    if (shift < 0) fail(ErrorCode::invalid_argument, "amount", "overflow");
    return rounded(product, Wide{1} << shift, amount.currency());
}

}  // namespace eduplat::analytics
