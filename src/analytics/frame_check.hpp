#pragma once

#include <eduplat/analytics/event_frame.hpp>

#include <cstddef>

namespace eduplat::analytics {

/// Whether a chunk that was read is one that this program could have made: rows and subjects that
/// its columns name are there, and all is in order.
[[nodiscard]] bool is_sound(Chunk const& chunk, std::size_t subjects) noexcept;

}  // namespace eduplat::analytics
