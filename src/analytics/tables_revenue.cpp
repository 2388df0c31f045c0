#include "analytics/table_maker.hpp"
#include "analytics/tables_bars.hpp"

#include <eduplat/analytics/tables.hpp>

#include <algorithm>

namespace eduplat::analytics {
namespace {

constexpr auto* money_title = "Minor units of the currency";

std::string code_of(Money money) {
    return std::string{money.currency().code()};
}

template <class Row>
void add_takings(TableMaker<Row>& maker) {
    maker.add("currency", [](Row const& row) { return code_of(row.takings.gross); })
        .add("gross_minor", [](Row const& row) { return row.takings.gross; })
        .add("refunds_minor", [](Row const& row) { return row.takings.refunds; })
        .add("net_minor", [](Row const& row) { return row.takings.net; })
        .add("payments", [](Row const& row) { return row.takings.payments; })
        .add("refunded", [](Row const& row) { return row.takings.refunded; })
        .add("payers", [](Row const& row) { return row.takings.payers; })
        .add("net_per_payer_minor", [](Row const& row) { return row.takings.net_per_payer; });
}

struct CohortRow {
    RevenueCohort const* cohort;
    std::size_t period;
};

bool in_one_currency(std::span<CohortRow const> rows) {
    return std::all_of(rows.begin(), rows.end(), [&](CohortRow const& row) {
        return row.cohort->net[0].currency() == rows.front().cohort->net[0].currency();
    });
}

}  // namespace

Table to_table(std::span<RevenueBucket const> buckets, Labels const& /*labels*/) {
    auto maker = TableMaker{"revenue", buckets};
    maker.add("from", &RevenueBucket::from).add("to", &RevenueBucket::to);
    add_takings(maker);
    return maker.add("net_per_user_minor", &RevenueBucket::net_per_user)
        .add_proportion("conversion", &RevenueBucket::conversion)
        .take({.mark = Chart::Mark::line,
               .x = "from",
               .y = "net_minor",
               .series = "currency",
               .title = "Net revenue",
               .x_title = "Time",
               .y_title = money_title});
}

Table to_table(std::span<CourseTakings const> courses, Labels const& labels) {
    auto maker = TableMaker{"revenue_by_course", courses};
    maker.add("course", &CourseTakings::course, labels.course);
    add_takings(maker);
    return with_bars_apart(maker.take({.x = "course",
                                       .y = "net_minor",
                                       .series = "currency",
                                       .title = "Net revenue by course",
                                       .x_title = "Course",
                                       .y_title = money_title}));
}

Table to_table(std::span<RevenueCohort const> cohorts, Labels const& /*labels*/) {
    std::vector<CohortRow> rows;
    for (auto const& cohort : cohorts) {
        for (std::size_t period = 0; period < cohort.net.size(); ++period)
            rows.push_back({&cohort, period});
    }
    auto maker = TableMaker{"cohort_revenue", std::span<CohortRow const>{rows}};
    maker.add("currency", [](auto const& row) { return code_of(row.cohort->net[row.period]); })
        .add("from", [](auto const& row) { return row.cohort->from; })
        .add("to", [](auto const& row) { return row.cohort->to; })
        .add("users", [](auto const& row) { return row.cohort->users; })
        .add("period", &CohortRow::period)
        .add("net_minor", [](auto const& row) { return row.cohort->net[row.period]; })
        .add("cumulative_minor", [](auto const& row) { return row.cohort->cumulative[row.period]; })
        .add("per_user_minor", [](auto const& row) { return row.cohort->per_user[row.period]; });
    if (!in_one_currency(rows)) return maker.take();
    return maker.take({.mark = Chart::Mark::heat,
                       .x = "period",
                       .y = "from",
                       .value = "per_user_minor",
                       .title = "Revenue of a user, by cohort",
                       .x_title = "Period",
                       .y_title = "Cohort"});
}

Table to_table(std::span<MonthlyRecurring const> moments, Labels const& /*labels*/) {
    return TableMaker{"monthly_recurring", moments}
        .add("currency", [](auto const& row) { return code_of(row.amount); })
        .add("at", &MonthlyRecurring::at)
        .add("amount_minor", &MonthlyRecurring::amount)
        .add("users", &MonthlyRecurring::users)
        .add("per_user_minor", &MonthlyRecurring::per_user)
        .take({.mark = Chart::Mark::line,
               .x = "at",
               .y = "amount_minor",
               .series = "currency",
               .title = "Monthly recurring revenue",
               .x_title = "Time",
               .y_title = money_title});
}

Table to_table(LifetimeValue const& value, Labels const& /*labels*/) {
    auto const currency = [](LifetimeValue const& row) {
        return row.value ? std::optional{code_of(*row.value)} : std::nullopt;
    };
    return TableMaker{"lifetime_value", std::span<LifetimeValue const>{&value, 1}}
        .add("currency", currency)
        .add("value_minor", &LifetimeValue::value)
        .add("periods", &LifetimeValue::periods)
        .add("factor", &LifetimeValue::factor)
        .take();
}

}  // namespace eduplat::analytics
