#include "metric_log.hpp"

#include <eduplat/analytics/funnel.hpp>

#include <cmath>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

FunnelStep step(LearningKind kind) {
    return {.kinds = {kind}};
}

std::vector<FunnelStep> view_open_answer() {
    return {step(LearningKind::viewed), step(LearningKind::opened), step(LearningKind::answered)};
}

std::vector<std::int64_t> learners(std::vector<FunnelStepResult> const& results) {
    std::vector<std::int64_t> counts;
    for (auto const& result : results)
        counts.push_back(result.learners);
    return counts;
}

using Counts = std::vector<std::int64_t>;

/// 1 goes all the way, 2 begins with the second step, 3 does something between.
EventFrame three_learners() {
    return frame_of({viewed(1, second(0)), opened(1, second(10), 11), answered(1, second(40), 5),
                     opened(2, second(0), 11), viewed(2, second(5)), answered(2, second(9), 9),
                     viewed(3, second(0)), viewed(3, second(3)), opened(3, second(5), 11),
                     viewed(3, second(6)), answered(3, second(7), 10)});
}

}  // namespace

TEST_CASE("a funnel in order counts each learner as far as he got", "[analytics]") {
    auto steps = view_open_answer();
    steps[1].name = "opened";
    auto const found = funnel(three_learners(), {}, steps);
    CHECK(learners(found) == Counts{3, 2, 2});
    CHECK(found[1].name == "opened");
    CHECK_FALSE(found[0].step_conversion);
    CHECK(found[0].overall_conversion == 1.0);
    CHECK_FALSE(found[0].median_time);
    CHECK(found[1].step_conversion == 2.0 / 3);
    CHECK(found[2].step_conversion == 1.0);
    CHECK(found[2].overall_conversion == 2.0 / 3);
    CHECK(found[1].median_time == 5s);  // of 10 and 5, the lower one
    CHECK(found[2].median_time == 2s);  // of 30 and 2
}

TEST_CASE("a strict funnel takes steps right after one another", "[analytics]") {
    auto const found =
        funnel(three_learners(), {}, view_open_answer(), {.order = FunnelOrder::strict});
    CHECK(learners(found) == Counts{3, 2, 1});
    // what is not selected does not stand between
    Selection const selection{.from = second(4), .users = {UserId{3}}};
    std::vector<FunnelStep> const two{step(LearningKind::opened), step(LearningKind::answered)};
    auto const strict = FunnelOptions{.order = FunnelOrder::strict};
    CHECK(learners(funnel(three_learners(), selection, two, strict)) == Counts{1, 0});
    Selection const both{.kinds = {LearningKind::opened, LearningKind::answered}};
    CHECK(learners(funnel(three_learners(), both, two, strict)) == Counts{3, 3});
}

TEST_CASE("a funnel in any order wants all steps before, too", "[analytics]") {
    auto const found =
        funnel(three_learners(), {}, view_open_answer(), {.order = FunnelOrder::any_order});
    CHECK(learners(found) == Counts{3, 3, 3});
    auto const near = funnel(three_learners(), {}, view_open_answer(),
                             {.order = FunnelOrder::any_order, .window = 4s});
    CHECK(learners(near) == Counts{3, 1, 1});
}

TEST_CASE("a window runs from the beginning that leads furthest", "[analytics]") {
    auto const of = [](std::chrono::seconds window) {
        return learners(funnel(three_learners(), {}, view_open_answer(), {.window = window}));
    };
    CHECK(of(4s) == Counts{3, 1, 1});
    CHECK(of(3s) == Counts{3, 1, 0});
    CHECK(of(40s) == Counts{3, 2, 2});
    CHECK(of(39s) == Counts{3, 2, 1});
    CHECK(of(0s) == Counts{3, 0, 0});
}

TEST_CASE("one event does one step, and the log's order decides within a second", "[analytics]") {
    std::vector<FunnelStep> const twice{step(LearningKind::opened), step(LearningKind::opened)};
    CHECK(learners(funnel(frame_of({opened(1, second(0), 11, 2)}), {}, twice)) == Counts{1, 0});
    CHECK(learners(funnel(frame_of({opened(1, second(0), 11), opened(1, second(0), 11)}), {},
                          twice)) == Counts{1, 1});
    std::vector<FunnelStep> const two{step(LearningKind::viewed), step(LearningKind::opened)};
    CHECK(learners(funnel(frame_of({opened(1, second(0), 11), viewed(1, second(0))}), {}, two)) ==
          Counts{1, 0});
}

