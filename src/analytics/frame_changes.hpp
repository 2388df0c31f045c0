#pragma once

#include "analytics/frame_batch.hpp"
#include "analytics/frame_chunks.hpp"

#include <cstdint>
#include <span>

namespace eduplat::analytics {

/// The chunks with what is added. Errors: resource_exhausted (field "events", rule "too_many").
[[nodiscard]] Chunks with_batch(Chunks const& before, Batch const& batch,
                                ChunkBounds const& bounds = {});

/// The chunks without some users, in ascending order. They need not be there.
[[nodiscard]] Chunks without_users(Chunks const& before, std::span<std::int64_t const> users,
                                   ChunkBounds const& bounds = {});

}  // namespace eduplat::analytics
