#pragma once

#include "repositories/orders.hpp"
#include "services/job_runner.hpp"
#include "services/payment_sale.hpp"

#include <optional>

/// Orders that were not paid in time.
namespace eduplat {

/// Ends an open order, and gives its seat back.
void expire_order(Change& change, repositories::orders::Held const& order);

/// Gives up all open orders of a user.
void cancel_open_orders(Change& change, UserId user);

/// Ends open orders whose time is over, of one course if it is given: a bounded number of them.
/// Returns how many.
int expire_orders(Change& change, std::optional<CourseId> course = std::nullopt);

/// A job that does so.
inline constexpr std::string_view expire_holds_job = "payments_expire_holds";
[[nodiscard]] JobStep expire_holds(Dependencies const& dependencies);

}  // namespace eduplat
