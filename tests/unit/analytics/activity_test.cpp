#include "metric_log.hpp"

#include <eduplat/analytics/activity.hpp>

#include <array>
#include <limits>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

/// Days 0 to 3: user 1 on 0, 1 and 3, user 2 on 1 alone, user 3 on none of them.
EventFrame three_learners() {
    return frame_of({opened(1, day(0), 11), opened(1, day(0) + 1h, 11, 4), viewed(1, day(1)),
                     opened(2, day(1), 12), viewed(2, day(2) - 1s), viewed(1, day(3)),
                     viewed(3, day(4)), viewed(3, day(-1)),
                     Event{UserId{4}, day(1), LearningKind::enrolled}});
}

}  // namespace

TEST_CASE("active learners are distinct, and counts add up", "[analytics]") {
    auto const found = active_learners(three_learners(), {}, days(4));
    REQUIRE(found.size() == 4);
    CHECK(found[0].learners == 1);
    CHECK(found[0].events == 5);
    CHECK(found[1].learners == 2);
    CHECK(found[1].events == 3);
    CHECK(found[2].learners == 0);
    CHECK(found[2].events == 0);
    CHECK(found[3].from == day(3));
    CHECK(found[3].to == day(4));
    CHECK(found[3].learners == 1);
}

TEST_CASE("an event at an edge belongs to the bucket that begins there", "[analytics]") {
    auto const frame = frame_of({viewed(1, day(1)), viewed(2, day(1) - 1us)});
    auto const found = active_learners(frame, {}, days(2));
    CHECK(found[0].events == 1);
    CHECK(found[1].events == 1);
}

TEST_CASE("edges may lie before 1970 and after 2106", "[analytics]") {
    auto const year = [](int number) {
        return Timestamp{std::chrono::sys_days{std::chrono::year{number} / 1 / 1}};
    };
    std::vector<Timestamp> const edges{year(1800), year(1900), day(0), year(2200), year(2300)};
    auto const frame = frame_of({viewed(1, day(0) - 1s), viewed(1, day(0)), viewed(2, year(2150))});
    auto const found = active_learners(frame, {}, edges);
    CHECK(found[0].events == 0);
    CHECK(found[1].events == 1);
    CHECK(found[2].events == 2);  // of 2150, too: as of the last second that fits
    CHECK(found[3].events == 0);
}

TEST_CASE("what the school notes counts only when it is selected", "[analytics]") {
    auto const edges = days(4);
    auto const found =
        active_learners(three_learners(), {.kinds = {LearningKind::enrolled}}, edges);
    CHECK(found[1].learners == 1);
    CHECK(found[0].learners == 0);
}

TEST_CASE("stickiness needs a whole window", "[analytics]") {
    auto const found = stickiness(three_learners(), {}, days(4), 3);
    CHECK_FALSE(found[1].active_in_window);
    CHECK_FALSE(found[1].ratio);
    CHECK(found[2].active == 0);
    CHECK(found[2].active_in_window == 2);
    CHECK(found[2].ratio == 0.0);
    CHECK(found[3].active == 1);
    CHECK(found[3].active_in_window == 2);
    CHECK(found[3].ratio == 0.5);
    CHECK_FALSE(stickiness({}, {}, days(1), 1)[0].ratio);
    CHECK_FALSE(stickiness({}, {}, days(2), static_cast<std::size_t>(-1))[1].active_in_window);
}

TEST_CASE("a session goes on over gaps up to the longest, and ends after it", "[analytics]") {
    auto const frame = frame_of({viewed(1, second(0)), viewed(1, second(1800)),
                                 viewed(1, second(3601)), viewed(2, second(0))});
    auto const found = sessions(frame, {}).total;
    CHECK(found.sessions == 3);
    CHECK(found.learners == 2);
    CHECK(found.events == 4);
    CHECK(found.length == 1800s);
    CHECK(found.events_per_session() == 4.0 / 3);
    CHECK(found.mean_length_s() == 600);
    REQUIRE(found.lengths_s.size() == 2);
    CHECK(found.lengths_s[0].value == 0);
    CHECK(found.lengths_s[1].value == 1800);
    CHECK(sessions(frame, {}, {.gap = 1801s}).total.sessions == 2);
    CHECK(sessions(frame, {}, {.gap = std::chrono::seconds::max()}).total.sessions == 2);
    CHECK(sessions(frame, {}, {.gap = 0s}).total.sessions == 4);
}

TEST_CASE("a session belongs to the bucket it begins in", "[analytics]") {
    auto const frame = frame_of({viewed(1, day(1) - 60s), viewed(1, day(1) + 60s),
                                 viewed(1, day(1) + 5h), viewed(2, day(-1))});
    auto const found = sessions(frame, {}, {.probabilities = {1}, .edges = days(2)});
    CHECK(found.total.sessions == 2);
    CHECK(found.total.learners == 1);
    REQUIRE(found.buckets.size() == 2);
    CHECK(found.buckets[0].from == day(0));
    CHECK(found.buckets[0].sessions == 1);
    CHECK(found.buckets[0].events == 2);
    CHECK(found.buckets[0].length == 120s);
    CHECK(found.buckets[0].lengths_s[0].value == 120);
    CHECK(found.buckets[1].sessions == 1);
    CHECK(found.buckets[1].lengths_s[0].value == 0);
}

