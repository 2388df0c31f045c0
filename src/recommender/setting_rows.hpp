#pragma once

#include <eduplat/core/validation.hpp>
#include <eduplat/recommender/settings.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

/// Options structs by name: one row a member, which serves reading, listing and tuning.
namespace eduplat::recommender::setting_rows {

template <class Options>
struct Row {
    std::string_view name;
    std::variant<double Options::*, int Options::*, std::uint64_t Options::*, bool Options::*>
        member;
    std::string_view about;
    /// Where values worth trying lie; none to leave the setting alone.
    double low = 0;
    double high = 0;
    bool logarithmic = false;
};

/// Doubles hold every whole number to here.
inline constexpr double whole_max = 9'007'199'254'740'992.0;

/// Whether a number can stand in a member, and why not.
template <class Member>
std::string_view broken_rule(double value) {
    if (!std::isfinite(value)) return "not_finite";
    if constexpr (std::is_same_v<Member, bool>) {
        if (value != 0 && value != 1) return "out_of_range";
    } else if constexpr (!std::is_same_v<Member, double>) {
        if (value != std::floor(value)) return "not_whole";
        auto const low = std::is_signed_v<Member> ? std::numeric_limits<int>::min() : 0.0;
        auto const high = std::is_signed_v<Member> ? std::numeric_limits<int>::max() : whole_max;
        if (value < low || value > high) return "out_of_range";
    }
    return {};
}

template <class Options, class Member>
void set(Options& options, Member Options::*member, std::string_view name, double value,
         Validation& validation) {
    auto const rule = broken_rule<Member>(value);
    if (!rule.empty()) return validation.add(name, rule);
    options.*member = static_cast<Member>(value);
}

/// Options with the settings in them. Throws all that is wrong with names and numbers at once.
template <class Options>
Options read(std::span<Row<Options> const> rows, Settings const& settings) {
    Options options{};
    Validation validation;
    for (auto const& [name, value] : settings) {
        auto const row = std::find_if(rows.begin(), rows.end(),
                                      [&key = name](auto const& r) { return r.name == key; });
        if (row == rows.end()) {
            validation.add(name, "unknown");
            continue;
        }
        std::visit([&, number = value](
                       auto member) { set(options, member, row->name, number, validation); },
                   row->member);
    }
    validation.check("settings");
    return options;
}

template <class Options>
std::vector<SettingInfo> list(std::span<Row<Options> const> rows) {
    std::vector<SettingInfo> out;
    static Options const usual;
    for (auto const& row : rows) {
        auto const whole = !std::holds_alternative<double Options::*>(row.member);
        auto const value =
            std::visit([&](auto member) { return static_cast<double>(usual.*member); }, row.member);
        out.push_back({row.name, row.about, value, whole, row.low, row.high, row.logarithmic});
    }
    return out;
}

}  // namespace eduplat::recommender::setting_rows
