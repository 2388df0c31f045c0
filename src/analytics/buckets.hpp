#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// Whole seconds since 1970, rounded down.
[[nodiscard]] std::int64_t whole_seconds(Timestamp at) noexcept;
/// The first whole second that is not before `at`: where times of events are compared with it.
[[nodiscard]] std::int64_t whole_seconds_up(Timestamp at) noexcept;
[[nodiscard]] Timestamp timestamp(std::int64_t seconds) noexcept;

/// Adds what is wrong with edges of buckets, under the field "edges".
void check_edges(Validation& validation, std::span<Timestamp const> edges);

/// How many of `count` ascending times are not above `last`. Mostly few, as the events of a bucket
/// are few among those of a learner: so it looks at some one by one, then ever further ahead.
[[nodiscard]] inline std::size_t count_to(std::uint32_t const* times, std::size_t count,
                                          std::uint32_t last) noexcept {
    constexpr std::size_t near = 24;
    auto const stop = std::min(near, count);
    std::size_t low = 0;
    while (low < stop && times[low] <= last)
        ++low;
    if (low < near) return low;
    auto step = near;
    for (; low + step <= count && times[low + step - 1] <= last; step *= 2)
        low += step;
    auto const* const end = times + std::min(count, low + step);
    return static_cast<std::size_t>(std::upper_bound(times + low, end, last) - times);
}

/// Periods [edges[i], edges[i + 1]), as events' times are compared with them. Checked edges only.
class Buckets final {
  public:
    explicit Buckets(std::span<Timestamp const> edges);

    [[nodiscard]] std::size_t size() const noexcept { return last_.size(); }
    [[nodiscard]] Timestamp from(std::size_t bucket) const noexcept { return edges_[bucket]; }
    [[nodiscard]] Timestamp to(std::size_t bucket) const noexcept { return edges_[bucket + 1]; }

    /// The bucket a time lies in, size() if in none.
    [[nodiscard]] std::size_t find(std::int64_t time_s) const noexcept;
    /// How many of ascending times lie before all buckets, and before their end.
    [[nodiscard]] std::size_t begin_of(std::span<std::uint32_t const> times) const noexcept;
    [[nodiscard]] std::size_t end_of(std::span<std::uint32_t const> times) const noexcept;

    /// Calls take(bucket, begin, end, last) for each bucket with times, in ascending order. Of
    /// [begin, end) it takes those that are not above `last`, and gives the first that it left.
    template <class Take>
    void walk(std::span<std::uint32_t const> times, Take&& take) const {
        auto row = begin_of(times);
        auto const end = end_of(times);
        if (row >= end) return;
        for (auto bucket = find(times[row]);; bucket = next(bucket, times[row])) {
            row = take(bucket, row, end, last_[bucket]);
            if (row >= end) return;
        }
    }

    /// Calls visit(bucket, begin, end) for each bucket with times, in ascending order: those that
    /// lie in it. `times` ascend.
    template <class Visit>
    void for_each_run(std::span<std::uint32_t const> times, Visit&& visit) const {
        walk(times, [&](auto bucket, auto begin, auto end, auto last) {
            auto const stop = begin + count_to(times.data() + begin, end - begin, last);
            visit(bucket, begin, stop);
            return stop;
        });
    }

  private:
    /// The bucket after `bucket` that a time in one of them lies in.
    [[nodiscard]] std::size_t next(std::size_t bucket, std::uint32_t time_s) const noexcept {
        if (width_s_ > 0) return static_cast<std::size_t>((time_s - from_s_) / width_s_);
        constexpr std::size_t near = 4;
        auto const stop = std::min(bucket + near, last_.size() - 1);
        while (++bucket < stop)
            if (time_s <= last_[bucket]) return bucket;
        auto const found = std::lower_bound(last_.begin() + static_cast<std::ptrdiff_t>(bucket),
                                            last_.end(), time_s);
        return static_cast<std::size_t>(found - last_.begin());
    }

    std::span<Timestamp const> edges_;
    std::int64_t from_s_;
    std::int64_t to_s_;
    std::int64_t width_s_;  ///< of all buckets; 0 if they differ
    /// The last second of each; of one that ends before 1970, where no event lies, 0.
    std::vector<std::uint32_t> last_;
};

}  // namespace eduplat::analytics
