#pragma once

#include <eduplat/core/money.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

// Amounts of money in source text: 49'00_eur is 49 euros. For a currency with a minor unit the last
// group of digits is the minor unit and must be written in full, so that nobody has to wonder
// whether 49_eur are euros or cents: it does not compile, nor do 49'0_eur and an amount past 64
// bits.

namespace eduplat {
namespace detail {

/// A currency's code as a template argument.
struct CurrencyCode {
    char letters[3];

    consteval CurrencyCode(char const (&text)[4])  // NOLINT(*-explicit-*): written as a string
        : letters{text[0], text[1], text[2]} {}

    [[nodiscard]] consteval Currency currency() const {
        return Currency::named(std::string_view{letters, 3});
    }
};

template <char... Characters>
inline constexpr char literal_text[] = {Characters...};

consteval bool is_whole_number(std::string_view text) {
    auto const is_part = [](char c) { return c == '\'' || (c >= '0' && c <= '9'); };
    auto const is_prefixed = text.size() > 1 && text[0] == '0' && text[1] != '\'';
    return !is_prefixed && std::all_of(text.begin(), text.end(), is_part);
}

/// Digits after the last separator; none where there is no separator.
consteval int last_group_size(std::string_view text) {
    auto const separator = text.rfind('\'');
    if (separator == std::string_view::npos) return 0;
    return static_cast<int>(text.size() - separator - 1);
}

struct Minor {
    bool overflow = false;
    std::int64_t units = 0;
};

consteval Minor minor_units(std::string_view text) {
    Minor out;
    for (auto const c : text) {
        if (c == '\'') continue;
        out.overflow = out.overflow || __builtin_mul_overflow(out.units, 10, &out.units) ||
                       __builtin_add_overflow(out.units, c - '0', &out.units);
    }
    return out;
}

template <CurrencyCode code, char... Characters>
consteval Money money_literal() {
    constexpr auto text = std::string_view{literal_text<Characters...>, sizeof...(Characters)};
    constexpr auto currency = code.currency();
    static_assert(is_whole_number(text), "an amount of money is written in decimal digits only");
    static_assert(currency.exponent() == 0 || last_group_size(text) == currency.exponent(),
                  "write all digits of the minor unit after the last ': 49'00_eur, 1'500_kwd");
    static_assert(!minor_units(text).overflow, "this amount does not fit in 64 bits");
    return Money{minor_units(text).units, currency};
}

}  // namespace detail

namespace literals {

template <char... C>
consteval Money operator""_aud() {
    return detail::money_literal<"AUD", C...>();
}

template <char... C>
consteval Money operator""_brl() {
    return detail::money_literal<"BRL", C...>();
}

template <char... C>
consteval Money operator""_cad() {
    return detail::money_literal<"CAD", C...>();
}

template <char... C>
consteval Money operator""_chf() {
    return detail::money_literal<"CHF", C...>();
}

template <char... C>
consteval Money operator""_cny() {
    return detail::money_literal<"CNY", C...>();
}

template <char... C>
consteval Money operator""_czk() {
    return detail::money_literal<"CZK", C...>();
}

template <char... C>
consteval Money operator""_dkk() {
    return detail::money_literal<"DKK", C...>();
}

template <char... C>
consteval Money operator""_eur() {
    return detail::money_literal<"EUR", C...>();
}

template <char... C>
consteval Money operator""_gbp() {
    return detail::money_literal<"GBP", C...>();
}

template <char... C>
consteval Money operator""_hkd() {
    return detail::money_literal<"HKD", C...>();
}

template <char... C>
consteval Money operator""_idr() {
    return detail::money_literal<"IDR", C...>();
}

template <char... C>
consteval Money operator""_inr() {
    return detail::money_literal<"INR", C...>();
}

template <char... C>
consteval Money operator""_jpy() {
    return detail::money_literal<"JPY", C...>();
}

template <char... C>
consteval Money operator""_krw() {
    return detail::money_literal<"KRW", C...>();
}

template <char... C>
consteval Money operator""_kwd() {
    return detail::money_literal<"KWD", C...>();
}

template <char... C>
consteval Money operator""_mxn() {
    return detail::money_literal<"MXN", C...>();
}

template <char... C>
consteval Money operator""_nok() {
    return detail::money_literal<"NOK", C...>();
}

template <char... C>
consteval Money operator""_nzd() {
    return detail::money_literal<"NZD", C...>();
}

template <char... C>
consteval Money operator""_pln() {
    return detail::money_literal<"PLN", C...>();
}

template <char... C>
consteval Money operator""_sek() {
    return detail::money_literal<"SEK", C...>();
}

template <char... C>
consteval Money operator""_sgd() {
    return detail::money_literal<"SGD", C...>();
}

template <char... C>
consteval Money operator""_thb() {
    return detail::money_literal<"THB", C...>();
}

template <char... C>
consteval Money operator""_try() {
    return detail::money_literal<"TRY", C...>();
}

template <char... C>
consteval Money operator""_twd() {
    return detail::money_literal<"TWD", C...>();
}

template <char... C>
consteval Money operator""_usd() {
    return detail::money_literal<"USD", C...>();
}

template <char... C>
consteval Money operator""_vnd() {
    return detail::money_literal<"VND", C...>();
}

template <char... C>
consteval Money operator""_zar() {
    return detail::money_literal<"ZAR", C...>();
}

}  // namespace literals
}  // namespace eduplat
