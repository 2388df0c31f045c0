#pragma once

#include "analytics/buckets.hpp"
#include "analytics/scan.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace eduplat::analytics {

/// The buckets that a learner was active in. Runs of rows in one bucket are short, a handful of
/// events a day: a branch for each of their ends would be guessed wrong as often. So every row
/// writes to the run at hand, and where a run ends is a sum.
///
/// One for each thread, which works for one learner after another.
class BucketRuns final {
  public:
    explicit BucketRuns(Buckets const& buckets) noexcept : buckets_{&buckets} {}

    /// Calls visit(bucket) for each bucket with times, in ascending order. `times` ascend.
    template <class Visit>
    void for_each(std::span<std::uint32_t const> times, Visit&& visit) {
        auto const runs = find(times);
        for (std::size_t run = 0; run < runs; ++run)
            visit(std::size_t{bucket_[run]});
    }

    /// Calls visit(bucket, events) for each bucket with events, in ascending order.
    template <class Visit>
    void for_each(Rows const& rows, Visit&& visit) {
        auto const runs =
            rows.wide_count ? find(rows.time_s, rows.wide_count) : find(rows.time_s, rows.count);
        std::int64_t before = 0;
        for (std::size_t run = 0; run < runs; ++run) {
            visit(std::size_t{bucket_[run]}, sum_[run] - before);
            before = sum_[run];
        }
    }

  private:
    /// How many runs there are.
    std::size_t find(std::span<std::uint32_t const> times) {
        auto const [begin, end] = within(times);
        if (begin >= end) return 0;
        auto const inside = times.subspan(begin, end - begin);
        return buckets_->numbered([&](auto number) { return walk(inside, number); });
    }

    template <class Count>
    std::size_t find(std::span<std::uint32_t const> times, Count const* counts) {
        auto const [begin, end] = within(times);
        if (begin >= end) return 0;
        auto const inside = times.subspan(begin, end - begin);
        auto const* const its = counts + begin;
        return buckets_->numbered([&](auto number) { return walk(inside, number, its); });
    }

    /// The rows that lie in any bucket, [first, second). Makes room for as many runs as rows.
    std::pair<std::size_t, std::size_t> within(std::span<std::uint32_t const> times) {
        if (bucket_.size() < times.size()) {
            bucket_.resize(times.size());
            sum_.resize(times.size());
        }
        return {buckets_->begin_of(times), buckets_->end_of(times)};
    }

    template <class Number>
    std::size_t walk(std::span<std::uint32_t const> times, Number number) noexcept {
        auto* const buckets = bucket_.data();  // not read anew after each writing
        auto before = number(times.front());
        std::size_t run = 0;
        for (auto const time_s : times) {
            auto const bucket = number(time_s);
            run += bucket != before ? 1U : 0U;
            buckets[run] = before = bucket;
        }
        return run + 1;
    }

    template <class Number, class Count>
    std::size_t walk(std::span<std::uint32_t const> times, Number number,
                     Count const* counts) noexcept {
        auto* const buckets = bucket_.data();
        auto* const sums = sum_.data();
        auto before = number(times.front());
        std::size_t run = 0;
        std::int64_t sum = 0;
        for (std::size_t row = 0; row < times.size(); ++row) {
            auto const bucket = number(times[row]);
            run += bucket != before ? 1U : 0U;
            buckets[run] = before = bucket;
            sums[run] = sum += counts[row];
        }
        return run + 1;
    }

    Buckets const* buckets_;
    std::vector<std::uint32_t> bucket_;  ///< of each run
    std::vector<std::int64_t> sum_;      ///< of events up to the end of each
};

/// As scan(), with visit(state, runs, rows): `runs` find buckets in the rows of learners.
template <class State, class Visit>
[[nodiscard]] std::vector<State> scan_runs(EventFrame const& frame, Filter const& filter,
                                           Needs needs, Buckets const& buckets, ScanControl control,
                                           State const& initial, Visit visit) {
    struct Worker {
        State state;
        BucketRuns runs;
    };
    return states_of<State>(
        scan(frame, filter, needs, control, Worker{initial, BucketRuns{buckets}},
             [&](Worker& worker, Rows const& rows) { visit(worker.state, worker.runs, rows); }));
}

}  // namespace eduplat::analytics
