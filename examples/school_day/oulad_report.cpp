#include "oulad_report.hpp"

#include "oulad_rows.hpp"
#include "oulad_tables.hpp"
#include "report.hpp"

#include <eduplat/exporting/csv.hpp>
#include <eduplat/exporting/vega_lite.hpp>

#include <algorithm>
#include <fstream>
#include <ios>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace school_day {
namespace {

namespace analytics = edu::analytics;
using Numbers = std::vector<double>;

// -- Text

template <class Tell>
void for_each(OuladFigures const& figures, Tell const& tell) {
    for (auto const& module : figures.modules) {
        for (auto const& one : module.presentations)
            tell(one);
    }
}

void print_funnels(OuladFigures const& figures) {
    heading("From registered to passed");
    Table table{"lrrrrrrrr",
                {"presentation", "registered", "opened", "", "submitted", "", "passed", "",
                 "median days to submit"}};
    for_each(figures, [&](PresentationFigures const& one) {
        Table::Row row{name_of(one.id)};
        for (auto const& step : one.funnel) {
            row.push_back(counted(step.learners));
            if (row.size() > 2) row.push_back(in_percent(step.overall_conversion));
        }
        auto const& time = one.funnel.at(2).median_time;
        row.push_back(time ? counted(*time / std::chrono::days{1}) : "-");
        table.add(std::move(row));
    });
    table.print();
    line(
        "  Percentages are of the registered. Opened: clicked on any material. Submitted: handed "
        "in");
    line("  any assessment. Each step after the one before.");
}

/// The share that is still there, every `days` days; steps hold until the next.
Numbers thinned(analytics::SurvivalCurve const& curve, int days) {
    Numbers out;
    if (curve.steps.empty()) return out;
    double survival = 1;
    std::size_t step = 0;
    for (int time = 0; time <= curve.steps.back().time; time += days) {
        for (; step < curve.steps.size() && curve.steps[step].time <= time; ++step)
            survival = curve.steps[step].survival;
        out.push_back(survival);
    }
    return out;
}

std::string describe(analytics::LogRank const& test) {
    if (!test.p_value) return "nothing to compare";
    return "chi squared " + with_decimals(*test.chi_squared, 1) + ", " +
           std::to_string(test.degrees) + " degrees of freedom, p " +
           (*test.p_value < 0.0001 ? "< 0.0001" : "= " + with_decimals(*test.p_value, 4));
}

void print_survival(OuladFigures const& figures) {
    constexpr int days_a_character = 10;
    heading("Still registered (Kaplan-Meier), by days since the registration");
    Table table{
        "lrrrrl",
        {"presentation", "registered", "withdrew",
         "after " + std::to_string(compared_days) + " days", "95 % interval",
         "from all to none, a character for " + std::to_string(days_a_character) + " days"}};
    for_each(figures, [&](PresentationFigures const& one) {
        if (one.stay.steps.empty()) return;
        auto const step = one.compared();
        table.add({name_of(one.id), counted(one.stay.subjects), counted(one.stay.events),
                   in_percent(step ? std::optional{step->survival} : std::nullopt),
                   step ? in_percent(step->low) + " to " + in_percent(step->high) : "-",
                   small_curve(thinned(one.stay, days_a_character), 1)});
    });
    table.print();
    line("  Who is there at the end of the presentation, or passed, is censored then. The last");
    line("  days of a curve rest on the few who registered long before.");
    heading("Do presentations keep their learners alike (log-rank test)?");
    Table tests{"ll", {"between", ""}};
    tests.add({"all presentations", describe(figures.log_rank)});
    for (auto const& module : figures.modules) {
        if (module.presentations.size() > 1)
            tests.add({"those of " + module.module, describe(module.log_rank)});
    }
    tests.print();
}

void print_retention(OuladFigures const& figures) {
    heading("Active in a course week, of those who registered before the first day");
    Table table{"lrrrrrl",
                {"presentation", "registered", "week 1", "week 10", "week 20", "week 30",
                 "week by week, to 100 %"}};
    for_each(figures, [&](PresentationFigures const& one) {
        Table::Row row{name_of(one.id), counted(one.active.size)};
        for (std::size_t const week : {1U, 10U, 20U, 30U})
            row.push_back(in_percent(one.active.rate(week)));
        Numbers shares;
        for (std::size_t week = 1; week < one.active.retained.size(); ++week)
            shares.push_back(one.active.rate(week).value_or(0));
        row.push_back(small_curve(shares, 1));
        table.add(std::move(row));
    });
    table.print();
}

void print_activity(OuladFigures const& figures) {
    heading("Activity by course week");
    Table table{
        "lrrrl",
        {"presentation", "clicks and answers", "most learners", "in week",
         "week by week from " + std::to_string(weeks_before) + " weeks before, to the highest"}};
    for_each(figures, [&](PresentationFigures const& one) {
        std::int64_t events = 0;
        Numbers learners;
        for (auto const& week : one.weeks) {
            events += week.events;
            learners.push_back(static_cast<double>(week.learners));
        }
        auto const most = std::max_element(learners.begin(), learners.end());
        auto const week = most - learners.begin() + 1 - weeks_before;
        table.add({name_of(one.id), counted(events), counted(static_cast<std::int64_t>(*most)),
                   std::to_string(week), small_curve(learners, *most)});
    });
    table.print();
}

void print_hardest(OuladFigures const& figures) {
    heading("The hardest assessments, by the mean of first scores (0 to 100)");
    Table table{"lrrr", {"assessment", "learners", "mean", "95 % interval"}};
    for (auto const& row : figures.hardest) {
        auto const interval =
            row.low && row.high ? with_decimals(*row.low, 1) + " to " + with_decimals(*row.high, 1)
                                : "-";
        table.add({row.name, counted(row.learners), with_decimals(row.mean_score, 1), interval});
    }
    table.print();
    line("  Of " + std::to_string(figures.assessments) + " that at least " +
         std::to_string(ranked_learners_min) +
         " learners handed in. Who had left by then did not.");
}

void print_reopened(OuladFigures const& figures) {
    heading("The most re-opened materials");
    Table table{"llrrrr",
                {"material", "presentation", "learners", "clicks", "further clicks a learner",
                 "learners who clicked again"}};
    for (auto const& row : figures.reopened) {
        table.add({row.name, row.presentation, counted(row.activity.openers),
                   counted(row.activity.opens), with_decimals(row.reopens_per_learner, 1),
                   in_percent(row.reopened.share)});
    }
    table.print();
    line("  The dataset counts clicks by day, so one visit may be several of them.");
}

// -- Files

void write_file(std::filesystem::path const& file, std::string const& text) {
    std::ofstream out{file, std::ios::binary};
    out << text;
    if (!out.flush()) edu::fail(edu::ErrorCode::unavailable, file.string(), "not_written");
}

void write_csv(std::filesystem::path const& folder, analytics::Table const& table) {
    std::string text;
    edu::exporting::write_csv(table, [&](std::string_view part) { text += part; },
                              {.line_end = edu::exporting::LineEnd::lf});
    write_file(folder / (table.name + ".csv"), text);
}

analytics::Table facts_of(OuladFigures const& figures) {
    std::int64_t presentations = 0;
    std::int64_t registrations = 0;
    for_each(figures, [&](PresentationFigures const& one) {
        ++presentations;
        registrations += one.funnel.front().learners;
    });
    std::vector<std::string> names{"events",      "presentations",       "registrations",
                                   "assessments", "ranked_learners_min", "weeks_before"};
    std::vector<std::int64_t> values{figures.events,      presentations,       registrations,
                                     figures.assessments, ranked_learners_min, weeks_before};
    return {.name = "facts",
            .columns = {analytics::column("name", std::move(names)),
                        analytics::column("value", std::move(values))}};
}

analytics::Table charts_of(std::vector<ReportTable> const& tables) {
    std::vector<std::string> sections;
    std::vector<std::string> modules;
    std::vector<std::string> names;
    for (auto const& [section, module, table] : tables) {
        sections.push_back(section);
        modules.push_back(module);
        names.push_back(table.name);
    }
    return {.name = "charts",
            .columns = {analytics::column("section", std::move(sections)),
                        analytics::column("module", std::move(modules)),
                        analytics::column("name", std::move(names))}};
}

}  // namespace

void print_oulad_report(OuladFigures const& figures) {
    print_funnels(figures);
    print_survival(figures);
    print_retention(figures);
    print_activity(figures);
    print_hardest(figures);
    print_reopened(figures);
}

void write_oulad_report(OuladFigures const& figures, std::filesystem::path const& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    auto const tables = report_tables(figures);
    for (auto const& [section, module, table] : tables) {
        write_csv(folder, table);
        write_file(folder / (table.name + ".vl.json"), edu::exporting::vega_lite(table));
    }
    for (auto const& table :
         {presentations_table(figures), tests_table(figures), facts_of(figures), charts_of(tables)})
        write_csv(folder, table);
}

}  // namespace school_day
