#include "analytics/bucket_runs.hpp"
#include "analytics/scan.hpp"

#include <eduplat/analytics/retention.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace eduplat::analytics {

namespace {

/// Learners, fewer than 2^31: there may be millions of cells, for each thread.
using Cells = std::vector<std::int32_t>;

/// Where the cells of cohorts lie: those of cohort c are buckets - c periods, one after another.
class Triangle {
  public:
    explicit Triangle(std::size_t buckets) : buckets_{buckets} {}

    [[nodiscard]] std::size_t size() const noexcept { return buckets_ * (buckets_ + 1) / 2; }
    [[nodiscard]] std::size_t begin(std::size_t cohort) const noexcept {
        return cohort * buckets_ - cohort * (cohort - 1) / 2;
    }
    [[nodiscard]] std::size_t periods(std::size_t cohort) const noexcept {
        return buckets_ - cohort;
    }

  private:
    std::size_t buckets_;
};

bool too_many_cells(std::span<Timestamp const> edges) {
    return edges.size() <= limits::analytics_buckets_max + 1 &&
           Triangle{edges.size() - 1}.size() > limits::analytics_cells_max;
}

void check(Selection const& selection, std::span<Timestamp const> edges,
           RetentionOptions const& options, ScanControl control) {
    Validation validation;
    check_scan(validation, selection, control);
    check_edges(validation, edges);
    if (edges.size() >= 2 && too_many_cells(edges)) {
        constexpr auto limit = static_cast<std::int64_t>(limits::analytics_cells_max);
        validation.add("edges", "too_many", limit);
    }
    if (options.kind == RetentionKind::rolling && options.window < 1)
        validation.add("window", "too_small", 1);
    if (options.kind == RetentionKind::bracket) {
        if (options.brackets.size() < 2) validation.add("brackets", "too_few", 2);
        if (std::ranges::adjacent_find(options.brackets, std::greater_equal{}) !=
            options.brackets.end())
            validation.add("brackets", "not_ascending");
    }
    validation.check("cohorts");
}

/// Marks the periods of one learner in the cells of his cohort, ascending. What cells say depends
/// on the kind; finish() makes them numbers of learners.
class Marker {
  public:
    Marker(RetentionOptions const& options, std::size_t periods) : options_{&options} {
        if (options.kind != RetentionKind::bracket) return;
        bracket_of_.resize(periods, no_bracket);
        for (std::size_t i = 0; i + 1 < options.brackets.size(); ++i) {
            for (auto at = options.brackets[i]; at < std::min(options.brackets[i + 1], periods);
                 ++at)
                bracket_of_[at] = i;
        }
    }

    /// Calls each(see), which calls see(period).
    template <class Each>
    void mark(std::span<std::int32_t> cells, Each const& each) const {
        switch (options_->kind) {
            case RetentionKind::exact:
                return each([&](std::size_t period) { ++cells[period]; });
            case RetentionKind::unbounded:
                return mark_last(cells, each);
            case RetentionKind::rolling:
                return mark_windows(cells, each);
            case RetentionKind::bracket:
                return mark_brackets(cells, each);
        }
    }

    [[nodiscard]] std::vector<std::int64_t> finish(std::span<std::int32_t const> cells) const {
        std::vector<std::int64_t> result{cells.begin(), cells.end()};
        if (options_->kind == RetentionKind::unbounded)
            std::partial_sum(result.rbegin(), result.rend(), result.rbegin());
        if (options_->kind == RetentionKind::rolling)
            std::partial_sum(result.begin(), result.end(), result.begin());
        if (options_->kind == RetentionKind::bracket) result.resize(whole_brackets(cells.size()));
        return result;
    }

  private:
    static constexpr std::size_t no_bracket = static_cast<std::size_t>(-1);

    /// The last period: he is retained until then.
    template <class Each>
    static void mark_last(std::span<std::int32_t> cells, Each const& each) {
        auto last = cells.size();
        each([&](std::size_t period) { last = period; });
        if (last < cells.size()) ++cells[last];
    }

    /// Where stretches of periods that see him in their window begin, and where they end.
    template <class Each>
    void mark_windows(std::span<std::int32_t> cells, Each const& each) const {
        auto end = cells.size() + 1;
        each([&](std::size_t period) {
            if (end > cells.size() || period > end) {
                if (end < cells.size()) --cells[end];
                ++cells[period];
            }
            end = period + std::min(options_->window, cells.size() - period);
        });
        if (end < cells.size()) --cells[end];
    }

    template <class Each>
    void mark_brackets(std::span<std::int32_t> cells, Each const& each) const {
        auto last = no_bracket;
        each([&](std::size_t period) {
            auto const bracket = bracket_of_[period];
            if (bracket != no_bracket && bracket != last) ++cells[bracket];
            last = bracket;
        });
    }

