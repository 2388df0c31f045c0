#pragma once

#include <eduplat/analytics/labels.hpp>
#include <eduplat/analytics/table.hpp>

namespace eduplat::exporting {

/// The table of frame_tables() without rows.
[[nodiscard]] analytics::Table no_events(analytics::Labels const& labels);

}  // namespace eduplat::exporting
