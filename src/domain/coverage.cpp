#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/domain/coverage.hpp>

#include <algorithm>
#include <cstdint>

namespace eduplat {
namespace {

using std::chrono::milliseconds;
using Bytes = std::vector<std::byte>;

constexpr unsigned group_bits = 7;
constexpr std::uint64_t group_mask = 0x7F;
constexpr int groups_max = 9;  // 63 bits

/// The first interval that ends at `at` or later: what begins there may touch it.
template <class Intervals>
auto first_ending_from(Intervals& intervals, milliseconds at) {
    return std::lower_bound(
        intervals.begin(), intervals.end(), at,
        [](Interval const& interval, milliseconds moment) { return interval.to < moment; });
}

void write_number(Bytes& bytes, std::uint64_t number) {
    while (number > group_mask) {
        bytes.push_back(static_cast<std::byte>((number & group_mask) | (group_mask + 1)));
        number >>= group_bits;
    }
    bytes.push_back(static_cast<std::byte>(number));
}

[[noreturn]] void malformed() {
    fail(ErrorCode::data_loss, "coverage", "malformed");
}

/// The number at `place`, which moves past it. Only its shortest form is read.
std::int64_t read_number(std::span<std::byte const> bytes, std::size_t& place) {
    std::uint64_t number = 0;
    for (int group = 0; group < groups_max && place < bytes.size(); ++group) {
        auto const byte = std::to_integer<std::uint64_t>(bytes[place++]);
        number |= (byte & group_mask) << (group_bits * static_cast<unsigned>(group));
        if (byte > group_mask) continue;
        if (byte == 0 && group > 0) malformed();
        return static_cast<std::int64_t>(number);
    }
    malformed();
}

/// A length that is not 0 where intervals would touch or be empty, and does not overflow.
milliseconds read_length(std::span<std::byte const> bytes, std::size_t& place, milliseconds from,
                         bool may_be_zero) {
    auto const length = read_number(bytes, place);
    if (length == 0 && !may_be_zero) malformed();
    if (length > milliseconds::max().count() - from.count()) malformed();
    return milliseconds{length};
}

}  // namespace

Coverage Coverage::decode(std::span<std::byte const> bytes) {
    Coverage coverage;
    milliseconds at{};
    for (std::size_t place = 0; place < bytes.size();) {
        auto const from = at + read_length(bytes, place, at, place == 0);
        at = from + read_length(bytes, place, from, false);
        coverage.intervals_.push_back({from, at});
        coverage.covered_ += at - from;
    }
    if (coverage.intervals_.size() > limits::coverage_intervals_max) malformed();
    return coverage;
}

std::vector<std::byte> Coverage::encode() const {
    Bytes bytes;
    milliseconds at{};
    for (auto const& interval : intervals_) {
        write_number(bytes, static_cast<std::uint64_t>((interval.from - at).count()));
        write_number(bytes, static_cast<std::uint64_t>((interval.to - interval.from).count()));
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
        if (intervals_.size() == limits::coverage_intervals_max) return {};
        intervals_.insert(first, stretch);
    }
    covered_ += added;
    return added;
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
    auto at = stretch.from;
    auto interval = first_ending_from(intervals_, stretch.from);
    for (; interval != intervals_.end() && interval->from < stretch.to; ++interval) {
        auto const gap = std::max(interval->from - at, milliseconds{});
        if (gap > allowance) return at + allowance;
        allowance -= gap;
        at = std::max(at, std::min(interval->to, stretch.to));
    }
    return at + std::min(stretch.to - at, allowance);
}

}  // namespace eduplat
