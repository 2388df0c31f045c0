#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/selection.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// How far learners get on a way of several steps.
namespace eduplat::analytics {

/// Something that is known of a user beside the log: registered, paid, passed.
struct Moment {
    UserId user;
    Timestamp at;  ///< as of its whole second, rounded down
};

/// A step is done by an event that all its parts let through or, if moments are given, by one of
/// those.
struct FunnelStep {
    std::string name = {};  ///< for people
    /// Empty: what learners do. A step may name what the school notes, such as `completed`, where
    /// the selection names no kinds.
    std::vector<LearningKind> kinds = {};
    std::vector<CourseId> courses = {};
    std::vector<LectureId> lectures = {};
    /// 0 to 1. Only events with score / highest score of at least this: graded answers.
    std::optional<double> min_score_share = std::nullopt;
    /// In any order. The selection's users and times hold for them, too; its courses do not.
    std::optional<std::vector<Moment>> moments = std::nullopt;
};

enum class FunnelOrder : std::uint8_t {
    ordered,    ///< each step after the one before; anything may happen between them
    strict,     ///< each step is the selected event right after the one before; no moments
    any_order,  ///< a step is reached when it and all before it were done, in whatever order
};

struct FunnelOptions {
    FunnelOrder order = FunnelOrder::ordered;
    /// The longest time from the first step of a way to the last (any_order: between any two).
    std::optional<std::chrono::seconds> window = std::nullopt;
};

struct FunnelStepResult {
    std::string name;
    std::int64_t learners = 0;  ///< who got to this step
    /// learners / those of the step before (of the first step: absent); absent if those are 0.
    std::optional<double> step_conversion = std::nullopt;
    /// learners / those of the first step; absent if those are 0.
    std::optional<double> overall_conversion = std::nullopt;
    /// From when a learner first got to the step before until he first got to this one. With an
    /// even number of learners the lower of both in the middle. Absent without learners.
    std::optional<std::chrono::seconds> median_time = std::nullopt;
};

/// Counts learners by how far they got; each counts once, as far as he ever got on any of his ways,
/// however often he tries. Steps hold within the selection. An event does one step of a way only,
/// and the log's order decides within a second; moments lie in their second where they fit. In any
/// order an event does every step that it fits.
///
/// An empty frame makes steps with 0 learners and conversions that are absent.
/// Errors, all invalid_argument: "to" and "num_threads" as in activity.hpp; "steps" ("too_few"
/// below 1, "too_many" above limits::analytics_funnel_steps_max), "steps[1].min_score_share"
/// ("out_of_range"), "steps[1].moments" ("strict": not in this order), "window" ("negative").
/// Thread safety: pure function.
[[nodiscard]] std::vector<FunnelStepResult> funnel(EventFrame const& frame,
                                                   Selection const& selection,
                                                   std::span<FunnelStep const> steps,
                                                   FunnelOptions const& options = {},
                                                   ScanControl control = {});

}  // namespace eduplat::analytics
