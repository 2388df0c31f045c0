#pragma once

#include <eduplat/analytics/activity.hpp>
#include <eduplat/analytics/funnel.hpp>
#include <eduplat/analytics/items.hpp>
#include <eduplat/analytics/labels.hpp>
#include <eduplat/analytics/lectures.hpp>
#include <eduplat/analytics/progress.hpp>
#include <eduplat/analytics/retention.hpp>
#include <eduplat/analytics/revenue.hpp>
#include <eduplat/analytics/survival.hpp>
#include <eduplat/analytics/table.hpp>
#include <eduplat/analytics/video.hpp>

#include <span>
#include <string>

/// Results of metrics as tables, with the chart that shows each best.
///
/// Columns are named as the members they come from, with the unit at the end: a duration is
/// "length_s", money "net_minor" in whole minor units beside its "currency". A proportion `hazard`
/// is "hazard", the share, with "hazard_low", "hazard_high", "hazard_count" and "hazard_of". Tables
/// are long: a row for each cohort and period, not a column for each period.
///
/// No bar of a chart hides another: where lectures or courses have one label, a lecture is in two
/// courses or has two recordings, a last column "bar" of texts tells them apart and is the chart's
/// x.
///
/// A result without rows is a table with columns and no rows.
/// Thread safety: pure functions, as far as labels are.
namespace eduplat::analytics {

[[nodiscard]] Table to_table(std::span<ActiveBucket const> buckets, Labels const& labels = {});
[[nodiscard]] Table to_table(std::span<StickinessBucket const> buckets, Labels const& labels = {});
/// The buckets or, without any, the total in one row. Percentiles are "length_p50_s",
/// "length_p99_9_s" ...; of equal probabilities the first.
[[nodiscard]] Table to_table(Sessions const& sessions, Labels const& labels = {});
/// "day" and "hour" are those of a week whose hours are the cells; the chart is a map if there are
/// more than 24 of them.
[[nodiscard]] Table to_table(std::span<HabitCell const> cells, Labels const& labels = {});
/// A row for each bucket and probability.
[[nodiscard]] Table to_table(std::span<ActivityPercentiles const> buckets,
                             Labels const& labels = {});
/// Without a chart, and without the denominator, which is one number.
[[nodiscard]] Table to_table(IdleLearners const& learners, Labels const& labels = {});
/// LectureActivity::lectures or ::courses; these have no lecture.
[[nodiscard]] Table to_table(std::span<SubjectActivity const> subjects, Labels const& labels = {});

/// A row for each cohort and period (or bracket) that is there.
[[nodiscard]] Table to_table(std::span<Cohort const> cohorts, Labels const& labels = {});

[[nodiscard]] Table to_table(std::span<FunnelStepResult const> steps, Labels const& labels = {});

/// Begins with a row at time 0, where S is 1, unless the curve does.
[[nodiscard]] Table to_table(SurvivalCurve const& curve, Labels const& labels = {});

struct NamedCurve {
    std::string group;
    SurvivalCurve curve;
};
/// Curves to be compared: the rows of each, with its "group".
[[nodiscard]] Table to_table(std::span<NamedCurve const> curves, Labels const& labels = {});
/// A row for each group; each repeats "chi_squared", "degrees" and "p_value".
[[nodiscard]] Table to_table(LogRank const& test, Labels const& labels = {});
[[nodiscard]] Table to_table(std::span<HazardPeriod const> periods, Labels const& labels = {});

/// "median_days_to_complete" is the curve's; the curve itself is a table of its own.
[[nodiscard]] Table to_table(std::span<CourseProgress const> courses, Labels const& labels = {});
[[nodiscard]] Table to_table(std::span<Lateness const> lectures, Labels const& labels = {});

/// A row for each item.
[[nodiscard]] Table to_table(ItemAnalysis const& analysis, Labels const& labels = {});
/// One row, of the test as a whole.
[[nodiscard]] Table to_table(Reliability const& reliability, Labels const& labels = {});
/// A row for each item and choice; "correct" is 1 or 0.
[[nodiscard]] Table to_table(std::span<Distractors const> items, Labels const& labels = {});

/// A row for each bin of one recording.
[[nodiscard]] Table to_table(VideoCurve const& curve, Labels const& labels = {});
/// A row for each recording.
[[nodiscard]] Table to_table(std::span<VideoCurve const> curves, Labels const& labels = {});
/// A row for each learner who saw any of it.
[[nodiscard]] Table viewers_table(VideoCurve const& curve, Labels const& labels = {});
[[nodiscard]] Table peaks_table(VideoCurve const& curve, Labels const& labels = {});

/// Signs are "rewatch", their mean, with "rewatch_learners", "rewatch_std_error" and "rewatch_z".
[[nodiscard]] Table to_table(std::span<LectureDifficulty const> lectures,
                             Labels const& labels = {});

[[nodiscard]] Table to_table(std::span<RevenueBucket const> buckets, Labels const& labels = {});
[[nodiscard]] Table to_table(std::span<CourseTakings const> courses, Labels const& labels = {});
/// A row for each cohort and period. The chart is of tables in one currency.
[[nodiscard]] Table to_table(std::span<RevenueCohort const> cohorts, Labels const& labels = {});
[[nodiscard]] Table to_table(std::span<MonthlyRecurring const> moments, Labels const& labels = {});
/// One row.
[[nodiscard]] Table to_table(LifetimeValue const& value, Labels const& labels = {});

}  // namespace eduplat::analytics
