#include "broken_rules.hpp"

#include <eduplat/analytics/lectures.hpp>
#include <eduplat/analytics/video.hpp>
#include <eduplat/core/limits.hpp>

#include <support/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::broken_rules;
using std::chrono::milliseconds;

namespace {

constexpr Timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} +
                         std::chrono::hours{12}};
constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();

Event watched(std::int64_t user, std::int64_t lecture, std::int64_t from, std::int64_t to,
              std::optional<std::int64_t> item = 0) {
    return {.user = UserId{user},
            .at = noon,
            .kind = LearningKind::watched,
            .subject = {CourseId{1}, LectureId{lecture}},
            .item = item,
            .a = from,
            .b = to,
            .c = from};
}

Event answered(std::int64_t user, std::int64_t lecture, std::int64_t score,
               std::int64_t score_max = 1, std::int64_t item = 5) {
    return {.user = UserId{user},
            .at = noon,
            .kind = LearningKind::answered,
            .subject = {CourseId{1}, LectureId{lecture}},
            .item = item,
            .a = score,
            .b = score_max};
}

EventFrame frame_of(std::vector<Event> const& events) {
    return EventFrame{}.with(events, 1);
}

Recording recording(std::int64_t lecture, int duration_ms, std::optional<int> item = 0) {
    return {LectureId{lecture}, item, milliseconds{duration_ms}};
}

}  // namespace

TEST_CASE("a video curve counts what was played, and each learner once", "[analytics][video]") {
    auto const frame =
        frame_of({watched(1, 1, 0, 2500), watched(1, 1, 500, 1500), watched(2, 1, 2400, 9999),
                  watched(2, 1, 3000, 3000), watched(3, 2, 0, 1000), watched(3, 1, 5000, 6000)});
    std::vector const recordings{recording(1, 3500)};
    auto const curve = video_curves(frame, {}, recordings).at(0);
    using Counts = std::vector<std::int64_t>;
    CHECK(curve.stretches == 3);
    CHECK(curve.bin_ms == Counts{1000, 1000, 1000, 500});
    CHECK(curve.watched_ms == Counts{1500, 1500, 1100, 500});
    CHECK(curve.distinct_ms == Counts{1000, 1000, 1100, 500});
    CHECK(curve.viewers == Counts{1, 1, 2, 1});
    CHECK(curve.reached == Counts{2, 2, 2, 1});
    CHECK(curve.views(3) == 1);
    CHECK(curve.rewatches(0) == 0.5);
    CHECK(curve.left(2) == 1);
    CHECK(curve.left(3) == 1);
    REQUIRE(curve.learners.size() == 2);
    CHECK(curve.learners[0] == VideoViewer{UserId{1}, 3500, 2500, 2500, 2500.0 / 3500});
    CHECK(curve.complete == proportion(0, 2));
    CHECK(curve.dropped == proportion(1, 2));
    CHECK(curve.peaks == std::vector<RewatchPeak>{{0, 0.5, 0.5}});
}

TEST_CASE("a gap of a millisecond is a gap", "[analytics][video]") {
    auto const frame = frame_of({watched(1, 1, 501, 900), watched(1, 1, 0, 500)});
    std::vector const recordings{recording(1, 900)};
    auto const curve = video_curves(frame, {}, recordings).at(0);
    CHECK(curve.distinct_ms.at(0) == 899);
    CHECK(curve.learners.at(0).distinct_ms == 899);
    CHECK(curve.stretches == 2);
}

TEST_CASE("a recording that nobody watched has a curve of zeros", "[analytics][video]") {
    std::vector const recordings{recording(1, 1500), recording(1, 900, std::nullopt)};
    for (auto const& curve : video_curves({}, {}, recordings)) {
        CHECK(curve.watched_ms == std::vector<std::int64_t>(curve.bin_ms.size()));
        CHECK(curve.learners.empty());
        CHECK(curve.complete == Proportion{});
        CHECK(curve.peaks.empty());
    }
    CHECK(video_curves({}, {}, {}).empty());
}

