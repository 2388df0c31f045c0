#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/coverage.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>

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
    enum class Needs : std::uint8_t {
        opened,   ///< any event of it
        covered,  ///< `percent` of all its recordings watched, taken together
        marked,   ///< the learner or a teacher says so
    };

    LectureId lecture;
    bool required = true;  ///< counts toward the course
    Needs needs = Needs::opened;
    int percent = 0;
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

/// Notes that the learner did something at `at`; `is_new` for the first event.
void touch(LectureProgress& progress, Timestamp at, bool is_new) noexcept;

/// Whether what was done fulfills the rule. Integers are compared: watched * 100 >= percent *
/// duration. A lecture without recordings, or with recordings of no length, fulfills "covered".
[[nodiscard]] bool fulfills(LectureProgress const& progress, LectureRule const& rule,
                            MediaCoverage const& watched) noexcept;

/// Completes a lecture whose rule is fulfilled. Returns whether it was not complete before.
bool settle(LectureProgress& progress, LectureRule const& rule, MediaCoverage const& watched,
            Timestamp at) noexcept;

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

    /// Whether it still goes on at `at`.
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
