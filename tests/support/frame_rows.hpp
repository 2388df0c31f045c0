#pragma once

#include <eduplat/analytics/event_frame.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace eduplat::test {

/// An entry of the log as a frame is to show it.
struct FrameRow {
    std::int64_t user = 0;
    std::int64_t time_s = 0;
    analytics::Subject subject = {};
    LearningKind kind = LearningKind::viewed;
    std::int64_t count = 1;
    std::array<std::int64_t, 4> details = {};  ///< item and the numbers of watched and answered

    friend bool operator==(FrameRow const&, FrameRow const&) = default;
};

/// By the contract's words.
inline FrameRow to_row(analytics::Event const& event) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(event.at.time_since_epoch());
    FrameRow row{.user = event.user.value(),
                 .time_s = std::clamp<std::int64_t>(seconds.count(), 0, 0xFFFF'FFFF),
                 .subject = event.subject,
                 .kind = event.kind};
    auto const item = event.item.value_or(analytics::item_none);
    if (event.kind == LearningKind::opened) {
        row.count = event.a.value_or(1);
    } else if (event.kind == LearningKind::watched) {
        row.details = {item, event.a.value_or(0), event.b.value_or(0),
                       event.c.value_or(event.a.value_or(0))};
    } else if (event.kind == LearningKind::answered) {
        row.details = {item, event.c.value_or(analytics::question_none), event.a.value_or(0),
                       event.b.value_or(0)};
    }
    return row;
}

/// As columns of events say it, with those of watched and answered read alongside.
inline std::vector<FrameRow> rows_of(std::span<analytics::Chunk const> chunks,
                                     std::span<analytics::Subject const> subjects) {
    std::vector<FrameRow> rows;
    for (auto const& chunk : chunks) {
        for (std::size_t learner = 0; learner < chunk.users.size(); ++learner) {
            auto watched = chunk.watched.first[learner];
            auto answered = chunk.answered.first[learner];
            for (auto i = chunk.first[learner]; i < chunk.first[learner + 1]; ++i) {
                FrameRow row{.user = chunk.users[learner],
                             .time_s = chunk.time_s[i],
                             .subject = subjects[chunk.subject[i]],
                             .kind = static_cast<LearningKind>(chunk.kind[i]),
                             .count = chunk.count_of(i)};
                if (row.kind == LearningKind::watched) {
                    auto const& from = chunk.watched;
                    row.details = {from.item[watched], from.from_ms[watched], from.to_ms[watched],
                                   from.credited_to_ms[watched]};
                    ++watched;
                } else if (row.kind == LearningKind::answered) {
                    auto const& from = chunk.answered;
                    row.details = {from.item[answered], from.question[answered],
                                   from.score[answered], from.score_max[answered]};
                    ++answered;
                }
                rows.push_back(row);
            }
        }
    }
    return rows;
}

inline std::vector<FrameRow> rows_of(analytics::EventFrame const& frame) {
    return rows_of(frame.chunks(), frame.subjects());
}

/// What a frame is to show of a log.
inline std::vector<FrameRow> sorted_rows(std::vector<analytics::Event> const& log) {
    std::vector<FrameRow> rows;
    for (auto const& event : log)
        rows.push_back(to_row(event));
    std::stable_sort(rows.begin(), rows.end(), [](FrameRow const& left, FrameRow const& right) {
        return left.user != right.user ? left.user < right.user : left.time_s < right.time_s;
    });
    return rows;
}

/// Whether a chunk's columns fit together.
inline bool is_sound(analytics::Chunk const& chunk) {
    auto const whole = [&chunk](auto const& first, auto const& column, auto const&... columns) {
        return first.size() == chunk.users.size() + 1 && first.front() == 0 &&
               first.back() == column.size() && ((columns.size() == column.size()) && ...) &&
               std::is_sorted(first.begin(), first.end());
    };
    auto const& watched = chunk.watched;
    auto const& answered = chunk.answered;
    if (!whole(chunk.first, chunk.time_s, chunk.subject, chunk.kind, chunk.count) ||
        !whole(watched.first, watched.time_s, watched.subject, watched.item, watched.from_ms,
               watched.to_ms, watched.credited_to_ms) ||
        !whole(answered.first, answered.time_s, answered.subject, answered.item, answered.question,
               answered.score, answered.score_max))
        return false;
    for (std::size_t learner = 0; learner < chunk.users.size(); ++learner) {
        auto at = std::array{watched.first[learner], answered.first[learner]};
        for (auto i = chunk.first[learner]; i < chunk.first[learner + 1]; ++i) {
            auto const same = [&](auto const& details, std::uint32_t& row) {
                auto const place = row++;
                return details.time_s[place] == chunk.time_s[i] &&
                       details.subject[place] == chunk.subject[i];
            };
            auto const kind = static_cast<LearningKind>(chunk.kind[i]);
            if (kind == LearningKind::watched && !same(watched, at[0])) return false;
            if (kind == LearningKind::answered && !same(answered, at[1])) return false;
        }
        if (at != std::array{watched.first[learner + 1], answered.first[learner + 1]}) return false;
    }
    return !chunk.users.empty() &&
           std::adjacent_find(chunk.first.begin(), chunk.first.end()) == chunk.first.end();
}

}  // namespace eduplat::test
