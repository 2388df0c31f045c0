#include "analytics/frame_changes.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/error.hpp>

#include <support/catch.hpp>
#include <support/frame_rows.hpp>

#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

constexpr Timestamp day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr std::int64_t day_s = 1'772'323'200;

Event at(std::int64_t user, std::int64_t seconds, LearningKind kind = LearningKind::viewed) {
    return {.user = UserId{user}, .at = day + std::chrono::seconds{seconds}, .kind = kind};
}

Event opened(std::optional<std::int64_t> count) {
    auto event = at(1, 0, LearningKind::opened);
    event.a = count;
    return event;
}

std::vector<Event> events_of(std::int64_t user, int count) {
    std::vector<Event> list;
    for (int i = 0; i < count; ++i)
        list.push_back(at(user, i));
    return list;
}

/// Chunks that follow a log of events without subjects.
struct Followed {
    void add(std::vector<Event> const& events) {
        chunks = with_batch(chunks, Batch{events, subjects, 1}, bounds);
    }
    void erase(std::vector<std::int64_t> const& users) {
        chunks = without_users(chunks, users, bounds);
    }
    /// The learners of each chunk.
    [[nodiscard]] std::vector<std::vector<std::int64_t>> users() const {
        std::vector<std::vector<std::int64_t>> list;
        for (auto const& chunk : chunks.list)
            list.emplace_back(chunk.users.begin(), chunk.users.end());
        return list;
    }

    ChunkBounds bounds = {};
    Subjects subjects = {};
    Chunks chunks = {};
};

/// Bytes of a learner's columns.
constexpr std::size_t weight(std::size_t events) {
    return 20 + 11 * events;
}

using Users = std::vector<std::vector<std::int64_t>>;

template <class Value>
std::vector<Value> list(std::span<Value const> column) {
    return {column.begin(), column.end()};
}

}  // namespace

TEST_CASE("an empty frame has no chunks", "[analytics][frame]") {
    EventFrame const frame;
    CHECK(frame.size() == 0);
    CHECK(frame.learners() == 0);
    CHECK(frame.seq() == 0);
    CHECK(frame.chunks().empty());
    CHECK(frame.subjects().empty());
    CHECK(frame.with({}, 5).seq() == 5);
    CHECK(frame.with({}, 5) == frame);
    CHECK(frame.without(std::vector{UserId{1}}) == frame);
}

TEST_CASE("a late event goes to its place, and the log's order decides within a second",
          "[analytics][frame]") {
    auto const first = EventFrame{}.with(
        std::vector{at(2, 5, LearningKind::viewed), at(1, 9, LearningKind::searched)}, 2);
    auto const second = first.with(
        std::vector{at(2, 4, LearningKind::clicked), at(2, 5, LearningKind::searched)}, 4);
    REQUIRE(second.size() == 4);
    REQUIRE(second.learners() == 2);
    CHECK(second.seq() == 4);
    auto const& chunk = second.chunks()[0];
    CHECK(list(chunk.users) == std::vector<std::int64_t>{1, 2});
    CHECK(list(chunk.first) == std::vector<std::uint32_t>{0, 1, 4});
    CHECK(list(chunk.kind) == std::vector<std::uint8_t>{6, 7, 1, 6});
    CHECK(first.size() == 2);
}

