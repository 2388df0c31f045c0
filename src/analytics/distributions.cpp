#include "analytics/distributions.hpp"

#include <cmath>
#include <numbers>

namespace eduplat::analytics {

double normal_within(double probability) noexcept {
    auto const tail = (1 - probability) / 2;
    // Abramowitz and Stegun 26.2.23 is right to 4.5e-4; each step of Halley's triples the digits.
    auto const t = std::sqrt(-2 * std::log(tail));
    auto z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int step = 0; step < 3; ++step) {
        // From the side on which no digits get lost.
        auto const scaled = z / std::numbers::sqrt2;
        auto const error =
            probability < 0.5 ? (probability - std::erf(scaled)) / 2 : std::erfc(scaled) / 2 - tail;
        auto const density = std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
        auto const newton = error / density;
        z += newton / (1 - z * newton / 2);
    }
    return z;
}

double chi_squared_tail(double x, int degrees) noexcept {
    // Integrated by parts down to 1 or 2 degrees: terms y^j / Gamma(j + 1) * exp(-y), j going up in
    // ones from 0 or 1/2. Logarithms keep them from overflowing.
    auto const y = x / 2;
    bool const is_odd = degrees % 2 == 1;
    auto j = is_odd ? 0.5 : 0.0;
    // Gamma(1.5) = sqrt(pi) / 2
    auto log_term = is_odd ? std::log(y * 4 / std::numbers::pi) / 2 - y : -y;
    auto sum = is_odd ? std::erfc(std::sqrt(y)) : 0.0;
    for (int left = degrees / 2; left > 0; --left) {
        sum += std::exp(log_term);
        j += 1;
        log_term += std::log(y / j);
    }
    return sum < 1 ? sum : 1;
}

void check_confidence(double confidence, Validation& validation, std::string_view field) {
    if (!(confidence > 0 && confidence < 1)) validation.add(field, "out_of_range");
}

}  // namespace eduplat::analytics
