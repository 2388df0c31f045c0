#pragma once

#include "analytics/frame_format.hpp"
#include "analytics/frame_layout.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace eduplat::test {

/// The bytes that save_frame() writes.
inline std::string stored_bytes(analytics::EventFrame const& frame,
                                analytics::FrameSource const& source) {
    analytics::FrameFile const file{frame, source};
    std::string bytes;
    for (auto const& part : file.parts())
        bytes.append(reinterpret_cast<char const*>(part.data()), part.size());
    return bytes;
}

/// load_frame() of a file with these bytes, from memory of exactly this size.
inline analytics::StoredFrame read_stored(std::string_view bytes) {
    constexpr std::align_val_t align{analytics::column_align_bytes};
    std::shared_ptr<std::byte> const memory{
        static_cast<std::byte*>(::operator new(bytes.size(), align)),
        [](std::byte* at) { ::operator delete(at, align); }};
    if (!bytes.empty()) std::memcpy(memory.get(), bytes.data(), bytes.size());
    return analytics::FrameFile::read({memory.get(), bytes.size()}, memory);
}

}  // namespace eduplat::test
