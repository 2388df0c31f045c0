#pragma once

#include "analytics/frame_chunks.hpp"
#include "analytics/frame_subjects.hpp"

#include <eduplat/analytics/event_frame.hpp>

#include <cstddef>
#include <cstdint>

namespace eduplat::analytics {

struct EventFrame::Contents {
    Contents() = default;
    Contents(Chunks its_chunks, Subjects its_subjects, std::int64_t its_seq);

    Chunks chunks = {};
    Subjects subjects = {};
    std::int64_t seq = 0;
    std::size_t events = 0;
    std::size_t learners = 0;
};

}  // namespace eduplat::analytics
