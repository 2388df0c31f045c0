#include "report_tables.hpp"

#include <chrono>
#include <utility>

namespace eduplat::test {
namespace {

using namespace analytics;

constexpr auto eur = Currency::named("EUR");
constexpr auto usd = Currency::named("USD");
constexpr auto lecture = LectureId{70};
constexpr Proportion half{2, 4, 0.5, 0.15, 0.85};

Timestamp day(int number) {
    return parse_timestamp("2026-03-01T00:00:00Z") + std::chrono::days{number};
}

std::vector<Timestamp> days() {
    std::vector<Timestamp> edges;
    for (auto i = 0; i <= 7; ++i)
        edges.push_back(day(i));
    return edges;
}

EventFrame frame() {
    std::vector<Event> events;
    for (auto i = 0; i < 200; ++i) {
        auto const subject = Subject{CourseId{7 + i % 2}, LectureId{70 + i % 5}};
        auto const at = day(0) + std::chrono::minutes{i * 47};
        events.push_back({UserId{i % 13 + 1}, at, LearningKind::opened, subject, std::nullopt, 1});
    }
    return EventFrame{}.with(events, 200);
}

std::vector<FunnelStepResult> funnel_steps() {
    FunnelStep const first{.name = "opened", .lectures = {LectureId{70}}};
    FunnelStep const second{.name = "=went on", .lectures = {LectureId{72}}};
    return funnel(frame(), {}, std::vector{first, second});
}

std::vector<HabitCell> habits() {
    std::vector<std::uint32_t> const cells{0, 1, 2, 3, 4, 5, 167};
    return habit_map(frame(), {}, days(), cells);
}

SurvivalCurve curve() {
    std::vector<double> const durations{1, 2.5, 2.5, 4};
    std::vector<std::uint8_t> const observed{1, 1, 0, 1};
    return kaplan_meier(durations, observed);
}

LogRank groups() {
    LogRank test;
    test.groups = {{4, 3, 2.25}, {5, 1, 1.75}};
    test.degrees = 1;
    test.chi_squared = 0.571;
    test.p_value = 0.45;
    return test;
}

std::vector<CourseProgress> progress() {
    std::vector<EnrollmentRow> const rows{
        {UserId{1}, CourseId{7}, day(0), std::nullopt, day(3), 5},
        {UserId{2}, CourseId{7}, day(1), day(5), std::nullopt, 2},
        {UserId{2}, CourseId{8}, day(2), std::nullopt, std::nullopt, 0}};
    return course_progress(rows, day(7));
}

std::vector<Lateness> lates() {
    std::vector<DueRow> const rows{{UserId{1}, lecture, day(2), day(1)},
                                   {UserId{2}, lecture, day(2), day(3)},
                                   {UserId{3}, lecture, day(2), std::nullopt}};
    return lateness(rows, day(7));
}

ItemAnalysis items() {
    ItemStatistics full{.item = {lecture, 1, 2}};
    full.answers = 9;
    full.learners = 4;
    full.facility = 0.625;
    full.correct = half;
    full.point_biserial = -0.25;
    full.upper = ItemGroup{1, 1.0};
    full.lower = ItemGroup{2, 0.5};
    full.discrimination = 0.5;
    ItemAnalysis analysis;
    analysis.items = {full, ItemStatistics{.item = {lecture, 1, std::nullopt}}};
    return analysis;
}

std::vector<Distractors> choices(int count) {
    Distractors const item{{lecture, 1, 2}, 4, {{"=B2", true, half, 0.5}, {"C", false, half, {}}}};
    return std::vector<Distractors>(static_cast<std::size_t>(count), item);
}

VideoCurve video() {
    using std::chrono::milliseconds;
    VideoCurve result{.recording = {lecture, 0, milliseconds{2'500}}, .bin = milliseconds{1'000}};
    result.stretches = 3;
    result.bin_ms = {1'000, 1'000, 500};
    result.watched_ms = {2'000, 1'500, 500};
    result.distinct_ms = {2'000, 1'000, 500};
    result.viewers = {2, 1, 1};
    result.reached = {2, 1, 1};
    result.learners = {{UserId{1}, 3'000, 2'500, 2'500, 1.0}, {UserId{2}, 1'000, 1'000, 999, 0.4}};
    result.complete = half;
    result.peaks = {{1, 0.5, 0.25}};
    return result;
}

std::vector<LectureDifficulty> difficulties() {
    LectureDifficulty hard{.lecture = lecture, .learners = 4};
    hard.first_correct = half;
    hard.rewatch = {3, 0.5, 0.125, 1.5};
    hard.error = {2, 0.75, std::nullopt, 0.5};
    hard.difficulty = 1.0;
    hard.low = 0.5;
    hard.high = 1.5;
    return {hard, LectureDifficulty{.lecture = LectureId{71}}};
}

std::vector<RevenueRow> sales() {
    return {{UserId{1}, CourseId{7}, day(0), RevenueKind::payment, Money{4900, eur}},
            {UserId{1}, CourseId{7}, day(2), RevenueKind::refund, Money{5100, eur}},
            {UserId{2}, CourseId{8}, day(3), RevenueKind::payment, Money{1999, usd}}};
}

std::vector<Birth> births() {
    return {{UserId{1}, day(0)}, {UserId{2}, day(1)}};
}

std::vector<MonthlyRecurring> recurring() {
    std::vector<PeriodRow> const rows{{UserId{1}, Money{3000, eur}, day(0), day(30)},
                                      {UserId{2}, Money{3000, usd}, day(1), day(31)}};
    return monthly_recurring(rows, days());
}

void add_activity(std::vector<Table>& tables, Labels const& labels) {
    std::vector<double> const probabilities{0.5, 0.999};
    auto const by_subject = lecture_activity(frame(), {});
    SessionOptions options{.probabilities = {0.5, 0.999, 0.5}};
    tables.push_back(to_table(sessions(frame(), {}, options), labels));
    options.edges = days();
    tables.push_back(to_table(sessions(frame(), {}, options), labels));
    tables.push_back(to_table(active_learners(frame(), {}, days()), labels));
    tables.push_back(to_table(stickiness(frame(), {}, days(), 3), labels));
    tables.push_back(to_table(habits(), labels));
    tables.push_back(to_table(std::vector<HabitCell>(24, HabitCell{1, 2}), labels));
    tables.push_back(to_table(activity_percentiles(frame(), {}, days(), probabilities), labels));
    auto const quiet = idle_learners(frame(), {}, day(9), std::chrono::days{1});
    tables.push_back(to_table(quiet, labels));
    tables.push_back(to_table(by_subject.lectures, labels));
    tables.push_back(to_table(by_subject.courses, labels));
    tables.push_back(to_table(cohorts(frame(), {}, days()), labels));
}

void add_progress(std::vector<Table>& tables, Labels const& labels) {
    std::vector<double> const edges{0, 1, 2, 3};
    std::vector<double> const durations{0.5, 1.5, 1.5};
    std::vector<std::uint8_t> const observed{1, 1, 0};
    tables.push_back(to_table(funnel_steps(), labels));
    tables.push_back(to_table(curve(), labels));
    tables.push_back(to_table(std::vector<NamedCurve>{{"a", curve()}, {"b", curve()}}, labels));
    tables.push_back(to_table(groups(), labels));
    tables.push_back(to_table(discrete_hazard(durations, observed, edges), labels));
    tables.push_back(to_table(progress(), labels));
    tables.push_back(to_table(lates(), labels));
}

void add_lectures(std::vector<Table>& tables, Labels const& labels) {
    tables.push_back(to_table(items(), labels));
    tables.push_back(to_table(Reliability{.learners = 4, .items = 2, .mean = 0.5}, labels));
    tables.push_back(to_table(choices(1), labels));
    tables.push_back(to_table(choices(2), labels));
    tables.push_back(to_table(video(), labels));
    tables.push_back(to_table(std::vector{video()}, labels));
    tables.push_back(viewers_table(video(), labels));
    tables.push_back(peaks_table(video(), labels));
    tables.push_back(to_table(difficulties(), labels));
}

void add_revenue(std::vector<Table>& tables, Labels const& labels) {
    std::vector<std::int64_t> const audience{9, 9, 9, 9, 9, 0, 0};
    auto euros = sales();
    euros.pop_back();
    tables.push_back(to_table(revenue(sales(), days(), audience), labels));
    tables.push_back(to_table(revenue_by_course(sales()), labels));
    tables.push_back(to_table(cohort_revenue(sales(), births(), days()), labels));
    tables.push_back(to_table(cohort_revenue(euros, births(), days()), labels));
    tables.push_back(to_table(recurring(), labels));
    tables.push_back(to_table(LifetimeValue{Money{12'345, eur}, 3, 2.25}, labels));
    tables.push_back(to_table(LifetimeValue{}, labels));
}

}  // namespace

std::vector<Table> report_tables(Labels const& labels) {
    std::vector<Table> tables;
    add_activity(tables, labels);
    add_progress(tables, labels);
    add_lectures(tables, labels);
    add_revenue(tables, labels);
    return tables;
}

std::vector<Table> empty_report_tables() {
    return {to_table(std::vector<ActiveBucket>{}),
            to_table(std::vector<StickinessBucket>{}),
            to_table(std::vector<HabitCell>{}),
            to_table(std::vector<ActivityPercentiles>{}),
            to_table(IdleLearners{}),
            to_table(std::vector<SubjectActivity>{}),
            to_table(std::vector<Cohort>{}),
            to_table(std::vector<FunnelStepResult>{}),
            to_table(SurvivalCurve{}),
            to_table(std::vector<NamedCurve>{}),
            to_table(LogRank{}),
            to_table(std::vector<HazardPeriod>{}),
            to_table(std::vector<CourseProgress>{}),
            to_table(std::vector<Lateness>{}),
            to_table(ItemAnalysis{}),
            to_table(std::vector<Distractors>{}),
            to_table(VideoCurve{.recording = {lecture, 0, {}}, .bin = {}}),
            to_table(std::vector<VideoCurve>{}),
            to_table(std::vector<LectureDifficulty>{}),
            to_table(std::vector<RevenueBucket>{}),
            to_table(std::vector<CourseTakings>{}),
            to_table(std::vector<RevenueCohort>{}),
            to_table(std::vector<MonthlyRecurring>{})};
}

}  // namespace eduplat::test
