#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/uid.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace eduplat::analytics {

/// Which log a stored frame was made from, and how far.
struct FrameSource {
    Uid school;
    std::int64_t seq;          ///< EventFrame::seq(): what save_frame() is given does not count
    std::int64_t journal_seq;  ///< up to which erasures were followed

    friend bool operator==(FrameSource const&, FrameSource const&) = default;
};

struct StoredFrame {
    EventFrame frame;
    FrameSource source;
};

/// Writes a frame into a file, in place of what was there: under another name first, then renamed,
/// so that a reader sees the old one or the new one whole. A frame can always be made anew from the
/// log, so nothing waits for the disk. Only the file's owner may read it.
/// Errors: unavailable (field "path", rule "not_written").
void save_frame(EventFrame const& frame, FrameSource const& source, std::string const& path);

/// Maps a stored frame into memory. First all its bytes are checked against their checksum, and
/// that its columns fit together: a file that was made to do harm is refused too. The file may be
/// replaced or removed while the frame is in use; it must not be written to or cut short.
/// None if there is no such file.
/// Errors: data_loss (field "path", rules "foreign": not a frame, "too_new": of a newer eduplat,
/// "truncated", "corrupt"), unavailable (field "path", rule "not_read").
[[nodiscard]] std::optional<StoredFrame> load_frame(std::string const& path);

}  // namespace eduplat::analytics
