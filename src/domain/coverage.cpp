#include "core/number_groups.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/domain/coverage.hpp>

#include <algorithm>
#include <cstdint>

namespace eduplat {
namespace {

using std::chrono::milliseconds;
/// The first interval that ends at `at` or later: what begins there may touch it.
template <class Intervals>
auto first_ending_from(Intervals& intervals, milliseconds at) {
    return std::lower_bound(
        intervals.begin(), intervals.end(), at,
        [](Interval const& interval, milliseconds moment) { return interval.to < moment; });
}

/// A length that does not overflow, and is not 0 where intervals would touch or be empty.
milliseconds read_length(NumberReader& numbers, milliseconds from, bool may_be_zero) {
    auto const length = numbers.next();
    if (length == 0 && !may_be_zero) numbers.malformed();
    if (length > milliseconds::max().count() - from.count()) numbers.malformed();
    return milliseconds{length};
}

/// Where a stretch has used up what of it may be new; `known` are the intervals from its beginning
/// on.
milliseconds end_of_allowance(std::span<Interval const> known, Interval stretch,
                              milliseconds allowance) noexcept {
    auto at = stretch.from;
    for (auto const& interval : known) {
        if (interval.from >= stretch.to) break;
        auto const gap = std::max(interval.from - at, milliseconds{});
        if (gap > allowance) return at + allowance;
        allowance -= gap;
        at = std::max(at, std::min(interval.to, stretch.to));
    }
    return at + std::min(stretch.to - at, allowance);
}

}  // namespace

Coverage Coverage::decode(std::span<std::byte const> bytes) {
    Coverage coverage;
    NumberReader numbers{bytes, "coverage"};
    milliseconds at{};
    while (!numbers.at_end()) {
        auto const from = at + read_length(numbers, at, coverage.intervals_.empty());
        at = from + read_length(numbers, from, false);
        coverage.intervals_.push_back({from, at});
        coverage.covered_ += at - from;
    }
    if (coverage.intervals_.size() > limits::coverage_intervals_max) numbers.malformed();
    return coverage;
}

std::vector<std::byte> Coverage::encode() const {
    std::vector<std::byte> bytes;
    milliseconds at{};
    for (auto const& interval : intervals_) {
        write_number(bytes, (interval.from - at).count());
        write_number(bytes, (interval.to - interval.from).count());
        at = interval.to;
    }
    return bytes;
}

milliseconds Coverage::add(Interval stretch) {
    if (stretch.from == stretch.to) return {};
    auto const first = first_ending_from(intervals_, stretch.from);
    auto last = first;
    milliseconds known{};
    for (; last != intervals_.end() && last->from <= stretch.to; ++last) {
        stretch = {std::min(stretch.from, last->from), std::max(stretch.to, last->to)};
        known += last->to - last->from;
    }
    auto const added = (stretch.to - stretch.from) - known;
    if (first != last) {
        *first = stretch;
        intervals_.erase(first + 1, last);
    } else {
        if (is_full()) return {};
        intervals_.insert(first, stretch);
    }
    covered_ += added;
    return added;
}

bool Coverage::is_full() const noexcept {
    return intervals_.size() == limits::coverage_intervals_max;
}

milliseconds Coverage::missing(Interval stretch) const noexcept {
    auto missing = stretch.to - stretch.from;
    auto interval = first_ending_from(intervals_, stretch.from);
    for (; interval != intervals_.end() && interval->from < stretch.to; ++interval) {
        missing -= std::min(stretch.to, interval->to) - std::max(stretch.from, interval->from);
    }
    return missing;
}

milliseconds Coverage::cut(Interval stretch, milliseconds allowance) const noexcept {
    auto const touched = first_ending_from(intervals_, stretch.from);
    auto const to = end_of_allowance({touched, intervals_.end()}, stretch, allowance);
    bool const extends = touched != intervals_.end() && touched->from <= to;
    return extends || !is_full() ? to : stretch.from;
}

}  // namespace eduplat