    [[nodiscard]] std::size_t whole_brackets(std::size_t periods) const noexcept {
        auto const ends = std::span{options_->brackets}.subspan(1);
        return static_cast<std::size_t>(std::ranges::upper_bound(ends, periods) - ends.begin());
    }

    RetentionOptions const* options_;
    std::vector<std::size_t> bracket_of_;  ///< by period
};

/// What a call works with.
struct Plan {
    Plan(std::span<Timestamp const> edges, RetentionOptions const& options)
        : buckets{edges}, triangle{buckets.size()}, marker{options, buckets.size()} {}

    /// Marks where a learner of a cohort was active.
    void mark(Cells& cells, std::size_t cohort, BucketRuns& runs,
              std::span<std::uint32_t const> time_s) const {
        auto const own = std::span{cells}.subspan(triangle.begin(cohort), triangle.periods(cohort));
        marker.mark(own, [&](auto const& see) {
            runs.for_each(time_s, [&](std::size_t bucket) { see(bucket - cohort); });
        });
    }

    [[nodiscard]] std::vector<Cohort> cohorts(Cells const& cells,
                                              std::span<std::int32_t const> sizes) const {
        std::vector<Cohort> result;
        result.reserve(buckets.size());
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            auto const own = std::span{cells}.subspan(triangle.begin(i), triangle.periods(i));
            result.push_back({buckets.from(i), buckets.to(i), sizes[i], marker.finish(own)});
        }
        return result;
    }

    Buckets buckets;
    Triangle triangle;
    Marker marker;
};

/// The first birth of each selected user, by user.
std::vector<Birth> first_births(std::span<Birth const> births, Filter const& filter) {
    std::vector<Birth> result;
    for (auto const& birth : births)
        if (filter.selects_user(birth.user.value())) result.push_back(birth);
    std::ranges::sort(result, {}, [](Birth const& birth) {
        return std::pair{birth.user, birth.at};
    });
    auto const is_same = [](Birth const& left, Birth const& right) {
        return left.user == right.user;
    };
    result.erase(std::unique(result.begin(), result.end(), is_same), result.end());
    return result;
}

}  // namespace

std::optional<double> Cohort::rate(std::size_t period) const noexcept {
    if (size == 0 || period >= retained.size()) return std::nullopt;
    return static_cast<double>(retained[period]) / static_cast<double>(size);
}

std::vector<Cohort> cohorts(EventFrame const& frame, Selection const& selection,
                            std::span<Timestamp const> edges, RetentionOptions const& options,
                            ScanControl control) {
    check(selection, edges, options, control);
    Plan const plan{edges, options};
    auto const size_at = plan.triangle.size();  // sizes lie behind the cells
    auto const sums = sum_up(scan_runs(frame, Filter{frame, selection}, {}, plan.buckets, control,
                                       Cells(size_at + plan.buckets.size()),
                                       [&](Cells& cells, BucketRuns& runs, Rows const& rows) {
                                           auto const cohort =
                                               plan.buckets.find(rows.time_s.front());
                                           if (cohort == plan.buckets.size()) return;
                                           ++cells[size_at + cohort];
                                           plan.mark(cells, cohort, runs, rows.time_s);
                                       }));
    return plan.cohorts(sums, std::span{sums}.subspan(size_at));
}

std::vector<Cohort> cohorts(EventFrame const& frame, Selection const& selection,
                            std::span<Timestamp const> edges, std::span<Birth const> births,
                            RetentionOptions const& options, ScanControl control) {
    check(selection, edges, options, control);
    Plan const plan{edges, options};
    Filter const filter{frame, selection};
    auto const born = first_births(births, filter);
    Cells sizes(plan.buckets.size() + 1);  // and those outside of all
    for (auto const& birth : born)
        ++sizes[plan.buckets.find(whole_seconds(birth.at))];
    auto const visit = [&](Cells& cells, BucketRuns& runs, Rows const& rows) {
        auto const birth = std::ranges::lower_bound(born, rows.user, {}, &Birth::user);
        if (birth == born.end() || birth->user != rows.user) return;
        auto const birth_s = whole_seconds(birth->at);
        auto const cohort = plan.buckets.find(birth_s);
        if (cohort == plan.buckets.size()) return;
        auto const after = std::ranges::lower_bound(rows.time_s, birth_s);
        plan.mark(cells, cohort, runs, {after, rows.time_s.end()});
    };
    auto const sums = sum_up(
        scan_runs(frame, filter, {}, plan.buckets, control, Cells(plan.triangle.size()), visit));
    return plan.cohorts(sums, sizes);
}

}  // namespace eduplat::analytics
