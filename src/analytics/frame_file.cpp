#include "analytics/frame_format.hpp"
#include "analytics/mapped_file.hpp"

#include <eduplat/analytics/frame_file.hpp>

namespace eduplat::analytics {

void save_frame(EventFrame const& frame, FrameSource const& source, std::string const& path) {
    replace_file(path, FrameFile{frame, source}.parts());
}

std::optional<StoredFrame> load_frame(std::string const& path) {
    auto const file = std::make_shared<MappedFile const>(path);
    if (!file->exists()) return std::nullopt;
    return FrameFile::read(file->bytes(), file);
}

}  // namespace eduplat::analytics
