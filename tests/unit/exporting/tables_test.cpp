#include "csv_reader.hpp"
#include "report_tables.hpp"
#include "written.hpp"

#include <eduplat/exporting/vega_lite.hpp>

#include <nlohmann/json.hpp>
#include <support/catch.hpp>

#include <charconv>
#include <optional>
#include <set>
#include <sstream>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;
using Json = nlohmann::json;

namespace {

template <class Number>
Number number(std::string const& text) {
    Number value{};
    auto const* const end = text.data() + text.size();
    REQUIRE(std::from_chars(text.data(), end, value).ptr == end);
    return value;
}

/// Whether a cell, as text of CSV and as JSON, is the value of the table.
void check_cell(std::string const& csv, Json const& json, std::int64_t value) {
    CHECK(number<std::int64_t>(csv) == value);
    CHECK(json.get<std::int64_t>() == value);
}
void check_cell(std::string const& csv, Json const& json, double value) {
    CHECK(number<double>(csv) == value);
    CHECK(json.get<double>() == value);
}
void check_cell(std::string const& csv, Json const& json, Timestamp value) {
    CHECK(parse_timestamp(csv) == value);
    CHECK(parse_timestamp(json.get<std::string>()) == value);
}
void check_cell(std::string const& csv, Json const& json, std::string const& value) {
    auto const defused = value.substr(0, 1) == "=";
    CHECK(csv == (defused ? "'" + value : value));
    CHECK(json.get<std::string>() == value);
}

/// Checks that a table is the same as CSV and as rows of JSON.
void check_same(Table const& table, std::vector<CsvRow> const& csv, std::vector<Json> const& json) {
    REQUIRE(csv.size() == table.rows() + 1);
    REQUIRE(json.size() == table.rows());
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        auto const& column = table.columns[i];
        CAPTURE(table.name, column.name);
        CHECK(csv[0][i] == column.name);
        for (std::size_t row = 0; row < table.rows(); ++row) {
            auto const& field = csv[row + 1][i];
            auto const& member = json[row].at(column.name);
            CHECK(field.has_value() == !column.is_absent(row));
            CHECK(member.is_null() == column.is_absent(row));
            if (!field || member.is_null()) continue;
            std::visit([&](auto const& values) { check_cell(*field, member, values[row]); },
                       column.values);
        }
    }
}

std::vector<Json> lines_of(Table const& table) {
    std::vector<Json> result;
    std::istringstream lines{json_lines_of(table)};
    for (std::string line; std::getline(lines, line);)
        result.push_back(Json::parse(line));
    return result;
}

/// All columns that a specification draws.
void add_fields(Json const& part, std::set<std::string>& fields) {
    if (part.is_object() && part.contains("field")) fields.insert(part["field"]);
    if (!part.is_structured()) return;
    for (auto const& item : part.items()) {
        if (item.key() != "data") add_fields(item.value(), fields);
    }
}

std::set<std::string> drawn_columns(Chart const& chart) {
    std::set<std::string> columns{chart.x, chart.y};
    for (auto const& other : {chart.series, chart.low, chart.high, chart.value}) {
        if (other) columns.insert(*other);
    }
    return columns;
}

/// The bars of a table that stand in one place: the texts of x and the series.
std::size_t equal_bars(Table const& table) {
    auto const rows = lines_of(table);
    std::set<std::pair<std::string, std::string>> places;
    for (auto const& row : rows) {
        auto const series = table.chart->series ? row.at(*table.chart->series).dump() : "";
        places.emplace(row.at(table.chart->x).dump(), series);
    }
    return rows.size() - places.size();
}

std::vector<std::string> bars_of(Table const& table) {
    CHECK(table.chart->x == "bar");
    CHECK(equal_bars(table) == 0);
    return std::get<std::vector<std::string>>(table.find("bar")->values);
}

Labels const named{
    .user = [](UserId id) { return "user " + std::to_string(id.value()); },
    .course = [](CourseId id) { return "=course " + std::to_string(id.value()); },
    .lecture = [](LectureId id) { return "a, \"b\" " + std::to_string(id.value()); }};

std::string lines(Table const& table) {
    return csv_of(table, {.line_end = LineEnd::lf, .whole_seconds = true});
}

}  // namespace

