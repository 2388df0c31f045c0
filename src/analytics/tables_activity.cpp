#include "analytics/table_maker.hpp"
#include "analytics/tables_bars.hpp"

#include <eduplat/analytics/tables.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace eduplat::analytics {
namespace {

/// "p50", "p99_9": a probability in percent, in the fewest digits that tell it from all others. The
/// point is moved in the text, as a product is rounded.
std::string percent_name(double probability) {
    char digits[400];  // of the smallest number: 324 decimals and more
    auto* const end =
        std::to_chars(digits, digits + sizeof digits, probability, std::chars_format::fixed).ptr;
    std::string text{digits, end};
    auto const point = std::min(text.find('.'), text.size());
    auto decimals = point < text.size() ? text.substr(point + 1) : std::string{};
    decimals.resize(std::max<std::size_t>(decimals.size(), 2), '0');
    auto whole = text.substr(0, point) + decimals.substr(0, 2);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    decimals.erase(0, 2);
    return "p" + whole + (decimals.empty() ? "" : "_" + decimals);
}

/// The percentiles of sessions, one column each; of two alike the first.
void add_lengths(TableMaker<SessionTotals>& maker, std::span<Percentile const> percentiles) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < percentiles.size(); ++i) {
        auto name = "length_" + percent_name(percentiles[i].probability) + "_s";
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        names.push_back(name);
        maker.add(name, [i](SessionTotals const& row) { return row.lengths_s[i].value; });
    }
}

struct PercentileRow {
    ActivityPercentiles const* bucket;
    Percentile percentile;
};

struct CellRow {
    std::int64_t number;
    HabitCell cell;
};

struct CohortPeriod {
    Cohort const* cohort;
    std::size_t period;
};

}  // namespace

Table to_table(std::span<ActiveBucket const> buckets, Labels const& /*labels*/) {
    return TableMaker{"active_learners", buckets}
        .add("from", &ActiveBucket::from)
        .add("to", &ActiveBucket::to)
        .add("learners", &ActiveBucket::learners)
        .add("events", &ActiveBucket::events)
        .take({.mark = Chart::Mark::line,
               .x = "from",
               .y = "learners",
               .title = "Active learners",
               .x_title = "Time",
               .y_title = "Learners"});
}

Table to_table(std::span<StickinessBucket const> buckets, Labels const& /*labels*/) {
    return TableMaker{"stickiness", buckets}
        .add("from", &StickinessBucket::from)
        .add("to", &StickinessBucket::to)
        .add("active", &StickinessBucket::active)
        .add("active_in_window", &StickinessBucket::active_in_window)
        .add("ratio", &StickinessBucket::ratio)
        .take({.mark = Chart::Mark::line,
               .x = "from",
               .y = "ratio",
               .title = "Stickiness",
               .x_title = "Time",
               .y_title = "Active, of those in the window"});
}

Table to_table(Sessions const& sessions, Labels const& /*labels*/) {
    auto const in_buckets = !sessions.buckets.empty();
    auto const rows = in_buckets ? std::span<SessionTotals const>{sessions.buckets}
                                 : std::span<SessionTotals const>{&sessions.total, 1};
    auto maker = TableMaker{"sessions", rows};
    maker.add("from", &SessionTotals::from)
        .add("to", &SessionTotals::to)
        .add("learners", &SessionTotals::learners)
        .add("sessions", &SessionTotals::sessions)
        .add("events", &SessionTotals::events)
        .add("length_s", &SessionTotals::length)
        .add("events_per_session", &SessionTotals::events_per_session)
        .add("mean_length_s", &SessionTotals::mean_length_s);
    add_lengths(maker, rows.front().lengths_s);
    if (!in_buckets) return maker.take();
    return maker.take({.mark = Chart::Mark::line,
                       .x = "from",
                       .y = "sessions",
                       .title = "Sessions",
                       .x_title = "Time",
                       .y_title = "Sessions"});
}

