#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/items.hpp>
#include <eduplat/analytics/proportion.hpp>
#include <eduplat/analytics/selection.hpp>
#include <eduplat/analytics/video.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Which lectures are hard, and why that is thought.
namespace eduplat::analytics {

/// How many questions learners asked about a lecture: the frame does not know.
struct LectureQuestions {
    LectureId lecture;
    std::int64_t questions;
};

/// Of a lecture, the mean over learners of something they show, and how it stands among the others.
struct DifficultySign {
    std::int64_t learners = 0;                       ///< of whom it is known
    std::optional<double> mean = std::nullopt;       ///< absent without learners
    std::optional<double> std_error = std::nullopt;  ///< of the mean: absent below 2 learners
    /// (mean - mean over lectures) / standard deviation over lectures (population), of the lectures
    /// that have the sign; absent where fewer than 2 have or all are equal.
    std::optional<double> z = std::nullopt;
};

struct LectureDifficulty {
    LectureId lecture;
    std::int64_t learners = 0;  ///< who watched or answered anything in it

    // Evidence: the pair of the time that learners give a lecture, and what they know after it.
    std::int64_t viewers = 0;  ///< who saw any of its recordings
    std::int64_t watched_ms = 0;
    std::int64_t distinct_ms = 0;
    std::optional<double> mean_watched_s = std::nullopt;  ///< watched_ms / viewers
    Proportion first_correct = {};  ///< of the graded questions that learners met, right at once

    DifficultySign rewatch = {};  ///< of viewers: watched beyond the first time / watched first
    /// Of viewers: share of the recordings begun in which nothing was seen from 95 % on.
    DifficultySign drop_off = {};
    DifficultySign error = {};  ///< of those who answered: 1 - mean mark of first answers
    /// Asked, by learner; of a Poisson's error: sqrt(n) / learners. That n is 0 makes the mean no
    /// more certain than an n of 1, and it has the same error.
    DifficultySign questions = {};

    /// The mean of the z that are there, at least one; higher is harder.
    std::optional<double> difficulty = std::nullopt;
    /// Normal, from the errors of the means over the spread between lectures, which is taken as
    /// known, and of signs as independent. Absent if one of the signs in it has no std_error.
    std::optional<double> low = std::nullopt;
    std::optional<double> high = std::nullopt;
};

/// The difficulty of each lecture of the selection of which anything was watched or answered, by
/// id. z-scores compare them with each other, so select what should be compared: a course.
/// `recordings` say what there is to watch (drop_off and rewatch need them); `questions` is empty
/// where nobody counts them, otherwise a lecture that is not in it has none.
/// Errors: as video_curves(); invalid_argument (field "questions[2].questions", rule "negative";
/// "questions[2].lecture", rule "duplicate").
[[nodiscard]] std::vector<LectureDifficulty> lecture_difficulty(
    EventFrame const& frame, Selection const& selection, std::span<Recording const> recordings,
    std::span<LectureQuestions const> questions = {}, double confidence = confidence_default);

}  // namespace eduplat::analytics
