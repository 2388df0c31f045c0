#include "metric_log.hpp"

#include <eduplat/analytics/activity.hpp>
#include <eduplat/analytics/funnel.hpp>
#include <eduplat/analytics/retention.hpp>

#include <array>
#include <random>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

/// Many enough for several chunks.
EventFrame many_learners() {
    std::minstd_rand random{7};
    auto const below = [&](unsigned bound) { return static_cast<std::int64_t>(random() % bound); };
    std::vector<Event> events;
    for (int i = 0; i < 200'000; ++i) {
        auto const at = second(below(40 * 86'400));
        auto const user = 1 + below(500);
        events.push_back(below(9) > 0 ? opened(user, at, 10 + below(90), 1 + below(9))
                                      : answered(user, at, below(11)));
    }
    return frame_of(events);
}

/// All numbers of all metrics, one after another.
std::vector<std::int64_t> numbers(EventFrame const& frame, ScanControl control) {
    std::vector<std::int64_t> all;
    auto const note = [&](auto... values) { (all.push_back(values), ...); };
    auto const edges = days(40);
    auto const half = std::array{0.5, 0.9};
    for (auto const& bucket : active_learners(frame, {}, edges, control))
        note(bucket.learners, bucket.events);
    for (auto const& bucket : stickiness(frame, {}, edges, 7, control))
        note(bucket.active_in_window.value_or(-1));
    auto const found = sessions(frame, {}, {.edges = edges}, control);
    note(found.total.sessions, found.total.length.count(), *found.total.lengths_s[1].value);
    for (auto const& bucket : found.buckets)
        note(bucket.sessions, bucket.lengths_s[0].value.value_or(-1));
    for (auto const& bucket : activity_percentiles(frame, {}, edges, half, control))
        note(bucket.percentiles[0].value.value_or(-1), bucket.percentiles[1].value.value_or(-1));
    for (auto const& learner :
         idle_learners(frame, {}, day(40), std::chrono::hours{2}, control).idle)
        note(learner.user.value(), learner.events);
    for (auto const& row : lecture_activity(frame, {}, control).lectures)
        note(row.lecture->value(), row.learners, row.events, row.reopeners);
    for (auto const& row : lecture_activity(frame, {}, control).courses)
        note(row.course->value(), row.learners, row.reopens);
    for (auto const& cohort : cohorts(frame, {}, edges, {RetentionKind::rolling, 2}, control))
        all.insert(all.end(), cohort.retained.begin(), cohort.retained.end());
    std::vector<FunnelStep> steps(3);
    steps[1].min_score_share = 1;
    steps[2].lectures = {LectureId{42}};
    for (auto const& step : funnel(frame, {}, steps, {.window = std::chrono::hours{30}}, control))
        note(step.learners, step.median_time.value_or(std::chrono::seconds{-1}).count());
    return all;
}

}  // namespace

TEST_CASE("metrics are the same for any number of threads", "[analytics]") {
    auto const frame = many_learners();
    REQUIRE(frame.chunks().size() >= 3);
    auto const alone = numbers(frame, {1});
    CHECK(alone.size() > 500);
    for (int threads : {0, 2, 3, 8})
        CHECK(numbers(frame, {threads}) == alone);
}