TEST_CASE("numbers, CSV, JSON lines and chart of every report agree", "[tables]") {
    std::size_t charts = 0;
    for (auto const& labels : {Labels{}, named}) {
        for (auto const& table : report_tables(labels)) {
            CAPTURE(table.name);
            check(table);
            CHECK(table.rows() > 0);
            auto const csv = read_csv(csv_of(table));
            check_same(table, csv, lines_of(table));
            if (!table.chart) continue;
            ++charts;
            if (table.chart->mark == Chart::Mark::bar) CHECK(equal_bars(table) == 0);
            auto const spec = Json::parse(vega_lite(table));
            check_same(table, csv, spec["data"]["values"].get<std::vector<Json>>());
            std::set<std::string> fields;
            add_fields(spec, fields);
            CHECK(fields == drawn_columns(*table.chart));
            CHECK(spec["title"] == table.chart->title);
            CHECK_FALSE(table.chart->title.empty());
        }
    }
    CHECK(charts == 2 * 26);
}

TEST_CASE("bars that would stand in one place are told apart", "[tables]") {
    using Bars = std::vector<std::string>;
    auto const recording = [](std::int64_t lecture, std::optional<int> item) {
        return VideoCurve{.recording = {LectureId{lecture}, item, std::chrono::seconds{1}},
                          .bin = std::chrono::seconds{1}};
    };
    CHECK(bars_of(to_table(std::vector{recording(70, 0), recording(70, 1), recording(71, {})})) ==
          Bars{"70 / 0", "70 / 1", "71"});
    CHECK(to_table(std::vector{recording(70, 0), recording(71, 0)}).chart->x == "lecture");

    Labels const alike{.course = [](CourseId) { return std::string{"Go"}; },
                       .lecture = [](LectureId) { return std::string{"Hello"}; }};
    std::vector const lectures{LectureDifficulty{.lecture = LectureId{1}},
                               LectureDifficulty{.lecture = LectureId{2}},
                               LectureDifficulty{.lecture = LectureId{3}}};
    CHECK(bars_of(to_table(lectures, alike)) == Bars{"Hello", "Hello (2)", "Hello (3)"});

    auto const eur = Currency::named("EUR");
    auto const usd = Currency::named("USD");
    auto const takings = [](std::int64_t course, Currency currency) {
        Money const none{0, currency};
        return CourseTakings{CourseId{course}, {none, none, none, 0, 0, 0, {}}};
    };
    std::vector const courses{takings(1, eur), takings(1, usd)};
    CHECK(to_table(courses, alike).chart->x == "course");  // two series
    CHECK(bars_of(to_table(std::vector{takings(1, eur), takings(2, eur)}, alike)) ==
          Bars{"Go", "Go (2)"});
}

TEST_CASE("columns of percentiles are named in the fewest digits that tell them apart",
          "[tables]") {
    SessionTotals total{};
    for (auto const probability : {0.07, 0.999, 0.9990000001, 0.005, 1e-9, 1.0, 0.07})
        total.lengths_s.push_back({probability, 1});
    auto const table = to_table(Sessions{.total = total, .buckets = {}});
    for (auto const* const name : {"length_p7_s", "length_p99_9_s", "length_p99_90000001_s",
                                   "length_p0_5_s", "length_p0_0000001_s", "length_p100_s"}) {
        CAPTURE(name);
        CHECK(table.find(name) != nullptr);
    }
    CHECK(table.columns.size() == 8 + 6);
}

TEST_CASE("a report of nothing is a table without rows, in every format", "[tables]") {
    for (auto const& table : empty_report_tables()) {
        CAPTURE(table.name);
        check(table);
        CHECK(table.rows() == 0);
        CHECK(read_csv(csv_of(table)).size() == 1);
        CHECK(json_lines_of(table).empty());
        if (table.chart) CHECK(Json::parse(vega_lite(table))["data"]["values"].empty());
    }
}

TEST_CASE("labels stand for ids in reports, and an absent id has none", "[tables]") {
    SubjectActivity const of_course{.course = CourseId{7}, .first = {}, .last = {}};
    auto const plain = to_table(std::vector{of_course});
    CHECK(std::get<std::vector<std::int64_t>>(plain.find("course")->values)[0] == 7);
    CHECK(plain.find("lecture")->is_absent(0));
    CHECK(plain.chart->x == "course");
    auto const labeled = to_table(std::vector{of_course}, named);
    CHECK(std::get<std::vector<std::string>>(labeled.find("course")->values)[0] == "=course 7");
    CHECK(labeled.find("lecture")->is_absent(0));
}

