#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <support/catch.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Small logs that metrics are tested on by hand.
namespace eduplat::test {

inline constexpr Timestamp day_0{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

inline Timestamp day(int number) {
    return day_0 + std::chrono::days{number};
}

inline Timestamp second(std::int64_t number) {
    return day_0 + std::chrono::seconds{number};
}

inline std::vector<Timestamp> days(int count) {
    std::vector<Timestamp> edges;
    for (int i = 0; i <= count; ++i)
        edges.push_back(day(i));
    return edges;
}

inline analytics::Event viewed(std::int64_t user, Timestamp at) {
    return {.user = UserId{user}, .at = at, .kind = LearningKind::viewed};
}

inline analytics::Event opened(std::int64_t user, Timestamp at, std::int64_t lecture,
                               std::int64_t count = 1) {
    return {.user = UserId{user},
            .at = at,
            .kind = LearningKind::opened,
            .subject = {CourseId{lecture / 10}, LectureId{lecture}},
            .a = count};
}

inline analytics::Event answered(std::int64_t user, Timestamp at, std::int64_t score,
                                 std::int64_t score_max = 10) {
    return {.user = UserId{user},
            .at = at,
            .kind = LearningKind::answered,
            .subject = {CourseId{1}, LectureId{11}},
            .item = 0,
            .a = score,
            .b = score_max};
}

inline analytics::EventFrame frame_of(std::vector<analytics::Event> const& events) {
    return analytics::EventFrame{}.with(events, static_cast<std::int64_t>(events.size()));
}

/// "field: rule, field: rule" of what a call is refused for; empty if it is not.
template <class Call>
std::string refusal(Call const& call) {
    try {
        static_cast<void>(call());
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        std::string text;
        for (auto const& violation : error.violations())
            text += (text.empty() ? "" : ", ") + violation.field + ": " + violation.rule;
        return text;
    }
    return {};
}

}  // namespace eduplat::test
