#include "analytics/table_maker.hpp"
#include "analytics/tables_bars.hpp"

#include <eduplat/analytics/tables.hpp>

#include <set>

namespace eduplat::analytics {
namespace {

struct StepRow {
    std::int64_t number;
    FunnelStepResult const* step;
};

struct CurveRow {
    std::string const* group;
    SurvivalStep step;
};

struct GroupRow {
    std::int64_t number;
    LogRankGroup group;
};

bool are_names(std::span<FunnelStepResult const> steps) {
    std::set<std::string> names;
    for (auto const& step : steps)
        names.insert(step.name);
    return names.size() == steps.size() && names.count("") == 0;
}

void add_curve(SurvivalCurve const& curve, std::string const* group, std::vector<CurveRow>& rows) {
    auto const begins = !curve.steps.empty() && curve.steps.front().time <= 0;
    if (!begins) {
        SurvivalStep const all{0,           curve.subjects, 0, 0, 1, std::nullopt, std::nullopt,
                               std::nullopt};
        if (curve.subjects > 0) rows.push_back({group, all});
    }
    for (auto const& step : curve.steps)
        rows.push_back({group, step});
}

Table curve_table(std::span<CurveRow const> rows, bool grouped) {
    auto maker = TableMaker{"survival", rows};
    if (grouped) maker.add("group", [](CurveRow const& row) { return *row.group; });
    maker.add("time", [](CurveRow const& row) { return row.step.time; })
        .add("at_risk", [](CurveRow const& row) { return row.step.at_risk; })
        .add("events", [](CurveRow const& row) { return row.step.events; })
        .add("censored", [](CurveRow const& row) { return row.step.censored; })
        .add("survival", [](CurveRow const& row) { return row.step.survival; })
        .add("std_error", [](CurveRow const& row) { return row.step.std_error; })
        .add("low", [](CurveRow const& row) { return row.step.low; })
        .add("high", [](CurveRow const& row) { return row.step.high; });
    Chart chart{.mark = Chart::Mark::step,
                .x = "time",
                .y = "survival",
                .low = "low",
                .high = "high",
                .title = "Survival",
                .x_title = "Time",
                .y_title = "Share still there"};
    if (grouped) chart.series = "group";
    return maker.take(std::move(chart));
}

}  // namespace

Table to_table(std::span<FunnelStepResult const> steps, Labels const& /*labels*/) {
    std::vector<StepRow> rows;
    for (auto const& step : steps)
        rows.push_back({static_cast<std::int64_t>(rows.size()) + 1, &step});
    return TableMaker{"funnel", std::span<StepRow const>{rows}}
        .add("step", &StepRow::number)
        .add("name", [](auto const& row) { return row.step->name; })
        .add("learners", [](auto const& row) { return row.step->learners; })
        .add("step_conversion", [](auto const& row) { return row.step->step_conversion; })
        .add("overall_conversion", [](auto const& row) { return row.step->overall_conversion; })
        .add("median_time_s", [](auto const& row) { return row.step->median_time; })
        .take({.x = are_names(steps) ? "name" : "step",
               .y = "learners",
               .title = "Funnel",
               .x_title = "Step",
               .y_title = "Learners"});
}

Table to_table(SurvivalCurve const& curve, Labels const& /*labels*/) {
    std::vector<CurveRow> rows;
    add_curve(curve, nullptr, rows);
    return curve_table(rows, false);
}

Table to_table(std::span<NamedCurve const> curves, Labels const& /*labels*/) {
    std::vector<CurveRow> rows;
    for (auto const& named : curves)
        add_curve(named.curve, &named.group, rows);
    return curve_table(rows, true);
}

Table to_table(LogRank const& test, Labels const& /*labels*/) {
    std::vector<GroupRow> rows;
    for (auto const& group : test.groups)
        rows.push_back({static_cast<std::int64_t>(rows.size()), group});
    return TableMaker{"log_rank", std::span<GroupRow const>{rows}}
        .add("group", &GroupRow::number)
        .add("subjects", [](auto const& row) { return row.group.subjects; })
        .add("events", [](auto const& row) { return row.group.events; })
        .add("expected", [](auto const& row) { return row.group.expected; })
        .add("chi_squared", [&](auto const& /*row*/) { return test.chi_squared; })
        .add("degrees", [&](auto const& /*row*/) { return test.degrees; })
        .add("p_value", [&](auto const& /*row*/) { return test.p_value; })
        .take({.x = "group",
               .y = "events",
               .title = "Events by group",
               .x_title = "Group",
               .y_title = "Events"});
}

Table to_table(std::span<HazardPeriod const> periods, Labels const& /*labels*/) {
    return TableMaker{"hazard", periods}
        .add("from", &HazardPeriod::from)
        .add("to", &HazardPeriod::to)
        .add("at_risk", &HazardPeriod::at_risk)
        .add("censored", &HazardPeriod::censored)
        .add_proportion("hazard", &HazardPeriod::hazard)
        .add("survival", &HazardPeriod::survival)
        .take({.mark = Chart::Mark::point,
               .x = "from",
               .y = "hazard",
               .low = "hazard_low",
               .high = "hazard_high",
               .title = "Hazard",
               .x_title = "Time",
               .y_title = "Share that leaves in the period"});
}

Table to_table(std::span<CourseProgress const> courses, Labels const& labels) {
    return with_bars_apart(
        TableMaker{"course_progress", courses}
            .add("course", &CourseProgress::course, labels.course)
            .add("enrolled", &CourseProgress::enrolled)
            .add("completed", &CourseProgress::completed)
            .add("ended", &CourseProgress::ended)
            .add("active", &CourseProgress::active)
            .add_proportion("completion", &CourseProgress::completion)
            .add_proportion("completion_of_closed", &CourseProgress::completion_of_closed)
            .add("lectures", &CourseProgress::lectures)
            .add("learner_weeks", &CourseProgress::learner_weeks)
            .add("lectures_per_week", &CourseProgress::lectures_per_week)
            .add("median_lectures_per_week", &CourseProgress::median_lectures_per_week)
            .add("median_days_of_completed", &CourseProgress::median_days_of_completed)
            .add("median_days_to_complete",
                 [](auto const& row) { return row.days_to_complete.median; })
            .take({.x = "course",
                   .y = "completion",
                   .low = "completion_low",
                   .high = "completion_high",
                   .title = "Completion by course",
                   .x_title = "Course",
                   .y_title = "Share that completed"}));
}

Table to_table(std::span<Lateness const> lectures, Labels const& labels) {
    return with_bars_apart(TableMaker{"lateness", lectures}
                               .add("lecture", &Lateness::lecture, labels.lecture)
                               .add("due", &Lateness::due)
                               .add("on_time", &Lateness::on_time)
                               .add("late", &Lateness::late)
                               .add("missing", &Lateness::missing)
                               .add_proportion("on_time_of_due", &Lateness::on_time_of_due)
                               .add("median_hours", &Lateness::median_hours)
                               .add("mean_hours_late", &Lateness::mean_hours_late)
                               .take({.x = "lecture",
                                      .y = "on_time_of_due",
                                      .low = "on_time_of_due_low",
                                      .high = "on_time_of_due_high",
                                      .title = "Done on time",
                                      .x_title = "Lecture",
                                      .y_title = "Share on time"}));
}

}  // namespace eduplat::analytics
