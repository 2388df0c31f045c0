#include "core/ascii.hpp"

#include <eduplat/core/money.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace eduplat {
namespace {

using enum ErrorCode;

__extension__ typedef __int128 Wide;  // NOLINT(modernize-use-using): takes no __extension__

Wide sum_of(std::span<std::int64_t const> weights) {
    if (weights.empty()) fail(invalid_argument, "weights", "required");
    Wide sum = 0;
    for (auto const weight : weights) {
        if (weight < 0) fail(invalid_argument, "weights", "negative");
        sum += weight;
    }
    if (sum == 0) fail(invalid_argument, "weights", "zero");
    return sum;
}

std::uint64_t magnitude(std::int64_t value) noexcept {
    return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

std::uint64_t minor_units_per_major(Currency currency) noexcept {
    std::uint64_t out = 1;
    for (int i = 0; i < currency.exponent(); ++i)
        out *= 10;
    return out;
}

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), ascii::is_digit);
}

/// Negative numbers reach one further than positive ones, so the sign goes in before the last
/// digit.
std::int64_t read_digits(std::string_view digits, bool negative, std::int64_t start) {
    auto value = start;
    for (auto const c : digits) {
        auto const digit = negative ? '0' - c : c - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            fail(invalid_argument, "amount", "overflow");
        }
    }
    return value;
}

}  // namespace

std::vector<Money> Money::allocate(std::span<std::int64_t const> weights) const {
    auto const sum = sum_of(weights);
    // Toward zero, so that the parts and remainders of a negative amount mirror the positive's.
    std::vector<std::int64_t> units;
    std::vector<Wide> remainders;
    auto left = minor_units_;
    for (auto const weight : weights) {
        auto const share = Wide{minor_units_} * weight;
        units.push_back(static_cast<std::int64_t>(share / sum));
        remainders.push_back(share < 0 ? -(share % sum) : share % sum);
        left -= units.back();
    }

    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    auto const step = left < 0 ? -1 : 1;
    for (std::size_t i = 0; left != 0; left -= step)
        units[order[i++]] += step;

    std::vector<Money> parts;
    parts.reserve(units.size());
    for (auto const unit : units)
        parts.emplace_back(unit, currency_);
    return parts;
}

std::string to_string(Money amount) {
    auto const currency = amount.currency();
    auto const* sign = amount.minor_units() < 0 ? "-" : "";
    auto const units = magnitude(amount.minor_units());
    if (currency.exponent() == 0) return fmt::format("{}{} {}", sign, units, currency.code());
    auto const one = minor_units_per_major(currency);
    return fmt::format("{}{}.{:0{}} {}", sign, units / one, units % one, currency.exponent(),
                       currency.code());
}

Money parse_money(std::string_view text, Currency currency) {
    auto const negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    auto const point = text.find('.');
    auto const major = text.substr(0, point);
    auto const has_point = point != std::string_view::npos;
    auto const written = has_point ? text.substr(point + 1) : std::string_view{};
    if (!is_number(major) || (has_point && !is_number(written))) {
        fail(invalid_argument, "amount", "malformed");
    }
    auto const decimals = static_cast<std::size_t>(currency.exponent());
    if (has_point && written.size() != decimals) {
        fail(invalid_argument, "amount", "decimals", currency.exponent());
    }
    auto const minor = has_point ? std::string{written} : std::string(decimals, '0');
    return {read_digits(minor, negative, read_digits(major, negative, 0)), currency};
}

}  // namespace eduplat
