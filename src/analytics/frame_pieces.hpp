#pragma once

#include "analytics/frame_batch.hpp"
#include "analytics/frame_layout.hpp"

#include <eduplat/analytics/event_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace eduplat::analytics {

/// What chunks are made of: learners of a chunk as they were, or one learner with what is added.
struct Piece {
    Chunk const* chunk = nullptr;  ///< null: a new learner
    std::uint32_t begin = 0;       ///< learners of the chunk
    std::uint32_t end = 0;
    AddedLearner const* added = nullptr;

    [[nodiscard]] std::uint32_t learners() const noexcept { return added ? 1 : end - begin; }
    /// Some of its learners, one at least.
    [[nodiscard]] Piece part(std::uint32_t from, std::uint32_t to) const noexcept {
        return added ? *this : Piece{chunk, begin + from, begin + to, nullptr};
    }
};

[[nodiscard]] ChunkShape shape_of(Piece const& piece) noexcept;
/// Bytes of columns; those between them do not count.
[[nodiscard]] std::size_t weight_of(ChunkShape const& shape) noexcept;

struct MadeChunk {
    Chunk chunk;
    std::shared_ptr<std::byte const> memory;
};

/// Puts pieces, in ascending order of learners, together to a chunk.
[[nodiscard]] MadeChunk make_chunk(std::span<Piece const> pieces, Batch const* batch);

}  // namespace eduplat::analytics
