#include "property.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/domain/coverage.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace eduplat;
using eduplat::test::holds;
using std::chrono::milliseconds;

namespace {

constexpr int recording_ms = 400;

/// Watched milliseconds, one by one.
class Bitmap {
  public:
    int add(Interval stretch) {
        int added = 0;
        for (auto i = stretch.from.count(); i < stretch.to.count(); ++i) {
            added += seen_[static_cast<std::size_t>(i)] ? 0 : 1;
            seen_[static_cast<std::size_t>(i)] = true;
        }
        return added;
    }
    [[nodiscard]] int missing(Interval stretch) const {
        return static_cast<int>(std::count(seen_.begin() + stretch.from.count(),
                                           seen_.begin() + stretch.to.count(), false));
    }
    /// The intervals, read off.
    [[nodiscard]] std::vector<Interval> intervals() const {
        std::vector<Interval> result;
        for (int i = 0; i < recording_ms; ++i) {
            if (!seen_[static_cast<std::size_t>(i)]) continue;
            bool const goes_on = !result.empty() && result.back().to == milliseconds{i};
            if (!goes_on) result.push_back({milliseconds{i}, milliseconds{i}});
            result.back().to += milliseconds{1};
        }
        return result;
    }

  private:
    std::vector<bool> seen_ = std::vector<bool>(recording_ms);
};

Interval any_stretch() {
    auto const a = *rc::gen::inRange(0, recording_ms + 1);
    auto const b = *rc::gen::inRange(0, recording_ms + 1);
    return {milliseconds{std::min(a, b)}, milliseconds{std::max(a, b)}};
}

/// Mostly short, so that there are gaps.
Interval short_stretch() {
    auto const from = *rc::gen::inRange(0, recording_ms - 20);
    return {milliseconds{from}, milliseconds{from + *rc::gen::inRange(0, 20)}};
}

std::vector<Interval> stretches() {
    std::vector<Interval> result;
    for (auto left = *rc::gen::inRange(0, 40); left > 0; --left)
        result.push_back(*rc::gen::inRange(0, 8) == 0 ? any_stretch() : short_stretch());
    return result;
}

Coverage covering(std::vector<Interval> const& stretches) {
    Coverage coverage;
    for (auto const& stretch : stretches)
        coverage.add(stretch);
    return coverage;
}

}  // namespace

TEST_CASE("coverage is what a bitmap of milliseconds is", "[coverage]") {
    holds([] {
        Coverage coverage;
        Bitmap bitmap;
        for (auto const& stretch : stretches()) {
            RC_ASSERT(coverage.missing(stretch).count() == bitmap.missing(stretch));
            RC_ASSERT(coverage.add(stretch).count() == bitmap.add(stretch));
            auto const expected = bitmap.intervals();
            RC_ASSERT(std::ranges::equal(coverage.intervals(), expected));
            milliseconds sum{};
            for (auto const& interval : expected)
                sum += interval.to - interval.from;
            RC_ASSERT(coverage.covered() == sum);
        }
    });
}

TEST_CASE("coverage does not depend on the order or number of reports", "[coverage]") {
    holds([] {
        auto const given = stretches();
        auto shuffled = given;
        for (std::size_t i = shuffled.size(); i > 1; --i) {
            std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange(std::size_t{0}, i)]);
        }
        auto doubled = shuffled;
        doubled.insert(doubled.end(), given.begin(), given.end());
        RC_ASSERT(covering(given) == covering(shuffled));
        RC_ASSERT(covering(given) == covering(doubled));
    });
}

TEST_CASE("equal coverage has equal bytes, and they come back", "[coverage]") {
    holds([] {
        auto const coverage = covering(stretches());
        auto const bytes = coverage.encode();
        RC_ASSERT(Coverage::decode(bytes) == coverage);
        RC_ASSERT(Coverage::decode(bytes).encode() == bytes);
    });
}

TEST_CASE("whatever bytes are read as coverage are those it writes", "[coverage]") {
    holds([](std::vector<std::uint8_t> const& raw) {
        std::vector<std::byte> bytes;
        for (auto const byte : raw)
            bytes.push_back(static_cast<std::byte>(byte));
        try {
            RC_ASSERT(Coverage::decode(bytes).encode() == bytes);
        } catch (Error const& error) {
            RC_ASSERT(error.code() == ErrorCode::data_loss);
            RC_ASSERT(error.violations()[0] == (Violation{"coverage", "malformed", std::nullopt}));
        }
    });
}

TEST_CASE("a stretch is cut where its allowance of new milliseconds ends", "[coverage]") {
    holds([] {
        auto coverage = covering(stretches());
        auto const stretch = any_stretch();
        auto const allowance = milliseconds{*rc::gen::inRange(0, recording_ms)};
        auto const end = coverage.cut(stretch, allowance);
        RC_ASSERT(end >= stretch.from);
        RC_ASSERT(end <= stretch.to);
        RC_ASSERT(coverage.missing({stretch.from, end}) <= allowance);
        // One more would be too much.
        if (end < stretch.to) {
            Interval const longer{stretch.from, end + milliseconds{1}};
            RC_ASSERT(coverage.missing(longer) > allowance);
        }
    });
}
