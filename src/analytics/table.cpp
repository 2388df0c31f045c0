#include "core/ascii.hpp"

#include <eduplat/analytics/table.hpp>
#include <eduplat/core/error.hpp>

#include <algorithm>

namespace eduplat::analytics {
namespace {

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return ascii::is_digit(c) || ascii::is_lower(c) || ascii::is_upper(c) || c == '_';
    });
}

[[noreturn]] void refuse(std::size_t place, std::string_view what, std::string_view rule) {
    auto field = "columns[" + std::to_string(place) + "]";
    fail(ErrorCode::invalid_argument, field.append(what), rule);
}

void check_column(Table const& table, std::size_t place) {
    auto const& column = table.columns[place];
    if (!is_word(column.name)) refuse(place, ".name", "malformed");
    if (table.find(column.name) != &column) refuse(place, ".name", "duplicate");
    if (column.size() != table.rows()) refuse(place, ".values", "length");
    if (!column.absent.empty() && column.absent.size() != column.size()) {
        refuse(place, ".absent", "length");
    }
}

void check_named(Table const& table, std::string_view part,
                 std::optional<std::string> const& column) {
    if (!column || table.find(*column) != nullptr) return;
    fail(ErrorCode::invalid_argument, std::string{"chart."}.append(part), "unknown");
}

}  // namespace

std::size_t Column::size() const noexcept {
    // Not by std::visit, which throws if a variant lost its value to an exception.
    std::size_t size = 0;
    auto const take = [&](auto const* of_type) {
        if (of_type != nullptr) size = of_type->size();
    };
    take(std::get_if<0>(&values));
    take(std::get_if<1>(&values));
    take(std::get_if<2>(&values));
    take(std::get_if<3>(&values));
    return size;
}

bool Column::is_absent(std::size_t row) const noexcept {
    return !absent.empty() && absent[row];
}

std::size_t Table::rows() const noexcept {
    return columns.empty() ? 0 : columns.front().size();
}

Column const* Table::find(std::string_view column) const noexcept {
    auto const at = std::find_if(columns.begin(), columns.end(),
                                 [&](auto const& has) { return has.name == column; });
    return at == columns.end() ? nullptr : &*at;
}

void check(Table const& table) {
    if (!is_word(table.name)) fail(ErrorCode::invalid_argument, "name", "malformed");
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        check_column(table, i);
    if (!table.chart) return;
    check_named(table, "x", table.chart->x);
    check_named(table, "y", table.chart->y);
    check_named(table, "series", table.chart->series);
    check_named(table, "low", table.chart->low);
    check_named(table, "high", table.chart->high);
    check_named(table, "value", table.chart->value);
}

}  // namespace eduplat::analytics
