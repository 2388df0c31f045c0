#include "analytics/bucket_runs.hpp"
#include "analytics/scan.hpp"
#include "analytics/scan_percentiles.hpp"

#include <eduplat/analytics/activity.hpp>

#include <algorithm>
#include <utility>

/// Metrics of single learners: how much they do, and who does nothing any longer.
namespace eduplat::analytics {

std::vector<ActivityPercentiles> activity_percentiles(EventFrame const& frame,
                                                      Selection const& selection,
                                                      std::span<Timestamp const> edges,
                                                      std::span<double const> probabilities,
                                                      ScanControl control) {
    Validation validation;
    check_scan(validation, selection, control);
    check_edges(validation, edges);
    check_probabilities(validation, probabilities, edges.empty() ? 0 : edges.size() - 1);
    validation.check("activity percentiles");
    Buckets const buckets{edges};
    auto const samples = scan_runs(
        frame, Filter{frame, selection}, {.count = true}, buckets, control, Samples{buckets.size()},
        [](Samples& state, BucketRuns& runs, Rows const& rows) {
            runs.for_each(
                rows, [&](std::size_t bucket, std::int64_t events) { state.add(bucket, events); });
        });
    auto groups = Samples::groups(samples, probabilities);
    std::vector<ActivityPercentiles> result;
    result.reserve(buckets.size());
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        result.push_back(
            {buckets.from(i), buckets.to(i), groups[i].size, std::move(groups[i].percentiles)});
    }
    return result;
}

IdleLearners idle_learners(EventFrame const& frame, Selection const& selection, Timestamp at,
                           std::chrono::seconds idle, ScanControl control) {
    Validation validation;
    if (idle.count() < 0) validation.add("idle", "negative", 0);
    check_scan(validation, selection, control);
    validation.check("idle learners");
    auto before = selection;
    before.to = std::min(at, selection.to.value_or(at));
    auto const is_idle = [&](Timestamp last) {
        return std::chrono::ceil<std::chrono::seconds>(at - last) > idle;
    };
    auto states = scan(frame, Filter{frame, before}, {.count = true}, control, IdleLearners{},
                       [&](IdleLearners& state, Rows const& rows) {
                           ++state.learners;
                           auto const last = timestamp(rows.time_s.back());
                           if (is_idle(last))
                               state.idle.push_back({rows.user, last, rows.events()});
                       });
    IdleLearners result;
    for (auto const& state : states) {
        result.learners += state.learners;
        result.idle.insert(result.idle.end(), state.idle.begin(), state.idle.end());
    }
    std::ranges::sort(result.idle, {}, &IdleLearner::user);
    return result;
}

}  // namespace eduplat::analytics
