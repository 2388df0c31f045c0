#include "analytics/frame_changes.hpp"
#include "property.hpp"

#include <eduplat/analytics/event_frame.hpp>

#include <support/frame_rows.hpp>

#include <algorithm>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

template <class Value>
std::optional<Value> maybe(Value value) {
    return *rc::gen::inRange(0, 4) == 0 ? std::nullopt : std::optional{value};
}

/// Few learners, seconds and subjects, so that much comes together.
Event any_event(int users) {
    constexpr std::chrono::microseconds begin{1'760'000'000'000'000};
    auto const kind = *rc::gen::elementOf(std::vector{
        LearningKind::opened, LearningKind::watched, LearningKind::answered, LearningKind::viewed});
    auto const number = [] { return maybe<std::int64_t>(*rc::gen::inRange(1, 200'000)); };
    return {.user = UserId{*rc::gen::inRange(1, users + 1)},
            .at = Timestamp{begin + std::chrono::microseconds{*rc::gen::inRange(0, 9'000'000)}},
            .kind = kind,
            .subject = {.course = maybe(CourseId{*rc::gen::inRange(1, 4)}),
                        .lecture = maybe(LectureId{*rc::gen::inRange(1, 5)})},
            .item = maybe<std::int64_t>(*rc::gen::inRange(0, 3)),
            .a = number(),
            .b = number(),
            .c = number()};
}

std::vector<Event> any_events(int users, int most) {
    std::vector<Event> events;
    for (auto rest = *rc::gen::inRange(0, most + 1); rest > 0; --rest)
        events.push_back(any_event(users));
    return events;
}

/// A log and the frame that follows it, with chunks as small as told.
struct Followed {
    void append(std::vector<Event> const& events) {
        log.insert(log.end(), events.begin(), events.end());
        chunks = with_batch(chunks, Batch{events, subjects, limits::frame_subjects_max}, bounds);
        frame = frame.with(events, frame.seq() + static_cast<std::int64_t>(events.size()));
    }

    void erase(std::vector<std::int64_t> users) {
        std::sort(users.begin(), users.end());
        std::vector<UserId> ids;
        for (auto const user : users)
            ids.emplace_back(user);
        std::erase_if(log, [&](Event const& event) {
            return std::find(ids.begin(), ids.end(), event.user) != ids.end();
        });
        chunks = without_users(chunks, users, bounds);
        frame = frame.without(ids);
    }

    void check() const {
        auto const rows = sorted_rows(log);
        RC_ASSERT(rows_of(chunks.list, subjects.all()) == rows);
        RC_ASSERT(rows_of(frame) == rows);
        RC_ASSERT(frame.size() == rows.size());
        for (auto const& chunk : chunks.list) {
            RC_ASSERT(is_sound(chunk));
            RC_ASSERT(weight_of(shape_of(chunk)) <= bounds.weight_max || chunk.users.size() == 1);
        }
    }

    ChunkBounds bounds;
    std::vector<Event> log = {};
    Chunks chunks = {};
    Subjects subjects = {};
    EventFrame frame = {};
};

}  // namespace

TEST_CASE("a frame that followed the log is the log, sorted, whatever the size of chunks",
          "[analytics][frame]") {
    holds([] {
        auto const users = *rc::gen::inRange(1, 12);
        Followed followed{.bounds = {.weight_max = *rc::gen::inRange<std::size_t>(1, 2000)}};
        for (auto steps = *rc::gen::inRange(1, 8); steps > 0; --steps) {
            if (*rc::gen::inRange(0, 4) == 0) {
                followed.erase(*rc::gen::container<std::vector<std::int64_t>>(
                    *rc::gen::inRange<std::size_t>(0, 4),
                    rc::gen::inRange<std::int64_t>(0, users + 2)));
            } else {
                followed.append(any_events(users, *rc::gen::inRange(1, 40)));
            }
            followed.check();
        }
        auto const at_once = EventFrame{}.with(followed.log, followed.frame.seq());
        RC_ASSERT(followed.frame == at_once);
        RC_ASSERT(at_once == followed.frame);
    });
}

TEST_CASE("frames are equal only if their events are", "[analytics][frame]") {
    holds([] {
        auto left = any_events(3, 6);
        auto right = left;
        if (!right.empty() && *rc::gen::arbitrary<bool>()) {
            right[*rc::gen::inRange<std::size_t>(0, right.size())] = any_event(3);
        } else {
            right = any_events(3, 2);
        }
        auto const same = sorted_rows(left) == sorted_rows(right);
        RC_ASSERT((EventFrame{}.with(left, 1) == EventFrame{}.with(right, 1)) == same);
    });
}

TEST_CASE("frames made from one frame do not see each other's events", "[analytics][frame]") {
    holds([] {
        auto const base = any_events(3, 10);
        auto const frame = EventFrame{}.with(base, 1);
        std::vector<EventFrame> frames;
        std::vector<std::vector<Event>> logs;
        for (int i = 0; i < 3; ++i) {
            auto log = any_events(3, 10);
            frames.push_back(frame.with(log, 2));
            logs.push_back(base);
            logs.back().insert(logs.back().end(), log.begin(), log.end());
        }
        for (std::size_t i = 0; i < frames.size(); ++i) {
            RC_ASSERT(rows_of(frames[i]) == sorted_rows(logs[i]));
            RC_ASSERT(frames[i] == EventFrame{}.with(logs[i], 1));
        }
        RC_ASSERT(rows_of(frame) == sorted_rows(base));
    });
}
