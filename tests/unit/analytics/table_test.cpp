#include <eduplat/analytics/table.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::invalid;
using eduplat::test::refusal;

namespace {

Table learners_by_day() {
    return {.name = "active_learners",
            .columns = {column<std::int64_t>("day", std::vector<std::int64_t>{1, 2, 3}),
                        column<double>("share", std::vector<std::optional<double>>{0.5, {}, 0.25})},
            .chart = Chart{.x = "day", .y = "share"}};
}

}  // namespace

TEST_CASE("a table knows its rows, its columns and what is absent", "[table]") {
    auto const table = learners_by_day();
    check(table);
    CHECK(table.rows() == 3);
    REQUIRE(table.find("share") != nullptr);
    CHECK(table.find("share")->is_absent(1));
    CHECK_FALSE(table.find("share")->is_absent(2));
    CHECK_FALSE(table.find("day")->is_absent(1));
    CHECK(table.find("week") == nullptr);
    CHECK(Table{.name = "none"}.rows() == 0);
}

TEST_CASE("a table whose parts do not fit is refused", "[table]") {
    auto table = learners_by_day();
    SECTION("name") {
        table.name = "two words";
        CHECK(refusal([&] { check(table); }) == invalid("name", "malformed"));
    }
    SECTION("name of a column") {
        table.columns[1].name = "";
        CHECK(refusal([&] { check(table); }) == invalid("columns[1].name", "malformed"));
    }
    SECTION("twice the same name") {
        table.columns[1].name = "day";
        CHECK(refusal([&] { check(table); }) == invalid("columns[1].name", "duplicate"));
    }
    SECTION("lengths") {
        table.columns[1].values = std::vector<double>{1};
        CHECK(refusal([&] { check(table); }) == invalid("columns[1].values", "length"));
    }
    SECTION("marks of absence") {
        table.columns[1].absent.pop_back();
        CHECK(refusal([&] { check(table); }) == invalid("columns[1].absent", "length"));
    }
    SECTION("a chart of another column") {
        table.chart->series = "week";
        CHECK(refusal([&] { check(table); }) == invalid("chart.series", "unknown"));
    }
}
