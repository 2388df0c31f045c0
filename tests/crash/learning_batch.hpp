#pragma once

#include <eduplat/services/learning_types.hpp>

#include <chrono>
#include <cstdint>
#include <string>

/// What the victim reports, so that its judge knows it too.
namespace eduplat::test {

inline constexpr int crash_learners = 5;
inline constexpr auto crash_video_length = std::chrono::minutes{10};

/// The n-th batch: a stretch that overlaps those before, and more.
inline EventBatch crash_batch(std::int64_t n, LectureId lecture) {
    auto const from = std::chrono::milliseconds{n * 7919 % 595'000};
    return {.batch = "batch " + std::to_string(n),
            .events = {Opened{lecture}, Watched{lecture, from, from + std::chrono::seconds{5}},
                       Answered{.lecture = lecture, .text = "answer " + std::to_string(n)}}};
}

}  // namespace eduplat::test
