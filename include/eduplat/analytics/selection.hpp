#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/learning.hpp>

#include <optional>
#include <vector>

namespace eduplat::analytics {

/// What learners do, not what the school notes by itself (enrolled, completed ...).
[[nodiscard]] constexpr bool is_of_learner(LearningKind kind) noexcept {
    return kind < LearningKind::session_opened;
}

/// Which events a metric looks at: those that every part lets through. What is left empty lets
/// everything through. Ids of which there are no events select nothing, and are no error.
struct Selection {
    std::optional<Timestamp> from = std::nullopt;  ///< at or after
    std::optional<Timestamp> to = std::nullopt;    ///< before
    std::vector<CourseId> courses = {};
    std::vector<LectureId> lectures = {};
    std::vector<LearningKind> kinds = {};  ///< empty: those of is_of_learner()
    std::vector<UserId> users = {};
};

/// How a metric is computed. The answer is the same for any number of threads.
struct ScanControl {
    int num_threads = 1;  ///< 0, for one a core, to limits::threads_max
};

}  // namespace eduplat::analytics
