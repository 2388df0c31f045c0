#pragma once

#include <eduplat/services/dependencies.hpp>

namespace eduplat {

/// Errors: as Insights.
void check_options(InsightOptions const& options);

}  // namespace eduplat
