#include "analytics/buckets.hpp"

#include <eduplat/core/limits.hpp>

#include <limits>

namespace eduplat::analytics {

namespace {

constexpr std::int64_t time_max = std::numeric_limits<std::uint32_t>::max();

std::size_t rows_before(std::span<std::uint32_t const> times, std::int64_t time_s) noexcept {
    if (times.empty() || time_s <= times.front()) return 0;
    if (time_s > times.back()) return times.size();
    auto const bound = static_cast<std::uint32_t>(time_s);
    return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), bound) -
                                    times.begin());
}

/// 0 if not all buckets are equally wide.
std::int64_t common_width_s(std::span<Timestamp const> edges) noexcept {
    // In seconds, whose differences always fit.
    auto const width_s = [](Timestamp from, Timestamp to) {
        return whole_seconds(to) - whole_seconds(from);
    };
    auto const common = width_s(edges[0], edges[1]);
    auto const differs = [&](Timestamp from, Timestamp to) { return width_s(from, to) != common; };
    return std::ranges::adjacent_find(edges, differs) == edges.end() ? common : 0;
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
    : edges_{edges},
      from_s_{whole_seconds(edges.front())},
      to_s_{whole_seconds(edges.back())},
      width_s_{common_width_s(edges)} {
    last_.reserve(edges.size() - 1);
    for (auto const edge : edges.subspan(1)) {
        auto const last = std::clamp<std::int64_t>(whole_seconds(edge) - 1, 0, time_max);
        last_.push_back(static_cast<std::uint32_t>(last));
    }
}

std::size_t Buckets::find(std::int64_t time_s) const noexcept {
    if (time_s < from_s_ || time_s >= to_s_) return size();
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
