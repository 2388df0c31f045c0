#pragma once

#include <eduplat/analytics/frame_file.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// What a stored frame begins with. Numbers are those of a little-endian machine. Then come the
/// shapes of chunks, the subjects, and the chunks as they lie in memory, each part aligned.
struct FrameHeader {
    static constexpr std::array<char, 8> its_magic{'E', 'D', 'U', 'F', 'R', 'A', 'M', 'E'};
    static constexpr std::uint32_t its_version = 1;
    static constexpr std::uint32_t its_byte_order = 0x0102'0304;
    /// Everything from here on is in the checksum; what is before must be as it is.
    static constexpr std::size_t checked_from = 24;

    std::array<char, 8> magic = its_magic;
    std::uint32_t version = its_version;
    std::uint32_t byte_order = its_byte_order;
    std::uint64_t checksum = 0;  ///< XXH3, 64 bits
    std::uint64_t bytes = 0;     ///< of all
    Uid::Bytes school = {};
    std::int64_t seq = 0;
    std::int64_t journal_seq = 0;
    std::uint64_t chunks = 0;
    std::uint64_t subjects = 0;
    std::array<std::uint64_t, 6> zero = {};
};
static_assert(sizeof(FrameHeader) == 128);

/// Of a whole file, from FrameHeader::checked_from on.
[[nodiscard]] std::uint64_t checksum_of(std::span<std::byte const> bytes) noexcept;

/// A frame as bytes.
class FrameFile final {
  public:
    /// The frame must outlive it.
    FrameFile(EventFrame const& frame, FrameSource const& source);
    FrameFile(FrameFile const&) = delete;
    FrameFile& operator=(FrameFile const&) = delete;

    /// The file is these one after another.
    [[nodiscard]] std::span<std::span<std::byte const> const> parts() const noexcept {
        return parts_;
    }

    /// `bytes` begin at a multiple of column_align_bytes, and stay as long as their owner does.
    /// Errors: those of load_frame().
    [[nodiscard]] static StoredFrame read(std::span<std::byte const> bytes,
                                          std::shared_ptr<void const> const& owner);

  private:
    std::vector<std::byte> head_;
    std::vector<std::span<std::byte const>> parts_;
};

}  // namespace eduplat::analytics
