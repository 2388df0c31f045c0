#include "exporting/generalize.hpp"

#include "exporting/rows.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>

namespace eduplat::exporting {
namespace {

using namespace std::chrono;
using analytics::Column;

template <class Value>
bool holds(Column const& column) noexcept {
    return std::holds_alternative<std::vector<Value>>(column.values);
}

bool is_whole(double width) noexcept {
    constexpr double exact_max = 9'007'199'254'740'992;  // 2^53
    return std::floor(width) == width && width <= exact_max;
}

std::int64_t lower_end(std::int64_t value, Band band) noexcept {
    auto const width = static_cast<std::int64_t>(band.width);
    auto const beyond = (value % width + width) % width;
    auto const lowest = std::numeric_limits<std::int64_t>::min();
    return value < lowest + beyond ? lowest : value - beyond;
}

double lower_end(double value, Band band) noexcept {
    auto const end = std::floor(value / band.width) * band.width;
    return std::isfinite(end) ? end : value;
}

Timestamp begin_of(Timestamp at, Period period) {
    auto const day = floor<days>(at);
    auto const date = year_month_day{day};
    switch (period) {
        case Period::day:
            return day;
        case Period::week:
            return day - days{weekday{day}.iso_encoding() - 1};
        case Period::month:
            return sys_days{date.year() / date.month() / 1};
        case Period::year:
            return sys_days{date.year() / 1 / 1};
    }
    return day;
}

/// The step's value in place of a value that it fits.
template <class Value>
void generalize(Value& value, Generalization const& step) {
    if constexpr (std::is_arithmetic_v<Value>) {
        if (auto const* const band = std::get_if<Band>(&step)) value = lower_end(value, *band);
    } else if constexpr (std::is_same_v<Value, Timestamp>) {
        if (auto const* const period = std::get_if<Period>(&step)) value = begin_of(value, *period);
    }
}

/// Rows in ascending order of their values, absent ones first.
template <class Value>
std::vector<std::uint32_t> ranks(Column const& column, std::vector<Value> const& values) {
    std::vector<std::uint32_t> rows(values.size());
    std::iota(rows.begin(), rows.end(), 0U);
    auto const less = [&](std::uint32_t left, std::uint32_t right) {
        auto const left_absent = column.is_absent(left);
        auto const right_absent = column.is_absent(right);
        if (left_absent || right_absent) return left_absent && !right_absent;
        return values[left] < values[right];
    };
    std::sort(rows.begin(), rows.end(), less);
    std::vector<std::uint32_t> result(rows.size());
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i > 0 && less(rows[i - 1], rows[i])) ++rank;
        result[rows[i]] = rank;
    }
    return result;
}

}  // namespace

std::optional<std::string_view> broken_rule(Generalization const& step,
                                            Column const& column) noexcept {
    if (std::holds_alternative<Period>(step)) {
        return holds<Timestamp>(column) ? std::nullopt : std::optional{std::string_view{"type"}};
    }
    auto const* const band = std::get_if<Band>(&step);
    if (band == nullptr) return std::nullopt;
    if (!holds<std::int64_t>(column) && !holds<double>(column)) return "type";
    auto const is_width = std::isfinite(band->width) && band->width > 0 &&
                          (holds<double>(column) || is_whole(band->width));
    return is_width ? std::nullopt : std::optional{std::string_view{"malformed"}};
}

Column generalized(Column const& column, Generalization const* step) {
    auto result = column;
    if (step != nullptr && std::holds_alternative<Hidden>(*step)) {
        result.absent.assign(column.size(), true);
        clear_absent(result);
        return result;
    }
    std::visit(
        [&](auto& values) {
            for (auto& value : values) {
                if (step != nullptr) generalize(value, *step);
                if constexpr (std::is_same_v<std::decay_t<decltype(value)>, double>) value += 0.0;
            }
        },
        result.values);
    return result;
}

std::vector<std::uint32_t> ranks(Column const& column) {
    return std::visit([&](auto const& values) { return ranks(column, values); }, column.values);
}

}  // namespace eduplat::exporting