TEST_CASE("columns hold an event's numbers by its kind", "[analytics][frame]") {
    auto watched = at(1, 3, LearningKind::watched);
    watched.subject = {CourseId{5}, LectureId{9}};
    watched.item = 2;
    watched.a = 1000;
    watched.b = 61'000;
    watched.c = 31'000;
    auto uncredited = watched;
    uncredited.item = {};
    uncredited.c = {};
    auto answered = at(1, 3, LearningKind::answered);
    answered.subject = {{}, LectureId{9}};
    answered.item = 1;
    answered.a = 3;
    answered.b = 4;
    answered.c = 7;
    auto ungraded = answered;
    ungraded.a = 0;
    ungraded.b = 0;
    ungraded.c = {};
    auto const frame =
        EventFrame{}.with(std::vector{at(1, 1), watched, answered, uncredited, ungraded}, 5);
    CHECK(list(frame.subjects()) ==
          std::vector<Subject>{{}, {CourseId{5}, LectureId{9}}, {{}, LectureId{9}}});
    auto const& chunk = frame.chunks()[0];
    CHECK(list(chunk.time_s) ==
          std::vector<std::uint32_t>{day_s + 1, day_s + 3, day_s + 3, day_s + 3, day_s + 3});
    CHECK(list(chunk.kind) == std::vector<std::uint8_t>{1, 3, 4, 3, 4});
    CHECK(list(chunk.subject) == std::vector<std::uint32_t>{0, 1, 2, 1, 2});
    CHECK(list(chunk.count) == std::vector<std::uint16_t>{1, 1, 1, 1, 1});
    CHECK(list(chunk.watched.first) == std::vector<std::uint32_t>{0, 2});
    CHECK(list(chunk.watched.time_s) == std::vector<std::uint32_t>{day_s + 3, day_s + 3});
    CHECK(list(chunk.watched.subject) == std::vector<std::uint32_t>{1, 1});
    CHECK(list(chunk.watched.item) == std::vector<std::uint16_t>{2, item_none});
    CHECK(list(chunk.watched.from_ms) == std::vector<std::uint32_t>{1000, 1000});
    CHECK(list(chunk.watched.to_ms) == std::vector<std::uint32_t>{61'000, 61'000});
    CHECK(list(chunk.watched.credited_to_ms) == std::vector<std::uint32_t>{31'000, 1000});
    CHECK(list(chunk.answered.first) == std::vector<std::uint32_t>{0, 2});
    CHECK(list(chunk.answered.item) == std::vector<std::uint16_t>{1, 1});
    CHECK(list(chunk.answered.question) == std::vector<std::uint32_t>{7, question_none});
    CHECK(list(chunk.answered.score) == std::vector<std::uint32_t>{3, 0});
    CHECK(list(chunk.answered.score_max) == std::vector<std::uint32_t>{4, 0});
}

TEST_CASE("counts too large for their column stand beside it", "[analytics][frame]") {
    auto const frame =
        EventFrame{}.with(std::vector{opened({}), opened(2), opened(65'534), opened(65'535),
                                      opened(65'536), opened(1), opened(1'000'000)},
                          1);
    auto const& chunk = frame.chunks()[0];
    CHECK(list(chunk.count) ==
          std::vector<std::uint16_t>{1, 2, 65'534, count_large, count_large, 1, count_large});
    std::vector<std::uint32_t> counts;
    for (std::uint32_t row = 0; row < 7; ++row)
        counts.push_back(chunk.count_of(row));
    CHECK(counts == std::vector<std::uint32_t>{1, 2, 65'534, 65'535, 65'536, 1, 1'000'000});
    CHECK(chunk.large.size() == 3);
}

TEST_CASE("only what was opened is counted by its number", "[analytics][frame]") {
    auto event = at(1, 0, LearningKind::marked);
    event.a = 0;
    CHECK(EventFrame{}.with(std::vector{event}, 1).chunks()[0].count_of(0) == 1);
}

TEST_CASE("times are whole seconds, rounded down, within 32 bits", "[analytics][frame]") {
    using namespace std::chrono_literals;
    auto const second_of = [](Timestamp time) {
        return EventFrame{}
            .with(std::vector{Event{.user = UserId{1}, .at = time, .kind = LearningKind::viewed}},
                  1)
            .chunks()[0]
            .time_s[0];
    };
    CHECK(second_of(day + 999'999us) == day_s);
    CHECK(second_of(day + 1s) == day_s + 1);
    CHECK(second_of(Timestamp{}) == 0);
    CHECK(second_of(Timestamp{-1us}) == 0);
    CHECK(second_of(Timestamp{4'294'967'295s}) == 4'294'967'295U);
    CHECK(second_of(Timestamp{4'294'967'296s}) == 4'294'967'295U);
}

TEST_CASE("a frame does not go back in the log", "[analytics][frame]") {
    auto const frame = EventFrame{}.with(events_of(1, 1), 7);
    CHECK(frame.with(events_of(1, 1), 7).size() == 2);
    try {
        static_cast<void>(frame.with(events_of(1, 1), 6));
        FAIL("taken");
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        CHECK(error.violations().front() == Violation{"seq", "too_small", 7});
    }
}

TEST_CASE("a learner's events and the subjects have their bounds", "[analytics][frame]") {
    auto const refused = [](auto const& call, std::int64_t limit) {
        try {
            call();
            return false;
        } catch (Error const& error) {
            CHECK(error.code() == ErrorCode::resource_exhausted);
            return error.violations().front() == Violation{"events", "too_many", limit};
        }
    };
    Followed followed{.bounds = {.learner_events_max = 5}};
    CHECK(refused([&] { followed.add(events_of(1, 6)); }, 5));
    followed.add(events_of(1, 5));
    CHECK(refused([&] { followed.add(events_of(1, 1)); }, 5));
    followed.add(events_of(2, 4));
    followed.add(events_of(2, 1));
    CHECK(refused([&] { followed.add(events_of(2, 1)); }, 5));
    CHECK(followed.chunks.list[0].time_s.size() == 10);

    Subjects subjects;
    Subjects::Adding adding{subjects, 2};
    CHECK(adding.number({CourseId{1}}) == 0);
    CHECK(adding.number({CourseId{2}}) == 1);
    CHECK(adding.number({CourseId{1}}) == 0);
    CHECK(refused([&] { static_cast<void>(adding.number({CourseId{3}})); }, 2));
}

TEST_CASE("learners leave with their events, and may come again", "[analytics][frame]") {
    auto const frame = EventFrame{}.with(
        std::vector{at(1, 1), at(2, 2), at(3, 3, LearningKind::watched), at(2, 4)}, 4);
    auto const left = frame.without(std::vector{UserId{9}, UserId{2}, UserId{2}});
    CHECK(rows_of(left) == sorted_rows({at(1, 1), at(3, 3, LearningKind::watched)}));
    CHECK(left.seq() == 4);
    CHECK(left.learners() == 2);
    auto const again = left.with(std::vector{at(2, 9)}, 5);
    CHECK(rows_of(again) == sorted_rows({at(1, 1), at(2, 9), at(3, 3, LearningKind::watched)}));
    auto const none = left.without(std::vector{UserId{1}, UserId{3}});
    CHECK(none == EventFrame{});
    CHECK(none.chunks().empty());
}

TEST_CASE("only chunks that are touched are made anew", "[analytics][frame]") {
    Followed followed{.bounds = {.weight_max = weight(10)}};
    for (std::int64_t user = 10; user <= 50; user += 10)
        followed.add(events_of(user, 9));
    REQUIRE(followed.users() == Users{{10}, {20}, {30}, {40}, {50}});
    auto const before = followed.chunks;
    followed.add(std::vector{at(30, 1)});
    for (std::size_t i = 0; i < 5; ++i)
        CHECK((followed.chunks.memory[i] == before.memory[i]) == (i != 2));
    followed.erase({25, 40});
    CHECK(followed.users() == Users{{10}, {20}, {30}, {50}});
    CHECK(followed.chunks.memory[1] == before.memory[1]);
    CHECK(followed.chunks.memory[3] == before.memory[4]);
}

TEST_CASE("new learners come to the chunk before them", "[analytics][frame]") {
    Followed followed{.bounds = {.weight_max = 2 * weight(10)}};
    for (std::int64_t user = 10; user <= 30; user += 10)
        followed.add(events_of(user, 15));
    REQUIRE(followed.users() == Users{{10}, {20}, {30}});
    followed.add(std::vector{at(5, 1), at(25, 1), at(35, 1)});
    CHECK(followed.users() == Users{{5, 10}, {20, 25}, {30, 35}});
}

TEST_CASE("a chunk that became too heavy is divided, a learner never", "[analytics][frame]") {
    Followed followed{.bounds = {.weight_max = 4 * weight(10)}};
    std::vector<Event> events;
    for (std::int64_t user = 1; user <= 4; ++user)
        for (auto const& event : events_of(user, 10))
            events.push_back(event);
    followed.add(events);
    CHECK(followed.users() == Users{{1, 2, 3, 4}});  // exactly the bound
    followed.add(std::vector{at(1, 0)});
    CHECK(followed.users() == Users{{1, 2}, {3, 4}});
    followed.add(events_of(3, 100));
    CHECK(followed.users() == Users{{1, 2}, {3}, {4}});
    CHECK(followed.chunks.list[1].time_s.size() == 110);
    followed.add(events_of(4, 1));
    CHECK(followed.users() == Users{{1, 2}, {3}, {4}});
}

TEST_CASE("a heavy learner has a chunk of his own among light ones", "[analytics][frame]") {
    Followed followed{.bounds = {.weight_max = 2 * weight(10)}};
    std::vector<Event> events;
    for (std::int64_t user = 1; user <= 7; ++user)
        for (auto const& event : events_of(user, user == 4 ? 500 : 2))
            events.push_back(event);
    followed.add(events);
    CHECK(followed.users() == Users{{1, 2, 3}, {4}, {5, 6, 7}});
}

TEST_CASE("chunks that became light are joined", "[analytics][frame]") {
    Followed followed{.bounds = {.weight_max = 4 * weight(10)}};
    std::vector<Event> events;
    for (std::int64_t user = 1; user <= 8; ++user)
        for (auto const& event : events_of(user, 10))
            events.push_back(event);
    followed.add(events);
    REQUIRE(followed.users() == Users{{1, 2}, {3, 4}, {5, 6}, {7, 8}});
    followed.erase({2, 4, 6});
    CHECK(followed.users() == Users{{1, 3}, {5}, {7, 8}});
}

TEST_CASE("memory is what columns take", "[analytics][frame]") {
    auto const small = EventFrame{}.with(events_of(1, 1), 1).memory_bytes();
    auto const large = EventFrame{}.with(events_of(1, 100'001), 1).memory_bytes();
    CHECK(large - small >= 1'099'000);
    CHECK(large - small <= 1'101'000);
}