Table to_table(std::span<HabitCell const> cells, Labels const& /*labels*/) {
    std::vector<CellRow> rows;
    for (auto const& cell : cells)
        rows.push_back({static_cast<std::int64_t>(rows.size()), cell});
    auto maker = TableMaker{"habits", std::span<CellRow const>{rows}};
    maker.add("cell", &CellRow::number)
        .add("day", [](CellRow const& row) { return row.number / 24; })
        .add("hour", [](CellRow const& row) { return row.number % 24; })
        .add("learners", [](CellRow const& row) { return row.cell.learners; })
        .add("events", [](CellRow const& row) { return row.cell.events; });
    if (cells.size() <= 24) {
        return maker.take({.x = "cell",
                           .y = "events",
                           .title = "Habits",
                           .x_title = "Hour",
                           .y_title = "Events"});
    }
    return maker.take({.mark = Chart::Mark::heat,
                       .x = "hour",
                       .y = "day",
                       .value = "events",
                       .title = "Habits",
                       .x_title = "Hour",
                       .y_title = "Day of the week"});
}

Table to_table(std::span<ActivityPercentiles const> buckets, Labels const& /*labels*/) {
    std::vector<PercentileRow> rows;
    for (auto const& bucket : buckets) {
        for (auto const& percentile : bucket.percentiles)
            rows.push_back({&bucket, percentile});
    }
    return TableMaker{"activity_percentiles", std::span<PercentileRow const>{rows}}
        .add("from", [](auto const& row) { return row.bucket->from; })
        .add("to", [](auto const& row) { return row.bucket->to; })
        .add("learners", [](auto const& row) { return row.bucket->learners; })
        .add("probability", [](auto const& row) { return row.percentile.probability; })
        .add("events", [](auto const& row) { return row.percentile.value; })
        .take({.mark = Chart::Mark::line,
               .x = "from",
               .y = "events",
               .series = "probability",
               .title = "Events of an active learner, percentiles",
               .x_title = "Time",
               .y_title = "Events"});
}

Table to_table(IdleLearners const& learners, Labels const& labels) {
    return TableMaker{"idle_learners", std::span<IdleLearner const>{learners.idle}}
        .add("user", &IdleLearner::user, labels.user)
        .add("last", &IdleLearner::last)
        .add("events", &IdleLearner::events)
        .take();
}

Table to_table(std::span<SubjectActivity const> subjects, Labels const& labels) {
    auto const has_lecture = [](auto const& row) { return row.lecture.has_value(); };
    auto const lectures = std::any_of(subjects.begin(), subjects.end(), has_lecture);
    return with_bars_apart(
        TableMaker{"activity_by_subject", subjects}
            .add("course", &SubjectActivity::course, labels.course)
            .add("lecture", &SubjectActivity::lecture, labels.lecture)
            .add("learners", &SubjectActivity::learners)
            .add("events", &SubjectActivity::events)
            .add("opens", &SubjectActivity::opens)
            .add("openers", &SubjectActivity::openers)
            .add("reopeners", &SubjectActivity::reopeners)
            .add("reopen_share", &SubjectActivity::reopen_share)
            .add("reopens", &SubjectActivity::reopens)
            .add("watched_ms", &SubjectActivity::watched)
            .add("first", &SubjectActivity::first)
            .add("last", &SubjectActivity::last)
            .take({.x = lectures ? "lecture" : "course",
                   .y = "learners",
                   .title = lectures ? "Learners by lecture" : "Learners by course",
                   .x_title = lectures ? "Lecture" : "Course",
                   .y_title = "Learners"}),
        "course");
}

Table to_table(std::span<Cohort const> cohorts, Labels const& /*labels*/) {
    std::vector<CohortPeriod> rows;
    for (auto const& cohort : cohorts) {
        for (std::size_t period = 0; period < cohort.retained.size(); ++period)
            rows.push_back({&cohort, period});
    }
    return TableMaker{"cohorts", std::span<CohortPeriod const>{rows}}
        .add("from", [](auto const& row) { return row.cohort->from; })
        .add("to", [](auto const& row) { return row.cohort->to; })
        .add("size", [](auto const& row) { return row.cohort->size; })
        .add("period", &CohortPeriod::period)
        .add("retained", [](auto const& row) { return row.cohort->retained[row.period]; })
        .add("rate", [](auto const& row) { return row.cohort->rate(row.period); })
        .take({.mark = Chart::Mark::heat,
               .x = "period",
               .y = "from",
               .value = "rate",
               .title = "Retention by cohort",
               .x_title = "Period",
               .y_title = "Cohort"});
}

}  // namespace eduplat::analytics
