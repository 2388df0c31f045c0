#pragma once

#include <eduplat/services/dependencies.hpp>

#include <vector>

namespace eduplat {

/// Refuses options of payments that make no sense, all at once. Errors: invalid_argument, fields
/// "payments.seat_hold" and "payments.platform_fee_bp", rules "too_small" and "too_large"; field
/// "gateways", rules "required" (null), "duplicate", "too_short" and "too_long" (of names).
void check_options(PaymentOptions const& options,
                   std::vector<PaymentGateway const*> const& gateways);

}  // namespace eduplat
