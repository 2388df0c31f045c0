#pragma once

#include <eduplat/analytics/event_frame.hpp>

#include <chrono>
#include <cstddef>

namespace eduplat {

/// Calls take(user, subject, at) for the events of a frame of which `selects(kind, subject)` says
/// so, by learner, time and place in the log. A subject is its number.
template <class Selects, class Take>
void for_each_event(analytics::EventFrame const& frame, Selects selects, Take take) {
    for (auto const& chunk : frame.chunks()) {
        for (std::size_t learner = 0; learner < chunk.users.size(); ++learner) {
            for (auto row = chunk.first[learner]; row < chunk.first[learner + 1]; ++row) {
                auto const subject = chunk.subject[row];
                if (!selects(static_cast<LearningKind>(chunk.kind[row]), subject)) continue;
                take(UserId{chunk.users[learner]}, subject,
                     Timestamp{std::chrono::seconds{chunk.time_s[row]}});
            }
        }
    }
}

}  // namespace eduplat