TEST_CASE("no sessions have no mean", "[analytics]") {
    auto const found = sessions({}, {}, {.edges = days(1)});
    CHECK(found.total.sessions == 0);
    CHECK_FALSE(found.total.events_per_session());
    CHECK_FALSE(found.total.mean_length_s());
    CHECK_FALSE(found.total.lengths_s[0].value);
    CHECK_FALSE(found.buckets[0].lengths_s[0].value);
}

TEST_CASE("habits gather buckets by cell, and a learner counts once in each", "[analytics]") {
    std::vector<std::uint32_t> const cells{0, 2, 0, 0};
    auto const found = habit_map(three_learners(), {}, days(4), cells);
    REQUIRE(found.size() == 3);
    CHECK(found[0].learners == 1);
    CHECK(found[0].events == 6);
    CHECK(found[1].learners == 0);
    CHECK(found[2].learners == 2);
}

TEST_CASE("percentiles are the nearest rank of active learners' events", "[analytics]") {
    std::vector<Event> events;
    for (int user = 1; user <= 100; ++user)
        events.push_back(opened(user, day(0), 11, user));
    auto const edges = days(2);
    auto const found =
        activity_percentiles(frame_of(events), {}, edges, std::array{0.0, 0.07, 0.5, 0.501, 1.0});
    CHECK(found[0].learners == 100);
    std::vector<std::int64_t> values;
    for (auto const& percentile : found[0].percentiles)
        values.push_back(percentile.value.value());
    CHECK(values == std::vector<std::int64_t>{1, 7, 50, 51, 100});
    CHECK(found[1].learners == 0);
    CHECK_FALSE(found[1].percentiles[2].value);
    events.push_back(opened(101, day(0), 11, limits::opened_count_max));  // far from the others
    auto const wide = activity_percentiles(frame_of(events), {}, edges, std::array{0.5, 1.0});
    CHECK(wide[0].percentiles[0].value == 51);
    CHECK(wide[0].percentiles[1].value == limits::opened_count_max);
}

TEST_CASE("learners are idle after more than the time given", "[analytics]") {
    auto const frame = three_learners();
    auto const found = idle_learners(frame, {}, day(8), 120h);
    CHECK(found.learners == 3);
    REQUIRE(found.idle.size() == 1);  // user 1 was there just 120 hours ago
    CHECK(found.idle[0].user == UserId{2});
    CHECK(found.idle[0].last == day(2) - 1s);
    CHECK(found.idle[0].events == 2);
    CHECK(idle_learners(frame, {}, day(8) + 1us, 120h).idle.size() == 2);
    CHECK(idle_learners(frame, {}, day(2) - 1s, 0s).idle.size() == 3);  // not at the moment itself
    CHECK(idle_learners(frame, {}, Timestamp::min(), 0s).learners == 0);
    CHECK(idle_learners(frame, {}, Timestamp::max(), std::chrono::seconds::max()).idle.empty());
}

TEST_CASE("lectures and courses have what was done with them", "[analytics]") {
    Event const watched{
        UserId{2}, day(2), LearningKind::watched, {CourseId{1}, LectureId{12}}, 0, 1000,
        9000,      5000};
    auto const frame =
        frame_of({opened(1, day(0), 11), opened(1, day(1), 11), opened(2, day(1), 11),
                  opened(2, day(1), 12, 3), watched, opened(3, day(3), 21), viewed(3, day(3))});
    auto const found = lecture_activity(frame, {});
    REQUIRE(found.lectures.size() == 3);
    auto const& first = found.lectures[0];
    CHECK(first.lecture == LectureId{11});
    CHECK(first.learners == 2);
    CHECK(first.opens == 3);
    CHECK(first.openers == 2);
    CHECK(first.reopeners == 1);
    CHECK(first.reopens == 1);
    CHECK(first.reopen_share() == 0.5);
    CHECK(first.first == day(0));
    CHECK(first.last == day(1));
    CHECK(found.lectures[1].watched == 4000ms);
    CHECK(found.lectures[1].events == 4);
    REQUIRE(found.courses.size() == 2);
    CHECK(found.courses[0].course == CourseId{1});
    CHECK_FALSE(found.courses[0].lecture);
    CHECK(found.courses[0].learners == 2);
    CHECK(found.courses[0].openers == 2);
    CHECK(found.courses[0].reopeners == 2);
    CHECK(found.courses[0].reopens == 3);
    CHECK(found.courses[0].last == day(2));
    auto const unopened = lecture_activity(frame, {.kinds = {LearningKind::watched}});
    CHECK_FALSE(unopened.lectures.at(0).reopen_share());
}

