#include "analytics/tables_bars.hpp"

#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace eduplat::analytics {
namespace {

/// A value in words; empty: absent.
std::string text_of(Column const& column, std::size_t row) {
    if (column.is_absent(row)) return {};
    auto const text = [](auto const& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
            return value;
        } else if constexpr (std::is_same_v<Value, Timestamp>) {
            return to_string(value);
        } else {
            return std::to_string(value);
        }
    };
    return std::visit([&](auto const& values) { return text(values[row]); }, column.values);
}

std::vector<std::string> texts_of(Table const& table, std::string_view name) {
    std::vector<std::string> texts(table.rows());
    auto const* const column = table.find(name);
    if (column == nullptr) return texts;
    for (std::size_t row = 0; row < texts.size(); ++row)
        texts[row] = text_of(*column, row);
    return texts;
}

bool has_equal(std::vector<std::string> const& texts, std::vector<std::string> const& series) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (std::size_t row = 0; row < texts.size(); ++row) {
        if (!seen.emplace(texts[row], series[row]).second) return true;
    }
    return false;
}

/// Adds " (2)" to the second of equal ones, and so on.
void number_equal(std::vector<std::string>& texts, std::vector<std::string> const& series) {
    std::set<std::pair<std::string, std::string>> taken;
    for (std::size_t row = 0; row < texts.size(); ++row) {
        auto text = texts[row];
        for (auto number = 2; !taken.emplace(text, series[row]).second; ++number)
            text = texts[row] + " (" + std::to_string(number) + ")";
        texts[row] = std::move(text);
    }
}

}  // namespace

Table with_bars_apart(Table table, std::string_view further) {
    if (!table.chart || table.chart->mark != Chart::Mark::bar) return table;
    auto const series = texts_of(table, table.chart->series.value_or(""));
    auto bars = texts_of(table, table.chart->x);
    if (!has_equal(bars, series)) return table;
    auto const more = texts_of(table, further);
    for (std::size_t row = 0; row < bars.size(); ++row) {
        if (!more[row].empty()) bars[row] += (bars[row].empty() ? "" : " / ") + more[row];
    }
    number_equal(bars, series);
    table.columns.push_back(column("bar", std::move(bars)));
    table.chart->x = "bar";
    return table;
}

}  // namespace eduplat::analytics
