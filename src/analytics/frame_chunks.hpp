#pragma once

#include "analytics/frame_pieces.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/limits.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// The chunks of a frame, each with what holds its memory.
struct Chunks {
    std::vector<Chunk> list = {};
    std::vector<std::shared_ptr<std::byte const>> memory = {};

    void push_back(MadeChunk made);
};

struct ChunkBounds {
    std::size_t learner_events_max = limits::frame_learner_events_max;
    /// Bytes of a new chunk's columns, unless it is a single learner's: few enough that it is made
    /// anew in a tenth of a millisecond, so many that what a scan does once a chunk does not count.
    std::size_t weight_max = std::size_t{1} << 20U;
};

/// Puts the chunks of a frame together: those of another frame as they are, and new ones of pieces.
/// All come in ascending order of learners. Small ones that come one after another become one.
class ChunksMaker final {
  public:
    /// Both must outlive it. The batch may be null if no piece has something added.
    ChunksMaker(Chunks const& before, Batch const* batch, std::size_t weight_max) noexcept;

    /// Takes a chunk as it was.
    void keep(std::size_t chunk);
    /// Adds what a chunk has become.
    void add(std::span<Piece const> pieces);
    [[nodiscard]] Chunks take();

  private:
    [[nodiscard]] bool joins(std::size_t weight) const noexcept;
    void flush();
    void distribute(Piece piece, std::size_t goal);
    void make();

    Chunks const& before_;
    Batch const* batch_;
    std::size_t weight_max_;
    std::size_t weight_;  ///< of chunks where one would be too heavy; lighter ones are joined
    Chunks chunks_;
    std::vector<Piece> waiting_;  ///< what is not divided into chunks yet
    std::size_t waiting_weight_ = 0;
    std::vector<Piece> next_;  ///< of the chunk that is made next
    std::size_t next_weight_ = 0;
};

}  // namespace eduplat::analytics
