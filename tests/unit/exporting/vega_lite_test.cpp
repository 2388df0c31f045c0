#include "sample_tables.hpp"

#include <eduplat/exporting/vega_lite.hpp>

#include <nlohmann/json.hpp>
#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;
using Json = nlohmann::json;

namespace {

Table charted(Chart const& chart) {
    using Reals = std::vector<std::optional<double>>;
    auto const day = parse_timestamp("2026-03-01T00:00:00Z");
    return {.name = "shares",
            .columns = {column("day", std::vector{day, day + std::chrono::days{1}}),
                        column("lecture", std::vector<std::int64_t>{7, 3}),
                        column("group", std::vector<std::string>{"a", "b"}),
                        column("share", Reals{0.5, {}}), column("low", Reals{0.25, {}}),
                        column("high", Reals{0.75, {}})},
            .chart = chart};
}

Json spec(Chart const& chart) {
    return Json::parse(vega_lite(charted(chart)));
}

}  // namespace

TEST_CASE("a specification of Vega-Lite holds its data, its axes and its titles", "[vega_lite]") {
    auto const line = spec({.mark = Chart::Mark::line,
                            .x = "day",
                            .y = "share",
                            .series = "group",
                            .title = "Shares of \"a\"",
                            .x_title = "Day"});
    CHECK(line["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json");
    CHECK(line["title"] == "Shares of \"a\"");
    CHECK(line["data"]["name"] == "shares");
    REQUIRE(line["data"]["values"].size() == 2);
    CHECK(line["data"]["values"][0] == Json{{"day", "2026-03-01T00:00:00.000000Z"},
                                            {"lecture", 7},
                                            {"group", "a"},
                                            {"share", 0.5},
                                            {"low", 0.25},
                                            {"high", 0.75}});
    CHECK(line["data"]["values"][1]["share"].is_null());
    CHECK(line["mark"]["type"] == "line");
    CHECK(line["encoding"]["x"] == Json{{"field", "day"},
                                        {"type", "temporal"},
                                        {"title", "Day"},
                                        {"scale", {{"type", "utc"}}}});
    CHECK(line["encoding"]["y"] ==
          Json{{"field", "share"}, {"type", "quantitative"}, {"title", "share"}});
    CHECK(line["encoding"]["color"] ==
          Json{{"field", "group"}, {"type", "nominal"}, {"sort", nullptr}});
}

TEST_CASE("each way of drawing has its mark in Vega-Lite", "[vega_lite]") {
    auto const bar = spec({.x = "lecture", .y = "share", .series = "group"});
    CHECK(bar["mark"]["type"] == "bar");
    CHECK(bar["encoding"]["x"]["type"] == "ordinal");
    REQUIRE(bar["encoding"]["y"].contains("stack"));
    CHECK(bar["encoding"]["y"]["stack"].is_null());
    CHECK(bar["encoding"]["x"]["sort"].is_null());          // in the order of the table
    CHECK(bar["encoding"]["xOffset"]["field"] == "group");  // side by side: shares do not add up

    auto const step = spec({.mark = Chart::Mark::step, .x = "lecture", .y = "share"});
    CHECK(step["mark"]["type"] == "line");
    CHECK(step["mark"]["interpolate"] == "step-after");
    CHECK(step["encoding"]["x"]["type"] == "quantitative");

    CHECK(spec({.mark = Chart::Mark::point, .x = "low", .y = "high"})["mark"]["type"] == "point");

    auto const heat =
        spec({.mark = Chart::Mark::heat, .x = "lecture", .y = "day", .value = "share"});
    CHECK(heat["mark"]["type"] == "rect");
    CHECK(heat["encoding"]["y"]["type"] == "ordinal");
    CHECK(heat["encoding"]["color"]["field"] == "share");
    CHECK(heat["encoding"]["color"]["type"] == "quantitative");
}

TEST_CASE("an interval is a layer of its own in Vega-Lite", "[vega_lite]") {
    auto const drawn = [](Chart::Mark mark) {
        return spec({.mark = mark, .x = "day", .y = "share", .low = "low", .high = "high"});
    };
    auto const band = drawn(Chart::Mark::step);
    CHECK_FALSE(band.contains("mark"));
    REQUIRE(band["layer"].size() == 2);
    CHECK(band["layer"][0]["mark"]["type"] == "area");
    CHECK(band["layer"][0]["mark"]["interpolate"] == "step-after");
    CHECK(band["layer"][0]["encoding"]["y"]["field"] == "low");
    CHECK(band["layer"][0]["encoding"]["y2"]["field"] == "high");
    CHECK(band["layer"][1]["mark"]["type"] == "line");
    CHECK(band["layer"][1]["encoding"]["y"]["field"] == "share");
    // titled alike, so that the axis has one title
    CHECK(band["layer"][0]["encoding"]["y"]["title"] == band["layer"][1]["encoding"]["y"]["title"]);
    CHECK(band["encoding"]["x"]["field"] == "day");
    CHECK_FALSE(drawn(Chart::Mark::line)["layer"][0].contains("transform"));

    auto const bars = drawn(Chart::Mark::bar);
    CHECK(bars["layer"][0]["mark"]["type"] == "bar");
    REQUIRE(bars["layer"][0]["encoding"]["y"].contains("stack"));
    CHECK(bars["layer"][0]["encoding"]["y"]["stack"].is_null());
    CHECK(bars["layer"][1]["mark"]["type"] == "rule");
    CHECK(bars["layer"][1]["encoding"]["y2"]["field"] == "high");
}

TEST_CASE("a band of steps holds until the next row, which may have none", "[vega_lite]") {
    auto const drawn = spec({.mark = Chart::Mark::step,
                             .x = "day",
                             .y = "share",
                             .series = "group",
                             .low = "low",
                             .high = "high"});
    CHECK(drawn["data"]["values"][1]["low"].is_null());
    auto const window = [](char const* end, char const* held) {
        return Json{{"op", "lag"}, {"field", end}, {"as", held}};
    };
    Json const before{{"sort", {{{"field", "day"}}}},
                      {"window", {window("low", "low before"), window("high", "high before")}},
                      {"groupby", {"group"}}};
    auto const held = [](std::string const& end) {
        auto const own = "datum[\"" + end + "\"]";
        return Json{{"calculate", own + " === null ? datum[\"" + end + " before\"] : " + own},
                    {"as", end}};
    };
    CHECK(drawn["layer"][0]["transform"] == Json::array({before, held("low"), held("high")}));
    CHECK_FALSE(drawn["layer"][1].contains("transform"));

    auto const of_texts =
        spec({.mark = Chart::Mark::step, .x = "group", .y = "share", .low = "low", .high = "high"});
    CHECK_FALSE(of_texts["layer"][0]["transform"][0].contains("sort"));  // in the table's order
}

TEST_CASE("tables that cannot be drawn are refused", "[vega_lite]") {
    auto const drawn = [](Chart const& chart) { return refusal([&] { return spec(chart); }); };
    CHECK(drawn({.mark = Chart::Mark::heat, .x = "day", .y = "low"}) ==
          invalid("chart.value", "required"));
    CHECK(drawn({.x = "day", .y = "share", .low = "low"}) == invalid("chart.high", "required"));
    CHECK(drawn({.x = "day", .y = "share", .high = "high"}) == invalid("chart.low", "required"));
    CHECK(drawn({.x = "none", .y = "share"}) == invalid("chart.x", "unknown"));
    CHECK(refusal([] { return vega_lite(sample_table()); }) == invalid("chart", "required"));
    auto text = texts({"\xFF"});
    text.chart = Chart{.x = "text", .y = "text"};
    CHECK(refusal([&] { return vega_lite(text); }) == invalid("text", "not_utf8"));
}
