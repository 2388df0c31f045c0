#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/selection.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Who did how much, when, and with what.
///
/// For every function here: buckets are [edges[i], edges[i + 1]), and events outside of them count
/// nowhere. A number of events adds up what each stands for, so that an `opened` of a history from
/// elsewhere counts as often as it says. A learner is one with a selected event. Times are those of
/// the frame, in whole seconds. An empty frame makes empty buckets, not an error.
///
/// Errors, all invalid_argument: "edges" ("too_few" below 2, "too_many" above
/// limits::analytics_buckets_max buckets, "not_ascending", "not_whole_seconds"), "to" ("reversed"),
/// "num_threads" as in parallel_for ("negative", "too_large").
/// Thread safety: pure functions.
namespace eduplat::analytics {

struct ActiveBucket {
    Timestamp from;
    Timestamp to;
    std::int64_t learners = 0;  ///< distinct ones
    std::int64_t events = 0;
};

/// Distinct learners by bucket: daily, weekly, monthly active learners are those of days, weeks,
/// months.
[[nodiscard]] std::vector<ActiveBucket> active_learners(EventFrame const& frame,
                                                        Selection const& selection,
                                                        std::span<Timestamp const> edges,
                                                        ScanControl control = {});

struct StickinessBucket {
    Timestamp from;
    Timestamp to;
    std::int64_t active = 0;  ///< distinct learners in the bucket
    /// Distinct learners in it and the buckets before, `window_buckets` in all; absent where the
    /// edges do not reach back so far.
    std::optional<std::int64_t> active_in_window = std::nullopt;
    std::optional<double> ratio = std::nullopt;  ///< active / active_in_window; absent if that is 0
};

/// How many of those who come within a window come in its last bucket: DAU / MAU for days and a
/// window of 28 or 30. Errors: besides, "window_buckets" ("too_small" below 1).
[[nodiscard]] std::vector<StickinessBucket> stickiness(EventFrame const& frame,
                                                       Selection const& selection,
                                                       std::span<Timestamp const> edges,
                                                       std::size_t window_buckets,
                                                       ScanControl control = {});

/// Nearest rank: the smallest value that at least `probability` of all values do not exceed.
struct Percentile {
    double probability;
    std::optional<std::int64_t> value;  ///< absent if there are no values
};

struct SessionTotals {
    std::optional<Timestamp> from = std::nullopt;  ///< of the bucket; absent in the sum of all
    std::optional<Timestamp> to = std::nullopt;
    std::int64_t learners = 0;  ///< distinct ones with a session
    std::int64_t sessions = 0;
    std::int64_t events = 0;
    std::chrono::seconds length{};           ///< of all sessions
    std::vector<Percentile> lengths_s = {};  ///< of one session, in seconds
    /// events / sessions and length / sessions; absent without a session.
    [[nodiscard]] std::optional<double> events_per_session() const noexcept;
    [[nodiscard]] std::optional<double> mean_length_s() const noexcept;
};

struct SessionOptions {
    std::chrono::seconds gap = std::chrono::minutes{30};
    std::vector<double> probabilities = {0.5, 0.9};
    /// Without any, all sessions are counted together; otherwise only those that begin in a bucket.
    std::vector<Timestamp> edges = {};
};

struct Sessions {
    SessionTotals total;
    std::vector<SessionTotals> buckets;  ///< by the session's beginning; none without edges
};

/// A session is a learner's selected events with no more than `gap` between one and the next, in
/// whatever course; its length is the time from the first to the last, 0 if it has only one event.
/// Where times are known to the day only, sessions mean nothing. Errors: besides, "gap"
/// ("negative"), "probabilities" ("out_of_range" beyond 0 to 1, "too_many": of all buckets more
/// than limits::analytics_cells_max).
[[nodiscard]] Sessions sessions(EventFrame const& frame, Selection const& selection,
                                SessionOptions const& options = {}, ScanControl control = {});

struct HabitCell {
    std::int64_t learners = 0;  ///< distinct ones, over all buckets of the cell
    std::int64_t events = 0;
};

/// Activity by cells into which buckets are gathered: `cells[i]` is the cell of bucket i. For a map
/// of habits buckets are hours and cells those of the week, 0 to 167, in the learners' zone. The
/// result goes to the highest cell that is named. Errors: besides, "cells" ("mismatch": not one for
/// each bucket, "too_large" from limits::analytics_buckets_max on).
[[nodiscard]] std::vector<HabitCell> habit_map(EventFrame const& frame, Selection const& selection,
                                               std::span<Timestamp const> edges,
                                               std::span<std::uint32_t const> cells,
                                               ScanControl control = {});

struct ActivityPercentiles {
    Timestamp from;
    Timestamp to;
    std::int64_t learners = 0;            ///< those active in the bucket: the denominator
    std::vector<Percentile> percentiles;  ///< of a learner's number of events
};

/// How much active learners do: exact percentiles, by bucket, of the number of events of those who
/// are active in it. Errors: besides, "probabilities" as for sessions.
[[nodiscard]] std::vector<ActivityPercentiles> activity_percentiles(
    EventFrame const& frame, Selection const& selection, std::span<Timestamp const> edges,
    std::span<double const> probabilities, ScanControl control = {});

struct IdleLearner {
    UserId user;
    Timestamp last;           ///< the last event before `at`
    std::int64_t events = 0;  ///< before `at`
};

struct IdleLearners {
    std::int64_t learners = 0;      ///< with an event before `at`: the denominator
    std::vector<IdleLearner> idle;  ///< in ascending order of users
};

/// Who has gone quiet: learners whose last event before `at` is more than `idle` before it.
/// Errors: besides, "idle" ("negative").
[[nodiscard]] IdleLearners idle_learners(EventFrame const& frame, Selection const& selection,
                                         Timestamp at, std::chrono::seconds idle,
                                         ScanControl control = {});

/// What was done with a lecture or, in a row without one, with a course and all its lectures.
struct SubjectActivity {
    std::optional<CourseId> course = std::nullopt;
    std::optional<LectureId> lecture = std::nullopt;
    std::int64_t learners = 0;
    std::int64_t events = 0;
    std::int64_t opens = 0;    ///< of lectures
    std::int64_t openers = 0;  ///< learners who opened it, or any lecture of the course
    /// Learners who opened it, or one lecture of the course, twice or more.
    std::int64_t reopeners = 0;
    /// Opens beyond a learner's first of a lecture.
    std::int64_t reopens = 0;
    std::chrono::milliseconds watched{};  ///< of recordings, as far as it was credited
    Timestamp first;
    Timestamp last;

    /// reopeners / openers; absent if nobody opened it.
    [[nodiscard]] std::optional<double> reopen_share() const noexcept;
};

struct LectureActivity {
    /// By course, then lecture; only those with events. A lecture that was seen in two courses has
    /// a row for each.
    std::vector<SubjectActivity> lectures;
    std::vector<SubjectActivity> courses;  ///< by course
};

/// What is used, by lecture and by course. Events of neither count nowhere.
[[nodiscard]] LectureActivity lecture_activity(EventFrame const& frame, Selection const& selection,
                                               ScanControl control = {});

}  // namespace eduplat::analytics
