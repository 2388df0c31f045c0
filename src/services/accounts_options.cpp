#include "services/accounts_options.hpp"

#include "services/password_hasher.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <chrono>
#include <string_view>

namespace eduplat {
namespace {

void check_duration(Validation& validation, std::string_view field, std::chrono::seconds value) {
    constexpr std::chrono::seconds max = std::chrono::days{limits::account_duration_days_max};
    if (value.count() < 1) validation.add(field, "too_small", 1);
    if (value > max) validation.add(field, "too_large", max.count());
}

void check_failures(Validation& validation, std::string_view field, int value) {
    if (value < 1) validation.add(field, "too_small", 1);
    if (value > limits::throttle_failures_max) {
        validation.add(field, "too_large", limits::throttle_failures_max);
    }
}

}  // namespace

void check_options(AccountOptions const& options) {
    Validation validation;
    check_duration(validation, "accounts.session_idle_max", options.session_idle_max);
    check_duration(validation, "accounts.session_absolute_max", options.session_absolute_max);
    check_duration(validation, "accounts.password_reset_valid", options.password_reset_valid);
    check_duration(validation, "accounts.invitation_valid", options.invitation_valid);
    check_duration(validation, "accounts.throttle_window", options.throttle_window);
    check_failures(validation, "accounts.throttle_account_failures_max",
                   options.throttle_account_failures_max);
    check_failures(validation, "accounts.throttle_source_failures_max",
                   options.throttle_source_failures_max);
    check_hashing(validation, "accounts.", options.hash_cost, options.hashes_max_concurrent);
    validation.check("options of accounts");
}

}  // namespace eduplat
