#include "analytics/peaks.hpp"
#include "property.hpp"

#include <eduplat/analytics/video.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::holds;
using std::chrono::milliseconds;

namespace {

constexpr LectureId lecture{1};
constexpr std::int64_t learners = 4;

Event watched(std::int64_t user, std::int64_t second, std::int64_t from, std::int64_t to,
              std::int64_t credited_to, std::optional<std::int64_t> item = 0) {
    return {.user = UserId{user},
            .at = Timestamp{std::chrono::seconds{second}},
            .kind = LearningKind::watched,
            .subject = {CourseId{1}, lecture},
            .item = item,
            .a = from,
            .b = to,
            .c = credited_to};
}

/// A player: plays on at a rate and reports every now and then, seeks, and has several tabs.
class Player {
  public:
    explicit Player(std::int64_t duration) : duration_(duration) {}

    /// What one tab of a learner reports.
    void play(std::int64_t user, std::vector<Event>& events) const {
        auto place = *rc::gen::inRange<std::int64_t>(0, duration_);
        auto second = *rc::gen::inRange<std::int64_t>(0, 1000);
        auto const rate = *rc::gen::element(0.5, 1.0, 1.25, 2.0);
        for (auto reports = *rc::gen::inRange(1, 6); reports > 0; --reports) {
            if (*rc::gen::inRange(0, 3) == 0) place = *rc::gen::inRange<std::int64_t>(0, duration_);
            auto const heartbeat_s = *rc::gen::inRange<std::int64_t>(0, 15);
            auto const length =
                static_cast<std::int64_t>(rate * static_cast<double>(heartbeat_s * 1000));
            // Some players report places beyond the end, which the log does not cut for a frame.
            auto const to =
                *rc::gen::inRange(0, 6) == 0 ? place + length : std::min(place + length, duration_);
            auto const credited = *rc::gen::inRange<std::int64_t>(place, to + 1);
            events.push_back(watched(user, second, place, to, credited));
            second += heartbeat_s;
            place = std::min(to, duration_ - 1);
        }
    }

  private:
    std::int64_t duration_;
};

/// Every millisecond of every learner, one by one.
using Plays = std::map<std::int64_t, std::vector<int>>;

Plays plays_of(std::vector<Event> const& events, std::int64_t duration, bool credited) {
    Plays plays;
    for (auto const& event : events) {
        auto const end = std::min(credited ? *event.c : *event.b, duration);
        for (auto ms = *event.a; ms < end; ++ms) {
            auto& learner = plays[event.user.value()];
            learner.resize(static_cast<std::size_t>(duration));
            ++learner[static_cast<std::size_t>(ms)];
        }
    }
    return plays;
}

struct Second {
    std::int64_t watched = 0;
    std::int64_t distinct = 0;
    std::int64_t viewers = 0;
    std::int64_t reached = 0;
};

Second second_of(Plays const& plays, std::size_t begin, std::size_t end) {
    Second second;
    for (auto const& [user, counts] : plays) {
        std::int64_t distinct = 0;
        for (auto ms = begin; ms < end; ++ms) {
            second.watched += counts[ms];
            distinct += counts[ms] > 0 ? 1 : 0;
        }
        second.distinct += distinct;
        second.viewers += distinct > 0 ? 1 : 0;
        auto const later = std::any_of(counts.begin() + static_cast<std::ptrdiff_t>(begin),
                                       counts.end(), [](int count) { return count > 0; });
        second.reached += later ? 1 : 0;
    }
    return second;
}

void check_curve(VideoCurve const& curve, Plays const& plays) {
    auto const duration = static_cast<std::size_t>(curve.recording.duration.count());
    auto const bin_ms = static_cast<std::size_t>(curve.bin.count());
    RC_ASSERT(curve.watched_ms.size() == (duration + bin_ms - 1) / bin_ms);
    for (std::size_t bin = 0; bin * bin_ms < duration; ++bin) {
        auto const end = std::min(duration, (bin + 1) * bin_ms);
        auto const expected = second_of(plays, bin * bin_ms, end);
        RC_ASSERT(curve.bin_ms[bin] == static_cast<std::int64_t>(end - bin * bin_ms));
        RC_ASSERT(curve.watched_ms[bin] == expected.watched);
        RC_ASSERT(curve.distinct_ms[bin] == expected.distinct);
        RC_ASSERT(curve.viewers[bin] == expected.viewers);
        RC_ASSERT(curve.reached[bin] == expected.reached);
        RC_ASSERT(curve.rewatches(bin) >= 0);
    }
    RC_ASSERT(curve.learners.size() == plays.size());
    std::size_t i = 0;
    for (auto const& [user, counts] : plays) {
        auto const& viewer = curve.learners[i++];
        std::int64_t sum = 0;
        for (auto const count : counts)
            sum += count;
        auto const seen =
            static_cast<std::int64_t>(counts.size()) - std::count(counts.begin(), counts.end(), 0);
        RC_ASSERT(viewer.learner == UserId{user});
        RC_ASSERT(viewer.watched_ms == sum);
        RC_ASSERT(viewer.distinct_ms == seen);
        RC_ASSERT(viewer.coverage == static_cast<double>(seen) / static_cast<double>(duration));
    }
}

/// By the definition: from the peak both ways down, until it goes higher.
double prominence_at(std::vector<double> const& values, std::size_t peak) {
    auto const height = values[peak];
    auto const lowest = [&](int step) {
        auto low = height;
        for (auto at = static_cast<std::ptrdiff_t>(peak);; at += step) {
            if (at < 0 || at == static_cast<std::ptrdiff_t>(values.size())) return 0.0;
            auto const value = values[static_cast<std::size_t>(at)];
            if (value > height) return low;
            low = std::min(low, value);
        }
    };
    return height - std::max(lowest(-1), lowest(1));
}

}  // namespace

