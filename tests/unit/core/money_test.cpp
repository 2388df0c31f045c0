#include "refusal.hpp"

#include <eduplat/core/money.hpp>
#include <eduplat/core/money_literals.hpp>

#include <support/catch.hpp>

#include <functional>
#include <limits>
#include <map>

using namespace eduplat;
using namespace eduplat::literals;
using test::invalid, test::refusal;

namespace {

constexpr auto eur = Currency::named("EUR");
constexpr auto jpy = Currency::named("JPY");
constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr auto least = std::numeric_limits<std::int64_t>::min();

std::vector<std::int64_t> split(Money amount, std::vector<std::int64_t> const& weights) {
    std::vector<std::int64_t> out;
    for (auto const part : amount.allocate(weights))
        out.push_back(part.minor_units());
    return out;
}

test::Refusal parse_refusal(std::string_view text, Currency currency = eur) {
    INFO(text);
    return refusal([=] { return parse_money(text, currency); });
}

using Units = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("the currency table is in order, without doubles, and well formed", "[core][money]") {
    auto const table = Currency::table();
    CHECK(table.size() == 165);
    std::map<int, std::string_view> by_number;
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto const& row = table[i];
        INFO(row.code);
        if (i > 0) CHECK(table[i - 1].code < row.code);
        CHECK(row.code.size() == 3);
        CHECK(by_number.emplace(row.numeric, row.code).second);
        CHECK((row.numeric > 0 && row.numeric < 1000));
        CHECK((row.exponent == 0 || (row.exponent >= 2 && row.exponent <= 4)));
        CHECK(Currency::from_code(row.code).numeric() == row.numeric);
    }
}

TEST_CASE("currencies have the exponents of ISO 4217", "[core][money]") {
    std::map<int, std::string> by_exponent;
    for (auto const& row : Currency::table()) {
        by_exponent[row.exponent] += std::string{row.code} + ' ';
    }
    CHECK(by_exponent[0] == "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ");
    CHECK(by_exponent[3] == "BHD IQD JOD KWD LYD OMR TND ");
    CHECK(by_exponent[4] == "CLF UYW ");
    for (auto const* code : {"EUR", "USD", "CNY", "MGA", "MRU", "HUF", "TWD", "IDR"}) {
        CHECK(Currency::from_code(code).exponent() == 2);
    }
}

TEST_CASE("a currency knows its code and number", "[core][money]") {
    CHECK(eur.code() == "EUR");
    CHECK(eur.numeric() == 978);
    CHECK(jpy.exponent() == 0);
    CHECK(Currency::from_code("ZWG").numeric() == 924);
    CHECK(Currency::from_code("XCG").numeric() == 532);
    CHECK(Currency::from_code("XAD").numeric() == 396);
    CHECK(eur == Currency::from_code("EUR"));
    CHECK(eur < jpy);
}

TEST_CASE("an unknown currency code is refused", "[core][money]") {
    for (auto const* code :
         {"", "E", "EU", "eur", "EURO", "EUR ", "XTS", "XAU", "HRK", "BGN", "AAA", "ZZZ"}) {
        INFO(code);
        CHECK(refusal([code] { return Currency::from_code(code); }) ==
              invalid("currency", "unknown"));
    }
}

