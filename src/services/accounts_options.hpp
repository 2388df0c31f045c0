#pragma once

#include <eduplat/services/dependencies.hpp>

namespace eduplat {

/// Refuses options that make no sense, all at once, before anything is made with them. Errors:
/// invalid_argument, fields "accounts.session_idle_max" and so on, rules "too_small" and
/// "too_large".
void check_options(AccountOptions const& options);

}  // namespace eduplat
