#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/coverage.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/lecture.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

/// How events become progress: pure functions, so that what is computed while events come in and
/// what is rebuilt from the log are the same.
namespace eduplat {

/// A recording among the items of a lecture.
struct MediaItem {
    int item;  ///< its place in the lecture
    Uid media;
    std::chrono::milliseconds duration;

    friend bool operator==(MediaItem const&, MediaItem const&) = default;
};

/// What a publication asks for a lecture to be completed.
struct LectureRule {
    LectureId lecture;
    bool required = true;  ///< counts toward the course
    Completion completion = {};
    std::vector<MediaItem> media = {};  ///< in order
};

/// What a learner has watched of each recording.
using MediaCoverage = std::map<Uid, Coverage>;

/// What a learner has done in a lecture.
struct LectureProgress {
    LectureId lecture;
    std::int64_t opens = 0;
    Timestamp first_at{};
    Timestamp last_at{};
    std::optional<int> item = std::nullopt;  ///< what was watched last, and to where
    std::optional<std::chrono::milliseconds> position = std::nullopt;
    bool marked = false;
    std::optional<Timestamp> completed_at = std::nullopt;  ///< stays, whatever comes later

    friend bool operator==(LectureProgress const&, LectureProgress const&) = default;
};

/// Whether what was done fulfills the rule: for "opened", opening it or watching some of it; for
/// "marked", a mark that stands; for "covered" integers are compared, all its recordings taken
/// together: watched * 100 >= percent * duration. Without a recording nothing covers it.
[[nodiscard]] bool fulfills(LectureProgress const& progress, LectureRule const& rule,
                            MediaCoverage const& watched) noexcept;

/// A stretch that a learner reports to have watched, and how much of it counts.
struct WatchedStretch {
    MediaItem item;
    Interval reported;
    std::chrono::milliseconds credited_to;
};

/// What one learner has done in one course, as the events make it, one after the other. Each
/// returns whether it completed the lecture, which was not complete before.
struct LearnerFold {
    std::map<LectureId, LectureProgress> lectures = {};
    MediaCoverage coverage = {};

    bool opened(LectureRule const& rule, std::int64_t count, Timestamp at);
    /// Adds to `credited` what was not covered before.
    bool watched(LectureRule const& rule, WatchedStretch const& stretch, Timestamp at,
                 std::chrono::milliseconds& credited);
    bool marked(LectureRule const& rule, bool done, Timestamp at);
    /// Something else was done in the lecture.
    bool touched(LectureRule const& rule, Timestamp at);
    /// The rule may have changed: completes a lecture in which anything was done.
    bool settled(LectureRule const& rule, Timestamp at);

    /// Widens the time in which something was done in a lecture, where something was.
    void widen(LectureId lecture, Timestamp first_at, Timestamp last_at);

    /// Required lectures completed.
    [[nodiscard]] int completed(std::span<LectureRule const> rules) const;

  private:
    LectureProgress& at_work(LectureId lecture, Timestamp at);
    bool settle(LectureProgress& progress, LectureRule const& rule, Timestamp at) const;
};

/// How many lectures a course needs: `lectures_needed` of the required ones, without it all.
[[nodiscard]] int lectures_needed(int required, std::optional<int> needed) noexcept;

/// Progress in a course, 0 to 100, rounded down: required lectures completed of those needed. 100
/// if and only if the course is completed, so 99 is the most before.
[[nodiscard]] int percent_of(int completed, int needed, bool course_completed) noexcept;

/// How fast watching may be credited.
struct WatchPace {
    int max_rate_percent;             ///< of the time that passed; 200: at double speed
    std::chrono::milliseconds grace;  ///< what was watched before the first report
    std::chrono::milliseconds idle_max;
};

/// A learner's time before screens, all of them together.
struct ViewingSession {
    Timestamp opened_at;
    Timestamp last_at;
    std::chrono::milliseconds credited;

    /// Whether it still goes on at `at`: neither before nor after is `at` further from last_at than
    /// idle_max, so that a clock that was ahead for a while does not keep it alive.
    [[nodiscard]] bool live(Timestamp at, WatchPace const& pace) const noexcept;
    /// What may still be credited: rate * (at - opened_at) + grace - credited, at least 0.
    [[nodiscard]] std::chrono::milliseconds allowance(Timestamp at,
                                                      WatchPace const& pace) const noexcept;

    friend bool operator==(ViewingSession const&, ViewingSession const&) = default;
};

/// Where a learner left off.
struct ResumePoint {
    LectureId lecture;
    std::optional<int> item = std::nullopt;
    std::optional<std::chrono::milliseconds> position = std::nullopt;

    friend bool operator==(ResumePoint const&, ResumePoint const&) = default;
};

/// A learner's progress in a course, by what the learner's edition asks now.
struct CourseProgress {
    EnrollmentId enrollment;
    UserId user;
    CourseId course;
    EnrollmentState state;
    int percent = 0;
    int completed = 0;                                     ///< required lectures completed
    int needed = 0;                                        ///< required lectures to be completed
    std::optional<Timestamp> completed_at = std::nullopt;  ///< of the course
    std::optional<ResumePoint> resume = std::nullopt;      ///< the lecture of the latest event
    /// Lectures with any event, in the order of the course; those that left it are not shown.
    std::vector<LectureProgress> lectures = {};

    friend bool operator==(CourseProgress const&, CourseProgress const&) = default;
};

}  // namespace eduplat
