#include <eduplat/core/limits.hpp>
#include <eduplat/domain/coverage.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

std::vector<std::byte> bytes(std::vector<int> const& values) {
    std::vector<std::byte> result;
    for (int const value : values)
        result.push_back(static_cast<std::byte>(value));
    return result;
}

Refusal decoding(std::vector<int> const& values) {
    return refusal([&] { return Coverage::decode(bytes(values)); });
}

}  // namespace

TEST_CASE("coverage merges what overlaps or touches, and keeps gaps", "[coverage]") {
    Coverage coverage;
    CHECK(coverage.add({10s, 20s}) == 10s);
    CHECK(coverage.add({30s, 40s}) == 10s);
    CHECK(coverage.intervals().size() == 2);
    CHECK(coverage.add({20s, 25s}) == 5s);  // touches
    CHECK(coverage.intervals().size() == 2);
    CHECK(coverage.add({15s, 35s}) == 5s);  // joins
    CHECK(coverage.intervals().size() == 1);
    CHECK(coverage.covered() == 30s);
    CHECK(coverage.add({12s, 12s}) == 0s);
    CHECK(coverage.add({41s, 41s}) == 0s);
    CHECK(coverage.intervals().size() == 1);
    CHECK(coverage.add({40001ms, 41s}) == 999ms);  // a gap of a millisecond stays
    CHECK(coverage.intervals().size() == 2);
}

TEST_CASE("coverage is written in groups of seven bits", "[coverage]") {
    CHECK(Coverage{}.encode().empty());
    Coverage coverage;
    coverage.add({0ms, 1ms});
    coverage.add({128ms, 300ms});
    // Gap 0, length 1, gap 127, length 172 = 44 + 1 * 128.
    CHECK(coverage.encode() == bytes({0, 1, 127, 128 + 44, 1}));
    CHECK(Coverage::decode(coverage.encode()) == coverage);
}

TEST_CASE("bytes that coverage does not write are refused", "[coverage]") {
    Refusal const malformed{ErrorCode::data_loss, {"coverage", "malformed", std::nullopt}};
    CHECK(decoding({0}) == malformed);           // no length
    CHECK(decoding({0, 0}) == malformed);        // empty
    CHECK(decoding({0, 1, 0, 1}) == malformed);  // touching
    CHECK(decoding({0, 128}) == malformed);      // unfinished
    CHECK(decoding({0, 129, 0}) == malformed);   // not the shortest form
    CHECK(decoding({1, 255, 255, 255, 255, 255, 255, 255, 255, 255}) == malformed);  // past 63 bits
    CHECK(decoding({1, 255, 255, 255, 255, 255, 255, 255, 255, 127}) == malformed);  // overflows
    CHECK(Coverage::decode({}) == Coverage{});
}

TEST_CASE("there are so many intervals and no more", "[coverage]") {
    Coverage coverage;
    constexpr auto most = static_cast<std::int64_t>(limits::coverage_intervals_max);
    auto const island = [](std::int64_t number) {
        return Interval{milliseconds{2 * number}, milliseconds{2 * number + 1}};
    };
    for (std::int64_t i = 0; i < most; ++i)
        CHECK(coverage.add(island(i)) == 1ms);
    CHECK(coverage.add(island(most)) == 0ms);  // one too many
    auto const past = milliseconds{2 * most};
    CHECK(coverage.cut({past, past + 9ms}, 9ms) == past);
    CHECK(coverage.cut({past - 1ms, past + 9ms}, 9ms) == past + 8ms);  // makes the last one longer
    CHECK(coverage.intervals().size() == limits::coverage_intervals_max);
    CHECK(Coverage::decode(coverage.encode()) == coverage);
    CHECK(coverage.add({1ms, 2ms}) == 1ms);  // fills a gap
    CHECK(coverage.add(island(most)) == 1ms);
    CHECK(coverage.intervals().size() == limits::coverage_intervals_max);
}

TEST_CASE("more intervals than there may be are not read", "[coverage]") {
    std::vector<int> most(2 * limits::coverage_intervals_max, 1);
    CHECK(Coverage::decode(bytes(most)).intervals().size() == limits::coverage_intervals_max);
    most.insert(most.end(), {1, 1});
    CHECK(decoding(most) == Refusal{ErrorCode::data_loss, {"coverage", "malformed", std::nullopt}});
}

TEST_CASE("a stretch is cut by what of it is new", "[coverage]") {
    Coverage coverage;
    coverage.add({10s, 20s});
    CHECK(coverage.missing({0s, 30s}) == 20s);
    CHECK(coverage.cut({0s, 30s}, 5s) == 5s);
    CHECK(coverage.cut({0s, 30s}, 10s) == 20s);  // what was watched costs nothing
    CHECK(coverage.cut({0s, 30s}, 12s) == 22s);
    CHECK(coverage.cut({0s, 30s}, 40s) == 30s);
    CHECK(coverage.cut({12s, 18s}, 0s) == 18s);
    CHECK(coverage.cut({30s, 40s}, 0s) == 30s);
}

TEST_CASE("what a full coverage does not take in is not said to be credited", "[coverage]") {
    Coverage coverage;
    constexpr auto most = static_cast<std::int64_t>(limits::coverage_intervals_max);
    for (std::int64_t i = 0; i < most; ++i)
        coverage.add({milliseconds{10 * i}, milliseconds{10 * i + 1}});
    for (auto const allowance : {0ms, 3ms, 8ms, 9ms, 20ms}) {
        Interval const stretch{2ms, 15ms};
        auto copy = coverage;
        auto const to = copy.cut(stretch, allowance);
        auto const credited = copy.missing({stretch.from, to});
        CHECK(copy.add({stretch.from, to}) == credited);
        CHECK((to > stretch.from) == (allowance >= 8ms));  // as far as the next one
    }
}
