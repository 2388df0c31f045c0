#pragma once

#include <eduplat/core/currency.hpp>
#include <eduplat/core/error.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eduplat {

namespace detail {

template <class Type, class... Others>
inline constexpr bool is_one_of = (std::is_same_v<std::remove_cv_t<Type>, Others> || ...);

/// Integers, less the truth values and characters that C++ counts among them.
template <class Number>
concept WholeNumber =
    std::integral<Number> && !is_one_of<Number, bool, char, char8_t, char16_t, char32_t, wchar_t>;

template <class Number>
concept OtherNumber = std::is_arithmetic_v<Number> && !WholeNumber<Number>;

}  // namespace detail

/// An amount in whole minor units (cents, yen, fils) of one currency. There is no way in from a
/// floating-point number, and arithmetic is exact or fails.
///
/// Errors, of all arithmetic and ordering: invalid_argument, field "currency" rule "mixed" for two
/// currencies; field "amount" rule "overflow" for a result outside 64 bits.
/// Thread safety: a value.
/// Example: `49'00_eur` (money_literals.hpp), `Money{4900, Currency::named("EUR")}`.
class Money {
  public:
    /// Errors: invalid_argument (field "amount", rule "overflow") for a number outside 64 bits.
    template <detail::WholeNumber Number>
    constexpr Money(Number minor_units, Currency currency) noexcept(
        std::in_range<std::int64_t>(std::numeric_limits<Number>::max()))
        : minor_units_(static_cast<std::int64_t>(minor_units)), currency_(currency) {
        if (!std::in_range<std::int64_t>(minor_units)) {
            fail(ErrorCode::invalid_argument, "amount", "overflow");
        }
    }

    /// 49.90 has no exact double: say how many minor units are meant. Nor is "true" an amount.
    template <detail::OtherNumber Number>
    Money(Number, Currency) = delete;

    [[nodiscard]] constexpr std::int64_t minor_units() const noexcept { return minor_units_; }
    [[nodiscard]] constexpr Currency currency() const noexcept { return currency_; }

    constexpr Money& operator+=(Money other) { return *this = *this + other; }
    constexpr Money& operator-=(Money other) { return *this = *this - other; }
    template <detail::WholeNumber Number>
    constexpr Money& operator*=(Number factor) {
        return *this = *this * factor;
    }

    [[nodiscard]] friend constexpr Money operator+(Money a, Money b) {
        a.check_same_currency(b);
        std::int64_t sum = 0;
        auto const overflow = __builtin_add_overflow(a.minor_units_, b.minor_units_, &sum);
        return a.checked(overflow, sum);
    }

    [[nodiscard]] friend constexpr Money operator-(Money a, Money b) {
        a.check_same_currency(b);
        std::int64_t difference = 0;
        auto const overflow = __builtin_sub_overflow(a.minor_units_, b.minor_units_, &difference);
        return a.checked(overflow, difference);
    }

    template <detail::WholeNumber Number>
    [[nodiscard]] friend constexpr Money operator*(Money a, Number factor) {
        std::int64_t product = 0;
        auto const overflow = __builtin_mul_overflow(a.minor_units_, factor, &product);
        return a.checked(overflow, product);
    }

    template <detail::WholeNumber Number>
    [[nodiscard]] friend constexpr Money operator*(Number factor, Money a) {
        return a * factor;
    }

    [[nodiscard]] constexpr Money operator-() const { return Money{0, currency_} - *this; }

    template <detail::OtherNumber Number>
    friend Money operator*(Money, Number) = delete;
    template <detail::OtherNumber Number>
    friend Money operator*(Number, Money) = delete;

    /// Amounts of two currencies are unequal, even if both are zero.
    friend constexpr bool operator==(Money const&, Money const&) noexcept = default;

    [[nodiscard]] friend constexpr std::strong_ordering operator<=>(Money a, Money b) {
        a.check_same_currency(b);
        return a.minor_units_ <=> b.minor_units_;
    }

    /// Splits into one part a weight, in proportion, by largest remainder: the parts add up to the
    /// whole, and each differs from its exact share by less than one minor unit. Of equal
    /// remainders the earlier part gains. A negative amount splits as its positive does.
    /// Errors: invalid_argument, field "weights": "required" (none), "negative", "zero" (all are).
    [[nodiscard]] std::vector<Money> allocate(std::span<std::int64_t const> weights) const;

  private:
    constexpr void check_same_currency(Money other) const {
        if (currency_ != other.currency_) fail(ErrorCode::invalid_argument, "currency", "mixed");
    }

    [[nodiscard]] constexpr Money checked(bool overflow, std::int64_t result) const {
        if (overflow) fail(ErrorCode::invalid_argument, "amount", "overflow");
        return Money{result, currency_};
    }

    std::int64_t minor_units_;
    Currency currency_;
};

/// With all decimals of the currency, and its code: "49.00 EUR", "-0.05 EUR", "5000 JPY".
[[nodiscard]] std::string to_string(Money amount);

/// Reads an amount in major units: "49.00", "-0.05"; the decimals may be left out all together
/// ("49") but not in part, and nothing groups the digits.
/// Errors: invalid_argument, field "amount": "malformed", "decimals" (with the currency's number of
/// decimals as limit), "overflow".
[[nodiscard]] Money parse_money(std::string_view text, Currency currency);

}  // namespace eduplat
