#pragma once

#include "property.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/selection.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

/// Logs of few learners, seconds and subjects, so that much comes together, and what is selected of
/// them in plain words.
namespace eduplat::test {

using analytics::Event;
using analytics::Selection;
using std::chrono::seconds;

inline constexpr Timestamp log_begin{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
inline constexpr int log_length_s = 60;

inline Timestamp moment_at(int second) {
    return log_begin + seconds{second};
}

/// An entry of the log, in whole seconds after its beginning.
struct LogRow {
    std::int64_t user;
    int at;
    std::int64_t course;   ///< 0: none
    std::int64_t lecture;  ///< 0: none
    LearningKind kind;
    std::int64_t count;
    std::int64_t score;
    std::int64_t score_max;
    std::int64_t credited_ms;
};

inline LogRow row_of(Event const& event) {
    auto const at = std::chrono::floor<seconds>(event.at - log_begin).count();
    LogRow row{event.user.value(), static_cast<int>(at), 0, 0, event.kind, 1, 0, 0, 0};
    if (event.subject.course) row.course = event.subject.course->value();
    if (event.subject.lecture) row.lecture = event.subject.lecture->value();
    if (event.kind == LearningKind::opened) row.count = event.a.value_or(1);
    if (event.kind == LearningKind::answered) {
        row.score = event.a.value_or(0);
        row.score_max = event.b.value_or(0);
    }
    if (event.kind == LearningKind::watched) row.credited_ms = *event.c - *event.a;
    return row;
}

inline Event any_logged_event() {
    auto const any = [](int from, int to) { return *rc::gen::inRange(from, to); };
    auto const kind = *rc::gen::elementOf(std::vector{
        LearningKind::opened, LearningKind::opened, LearningKind::watched, LearningKind::answered,
        LearningKind::viewed, LearningKind::enrolled, LearningKind::completed});
    Event event{.user = UserId{any(1, 8) * 10},
                .at = log_begin + std::chrono::milliseconds{any(0, log_length_s * 1000)},
                .kind = kind};
    if (any(0, 5) > 0) event.subject.course = CourseId{any(1, 4)};
    if (event.subject.course && any(0, 4) > 0)
        event.subject.lecture = LectureId{event.subject.course->value() * 10 + any(0, 3)};
    if (kind == LearningKind::opened)
        event.a = any(0, 6) > 0 ? any(1, 4) : 65'530 + any(0, 10);  // about what 16 bits hold
    if (kind == LearningKind::answered) {
        event.b = any(0, 3) * 4;
        event.a = any(0, static_cast<int>(*event.b) + 1);
    }
    if (kind == LearningKind::watched) {
        event.a = any(0, 1000);
        event.b = *event.a + any(0, 1000);
        event.c = *event.a + any(0, static_cast<int>(*event.b - *event.a) + 1);
    }
    return event;
}

/// A log with the frame that followed it: in batches, late and doubled events, erased users.
struct FollowedLog {
    std::vector<Event> events;
    analytics::EventFrame frame;

    /// The frame made at once from what is there.
    [[nodiscard]] analytics::EventFrame anew() const {
        return analytics::EventFrame{}.with(events, static_cast<std::int64_t>(events.size()));
    }
};

inline void append(FollowedLog& log) {
    std::vector<Event> batch;
    for (auto rest = *rc::gen::inRange(0, 40); rest > 0; --rest) {
        batch.push_back(any_logged_event());
        if (*rc::gen::inRange(0, 8) == 0) batch.push_back(batch.front());
    }
    log.events.insert(log.events.end(), batch.begin(), batch.end());
    log.frame = log.frame.with(batch, log.frame.seq() + static_cast<std::int64_t>(batch.size()));
}

inline FollowedLog any_log() {
    FollowedLog log;
    for (auto rest = *rc::gen::inRange(0, 5); rest > 0; --rest) {
        append(log);
        if (*rc::gen::inRange(0, 4) > 0) continue;
        UserId const erased{*rc::gen::inRange(1, 8) * 10};
        log.frame = log.frame.without(std::vector{erased});
        std::erase_if(log.events, [&](Event const& event) { return event.user == erased; });
    }
    return log;
}

inline std::optional<Timestamp> maybe_moment() {
    if (*rc::gen::inRange(0, 3) > 0) return std::nullopt;
    return log_begin + std::chrono::milliseconds{*rc::gen::inRange(0, log_length_s * 4) * 250};
}

template <class Value>
std::vector<Value> maybe_some(std::vector<Value> const& of) {
    std::vector<Value> chosen;
    if (*rc::gen::inRange(0, 4) > 0) return chosen;
    for (auto const& value : of)
        if (*rc::gen::inRange(0, 2) == 0) chosen.push_back(value);
    return chosen;
}

inline Selection any_selection() {
    Selection selection{.from = maybe_moment(), .to = maybe_moment()};
    if (selection.from && selection.to && *selection.to < *selection.from)
        std::swap(selection.from, selection.to);
    selection.courses = maybe_some(std::vector{CourseId{1}, CourseId{3}, CourseId{77}});
    selection.lectures = maybe_some(std::vector{LectureId{10}, LectureId{21}, LectureId{32}});
    selection.kinds = maybe_some(
        std::vector{LearningKind::opened, LearningKind::answered, LearningKind::completed});
    selection.users = maybe_some(std::vector{UserId{20}, UserId{50}, UserId{10}, UserId{99}});
    return selection;
}

/// By the words of Selection's contract.
inline bool is_selected(LogRow const& row, Selection const& selection) {
    auto const is_among = [](auto const& list, std::int64_t value) {
        return list.empty() ||
               std::ranges::any_of(list, [&](auto id) { return id.value() == value; });
    };
    auto const kind = static_cast<int>(row.kind);
    bool const is_kind =
        selection.kinds.empty() ? kind < 100 : std::ranges::count(selection.kinds, row.kind) > 0;
    return is_kind && is_among(selection.courses, row.course) &&
           is_among(selection.lectures, row.lecture) && is_among(selection.users, row.user) &&
           (!selection.from || moment_at(row.at) >= *selection.from) &&
           (!selection.to || moment_at(row.at) < *selection.to);
}

/// By user and time, the log's order within a second.
inline std::vector<LogRow> selected_rows(std::vector<Event> const& events,
                                         Selection const& selection) {
    std::vector<LogRow> rows;
    for (auto const& event : events)
        if (auto const row = row_of(event); is_selected(row, selection)) rows.push_back(row);
    std::ranges::stable_sort(rows, {}, [](LogRow const& row) {
        return std::pair{row.user, row.at};
    });
    return rows;
}

/// Some buckets, as seconds: short ones and long ones or all alike, within the log's time and
/// beyond.
inline std::vector<int> any_edges() {
    std::vector<int> edges{*rc::gen::inRange(-20, 30)};
    auto const width = *rc::gen::inRange(0, 2) == 0 ? *rc::gen::inRange(1, 12) : 0;
    for (auto rest = *rc::gen::inRange(1, 14); rest > 0; --rest)
        edges.push_back(edges.back() + (width > 0 ? width : *rc::gen::inRange(1, 12)));
    return edges;
}

inline std::vector<Timestamp> moments_at(std::vector<int> const& edges) {
    std::vector<Timestamp> moments;
    for (auto const edge : edges)
        moments.push_back(moment_at(edge));
    return moments;
}

inline analytics::ScanControl any_threads() {
    return {.num_threads = *rc::gen::inRange(0, 4)};
}

}  // namespace eduplat::test
