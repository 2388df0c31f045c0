#include "exporting/checks.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>

#include <chrono>
#include <cmath>
#include <string_view>

namespace eduplat::exporting {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

constexpr Timestamp first_time = sys_days{year{0} / 1 / 1};
constexpr Timestamp past_last_time = sys_days{year{10000} / 1 / 1};

/// The rule a value breaks; empty: none.
std::string_view broken_rule(std::int64_t /*value*/) noexcept {
    return {};
}
std::string_view broken_rule(double value) noexcept {
    return std::isfinite(value) ? "" : "not_finite";
}
std::string_view broken_rule(std::string const& value) noexcept {
    return text::is_valid_utf8(value) ? "" : "not_utf8";
}
std::string_view broken_rule(Timestamp value) noexcept {
    return value >= first_time && value < past_last_time ? "" : "out_of_range";
}

template <class Value>
void check_values(analytics::Column const& column, std::vector<Value> const& values) {
    for (std::size_t row = 0; row < values.size(); ++row) {
        auto const rule = broken_rule(values[row]);
        if (!rule.empty() && !column.is_absent(row)) {
            fail(ErrorCode::invalid_argument, column.name, rule);
        }
    }
}

}  // namespace

void check_exportable(analytics::Table const& table) {
    analytics::check(table);
    if (table.columns.empty()) fail(ErrorCode::invalid_argument, "columns", "required");
    for (auto const& column : table.columns)
        std::visit([&](auto const& values) { check_values(column, values); }, column.values);
}

void SameColumns::check(analytics::Table const& table) {
    Columns columns;
    for (auto const& column : table.columns)
        columns.emplace_back(column.name, column.values.index());
    if (!columns_) {
        columns_ = std::move(columns);
    } else if (*columns_ != columns) {
        fail(ErrorCode::invalid_argument, "columns", "changed");
    }
}

}  // namespace eduplat::exporting
