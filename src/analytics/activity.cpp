#include "analytics/bucket_runs.hpp"
#include "analytics/scan.hpp"

#include <eduplat/analytics/activity.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>

namespace eduplat::analytics {

namespace {

struct Tally {
    std::int64_t learners = 0;
    std::int64_t events = 0;

    Tally& operator+=(Tally const& other) noexcept {
        learners += other.learners;
        events += other.events;
        return *this;
    }
};

void check(Validation& validation, Selection const& selection, std::span<Timestamp const> edges,
           ScanControl control) {
    check_scan(validation, selection, control);
    check_edges(validation, edges);
    validation.check("activity");
}

/// How many learners were active in the last buckets up to each, from changes of their number.
class TrailingWindow {
  public:
    explicit TrailingWindow(std::size_t buckets, std::size_t window)
        : active_(buckets), changes_(buckets), window_{window} {}

    /// The buckets of one learner, ascending.
    template <class Each>
    void add(Each const& each_bucket) {
        std::size_t begin = 0;
        std::size_t end = 0;  // of buckets whose window sees the learner
        each_bucket([&](std::size_t bucket) {
            ++active_[bucket];
            if (bucket >= end) {
                close(begin, end);
                begin = bucket;
            }
            end = bucket + std::min(window_, changes_.size() - bucket);
        });
        close(begin, end);
    }

    TrailingWindow& operator+=(TrailingWindow const& other) noexcept {
        for (std::size_t i = 0; i < active_.size(); ++i) {
            active_[i] += other.active_[i];
            changes_[i] += other.changes_[i];
        }
        return *this;
    }

    [[nodiscard]] std::vector<StickinessBucket> buckets(Buckets const& buckets) const {
        std::vector<StickinessBucket> result;
        result.reserve(buckets.size());
        std::int64_t in_window = 0;
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            in_window += changes_[i];
            StickinessBucket bucket{buckets.from(i), buckets.to(i), active_[i]};
            if (i + 1 >= window_) bucket.active_in_window = in_window;
            if (i + 1 >= window_ && in_window > 0)
                bucket.ratio = static_cast<double>(active_[i]) / static_cast<double>(in_window);
            result.push_back(bucket);
        }
        return result;
    }

  private:
    void close(std::size_t begin, std::size_t end) noexcept {
        if (begin == end) return;
        ++changes_[begin];
        if (end < changes_.size()) --changes_[end];
    }

    std::vector<std::int64_t> active_;
    std::vector<std::int64_t> changes_;
    std::size_t window_;
};

/// Cells with the learner who was last seen in each.
struct Habits {
    std::vector<Tally> cells;
    std::vector<std::uint32_t> seen;
    std::uint32_t learners = 0;
};

void check_cells(Validation& validation, std::span<std::uint32_t const> cells,
                 std::size_t buckets) {
    if (cells.size() != buckets) {
        validation.add("cells", "mismatch", static_cast<std::int64_t>(buckets));
    } else if (std::ranges::any_of(
                   cells, [](auto cell) { return cell >= limits::analytics_buckets_max; })) {
        validation.add("cells", "too_large", limits::analytics_buckets_max - 1);
    }
}

}  // namespace

std::vector<ActiveBucket> active_learners(EventFrame const& frame, Selection const& selection,
                                          std::span<Timestamp const> edges, ScanControl control) {
    Validation validation;
    check(validation, selection, edges, control);
    Buckets const buckets{edges};
    auto const tallies =
        sum_up(scan_runs(frame, Filter{frame, selection}, {.count = true}, buckets, control,
                         std::vector<Tally>(buckets.size()),
                         [](std::vector<Tally>& state, BucketRuns& runs, Rows const& rows) {
                             runs.for_each(rows, [&](std::size_t bucket, std::int64_t events) {
                                 state[bucket] += {1, events};
                             });
                         }));
    std::vector<ActiveBucket> result;
    result.reserve(buckets.size());
    for (std::size_t i = 0; i < buckets.size(); ++i)
        result.push_back({buckets.from(i), buckets.to(i), tallies[i].learners, tallies[i].events});
    return result;
}

std::vector<StickinessBucket> stickiness(EventFrame const& frame, Selection const& selection,
                                         std::span<Timestamp const> edges,
                                         std::size_t window_buckets, ScanControl control) {
    Validation validation;
    if (window_buckets < 1) validation.add("window_buckets", "too_small", 1);
    check(validation, selection, edges, control);
    Buckets const buckets{edges};
    auto states =
        scan_runs(frame, Filter{frame, selection}, {}, buckets, control,
                  TrailingWindow{buckets.size(), window_buckets},
                  [](TrailingWindow& state, BucketRuns& runs, Rows const& rows) {
                      state.add([&](auto const& see) { runs.for_each(rows.time_s, see); });
                  });
    for (std::size_t i = 1; i < states.size(); ++i)
        states.front() += states[i];
    return states.front().buckets(buckets);
}

std::vector<HabitCell> habit_map(EventFrame const& frame, Selection const& selection,
                                 std::span<Timestamp const> edges,
                                 std::span<std::uint32_t const> cells, ScanControl control) {
    Validation validation;
    check_cells(validation, cells, edges.empty() ? 0 : edges.size() - 1);
    check(validation, selection, edges, control);
    Buckets const buckets{edges};
    auto const size = std::size_t{*std::ranges::max_element(cells)} + 1;
    Habits const none{std::vector<Tally>(size), std::vector<std::uint32_t>(size)};
    auto const states =
        scan_runs(frame, Filter{frame, selection}, {.count = true}, buckets, control, none,
                  [&](Habits& state, BucketRuns& runs, Rows const& rows) {
                      ++state.learners;
                      runs.for_each(rows, [&](std::size_t bucket, std::int64_t events) {
                          auto const cell = cells[bucket];
                          auto const is_new = state.seen[cell] != state.learners;
                          state.seen[cell] = state.learners;
                          state.cells[cell] += {is_new ? 1 : 0, events};
                      });
                  });
    std::vector<HabitCell> result(size);
    for (auto const& state : states) {
        for (std::size_t cell = 0; cell < size; ++cell) {
            result[cell].learners += state.cells[cell].learners;
            result[cell].events += state.cells[cell].events;
        }
    }
    return result;
}

}  // namespace eduplat::analytics
