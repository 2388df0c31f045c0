#include "exporting/checks.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/vega_lite.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eduplat::exporting {
namespace {

using analytics::Chart;
using analytics::Column;
using analytics::Table;
using Json = nlohmann::ordered_json;

Json json_of(std::int64_t value) {
    return value;
}
Json json_of(double value) {
    return value;
}
Json json_of(std::string const& value) {
    return value;
}
Json json_of(Timestamp value) {
    return to_string(value);
}

Json json_of(Column const& column, std::size_t row) {
    if (column.is_absent(row)) return nullptr;
    return std::visit([&](auto const& values) { return json_of(values[row]); }, column.values);
}

Json rows_of(Table const& table) {
    auto rows = Json::array();
    for (std::size_t row = 0; row < table.rows(); ++row) {
        auto object = Json::object();
        for (auto const& column : table.columns)
            object[column.name] = json_of(column, row);
        rows.push_back(std::move(object));
    }
    return rows;
}

void check_chart(Table const& table) {
    auto const refuse = [](std::string_view field) {
        fail(ErrorCode::invalid_argument, field, "required");
    };
    if (!table.chart) refuse("chart");
    auto const& chart = *table.chart;
    if (chart.mark == Chart::Mark::heat && !chart.value) refuse("chart.value");
    if (chart.high && !chart.low) refuse("chart.low");
    if (chart.low && !chart.high) refuse("chart.high");
}

/// The encodings of a table's chart.
class Encoder final {
  public:
    explicit Encoder(Table const& table) : table_(table), chart_(*table.chart) {}

    [[nodiscard]] Json x() const { return axis(chart_.x, chart_.x_title); }
    /// Another column on the axis of y: the ends of an interval, titled alike.
    [[nodiscard]] Json y(std::string const& column) const {
        return axis(column, chart_.y_title.empty() ? chart_.y : chart_.y_title);
    }
    [[nodiscard]] Json y() const { return y(chart_.y); }

    [[nodiscard]] Json series() const {
        return {{"field", *chart_.series}, {"type", "nominal"}, {"sort", nullptr}};
    }
    [[nodiscard]] Json value() const {
        return {{"field", *chart_.value}, {"type", "quantitative"}};
    }

  private:
    [[nodiscard]] Json axis(std::string const& name, std::string const& title) const {
        auto const type = type_of(*table_.find(name), name == chart_.x);
        Json encoding{{"field", name}, {"type", type}};
        encoding["title"] = title.empty() ? name : title;
        if (type == "temporal") encoding["scale"] = {{"type", "utc"}};
        if (type == "nominal" || type == "ordinal") encoding["sort"] = nullptr;  // as in the table
        return encoding;
    }

    /// The ids and numbers of bars and cells are names of places; those of a line are amounts.
    [[nodiscard]] std::string_view type_of(Column const& column, bool is_x) const {
        if (std::holds_alternative<std::vector<std::string>>(column.values)) return "nominal";
        auto const heat = chart_.mark == Chart::Mark::heat;
        if (heat || (is_x && chart_.mark == Chart::Mark::bar)) {
            auto const is_real = std::holds_alternative<std::vector<double>>(column.values);
            if (!is_real && (heat || !is_time(column))) return "ordinal";
        }
        return is_time(column) ? "temporal" : "quantitative";
    }
    static bool is_time(Column const& column) {
        return std::holds_alternative<std::vector<Timestamp>>(column.values);
    }

    Table const& table_;
    Chart const& chart_;
};

Json mark_of(Chart::Mark mark) {
    switch (mark) {
        case Chart::Mark::bar:
            return {{"type", "bar"}, {"tooltip", {{"content", "data"}}}};
        case Chart::Mark::line:
            return {{"type", "line"}, {"tooltip", {{"content", "data"}}}};
        case Chart::Mark::step:
            return {{"type", "line"}, {"interpolate", "step-after"}};
        case Chart::Mark::point:
            return {{"type", "point"}, {"tooltip", {{"content", "data"}}}};
        case Chart::Mark::heat:
            return {{"type", "rect"}, {"tooltip", {{"content", "data"}}}};
    }
    return "point";
}

Json interval_mark_of(Chart::Mark mark) {
    if (mark == Chart::Mark::bar || mark == Chart::Mark::point) return {{"type", "rule"}};
    Json band{{"type", "area"}, {"opacity", 0.2}};
    if (mark == Chart::Mark::step) band["interpolate"] = "step-after";
    return band;
}

/// A step holds until the next row, and so does its interval, though that row may have none of its
/// own: as a survival curve at 0. Without this the band would end one step early.
Json held_until_next_row(Chart const& chart, Json const& x) {
    Json before;
    bool const as_in_table = x.contains("sort");
    if (!as_in_table) before["sort"] = Json::array({{{"field", chart.x}}});
    before["window"] = Json::array();
    if (chart.series) before["groupby"] = Json::array({*chart.series});
    auto steps = Json::array();
    for (auto const& end : {*chart.low, *chart.high}) {
        auto const held = end + " before";  // which no column is called
        before["window"].push_back({{"op", "lag"}, {"field", end}, {"as", held}});
        auto const of = [](std::string const& name) { return "datum[" + Json(name).dump() + "]"; };
        steps.push_back(
            {{"calculate", of(end) + " === null ? " + of(held) + " : " + of(end)}, {"as", end}});
    }
    steps.insert(steps.begin(), std::move(before));
    return steps;
}

Json interval_layer(Chart const& chart, Encoder const& encoder) {
    Json high{{"field", *chart.high}};
    Json layer{{"mark", interval_mark_of(chart.mark)},
               {"encoding", {{"y", encoder.y(*chart.low)}, {"y2", std::move(high)}}}};
    if (chart.mark == Chart::Mark::step)
        layer["transform"] = held_until_next_row(chart, encoder.x());
    return layer;
}

void draw(Json& spec, Table const& table) {
    auto const& chart = *table.chart;
    auto const encoder = Encoder{table};
    Json shared{{"x", encoder.x()}};
    if (chart.series) {
        shared["color"] = encoder.series();
        // side by side: on top of each other they would seem to add up
        if (chart.mark == Chart::Mark::bar) shared["xOffset"] = encoder.series();
    }
    if (chart.mark == Chart::Mark::heat) shared["color"] = encoder.value();
    Json main{{"mark", mark_of(chart.mark)}, {"encoding", {{"y", encoder.y()}}}};
    // shares of bars in one place do not add up, and sums of what is unlike mean nothing
    if (chart.mark == Chart::Mark::bar) main["encoding"]["y"]["stack"] = nullptr;
    if (!chart.low) {
        shared.update(main["encoding"]);
        spec["mark"] = std::move(main["mark"]);
        spec["encoding"] = std::move(shared);
        return;
    }
    spec["encoding"] = std::move(shared);
    auto layers = Json::array({interval_layer(chart, encoder), std::move(main)});
    // A rule would not be seen behind its bar.
    if (chart.mark == Chart::Mark::bar) std::swap(layers[0], layers[1]);
    spec["layer"] = std::move(layers);
}

}  // namespace

std::string vega_lite(Table const& table) {
    check_exportable(table);
    check_chart(table);
    Json spec{{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"}};
    if (!table.chart->title.empty()) spec["title"] = table.chart->title;
    spec["width"] = 640;
    spec["height"] = 360;
    spec["data"] = {{"name", table.name}, {"values", rows_of(table)}};
    draw(spec, table);
    return spec.dump();
}

}  // namespace eduplat::exporting