TEST_CASE("literals read the last group of digits as the minor unit", "[core][money]") {
    STATIC_REQUIRE(49'00_eur == Money{4900, eur});
    STATIC_REQUIRE(1'234'567'89_usd == Money{123456789, Currency::named("USD")});
    STATIC_REQUIRE(0'05_gbp == Money{5, Currency::named("GBP")});
    STATIC_REQUIRE(1'500_kwd == Money{1500, Currency::named("KWD")});
    STATIC_REQUIRE(5000_jpy == Money{5000, jpy});
    STATIC_REQUIRE(12'000_krw == Money{12000, Currency::named("KRW")});
    STATIC_REQUIRE(0_jpy == Money{0, jpy});
    STATIC_REQUIRE(92233720368547758'07_eur == Money{most, eur});
}

TEST_CASE("money adds, subtracts, negates and multiplies", "[core][money]") {
    STATIC_REQUIRE(49'00_eur + 1'05_eur == 50'05_eur);
    STATIC_REQUIRE(49'00_eur - 50'00_eur == -1'00_eur);
    STATIC_REQUIRE(3 * 19'99_eur == 59'97_eur);
    STATIC_REQUIRE(19'99_eur * -3 == -59'97_eur);
    auto sum = 1'00_eur;
    sum += 2'00_eur;
    sum -= 0'50_eur;
    sum *= 2;
    CHECK(sum == 5'00_eur);
}

TEST_CASE("money of two currencies does not add, subtract or compare", "[core][money]") {
    auto const mixed = invalid("currency", "mixed");
    CHECK(refusal([] { return 1'00_eur + 1_jpy; }) == mixed);
    CHECK(refusal([] { return 1'00_eur - 1_jpy; }) == mixed);
    CHECK(refusal([] { return 1'00_eur < 1_jpy; }) == mixed);
    CHECK(refusal([] { return 1'00_eur >= 1_jpy; }) == mixed);
    CHECK(0'00_eur != 0_jpy);
    CHECK(1'00_eur < 1'01_eur);
    CHECK(-1'00_eur < 0'00_eur);
}

TEST_CASE("money overflows at 64 bits and not before", "[core][money]") {
    auto const overflow = invalid("amount", "overflow");
    auto const high = Money{most, eur}, low = Money{least, eur}, one = Money{1, eur};
    CHECK(Money{most - 1, eur} + one == high);
    CHECK(refusal([&] { return high + one; }) == overflow);
    CHECK(Money{least + 1, eur} - one == low);
    CHECK(refusal([&] { return low - one; }) == overflow);
    CHECK(-high == Money{least + 1, eur});
    CHECK(refusal([&] { return -low; }) == overflow);
    CHECK(Money{most / 2, eur} * 2 == Money{most - 1, eur});
    CHECK(refusal([&] { return Money{most / 2 + 1, eur} * 2; }) == overflow);
    CHECK(refusal([&] { return low * -1; }) == overflow);
}

TEST_CASE("money has no way in from floating point", "[core][money]") {
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Money, double, Currency>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Money, float, Currency>);
    STATIC_REQUIRE_FALSE(std::is_default_constructible_v<Money>);
}

TEST_CASE("money has no way in from truth values, characters and enumerators", "[core][money]") {
    enum Plain { one = 1 };
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Money, bool, Currency>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Money, char, Currency>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Money, char32_t, Currency>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Money, Plain, Currency>);
    STATIC_REQUIRE_FALSE(std::is_invocable_v<std::multiplies<>, Money, bool>);
    STATIC_REQUIRE_FALSE(std::is_invocable_v<std::multiplies<>, char, Money>);
    STATIC_REQUIRE_FALSE(std::is_invocable_v<std::multiplies<>, Money, float>);
}

TEST_CASE("money comes from integers of any type that fit", "[core][money]") {
    constexpr auto big = static_cast<std::uint64_t>(most);
    STATIC_REQUIRE(Money{big, eur} == Money{most, eur});
    STATIC_REQUIRE(Money{std::uint8_t{5}, eur} == Money{short{5}, eur});
    STATIC_REQUIRE(std::is_nothrow_constructible_v<Money, std::int64_t, Currency>);
    STATIC_REQUIRE(std::is_nothrow_constructible_v<Money, std::uint32_t, Currency>);
    auto const overflow = invalid("amount", "overflow");
    CHECK(refusal([] { return Money{big + 1, eur}; }) == overflow);
    CHECK(refusal([] {
              return Money{std::numeric_limits<std::uint64_t>::max(), eur};
          }) == overflow);
    CHECK(Money{-1, eur} * std::uint64_t{5} == Money{-5, eur});
    CHECK(refusal([] { return 0'01_eur * std::numeric_limits<std::uint64_t>::max(); }) == overflow);
    CHECK(refusal([] { return std::numeric_limits<std::uint64_t>::max() * 0'01_eur; }) == overflow);
}

TEST_CASE("an allocation gives what is left over to the largest remainders", "[core][money]") {
    CHECK(split(1'00_eur, {1, 1, 1}) == Units{34, 33, 33});
    CHECK(split(0'05_eur, {3, 7}) == Units{2, 3});
    CHECK(split(1'00_eur, {70, 20, 10}) == Units{70, 20, 10});
    CHECK(split(0'01_eur, {1, 2, 1}) == Units{0, 1, 0});
    CHECK(split(1'00_eur, {0, 1, 0, 2}) == Units{0, 33, 0, 67});
    CHECK(split(0'00_eur, {1, 5}) == Units{0, 0});
    CHECK(split(7'00_eur, {9}) == Units{700});
}

TEST_CASE("an allocation of a negative amount mirrors the positive", "[core][money]") {
    CHECK(split(-1'00_eur, {1, 1, 1}) == Units{-34, -33, -33});
    CHECK(split(-0'05_eur, {3, 7}) == Units{-2, -3});
}

TEST_CASE("an allocation works at the ends of 64 bits", "[core][money]") {
    CHECK(split(Money{most, eur}, {most, most}) == Units{most / 2 + 1, most / 2});
    CHECK(split(Money{least, eur}, {most}) == Units{least});
    CHECK(split(Money{least, eur}, {1, 1}) == Units{least / 2, least / 2});
}

TEST_CASE("an allocation wants weights, none negative and not all zero", "[core][money]") {
    auto const with = [](Units const& weights) {
        return refusal([&] { return (1'00_eur).allocate(weights); });
    };
    CHECK(with({}) == invalid("weights", "required"));
    CHECK(with({1, -1}) == invalid("weights", "negative"));
    CHECK(with({0, 0}) == invalid("weights", "zero"));
}

TEST_CASE("money is written with all decimals of its currency", "[core][money]") {
    CHECK(to_string(49'00_eur) == "49.00 EUR");
    CHECK(to_string(-0'05_eur) == "-0.05 EUR");
    CHECK(to_string(5000_jpy) == "5000 JPY");
    CHECK(to_string(1'050_kwd) == "1.050 KWD");
    CHECK(to_string(Money{12345, Currency::named("CLF")}) == "1.2345 CLF");
    CHECK(to_string(Money{least, eur}) == "-92233720368547758.08 EUR");
    CHECK(to_string(Money{least, jpy}) == "-9223372036854775808 JPY");
}

TEST_CASE("an amount is read with all decimals or none", "[core][money]") {
    CHECK(parse_money("49.00", eur) == 49'00_eur);
    CHECK(parse_money("49", eur) == 49'00_eur);
    CHECK(parse_money("-0.05", eur) == -0'05_eur);
    CHECK(parse_money("007.10", eur) == 7'10_eur);
    CHECK(parse_money("5000", jpy) == 5000_jpy);
    CHECK(parse_money("1.050", Currency::named("KWD")) == 1'050_kwd);
    CHECK(parse_refusal("49.0") == invalid("amount", "decimals", 2));
    CHECK(parse_refusal("49.000") == invalid("amount", "decimals", 2));
    CHECK(parse_refusal("5000.0", jpy) == invalid("amount", "decimals", 0));
}

TEST_CASE("an amount that is no decimal number is malformed", "[core][money]") {
    for (auto const* text : {"", "-", ".", ".50", "49.", "+49.00", "--1", "4 9", "49,00", "1e3",
                             "49.00 EUR", "0x10", "1.2.3", "1'000", "-.5", "49.0a"}) {
        CHECK(parse_refusal(text) == invalid("amount", "malformed"));
    }
}

TEST_CASE("an amount is read up to the ends of 64 bits", "[core][money]") {
    CHECK(parse_money("92233720368547758.07", eur) == Money{most, eur});
    CHECK(parse_money("-92233720368547758.08", eur) == Money{least, eur});
    CHECK(parse_refusal("92233720368547758.08") == invalid("amount", "overflow"));
    CHECK(parse_refusal("-92233720368547758.09") == invalid("amount", "overflow"));
    CHECK(parse_refusal("92233720368547759") == invalid("amount", "overflow"));
    CHECK(parse_refusal(std::string(1000, '9')) == invalid("amount", "overflow"));
}
