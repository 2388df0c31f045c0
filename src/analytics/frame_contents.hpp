#pragma once

#include "analytics/frame_subjects.hpp"

#include <eduplat/analytics/event_frame.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace eduplat::analytics {

struct EventFrame::Contents {
    std::vector<Chunk> chunks = {};
    std::vector<std::shared_ptr<std::byte const>> memory = {};  ///< by chunk
    Subjects subjects = {};
    std::int64_t seq = 0;
    std::size_t events = 0;
    std::size_t learners = 0;
};

}  // namespace eduplat::analytics
