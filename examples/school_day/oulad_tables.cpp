#include "oulad_tables.hpp"

#include "oulad_rows.hpp"

#include <eduplat/analytics/tables.hpp>

#include <array>
#include <type_traits>
#include <utility>

namespace school_day {
namespace {

namespace analytics = eduplat::analytics;
using analytics::Chart;
using analytics::Table;

/// Makes a table of rows, column by column.
template <class Row>
class Columns {
  public:
    Columns(std::string name, std::vector<Row> const& rows) : rows_(rows) {
        table_.name = std::move(name);
    }

    template <class Get>
    Columns& add(std::string name, Get const& get) {
        std::vector<std::decay_t<decltype(get(std::declval<Row const&>()))>> values;
        for (auto const& row : rows_)
            values.push_back(get(row));
        table_.columns.push_back(analytics::column(std::move(name), values));
        return *this;
    }

    Table take() { return std::move(table_); }
    Table take(Chart chart) {
        table_.chart = std::move(chart);
        return take();
    }

  private:
    std::vector<Row> const& rows_;
    Table table_;
};

std::string file_name(std::string_view section, ModuleFigures const& module) {
    return std::string{section} + '_' + module.module;
}

std::string title_of(std::string_view what, ModuleFigures const& module) {
    return "Module " + module.module + ": " + std::string{what};
}

// -- Activity

struct WeekRow {
    std::string presentation;
    std::int64_t week;
    analytics::ActiveBucket bucket;
};

Table activity(ModuleFigures const& module) {
    std::vector<WeekRow> rows;
    for (auto const& one : module.presentations) {
        std::int64_t week = 1 - weeks_before;
        for (auto const& bucket : one.weeks)
            rows.push_back({one.id.presentation, week++, bucket});
    }
    return Columns{file_name("activity", module), rows}
        .add("presentation", [](auto const& row) { return row.presentation; })
        .add("week", [](auto const& row) { return row.week; })
        .add("from", [](auto const& row) { return row.bucket.from; })
        .add("learners", [](auto const& row) { return row.bucket.learners; })
        .add("events", [](auto const& row) { return row.bucket.events; })
        .take({.mark = Chart::Mark::line,
               .x = "week",
               .y = "learners",
               .series = "presentation",
               .title = title_of("active learners by course week", module),
               .x_title = "Course week",
               .y_title = "Active learners"});
}

// -- Retention

struct RetentionRow {
    std::string presentation;
    std::int64_t week;
    std::int64_t registered;
    std::int64_t active;
    std::optional<double> active_share;
    std::int64_t seen;
    std::optional<double> seen_share;
};

Table retention(ModuleFigures const& module) {
    std::vector<RetentionRow> rows;
    for (auto const& one : module.presentations) {
        for (std::size_t week = 1; week < one.active.retained.size(); ++week) {
            rows.push_back({one.id.presentation, static_cast<std::int64_t>(week), one.active.size,
                            one.active.retained[week], one.active.rate(week),
                            one.seen.retained[week], one.seen.rate(week)});
        }
    }
    return Columns{file_name("retention", module), rows}
        .add("presentation", [](auto const& row) { return row.presentation; })
        .add("week", [](auto const& row) { return row.week; })
        .add("registered", [](auto const& row) { return row.registered; })
        .add("active", [](auto const& row) { return row.active; })
        .add("active_share", [](auto const& row) { return row.active_share; })
        .add("seen", [](auto const& row) { return row.seen; })
        .add("seen_share", [](auto const& row) { return row.seen_share; })
        .take({.mark = Chart::Mark::line,
               .x = "week",
               .y = "active_share",
               .series = "presentation",
               .title = title_of("active in the week", module),
               .x_title = "Course week",
               .y_title = "Share of the registered"});
}

// -- Survival

Table survival(ModuleFigures const& module) {
    std::vector<analytics::NamedCurve> curves;
    for (auto const& one : module.presentations)
        curves.push_back({one.id.presentation, one.stay});
    auto table = analytics::to_table(curves);
    table.name = file_name("survival", module);
    table.columns.front().name = "presentation";
    table.chart->series = "presentation";
    table.chart->title = title_of("still registered", module);
    table.chart->x_title = "Days since the registration";
    table.chart->y_title = "Share still registered";
    return table;
}

// -- Funnel

struct StepRow {
    std::string presentation;
    analytics::FunnelStepResult step;
};

std::optional<double> median_days(StepRow const& row) {
    if (!row.step.median_time) return std::nullopt;
    return static_cast<double>(row.step.median_time->count()) / 86'400;
}

Table funnel(ModuleFigures const& module) {
    std::vector<StepRow> rows;
    for (auto const& one : module.presentations) {
        for (auto const& step : one.funnel)
            rows.push_back({one.id.presentation, step});
    }
    return Columns{file_name("funnel", module), rows}
        .add("presentation", [](auto const& row) { return row.presentation; })
        .add("step", [](auto const& row) { return row.step.name; })
        .add("learners", [](auto const& row) { return row.step.learners; })
        .add("step_conversion", [](auto const& row) { return row.step.step_conversion; })
        .add("overall_conversion", [](auto const& row) { return row.step.overall_conversion; })
        .add("median_days", median_days)
        .take({.mark = Chart::Mark::bar,
               .x = "step",
               .y = "learners",
               .series = "presentation",
               .title = title_of("from registered to passed", module),
               .x_title = "Step",
               .y_title = "Learners"});
}

// -- Rankings

Table hardest(std::vector<AssessmentFigures> const& rows) {
    return Columns{"hardest", rows}
        .add("assessment", [](auto const& row) { return row.name; })
        .add("learners", [](auto const& row) { return row.learners; })
        .add("mean_score", [](auto const& row) { return row.mean_score; })
        .add("low", [](auto const& row) { return row.low; })
        .add("high", [](auto const& row) { return row.high; })
        .take({.mark = Chart::Mark::point,
               .x = "assessment",
               .y = "mean_score",
               .low = "low",
               .high = "high",
               .title = "Hardest assessments",
               .x_title = "Assessment",
               .y_title = "Mean score"});
}

Table reopened(std::vector<MaterialFigures> const& rows) {
    return Columns{"reopened", rows}
        .add("material", [](auto const& row) { return row.presentation + ' ' + row.name; })
        .add("learners", [](auto const& row) { return row.activity.openers; })
        .add("opens", [](auto const& row) { return row.activity.opens; })
        .add("reopens", [](auto const& row) { return row.activity.reopens; })
        .add("reopens_per_learner", [](auto const& row) { return row.reopens_per_learner; })
        .add("reopened_share", [](auto const& row) { return row.reopened.share; })
        .add("reopened_low", [](auto const& row) { return row.reopened.low; })
        .add("reopened_high", [](auto const& row) { return row.reopened.high; })
        .take({.mark = Chart::Mark::bar,
               .x = "material",
               .y = "reopens_per_learner",
               .title = "Most re-opened materials",
               .x_title = "Material",
               .y_title = "Further clicks a learner"});
}

}  // namespace

std::vector<ReportTable> report_tables(OuladFigures const& figures) {
    std::vector<ReportTable> out;
    auto const add = [&](std::string const& section, auto const& make) {
        for (auto const& module : figures.modules)
            out.push_back({section, module.module, make(module)});
    };
    add("funnel", funnel);
    add("survival", survival);
    add("retention", retention);
    add("activity", activity);
    out.push_back({"hardest", "", hardest(figures.hardest)});
    out.push_back({"reopened", "", reopened(figures.reopened)});
    return out;
}

Table presentations_table(OuladFigures const& figures) {
    std::vector<PresentationFigures const*> rows;
    for (auto const& module : figures.modules) {
        for (auto const& one : module.presentations)
            rows.push_back(&one);
    }
    Columns columns{"presentations", rows};
    columns.add("presentation", [](auto const* one) { return name_of(one->id); })
        .add("start", [](auto const* one) { return one->start; })
        .add("end", [](auto const* one) { return one->end; });
    for (std::size_t step = 0; step < 4; ++step) {
        auto const name = std::array{"registered", "opened", "submitted", "passed"}.at(step);
        columns.add(name, [step](auto const* one) { return one->funnel.at(step).learners; });
    }
    return columns.add("withdrawn", [](auto const* one) { return one->stay.events; })
        .add("stayed_" + std::to_string(compared_days) + "_days",
             [](auto const* one) -> std::optional<double> {
                 auto const step = one->compared();
                 return step ? std::optional{step->survival} : std::nullopt;
             })
        .add("stayed_low",
             [](auto const* one) -> std::optional<double> {
                 auto const step = one->compared();
                 return step ? step->low : std::nullopt;
             })
        .add("stayed_high",
             [](auto const* one) -> std::optional<double> {
                 auto const step = one->compared();
                 return step ? step->high : std::nullopt;
             })
        .take();
}

Table tests_table(OuladFigures const& figures) {
    struct Row {
        std::string module;
        analytics::LogRank const* test;
    };
    std::vector<Row> rows{{"all", &figures.log_rank}};
    for (auto const& module : figures.modules)
        rows.push_back({module.module, &module.log_rank});
    return Columns{"tests", rows}
        .add("module", [](auto const& row) { return row.module; })
        .add("presentations",
             [](auto const& row) { return static_cast<std::int64_t>(row.test->groups.size()); })
        .add("chi_squared", [](auto const& row) { return row.test->chi_squared; })
        .add("degrees", [](auto const& row) { return std::int64_t{row.test->degrees}; })
        .add("p_value", [](auto const& row) { return row.test->p_value; })
        .take();
}

}  // namespace school_day