TEST_CASE("video curves are what an array of milliseconds is", "[analytics][video]") {
    holds([] {
        auto const duration = *rc::gen::inRange<std::int64_t>(1, 20'000);
        auto const bin = *rc::gen::element<std::int64_t>(1000, 1000, 700, 50'000);
        bool const credited = *rc::gen::arbitrary<bool>();
        std::vector<Event> events;
        for (std::int64_t user = 0; user < learners; ++user) {
            for (auto tabs = *rc::gen::inRange(0, 4); tabs > 0; --tabs)
                Player{duration}.play(user, events);
        }
        // Another recording of the lecture, and one without a place: of no account.
        auto all = events;
        all.push_back(watched(1, 5, 0, duration, duration, 1));
        all.push_back(watched(1, 5, 0, duration, duration, std::nullopt));
        auto const frame = EventFrame{}.with(all, 1);
        Recording const recordings[] = {{lecture, 0, milliseconds{duration}}};
        auto const curves =
            video_curves(frame, {}, recordings, {.bin = milliseconds{bin}, .credited = credited});
        RC_ASSERT(curves.size() == std::size_t{1});
        check_curve(curves[0], plays_of(events, duration, credited));
    });
}

TEST_CASE("where reports break does not change a video curve", "[analytics][video]") {
    holds([] {
        auto const from = *rc::gen::inRange<std::int64_t>(0, 9'000);
        auto const to = *rc::gen::inRange<std::int64_t>(from + 1, 10'001);
        auto const middle = *rc::gen::inRange<std::int64_t>(from, to + 1);
        Recording const recordings[] = {{lecture, 0, milliseconds{10'000}}};
        auto const whole = std::vector{watched(1, 0, from, to, to)};
        auto const halves =
            std::vector{watched(1, 9, middle, to, to), watched(1, 0, from, middle, middle)};
        auto const a = video_curves(EventFrame{}.with(whole, 1), {}, recordings).at(0);
        auto const b = video_curves(EventFrame{}.with(halves, 2), {}, recordings).at(0);
        RC_ASSERT(a.watched_ms == b.watched_ms);
        RC_ASSERT(a.distinct_ms == b.distinct_ms);
        RC_ASSERT(a.viewers == b.viewers);
        RC_ASSERT(a.learners == b.learners);
        RC_ASSERT(b.peaks.empty());
    });
}

TEST_CASE("a peak's prominence is how far down the way to a higher place leads",
          "[analytics][video]") {
    holds([] {
        auto const values = *rc::gen::container<std::vector<double>>(
            rc::gen::map(rc::gen::inRange(0, 6), [](int value) { return double(value); }));
        for (auto const& peak : peaks(values))
            RC_ASSERT(peak.prominence == prominence_at(values, peak.at));
        auto const highest = std::max_element(values.begin(), values.end());
        bool const any = highest != values.end() && *highest > 0;
        RC_ASSERT(peaks(values).empty() == !any);
    });
}
