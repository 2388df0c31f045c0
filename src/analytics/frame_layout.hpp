#pragma once

#include <eduplat/analytics/event_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace eduplat::analytics {

/// Numbers of rows: all that the layout of a chunk depends on.
struct ChunkShape {
    std::uint32_t learners = 0;
    std::uint32_t events = 0;
    std::uint32_t watched = 0;
    std::uint32_t answered = 0;
    std::uint32_t large = 0;

    friend bool operator==(ChunkShape const&, ChunkShape const&) = default;
};

[[nodiscard]] ChunkShape shape_of(Chunk const& chunk) noexcept;

/// WatchedColumns or AnsweredColumns, to be written: the two are alike.
struct DetailColumns {
    std::uint32_t* first = nullptr;
    std::uint32_t* time_s = nullptr;
    std::uint32_t* subject = nullptr;
    std::uint16_t* item = nullptr;
    std::uint32_t* x = nullptr;  ///< from_ms, question
    std::uint32_t* y = nullptr;  ///< to_ms, score
    std::uint32_t* z = nullptr;  ///< credited_to_ms, score_max
};

/// A Chunk to be written.
struct ChunkColumns {
    std::int64_t* users = nullptr;
    std::uint32_t* first = nullptr;
    std::uint32_t* time_s = nullptr;
    std::uint32_t* subject = nullptr;
    std::uint8_t* kind = nullptr;
    std::uint16_t* count = nullptr;
    Chunk::Large* large = nullptr;
    DetailColumns watched;
    DetailColumns answered;
};

/// Columns begin at multiples of this, from a place that is one.
inline constexpr std::size_t column_align_bytes = 64;

/// Where the columns of a chunk lie in one piece of memory, in files as well.
[[nodiscard]] ChunkColumns lay_out(ChunkShape const& shape, std::byte* at) noexcept;
[[nodiscard]] Chunk read_laid_out(ChunkShape const& shape, std::byte const* at) noexcept;
/// The columns of such a chunk; only to be read.
[[nodiscard]] ChunkColumns columns_of(Chunk const& chunk) noexcept;
/// Of that piece; a multiple of column_align_bytes.
[[nodiscard]] std::size_t bytes_of(ChunkShape const& shape) noexcept;

/// Memory for one chunk, aligned; what lies between columns is zero.
[[nodiscard]] std::shared_ptr<std::byte> allocate(ChunkShape const& shape);

}  // namespace eduplat::analytics
