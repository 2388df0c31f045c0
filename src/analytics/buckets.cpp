#include "analytics/buckets.hpp"

#include <eduplat/core/limits.hpp>

#include <bit>
#include <limits>

namespace eduplat::analytics {

namespace {

constexpr std::int64_t time_max = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t divided_max = std::numeric_limits<std::int32_t>::max();

std::size_t rows_before(std::span<std::uint32_t const> times, std::int64_t time_s) noexcept {
    if (times.empty() || time_s <= times.front()) return 0;
    if (time_s > times.back()) return times.size();
    auto const bound = static_cast<std::uint32_t>(time_s);
    return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), bound) -
                                    times.begin());
}

struct Widths {
    std::int64_t least_s;
    std::int64_t greatest_s;
};

Widths widths_of(std::span<Timestamp const> edges) noexcept {
    Widths widths{std::numeric_limits<std::int64_t>::max(), 0};
    for (std::size_t i = 1; i < edges.size(); ++i) {
        // In seconds, whose differences always fit.
        auto const width_s = whole_seconds(edges[i]) - whole_seconds(edges[i - 1]);
        widths.least_s = std::min(widths.least_s, width_s);
        widths.greatest_s = std::max(widths.greatest_s, width_s);
    }
    return widths;
}

}  // namespace

std::int64_t whole_seconds(Timestamp at) noexcept {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::int64_t whole_seconds_up(Timestamp at) noexcept {
    return std::chrono::ceil<std::chrono::seconds>(at).time_since_epoch().count();
}

Timestamp timestamp(std::int64_t seconds) noexcept {
    return Timestamp{std::chrono::seconds{seconds}};
}

void check_edges(Validation& validation, std::span<Timestamp const> edges) {
    if (edges.size() < 2) validation.add("edges", "too_few", 2);
    if (edges.size() > limits::analytics_buckets_max + 1) {
        validation.add("edges", "too_many", limits::analytics_buckets_max);
        return;  // and no look at all of them
    }
    if (std::ranges::adjacent_find(edges, std::greater_equal{}) != edges.end())
        validation.add("edges", "not_ascending");
    auto const is_broken = [](Timestamp edge) {
        return whole_seconds(edge) != whole_seconds_up(edge);
    };
    if (std::ranges::any_of(edges, is_broken)) validation.add("edges", "not_whole_seconds");
}

Buckets::Buckets(std::span<Timestamp const> edges)
    : edges_{edges}, from_s_{whole_seconds(edges.front())}, to_s_{whole_seconds(edges.back())} {
    last_.reserve(edges.size() - 1);
    for (auto const edge : edges.subspan(1)) {
        auto const last = std::clamp<std::int64_t>(whole_seconds(edge) - 1, 0, time_max);
        last_.push_back(static_cast<std::uint32_t>(last));
    }
    auto const [least_s, greatest_s] = widths_of(edges);
    if (least_s == greatest_s && to_s_ - from_s_ <= divided_max) {
        divide(least_s);
    } else {
        make_cells(least_s);
    }
}

/// Division of whole numbers below 2^31 by multiplication: exact with a factor of 2^(31 + l) /
/// width rounded up, l = ceil(log2 width). Granlund and Montgomery, PLDI 1994, theorem 4.2.
void Buckets::divide(std::int64_t width_s) noexcept {
    auto const width = static_cast<std::uint64_t>(width_s);
    shift_ = 31 + static_cast<int>(std::bit_width(width - 1));
    factor_ = ((std::uint64_t{1} << static_cast<unsigned>(shift_)) + width - 1) / width;
}

/// Cells as wide as the narrowest bucket allows, if these are not too many.
void Buckets::make_cells(std::int64_t least_s) {
    auto const first_s = std::clamp<std::int64_t>(from_s_, 0, time_max);  // of an event
    auto const span_s = std::clamp<std::int64_t>(to_s_ - 1, first_s, time_max) - first_s;
    auto const cells_max =
        static_cast<std::int64_t>(std::max<std::size_t>(last_.size() * 8, 4'096));
    shift_ = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(least_s))) - 1;
    while (span_s >> shift_ >= cells_max)
        ++shift_;
    cells_from_s_ = static_cast<std::uint32_t>(first_s);
    edge_a_cell_ = std::int64_t{1} << shift_ <= least_s;
    auto const after_first = std::ranges::upper_bound(edges_, timestamp(first_s));
    auto bucket = static_cast<std::uint32_t>(
        std::clamp<std::ptrdiff_t>(after_first - edges_.begin() - 1, 0, std::ssize(last_) - 1));
    for (std::int64_t cell = 0; cell <= span_s >> shift_; ++cell) {
        auto const begin_s = static_cast<std::uint32_t>(first_s + (cell << shift_));
        while (bucket + 1 < last_.size() && last_[bucket] < begin_s)
            ++bucket;
        cells_.push_back(bucket);
    }
    cells_.push_back(static_cast<std::uint32_t>(last_.size() - 1));
}

std::size_t Buckets::find(std::int64_t time_s) const noexcept {
    if (time_s < from_s_ || time_s >= to_s_) return size();
    if (time_s >= 0 && time_s <= time_max) {
        auto const time = static_cast<std::uint32_t>(time_s);
        return numbered([&](auto number) { return std::size_t{number(time)}; });
    }
    auto const after = std::ranges::upper_bound(edges_, timestamp(time_s));
    return static_cast<std::size_t>(after - edges_.begin()) - 1;
}

std::size_t Buckets::begin_of(std::span<std::uint32_t const> times) const noexcept {
    return rows_before(times, from_s_);
}

std::size_t Buckets::end_of(std::span<std::uint32_t const> times) const noexcept {
    return rows_before(times, to_s_);
}

}  // namespace eduplat::analytics
