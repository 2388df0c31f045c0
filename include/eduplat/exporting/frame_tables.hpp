#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/labels.hpp>
#include <eduplat/exporting/sink.hpp>

#include <cstddef>

namespace eduplat::exporting {

/// The events of a frame as tables "events" of at most `rows_max` rows, by learner and time:
/// user, time (in whole seconds), course, lecture, kind (its name), count.
/// Errors: invalid_argument (field "rows_max", rule "too_small" below 1).
[[nodiscard]] TableSource frame_tables(analytics::EventFrame frame, analytics::Labels labels = {},
                                       std::size_t rows_max = 65'536);

}  // namespace eduplat::exporting
