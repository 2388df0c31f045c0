#pragma once

#include <eduplat/services/dependencies.hpp>

namespace eduplat {

/// Refuses values out of their ranges, as fields "learning.grace" and so on: invalid_argument, rule
/// "too_small" or "too_large".
void check_options(LearningOptions const& options);

}  // namespace eduplat
