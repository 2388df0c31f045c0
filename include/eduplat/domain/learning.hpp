#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// What learners do, as events. The log of them is the truth that progress follows from.
namespace eduplat {

/// A course's page in the catalog was seen.
struct Viewed {
    CourseId course;
};

/// A lecture was opened. `count` stands for several times at once, in histories from elsewhere.
struct Opened {
    LectureId lecture;
    std::int64_t count = 1;  ///< 1 to limits::opened_count_max
};

/// A recording was played from one place to another, both from its beginning: [from, to). Which one
/// `media` says or, without it, its place in the lecture, which a correction may change; without
/// both it is the first one. What the lecture does not show any longer is logged and credits
/// nothing, so that a client that was offline meanwhile gets rid of it.
struct Watched {
    LectureId lecture;
    std::chrono::milliseconds from{};
    std::chrono::milliseconds to{};  ///< at most the recording's duration
    std::optional<int> item = std::nullopt;
    std::optional<Uid> media = std::nullopt;  ///< as in Video
};

/// A question was answered. What is right the host decides.
struct Answered {
    LectureId lecture;
    int item = 0;
    std::optional<int> question = std::nullopt;
    std::int64_t score = 0;
    std::int64_t max_score = 0;  ///< `score` to limits::answer_score_max; 0: not graded
    std::string text = {};       ///< what was answered; goes when the person goes
};

/// The learner says that he has done a lecture, or takes that back.
struct Marked {
    LectureId lecture;
    bool done = true;
};

/// Something was searched for.
struct Searched {
    std::string text;
};

/// Something else was used: a button, a link, a page.
struct Clicked {
    std::string what;
    std::optional<CourseId> course = std::nullopt;
    std::optional<LectureId> lecture = std::nullopt;
};

/// An item of a lecture was fetched, to be used elsewhere.
struct Downloaded {
    LectureId lecture;
    int item = 0;
};

using LearningEvent =
    std::variant<Viewed, Opened, Watched, Answered, Marked, Searched, Clicked, Downloaded>;

/// An event as a client reports it: the event alone, or with the client's time of it, which is kept
/// for analysis and decides nothing.
struct Reported {
    template <class Event>
    requires std::constructible_from<LearningEvent, Event> Reported(
        Event&& what,  // NOLINT(*-explicit-*): an event is a report
        std::optional<Timestamp> client_time = std::nullopt)
        : event(std::forward<Event>(what)), at(client_time) {}

    LearningEvent event;
    std::optional<Timestamp> at;
};

/// What an entry of the log is about. Stored by value: values are frozen.
///
/// | kind            | item  | a              | b               | c                 |
/// | --------------- | ----- | -------------- | --------------- | ----------------- |
/// | viewed          |       |                |                 |                   |
/// | opened          |       | count          | 1: imported     |                   |
/// | watched         | place | from, ms       | to, ms          | credited to, ms   |
/// | answered        | place | score          | highest score   | question          |
/// | marked          |       | 1: done, 0 not | marking user    |                   |
/// | searched        |       |                |                 |                   |
/// | clicked         |       |                |                 |                   |
/// | downloaded      | place |                |                 |                   |
/// | session_opened  |       |                |                 |                   |
/// | published       |       | publication    | edition         |                   |
/// | enrolled        |       | edition        |                 |                   |
/// | settled         |       | publication    |                 |                   |
/// | completed       |       |                |                 |                   |
///
/// Numbers that are not given are null. `marked` without a marking user is the learner's own mark,
/// 0 that of the system. `watched` without an item is of a recording that the lecture showed once.
/// The texts of answered, searched and clicked are details.
enum class LearningKind : std::uint8_t {
    viewed = 1,
    opened = 2,
    watched = 3,
    answered = 4,
    marked = 5,
    searched = 6,
    clicked = 7,
    downloaded = 8,
    // what the school itself does
    session_opened = 101,  ///< a learner's viewing session began
    published = 102,       ///< of no user: which content and rules learners of an edition have
    enrolled = 103,        ///< which edition a learner follows
    settled = 104,         ///< what a learner had done before was looked at by the rules of now
    completed = 105,       ///< a learner completed the course
};

/// Empty for a value outside the enumeration.
[[nodiscard]] std::string_view name(LearningKind kind) noexcept;
[[nodiscard]] std::optional<LearningKind> parse_learning_kind(std::int64_t value) noexcept;
[[nodiscard]] std::span<LearningKind const> all_learning_kinds() noexcept;

[[nodiscard]] LearningKind kind_of(LearningEvent const& event) noexcept;

/// One entry of the log, with its numbers as the table above says.
struct LoggedEvent {
    std::int64_t seq;  ///< grows; without meaning otherwise
    Timestamp at;      ///< the server's time, for an imported one that of the event
    std::optional<Timestamp> client_at = std::nullopt;
    LearningKind kind;
    std::optional<UserId> user = std::nullopt;
    std::optional<CourseId> course = std::nullopt;
    std::optional<LectureId> lecture = std::nullopt;
    /// Whose progress it counts for; none: seen without an enrollment, or of no lecture.
    std::optional<EnrollmentId> enrollment = std::nullopt;
    std::optional<std::int64_t> item = std::nullopt;
    std::optional<std::int64_t> a = std::nullopt;
    std::optional<std::int64_t> b = std::nullopt;
    std::optional<std::int64_t> c = std::nullopt;
    std::string detail = {};

    friend bool operator==(LoggedEvent const&, LoggedEvent const&) = default;
};

}  // namespace eduplat