TEST_CASE("an empty frame has empty buckets and no lectures", "[analytics]") {
    CHECK(active_learners({}, {}, days(2)).size() == 2);
    CHECK(lecture_activity({}, {}).lectures.empty());
    CHECK(idle_learners({}, {}, day(1), 1s).learners == 0);
    CHECK(habit_map({}, {}, days(1), std::array{3U}).size() == 4);
}

TEST_CASE("one learner with one event is enough for every metric", "[analytics]") {
    auto const frame = frame_of({opened(1, day(0), 11)});
    auto const half = std::array{0.5};
    CHECK(active_learners(frame, {}, days(1))[0].learners == 1);
    CHECK(stickiness(frame, {}, days(1), 1)[0].ratio == 1.0);
    CHECK(sessions(frame, {}).total.mean_length_s() == 0.0);
    CHECK(activity_percentiles(frame, {}, days(1), half)[0].percentiles[0].value == 1);
    CHECK(idle_learners(frame, {}, day(1), 1h).idle.size() == 1);
    CHECK(lecture_activity(frame, {}).courses[0].reopen_share() == 0.0);
}

TEST_CASE("edges that make no buckets are refused", "[analytics]") {
    auto const of = [](std::vector<Timestamp> const& edges) {
        return refusal([&] { return active_learners({}, {}, edges); });
    };
    CHECK(of({}) == "edges: too_few");
    CHECK(of({day(0)}) == "edges: too_few");
    CHECK(of({day(0), day(1)}).empty());
    CHECK(of({day(0), day(0)}) == "edges: not_ascending");
    CHECK(of({day(1), day(0) + 1us}) == "edges: not_ascending, edges: not_whole_seconds");
}

TEST_CASE("buckets are as many as the limit says at most", "[analytics]") {
    std::vector<Timestamp> edges;
    for (std::size_t i = 0; i < limits::analytics_buckets_max; ++i)
        edges.push_back(second(static_cast<std::int64_t>(i)));
    auto const frame = frame_of({viewed(1, second(7))});
    CHECK(active_learners(frame, {}, edges)[7].learners == 1);
    edges.push_back(edges.back() + 1s);
    CHECK(active_learners(frame, {}, edges).size() == limits::analytics_buckets_max);
    edges.push_back(edges.back() + 1s);
    auto const of = [&] { return refusal([&] { return active_learners(frame, {}, edges); }); };
    CHECK(of() == "edges: too_many");
    for (int i = 0; i < 900'000; ++i)
        edges.push_back(edges.back() + 1s);
    CHECK(of() == "edges: too_many");
}

TEST_CASE("what is wrong with a call is said at once", "[analytics]") {
    Selection const reversed{.from = day(1), .to = day(0)};
    CHECK(refusal([&] { return active_learners({}, reversed, {}, {-1}); }) ==
          "to: reversed, num_threads: negative, edges: too_few");
    CHECK(refusal([] { return lecture_activity({}, {}, {limits::threads_max + 1}); }) ==
          "num_threads: too_large");
    CHECK(refusal([] { return lecture_activity({}, {}, {limits::threads_max}); }).empty());
    CHECK(refusal([] { return lecture_activity({}, {.from = day(1), .to = day(1)}); }).empty());
    CHECK(refusal([] { return stickiness({}, {}, days(1), 0); }) == "window_buckets: too_small");
    CHECK(refusal([] { return sessions({}, {}, {.gap = -1s, .probabilities = {1.01}}); }) ==
          "gap: negative, probabilities: out_of_range");
    CHECK(refusal([] { return idle_learners({}, {}, day(0), -1s); }) == "idle: negative");
    CHECK(refusal([] { return habit_map({}, {}, days(2), std::array{1U}); }) == "cells: mismatch");
    auto const cell = [](std::size_t value) {
        return refusal([&] {
            return habit_map({}, {}, days(1), std::array{static_cast<std::uint32_t>(value)});
        });
    };
    CHECK(cell(limits::analytics_buckets_max) == "cells: too_large");
    CHECK(cell(limits::analytics_buckets_max - 1).empty());
}

TEST_CASE("probabilities are shares, and not too many", "[analytics]") {
    auto const of = [](std::vector<double> const& probabilities, int buckets = 1) {
        return refusal([&] { return activity_percentiles({}, {}, days(buckets), probabilities); });
    };
    CHECK(of({0, 1}).empty());
    CHECK(of({-0.1}) == "probabilities: out_of_range");
    CHECK(of({std::numeric_limits<double>::quiet_NaN()}) == "probabilities: out_of_range");
    CHECK(of(std::vector<double>(limits::analytics_cells_max / 1000), 1000).empty());
    CHECK(of(std::vector<double>(limits::analytics_cells_max / 1000 + 1), 1000) ==
          "probabilities: too_many");
}
