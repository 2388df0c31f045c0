#pragma once

#include "analytics/scan.hpp"

#include <eduplat/analytics/video.hpp>
#include <eduplat/core/validation.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// Played milliseconds of a recording: [from, to), not empty.
struct Stretch {
    std::int64_t from;
    std::int64_t to;
};

/// What a learner watched of one of the recordings, one stretch at least, in order of `from`.
struct Watch {
    std::size_t recording;
    UserId learner;
    std::span<Stretch const> stretches;
};

/// Adds what is wrong with recordings, under "recordings[2].duration" and the like.
void check_recordings(std::span<Recording const> recordings, Validation& validation);

/// What the selection, all kinds, holds of recordings, by learner and then by recording. Stretches
/// end with the recording, or where they count no longer toward progress.
void for_each_watch(EventFrame const& frame, Filter const& filter,
                    std::span<Recording const> recordings, bool credited,
                    std::function<void(Watch const&)> const& visit);

/// The same milliseconds, each once: neither overlapping nor touching, in order.
void unite(std::span<Stretch const> ordered, std::vector<Stretch>& united);

[[nodiscard]] std::int64_t length(std::span<Stretch const> stretches) noexcept;

}  // namespace eduplat::analytics
