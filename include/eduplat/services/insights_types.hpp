#pragma once

#include <eduplat/analytics/activity.hpp>
#include <eduplat/analytics/funnel.hpp>
#include <eduplat/analytics/items.hpp>
#include <eduplat/analytics/lectures.hpp>
#include <eduplat/analytics/retention.hpp>
#include <eduplat/analytics/survival.hpp>
#include <eduplat/analytics/table.hpp>
#include <eduplat/analytics/video.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/learning.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What Insights takes, and gives where no result of analytics/ is it. Every request begins with
/// its scope. Edges are moments that ascend, in whole seconds: bucket i is [edges[i], edges[i+1]);
/// the caller makes them, since a day begins at another moment in Shanghai.
namespace eduplat {

/// What a report is about.
struct InsightScope {
    /// At most limits::page_size_max, each once. Empty: the whole school, for staff.
    std::vector<CourseId> courses = {};
    std::optional<Timestamp> from = std::nullopt;  ///< events at or after
    std::optional<Timestamp> to = std::nullopt;    ///< and before
    /// At most limits::lectures_max. Empty: all, and what is of no lecture.
    std::vector<LectureId> lectures = {};
    /// At most as many as there are. Empty: what learners do, without what the school notes by
    /// itself (enrolled, completed ...).
    std::vector<LearningKind> kinds = {};
};

struct ActivityRequest {
    InsightScope scope = {};
    std::vector<Timestamp> edges = {};
};

struct StickinessRequest {
    InsightScope scope = {};
    std::vector<Timestamp> edges = {};
    std::size_t window_buckets = 28;
};

struct SessionsRequest {
    InsightScope scope = {};
    analytics::SessionOptions options = {};
};

struct HabitsRequest {
    InsightScope scope = {};
    std::vector<Timestamp> edges = {};      ///< hours, say,
    std::vector<std::uint32_t> cells = {};  ///< and the hour of the week that each is
};

struct ActivityPercentilesRequest {
    InsightScope scope = {};
    std::vector<Timestamp> edges = {};
    std::vector<double> probabilities = {0.5, 0.9};
};

struct IdleRequest {
    InsightScope scope = {};
    std::optional<Timestamp> at = std::nullopt;  ///< none: now
    std::chrono::seconds idle = std::chrono::days{7};
};

/// When a learner begins.
enum class CohortsBy : std::uint8_t {
    first_activity,  ///< with the first event of the scope
    enrollment,      ///< with the first enrollment in one of the scope's courses
};

struct CohortsRequest {
    InsightScope scope = {};
    std::vector<Timestamp> edges = {};
    CohortsBy by = CohortsBy::first_activity;
    analytics::RetentionOptions options = {};
};

/// What ends an enrollment's curve; the other one of the two only ends its observation. Withdrawal
/// is the end of the last access, which had a term or was taken back.
enum class SurvivalUntil : std::uint8_t { withdrawal, completion };
enum class SurvivalGroups : std::uint8_t { none, course, enrollment_period };

struct SurvivalRequest {
    /// Of the scope courses and times count: of when learners were enrolled.
    InsightScope scope = {};
    SurvivalUntil until = SurvivalUntil::withdrawal;
    SurvivalGroups groups = SurvivalGroups::none;
    std::vector<Timestamp> edges = {};           ///< of enrollment_period
    std::optional<Timestamp> at = std::nullopt;  ///< up to which is looked; none or later: now
    double confidence = analytics::confidence_default;
};

struct SurvivalGroup {
    std::optional<CourseId> course = std::nullopt;
    std::optional<Timestamp> from = std::nullopt;  ///< of the enrollments
    std::optional<Timestamp> to = std::nullopt;
    analytics::SurvivalCurve curve;  ///< in days since the enrollment
};

struct Survival {
    std::vector<SurvivalGroup> groups;  ///< by course or period; none without enrollments
    /// Of 2 to limits::analytics_groups_max groups; else none, whose curves are here all the same.
    std::optional<analytics::LogRank> log_rank = std::nullopt;
};

/// Of one curve, by periods of its days.
struct HazardRequest {
    InsightScope scope = {};  ///< as of SurvivalRequest
    SurvivalUntil until = SurvivalUntil::withdrawal;
    std::vector<double> edges = {};              ///< in days since the enrollment, ascending
    std::optional<Timestamp> at = std::nullopt;  ///< as of SurvivalRequest
    double confidence = analytics::confidence_default;
};

struct FunnelRequest {
    InsightScope scope = {};
    /// Empty: enrolled, opened, answered, completed; kinds of the scope do not matter then.
    std::vector<analytics::FunnelStep> steps = {};
    analytics::FunnelOptions options = {};
};

struct VideoRequest {
    LectureId lecture;
    std::optional<Timestamp> from = std::nullopt;
    std::optional<Timestamp> to = std::nullopt;
    analytics::VideoOptions options = {};
};

struct DifficultyRequest {
    InsightScope scope = {};
    /// Asked about lectures, counted where they are asked: at most limits::lectures_max. Empty:
    /// nobody counts them.
    std::vector<analytics::LectureQuestions> questions = {};
    double confidence = analytics::confidence_default;
};

struct ItemsRequest {
    InsightScope scope = {};
    analytics::ItemOptions options = {};
};

struct DistractorsRequest {
    CourseId course;
    std::optional<LectureId> lecture = std::nullopt;
    double confidence = analytics::confidence_default;
};

struct ProgressRequest {
    InsightScope scope = {};                     ///< of it courses count
    std::optional<Timestamp> at = std::nullopt;  ///< none or later: now
    double confidence = analytics::confidence_default;
};

struct DueLecture {
    LectureId lecture;
    Timestamp due_at;  ///< its second counts
};

/// What counts as having done a lecture: its completion, or the first event of a kind in it.
enum class LectureDoneBy : std::uint8_t { completed, answered, opened };

struct LatenessRequest {
    InsightScope scope = {};  ///< of it courses count
    /// Lectures of these courses, at most limits::page_size_max, each once.
    std::vector<DueLecture> due = {};
    LectureDoneBy done_by = LectureDoneBy::completed;
    std::optional<Timestamp> at = std::nullopt;  ///< none or later: now
    double confidence = analytics::confidence_default;
};

struct MyActivityRequest {
    std::vector<CourseId> courses = {};  ///< empty: all
    std::vector<Timestamp> edges = {};
    std::chrono::seconds session_gap = std::chrono::minutes{30};
};

struct MyActivity {
    std::vector<analytics::ActiveBucket> buckets;
    analytics::SessionTotals sessions;
    analytics::LectureActivity lectures;
};

/// The log as this process has it in memory.
struct FrameStatus {
    std::int64_t seq;  ///< of the newest entry
    std::int64_t events;
    std::int64_t learners;
    std::int64_t bytes;
};

/// Some of the log, in its order.
struct EventsRequest {
    InsightScope scope = {};
    std::int64_t after = 0;  ///< what the piece before says
    int rows = 10'000;       ///< entries to look at: 1 to limits::learning_import_chunk_rows
};

/// Columns seq, at, client_at, user, course, lecture (uids), kind, item, a, b, c: as LearningKind
/// says. Left out are numbers that are ids and mean nothing outside: b of marked (who marked it),
/// a and b of published, enrolled and settled.
struct EventsPiece {
    analytics::Table table;  ///< "events"; may be empty before the end
    /// Of the next piece; none: this was the last.
    std::optional<std::int64_t> after = std::nullopt;
};

/// For names in reports.
struct LabelsRequest {
    std::vector<CourseId> courses = {};  ///< as in InsightScope
    std::string language = "en";         ///< of titles, where there are such
};

/// A table for somebody outside: one row for each learner of a course.
struct AnonymousRequest {
    CourseId course;
    int k = 5;                        ///< 2 to limits::anonymity_k_max
    double suppressed_share_max = 0;  ///< of the learners, 0 to 1, that may be left out
    /// Of the pseudonyms. None: a new one; keep it to recognize the same learners another time.
    std::optional<std::array<std::byte, 32>> key = std::nullopt;
};

/// Columns learner (pseudonym), enrolled_at, age_band, region (these three made coarser as far as k
/// asks for it), completed (0 or 1), events, opens, watched_s.
struct AnonymousLearners {
    analytics::Table table;
    std::size_t groups;          ///< of learners that an outsider cannot tell apart
    std::size_t smallest_group;  ///< k or more; 0 without learners
    std::size_t suppressed;      ///< learners that were left out
    std::array<std::byte, 32> key;
};

}  // namespace eduplat
