#include "services/payments_options.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <chrono>
#include <set>
#include <string_view>

namespace eduplat {
namespace {

void check_gateways(Validation& validation, std::vector<PaymentGateway const*> const& gateways) {
    std::set<std::string_view> names;
    for (auto const* const gateway : gateways) {
        if (gateway == nullptr) {
            validation.add("gateways", "required");
            continue;
        }
        auto const name = gateway->name();
        if (name.empty()) validation.add("gateways", "too_short", 1);
        if (name.size() > limits::gateway_name_bytes_max) {
            validation.add("gateways", "too_long", limits::gateway_name_bytes_max);
        }
        if (!names.insert(name).second) validation.add("gateways", "duplicate");
    }
}

}  // namespace

void check_options(PaymentOptions const& options,
                   std::vector<PaymentGateway const*> const& gateways) {
    constexpr std::chrono::seconds shortest = std::chrono::minutes{1};
    constexpr std::chrono::seconds longest = std::chrono::days{limits::seat_hold_days_max};
    Validation validation;
    if (options.seat_hold < shortest) {
        validation.add("payments.seat_hold", "too_small", shortest.count());
    }
    if (options.seat_hold > longest) {
        validation.add("payments.seat_hold", "too_large", longest.count());
    }
    if (options.platform_fee_bp < 0) validation.add("payments.platform_fee_bp", "too_small", 0);
    if (options.platform_fee_bp > limits::platform_fee_bp_max) {
        validation.add("payments.platform_fee_bp", "too_large", limits::platform_fee_bp_max);
    }
    check_gateways(validation, gateways);
    validation.check("options of payments");
}

}  // namespace eduplat