TEST_CASE("each column of a report holds what it is named after", "[tables]") {
    auto const at = parse_timestamp("2026-03-01T00:00:00Z");
    auto const next = at + std::chrono::days{1};
    CHECK(lines(to_table(std::vector{ActiveBucket{at, next, 3, 9}})) ==
          "from,to,learners,events\n2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,3,9\n");
    CHECK(lines(to_table(std::vector{StickinessBucket{at, next, 3, 6, 0.5},
                                     StickinessBucket{at, next, 3, {}, {}}})) ==
          "from,to,active,active_in_window,ratio\n"
          "2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,3,6,0.5\n"
          "2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,3,,\n");
    CHECK(lines(to_table(std::vector{Cohort{at, next, 4, {4, 1}}, Cohort{at, next, 0, {0}}})) ==
          "from,to,size,period,retained,rate\n"
          "2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,4,0,4,1\n"
          "2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,4,1,1,0.25\n"
          "2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,0,0,0,\n");
    CHECK(lines(to_table(
              std::vector{FunnelStepResult{"opened", 8, {}, 1.0, {}},
                          FunnelStepResult{"passed", 2, 0.25, 0.125, std::chrono::seconds{90}}})) ==
          "step,name,learners,step_conversion,overall_conversion,median_time_s\n"
          "1,opened,8,,1,\n2,passed,2,0.25,0.125,90\n");
    SurvivalCurve curve{.subjects = 4, .steps = {{2, 4, 1, 2, 0.75, 0.2, 0.1, 0.9}}};
    CHECK(lines(to_table(curve)) ==
          "time,at_risk,events,censored,survival,std_error,low,high\n"
          "0,4,0,0,1,,,\n2,4,1,2,0.75,0.2,0.1,0.9\n");
    curve.steps.front().time = 0;
    CHECK(to_table(curve).rows() == 1);
}

TEST_CASE("proportions and money of a report have all their columns", "[tables]") {
    HazardPeriod const period{1, 2, 8, 3, {2, 8, 0.25, 0.1, 0.6}, 0.75};
    CHECK(lines(to_table(std::vector{period})) ==
          "from,to,at_risk,censored,hazard,hazard_low,hazard_high,hazard_count,hazard_of,survival\n"
          "1,2,8,3,0.25,0.1,0.6,2,8,0.75\n");
    auto const usd = Currency::named("USD");
    Takings const takings{Money{900, usd}, Money{1000, usd}, Money{-100, usd}, 3, 2, 1, {}};
    CHECK(lines(to_table(std::vector{CourseTakings{CourseId{7}, takings}})) ==
          "course,currency,gross_minor,refunds_minor,net_minor,payments,refunded,payers,"
          "net_per_payer_minor\n7,USD,900,1000,-100,3,2,1,\n");
    CHECK(lines(to_table(LifetimeValue{})) == "currency,value_minor,periods,factor\n,,0,0\n");
}

TEST_CASE("reports in several currencies do not add them up in a map", "[tables]") {
    auto const eur = Currency::named("EUR");
    auto const usd = Currency::named("USD");
    auto const cohort = [](Currency currency) {
        return RevenueCohort{{}, {}, 1, {{5, currency}}, {{5, currency}}, {Money{5, currency}}};
    };
    CHECK(to_table(std::vector{cohort(eur), cohort(eur)}).chart);
    CHECK_FALSE(to_table(std::vector{cohort(eur), cohort(usd)}).chart);
}

TEST_CASE("a map of habits is drawn by day and hour, a few cells as bars", "[tables]") {
    auto const week = to_table(std::vector<HabitCell>(168, HabitCell{1, 2}));
    CHECK(week.chart->mark == Chart::Mark::heat);
    CHECK(std::get<std::vector<std::int64_t>>(week.find("day")->values)[167] == 6);
    CHECK(std::get<std::vector<std::int64_t>>(week.find("hour")->values)[167] == 23);
    CHECK(to_table(std::vector<HabitCell>(24, HabitCell{1, 2})).chart->mark == Chart::Mark::bar);
}