TEST_CASE("steps may want a course, a lecture and a score", "[analytics]") {
    std::vector<FunnelStep> steps{{.courses = {CourseId{1}}},
                                  {.lectures = {LectureId{11}}, .min_score_share = 0.5},
                                  {.min_score_share = 0.9},
                                  {.min_score_share = 0}};
    CHECK(learners(funnel(three_learners(), {}, steps)) == Counts{3, 3, 0, 0});
    std::swap(steps[1], steps[2]);
    CHECK(learners(funnel(three_learners(), {}, steps)) == Counts{3, 2, 0, 0});
    auto const ungraded = frame_of({answered(1, second(0), 0, 0)});
    CHECK(learners(funnel(ungraded, {}, std::vector{FunnelStep{.min_score_share = 0}})) ==
          Counts{0});
}

TEST_CASE("moments that are known otherwise are steps, too", "[analytics]") {
    std::vector<FunnelStep> steps(4);
    steps[0].moments = {{{UserId{7}, second(0)}, {UserId{1}, second(3)}, {UserId{2}, second(9)}}};
    steps[1].kinds = {LearningKind::answered};
    steps[2].moments = {
        {{UserId{1}, second(0)}, {UserId{1}, second(40) + 900ms}, {UserId{2}, second(8)}}};
    steps[3].kinds = {LearningKind::completed};
    auto const found = funnel(three_learners(), {}, steps);
    CHECK(learners(found) == Counts{3, 2, 1, 0});
    CHECK(found[1].median_time == 0s);
    CHECK(found[2].median_time == 0s);
    Selection const selection{.to = second(9), .users = {UserId{7}, UserId{2}}};
    CHECK(learners(funnel(three_learners(), selection, steps)) == Counts{1, 0, 0, 0});
    std::swap(steps[0], steps[1]);
    CHECK(learners(funnel(three_learners(), {}, steps))[0] == 3);  // 7 answered nothing
}

TEST_CASE("what the school notes is a step if a step says so", "[analytics]") {
    auto const frame =
        frame_of({opened(1, second(0), 11), Event{UserId{1}, second(1), LearningKind::completed}});
    std::vector<FunnelStep> const named{step(LearningKind::opened), step(LearningKind::completed)};
    CHECK(learners(funnel(frame, {}, named)) == Counts{1, 1});
    CHECK(learners(funnel(frame, {}, std::vector<FunnelStep>(2))) == Counts{1, 0});
    CHECK(learners(funnel(frame, {.kinds = {LearningKind::opened}}, named)) == Counts{1, 0});
}

TEST_CASE("an empty funnel has no conversions", "[analytics]") {
    auto const found = funnel({}, {}, view_open_answer());
    CHECK(learners(found) == Counts{0, 0, 0});
    CHECK_FALSE(found[0].overall_conversion);
    CHECK_FALSE(found[2].step_conversion);
    CHECK_FALSE(found[2].median_time);
}

TEST_CASE("funnels are refused what makes no steps", "[analytics]") {
    auto const of = [](std::vector<FunnelStep> const& steps, FunnelOptions const& options = {}) {
        return refusal([&] { return funnel({}, {}, steps, options); });
    };
    CHECK(of({}) == "steps: too_few");
    CHECK(of(std::vector<FunnelStep>(limits::analytics_funnel_steps_max)).empty());
    CHECK(of(std::vector<FunnelStep>(limits::analytics_funnel_steps_max + 1)) == "steps: too_many");
    CHECK(of({{.min_score_share = 1}, {.min_score_share = 1.1}, {.min_score_share = -0.1}}) ==
          "steps[1].min_score_share: out_of_range, steps[2].min_score_share: out_of_range");
    CHECK(of({{.min_score_share = std::nan("")}}) == "steps[0].min_score_share: out_of_range");
    FunnelStep known;
    known.moments.emplace();
    CHECK(of({known}, {.order = FunnelOrder::strict, .window = -1s}) ==
          "steps[0].moments: strict, window: negative");
    CHECK(of({known}, {.window = 0s}).empty());
}

TEST_CASE("a funnel of as many steps as the limit says is walked to its end", "[analytics]") {
    std::vector<Event> events;
    for (std::size_t i = 0; i < limits::analytics_funnel_steps_max; ++i)
        events.push_back(viewed(1, second(0)));
    std::vector<FunnelStep> const steps(limits::analytics_funnel_steps_max);
    for (auto const order : {FunnelOrder::ordered, FunnelOrder::strict, FunnelOrder::any_order})
        CHECK(funnel(frame_of(events), {}, steps, {.order = order}).back().learners == 1);
}
