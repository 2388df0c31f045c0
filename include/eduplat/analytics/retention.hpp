#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/selection.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Who came back. Curves of survival, with what is not known yet, are in survival.hpp.
namespace eduplat::analytics {

/// When a learner counts as retained in period n, which is the bucket n after that of his birth.
enum class RetentionKind : std::uint8_t {
    exact,      ///< active in period n: "N-day retention"
    unbounded,  ///< active in period n or a later one, as far as the edges reach
    rolling,    ///< active in one of the `window` periods up to n
    bracket,    ///< active in one of the periods of bracket n
};

struct RetentionOptions {
    RetentionKind kind = RetentionKind::exact;
    std::size_t window = 1;  ///< of `rolling`
    /// Of `bracket`: bracket i is the periods from brackets[i] until before brackets[i + 1].
    std::vector<std::size_t> brackets = {};
};

/// Learners who were born in a bucket.
struct Cohort {
    Timestamp from;
    Timestamp to;
    std::int64_t size = 0;  ///< the denominator of all its cells
    /// Retained learners, by period or bracket. What the edges do not reach is not there: the last
    /// cohort of all has period 0 alone, and a bracket is there if all its periods are.
    std::vector<std::int64_t> retained;

    /// retained / size; absent in the future or if the cohort is empty.
    [[nodiscard]] std::optional<double> rate(std::size_t period) const noexcept;
};

/// Cohorts by the first selected event: a learner belongs to the bucket it lies in, to none if it
/// lies outside of all. Periods are buckets, not times since the learner's own first event: with
/// weeks, period 1 is the week after that of the birth. In period 0 all are retained, as births are
/// events.
///
/// R(c, n) = learners of cohort c active in period n / size of c. An empty frame makes empty
/// cohorts.
/// Errors, all invalid_argument: those of activity.hpp; "edges" ("too_many": more than
/// limits::analytics_cells_max cells, too), "window" ("too_small" below 1), "brackets" ("too_few"
/// below 2, "not_ascending").
/// Thread safety: pure functions.
[[nodiscard]] std::vector<Cohort> cohorts(EventFrame const& frame, Selection const& selection,
                                          std::span<Timestamp const> edges,
                                          RetentionOptions const& options = {},
                                          ScanControl control = {});

/// When a learner began, whatever "began" means: enrolled, registered, paid.
struct Birth {
    UserId user;
    Timestamp at;  ///< as of its whole second, rounded down
};

/// Cohorts by births that the caller knows, in any order; of several of one user the first counts.
/// Only selected users are born; other parts of the selection, times included, are about events.
/// Learners without events belong to their cohort, too, so period 0 may hold fewer than all. Events
/// before the birth count for nothing.
[[nodiscard]] std::vector<Cohort> cohorts(EventFrame const& frame, Selection const& selection,
                                          std::span<Timestamp const> edges,
                                          std::span<Birth const> births,
                                          RetentionOptions const& options = {},
                                          ScanControl control = {});

}  // namespace eduplat::analytics