TEST_CASE("recordings are told apart by lecture and place", "[analytics][video]") {
    auto const frame = frame_of({watched(1, 1, 0, 100), watched(1, 1, 0, 200, 2),
                                 watched(1, 1, 0, 300, std::nullopt), watched(1, 2, 0, 400)});
    std::vector const recordings{recording(2, 1000), recording(1, 1000, std::nullopt),
                                 recording(1, 1000, 2), recording(1, 1000, 65535),
                                 recording(1, 1000, -1)};
    auto const curves = video_curves(frame, {}, recordings);
    CHECK(curves[0].watched_ms[0] == 400);
    CHECK(curves[1].watched_ms[0] == 300);
    CHECK(curves[2].watched_ms[0] == 200);
    CHECK(curves[3].watched_ms[0] == 0);
    CHECK(curves[4].watched_ms[0] == 0);
    CHECK(video_curves(frame, {.lectures = {LectureId{2}}}, recordings)[2].learners.empty());
    CHECK(video_curves(frame, {.kinds = {LearningKind::opened}}, recordings)[2].learners.size() ==
          1);
    // Nothing of it was credited.
    CHECK(video_curves(frame, {}, recordings, {.credited = true})[2].stretches == 0);
}

TEST_CASE("as much watched again in bins of unlike crowds is one plateau", "[analytics][video]") {
    std::vector<Event> events{watched(1, 1, 0, 10'000)};
    for (std::int64_t bin = 2; bin <= 6; ++bin) {
        events.push_back(watched(1, 1, 1000 * bin, 1000 * bin + 100));
        for (std::int64_t user = 2; user < 2 + bin; ++user)
            events.push_back(watched(user, 1, 1000 * bin, 1000 * (bin + 1)));
    }
    std::vector const recordings{recording(1, 10'000)};
    auto const curve = video_curves(frame_of(events), {}, recordings).at(0);
    for (std::size_t bin = 2; bin <= 6; ++bin)
        CHECK(curve.watched_ms[bin] - curve.distinct_ms[bin] == 100);
    CHECK(curve.peaks == std::vector<RewatchPeak>{{4, 0.1, 0.1}});
}

TEST_CASE("small peaks are left out by their prominence", "[analytics][video]") {
    std::vector<Event> events{watched(1, 1, 0, 5000)};
    for (int again = 0; again < 20; ++again)
        events.push_back(watched(1, 1, 1000, 2000));
    events.push_back(watched(1, 1, 3000, 4000));
    std::vector const recordings{recording(1, 5000)};
    auto const peaks = [&](double share) {
        return video_curves(frame_of(events), {}, recordings, {.prominence_share = share})[0].peaks;
    };
    CHECK(peaks(0.1) == std::vector<RewatchPeak>{{1, 20, 20}});
    CHECK(peaks(0.05) == std::vector<RewatchPeak>{{1, 20, 20}, {3, 1, 1}});
    CHECK(peaks(0).size() == 2);
    CHECK(peaks(1).size() == 1);
}

TEST_CASE("what a video curve cannot be made of is named", "[analytics][video]") {
    auto const rules = [](std::vector<Recording> const& recordings, VideoOptions const& options,
                          Selection const& selection = {}) {
        return broken_rules([&] { (void)video_curves({}, selection, recordings, options); });
    };
    constexpr auto longest =
        static_cast<std::int64_t>(std::chrono::milliseconds{limits::item_duration_max}.count());
    Recording const at_most{LectureId{1}, 0, milliseconds{longest}};
    Recording const too_long{LectureId{1}, 0, milliseconds{longest + 1}};
    VideoOptions const wide{.bin = std::chrono::minutes{1}};
    CHECK(rules({at_most}, wide).empty());
    CHECK(rules({too_long}, wide) == "recordings[0].duration:too_large ");
    CHECK(rules({recording(1, 0)}, {}) == "recordings[0].duration:too_small ");
    CHECK(rules({recording(1, 1), recording(1, 2)}, {}) == "recordings[1]:duplicate ");
    CHECK(rules({}, {.bin = milliseconds{0}}) == "bin:too_small ");
    constexpr auto bins = static_cast<int>(limits::analytics_buckets_max);
    CHECK(rules({recording(1, bins)}, {.bin = milliseconds{1}}).empty());
    CHECK(rules({recording(1, bins + 1)}, {.bin = milliseconds{1}}) == "bin:too_many ");
    CHECK(rules({}, {.complete_share = 0, .prominence_share = -0.1, .confidence = 1}) ==
          "complete_share:out_of_range prominence_share:out_of_range confidence:out_of_range ");
    CHECK(rules({}, {.complete_share = not_a_number,
                     .prominence_share = not_a_number,
                     .confidence = not_a_number}) ==
          "complete_share:out_of_range prominence_share:out_of_range confidence:out_of_range ");
    CHECK(rules({}, {}, {.from = noon, .to = Timestamp{}}) == "to:reversed ");
}

TEST_CASE("the difficulty of a lecture is the mean of what sets it apart",
          "[analytics][lectures]") {
    auto const frame = frame_of(
        {// Lecture 1: watched once to the end, answered well.
         watched(1, 1, 0, 1000), watched(2, 1, 0, 1000), answered(1, 1, 1), answered(2, 1, 1),
         // Lecture 2: one watches all of it twice, one leaves; half is wrong.
         watched(1, 2, 0, 1000), watched(1, 2, 0, 1000), watched(2, 2, 0, 100), answered(1, 2, 1),
         answered(2, 2, 0), answered(2, 2, 1), answered(2, 2, 5, 0, 6)});
    std::vector const recordings{recording(1, 1000), recording(2, 1000)};
    std::vector<LectureQuestions> const questions{{LectureId{2}, 4}};
    auto const lectures = lecture_difficulty(frame, {}, recordings, questions);
    REQUIRE(lectures.size() == 2);
    auto const& hard = lectures[1];
    CHECK(hard.lecture == LectureId{2});
    CHECK(hard.learners == 2);
    CHECK(hard.viewers == 2);
    CHECK(hard.watched_ms == 2100);
    CHECK(hard.distinct_ms == 1100);
    CHECK(hard.mean_watched_s.value() == Approx(1.05));
    CHECK(hard.first_correct == proportion(1, 2));
    CHECK(hard.rewatch.mean == 0.5);
    CHECK(hard.drop_off.mean == 0.5);
    CHECK(hard.error.mean == 0.5);
    CHECK(hard.questions.mean == 2.0);
    // Two lectures lie one population deviation on either side of their mean.
    for (auto const* sign : {&hard.rewatch, &hard.drop_off, &hard.error, &hard.questions})
        CHECK(sign->z.value() == Approx(1));
    CHECK(lectures[0].rewatch.z.value() == Approx(-1));
    CHECK(hard.difficulty.value() == Approx(1));
    // 0 and 1: a sample deviation of sqrt(1/2), over sqrt(2), is 1/2; lectures deviate by 1/4, and
    // by 1 in questions: sqrt(4) / 2 asked.
    CHECK(hard.rewatch.std_error.value() == Approx(0.5));
    auto const reach = 1.959963984540054 * std::sqrt(3 * 4.0 + 1) / 4;
    // None asked of 2 learners is no more certain than one.
    CHECK(lectures[0].questions.mean == 0.0);
    CHECK(lectures[0].questions.std_error == 0.5);
    CHECK(hard.questions.std_error == 1.0);
    CHECK(hard.low.value() == Approx(1 - reach));
    CHECK(hard.high.value() == Approx(1 + reach));
}

TEST_CASE("a lecture alone, or like the others, is neither hard nor easy",
          "[analytics][lectures]") {
    CHECK(lecture_difficulty({}, {}, {}).empty());
    std::vector const recordings{recording(1, 1000), recording(2, 1000)};
    auto const alone = lecture_difficulty(frame_of({watched(1, 1, 0, 400)}), {}, recordings);
    REQUIRE(alone.size() == 1);
    CHECK(alone[0].drop_off.mean == 1.0);
    CHECK_FALSE(alone[0].drop_off.std_error);
    CHECK_FALSE(alone[0].error.mean);
    CHECK_FALSE(alone[0].drop_off.z);
    CHECK_FALSE(alone[0].difficulty);

    auto const alike = lecture_difficulty(frame_of({watched(1, 1, 0, 400), watched(1, 2, 0, 400)}),
                                          {}, recordings);
    CHECK_FALSE(alike[1].drop_off.z);
    CHECK_FALSE(alike[1].difficulty);

    // One learner each: a difference, but who knows how sure.
    auto const unsure = lecture_difficulty(frame_of({watched(1, 1, 0, 400), watched(1, 2, 0, 990)}),
                                           {}, recordings);
    CHECK(unsure[0].difficulty.value() == Approx(1));
    CHECK_FALSE(unsure[0].low);

    auto const answers_only = lecture_difficulty(frame_of({answered(1, 9, 0, 0)}), {}, {});
    REQUIRE(answers_only.size() == 1);
    CHECK(answers_only[0].learners == 1);
    CHECK(answers_only[0].first_correct == Proportion{});
    CHECK_FALSE(answers_only[0].mean_watched_s);
}

TEST_CASE("what a difficulty cannot be made of is named", "[analytics][lectures]") {
    std::vector const recordings{recording(1, 0)};
    std::vector<LectureQuestions> const questions{{LectureId{1}, -1}, {LectureId{1}, 0}};
    CHECK(broken_rules([&] {
              (void)lecture_difficulty({}, {.from = noon, .to = Timestamp{}}, recordings, questions,
                                       not_a_number);
          }) ==
          "to:reversed recordings[0].duration:too_small questions[0].questions:negative "
          "questions[1].lecture:duplicate confidence:out_of_range ");
}
