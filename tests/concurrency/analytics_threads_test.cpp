#include <eduplat/analytics/event_frame.hpp>

#include <support/catch.hpp>
#include <support/frame_rows.hpp>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

constexpr int users = 5;

/// Each is about something new, so that the list of subjects grows all the time.
Event event(std::int64_t number, std::int64_t writer = 0) {
    return {.user = UserId{1 + number % users},
            .at = Timestamp{std::chrono::seconds{1'772'323'200 + number}},
            .kind = number % 2 == 0 ? LearningKind::watched : LearningKind::viewed,
            .subject = {CourseId{1 + writer}, LectureId{1 + number}},
            .a = number};
}

std::vector<Event> events(std::int64_t begin, std::int64_t end, std::int64_t writer = 0) {
    std::vector<Event> list;
    for (auto i = begin; i < end; ++i)
        list.push_back(event(i, writer));
    return list;
}

}  // namespace

TEST_CASE("frames are read while later ones are made", "[concurrency][analytics]") {
    constexpr std::int64_t increments = 300;
    std::mutex mutex;
    EventFrame latest;
    std::atomic<bool> done{false};
    std::atomic<bool> wrong{false};
    std::atomic<int> read{0};
    auto const take = [&] {
        std::scoped_lock const lock{mutex};
        return latest;
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!done) {
                auto const frame = take();
                auto const rows = rows_of(frame);
                auto const without = frame.without(std::vector{UserId{1}});
                if (rows != sorted_rows(events(0, frame.seq())) || without.learners() >= users)
                    wrong = true;
                ++read;
                std::this_thread::yield();
            }
        });
    }
    for (std::int64_t i = 0; i < increments || read < 10; ++i) {
        auto next = take().with(std::vector{event(i)}, i + 1);
        std::scoped_lock const lock{mutex};
        latest = std::move(next);
    }
    done = true;
    for (auto& reader : readers)
        reader.join();
    CHECK(rows_of(latest) == sorted_rows(events(0, latest.seq())));
    CHECK_FALSE(wrong);
}

TEST_CASE("many frames are made from one at the same time", "[concurrency][analytics]") {
    auto const base = EventFrame{}.with(events(0, 100), 100);
    std::vector<EventFrame> made(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < made.size(); ++i) {
        threads.emplace_back([&base, &made, i] {
            auto frame = base;
            for (std::int64_t number = 100; number < 160; ++number)
                frame = frame.with(events(number, number + 1, static_cast<std::int64_t>(i) % 4),
                                   number + 1);
            made[i] = frame;
        });
    }
    for (auto& thread : threads)
        thread.join();
    for (std::size_t i = 0; i < made.size(); ++i) {
        auto log = events(0, 100);
        for (auto const& one : events(100, 160, static_cast<std::int64_t>(i) % 4))
            log.push_back(one);
        CHECK(rows_of(made[i]) == sorted_rows(log));
        CHECK(made[i] == made[(i + 4) % made.size()]);
    }
    CHECK(rows_of(base) == sorted_rows(events(0, 100)));
}
