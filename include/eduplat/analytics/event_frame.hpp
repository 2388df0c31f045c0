#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/learning.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

/// Metrics of learning: pure functions over columns.
namespace eduplat::analytics {

/// What an event is about: a course, a lecture with its course, or neither.
struct Subject {
    std::optional<CourseId> course = std::nullopt;
    std::optional<LectureId> lecture = std::nullopt;

    friend bool operator==(Subject const&, Subject const&) = default;
};

/// An entry of the log on its way into a frame. item, a, b and c are as LearningKind says.
struct Event {
    UserId user;
    Timestamp at;
    LearningKind kind;
    Subject subject = {};
    std::optional<std::int64_t> item = std::nullopt;
    std::optional<std::int64_t> a = std::nullopt;
    std::optional<std::int64_t> b = std::nullopt;
    std::optional<std::int64_t> c = std::nullopt;
};

/// What was watched, beside the column of all events: one row for each `watched` event.
/// 22 bytes a row.
struct WatchedColumns {
    std::span<std::uint32_t const> first;    ///< by learner, and one more: rows of each
    std::span<std::uint32_t const> time_s;   ///< as in Chunk
    std::span<std::uint32_t const> subject;  ///< as in Chunk
    std::span<std::uint16_t const> item;     ///< place in the lecture; item_none
    std::span<std::uint32_t const> from_ms;  ///< of the recording
    std::span<std::uint32_t const> to_ms;
    std::span<std::uint32_t const> credited_to_ms;  ///< from_ms: nothing was credited
};

/// What was answered: one row for each `answered` event. 22 bytes a row.
struct AnsweredColumns {
    std::span<std::uint32_t const> first;
    std::span<std::uint32_t const> time_s;
    std::span<std::uint32_t const> subject;
    std::span<std::uint16_t const> item;
    std::span<std::uint32_t const> question;  ///< question_none
    std::span<std::uint32_t const> score;
    std::span<std::uint32_t const> score_max;  ///< 0: not graded
};

inline constexpr std::uint16_t item_none = 0xFFFF;
inline constexpr std::uint32_t question_none = 0xFFFF'FFFF;
/// Of Chunk::count: the number stands in Chunk::large.
inline constexpr std::uint16_t count_large = 0xFFFF;

/// Some learners with all their events: columns of equal length, sorted by learner, time and place
/// in the log. 11 bytes an event, 20 a learner with those of watched and answered.
struct Chunk {
    struct Large {
        std::uint32_t row;
        std::uint32_t count;
    };

    std::span<std::int64_t const> users;     ///< UserId values, ascending
    std::span<std::uint32_t const> first;    ///< by learner, and one more: rows of each
    std::span<std::uint32_t const> time_s;   ///< whole seconds since 1970, rounded down
    std::span<std::uint32_t const> subject;  ///< a number of EventFrame::subjects()
    std::span<std::uint8_t const> kind;      ///< LearningKind
    std::span<std::uint16_t const> count;    ///< that an event stands for: 1, but for `opened`
    std::span<Large const> large;            ///< counts of count_large and more, by row
    WatchedColumns watched;
    AnsweredColumns answered;

    [[nodiscard]] std::uint32_t count_of(std::uint32_t row) const noexcept;
};

/// The log of learning as columns in memory, which metrics scan: all entries of users up to a
/// place in the log. It is what the log says, and nothing else: made anew it is equal.
///
/// A frame never changes, and copies share what they hold: one thread may read a frame while
/// another makes the next one from it. Learners lie in chunks in ascending order of their ids; a
/// change makes only those chunks anew whose learners it touches. A chunk has a megabyte at most,
/// or a single learner.
///
/// Times count in whole seconds, the log's order decides within one. Times before 1970 or after
/// 2106, and numbers of an event outside its column, count as the nearest that fits.
///
/// Memory: 11 bytes an event, 22 more if it was watched or answered, 20 a learner, about 80 a
/// subject; while events are added, 40 for each, and the chunks made anew beside those of before.
/// Thread safety: immutable.
class EventFrame final {
  public:
    EventFrame();

    /// This frame with further entries, in the order of the log; `seq` is the newest one's place,
    /// or that of a later one that belongs to no user. Errors: invalid_argument (field "seq", rule
    /// "too_small": before this frame's), resource_exhausted (field "events", rule "too_many":
    /// more than limits::frame_learner_events_max of one learner or limits::frame_subjects_max
    /// subjects).
    [[nodiscard]] EventFrame with(std::span<Event const> events, std::int64_t seq) const;
    /// This frame without some users: what they did counts nowhere any longer.
    [[nodiscard]] EventFrame without(std::span<UserId const> users) const;

    [[nodiscard]] std::int64_t seq() const noexcept;  ///< 0: of an empty log
    [[nodiscard]] std::size_t size() const noexcept;  ///< events
    [[nodiscard]] std::size_t learners() const noexcept;
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    /// In ascending order of learners, none without events.
    [[nodiscard]] std::span<Chunk const> chunks() const noexcept;
    /// By number, each once, in the order of their first event in the log. Those of events that
    /// went with their users stay.
    [[nodiscard]] std::span<Subject const> subjects() const noexcept;

    /// Whether both hold the same events, however they lie in chunks.
    friend bool operator==(EventFrame const& left, EventFrame const& right);

  private:
    friend class FrameFile;
    struct Contents;
    explicit EventFrame(std::shared_ptr<Contents const> contents) noexcept;

    std::shared_ptr<Contents const> contents_;
};

}  // namespace eduplat::analytics
