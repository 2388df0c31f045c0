#pragma once

#include "analytics/frame_batch.hpp"
#include "analytics/frame_chunks.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace eduplat::analytics {

/// The chunks with what is added. Errors: resource_exhausted (field "events", rule "too_many") if a
/// learner would have more events than that.
[[nodiscard]] Chunks with_batch(Chunks const& before, Batch const& batch,
                                std::size_t learner_events_max);

/// The chunks without some users: ascending, each once. They need not be there.
[[nodiscard]] Chunks without_users(Chunks const& before, std::span<std::int64_t const> users);

}  // namespace eduplat::analytics
