#include "property.hpp"

#include <eduplat/core/money.hpp>

#include <limits>
#include <numeric>
#include <optional>
#include <vector>

using namespace eduplat;
using eduplat::test::holds;

namespace {

__extension__ typedef __int128 Wide;  // NOLINT(modernize-use-using): takes no __extension__

using Limits = std::numeric_limits<std::int64_t>;

/// Any number of bits, so that small, large and extreme amounts are all common.
rc::Gen<std::int64_t> any_units() {
    return rc::gen::map(
        rc::gen::pair(rc::gen::resize(1000, rc::gen::arbitrary<std::int64_t>()),
                      rc::gen::inRange(0, 64)),
        [](std::pair<std::int64_t, int> const& drawn) { return drawn.first >> drawn.second; });
}

rc::Gen<std::int64_t> any_weight() {
    return rc::gen::map(any_units(), [](std::int64_t units) { return units & Limits::max(); });
}

rc::Gen<Currency> any_currency() {
    return rc::gen::map(rc::gen::elementOf(std::vector<CurrencyTraits>(Currency::table().begin(),
                                                                       Currency::table().end())),
                        [](CurrencyTraits const& row) { return Currency::from_code(row.code); });
}

std::optional<std::int64_t> narrowed(Wide value) {
    if (value < Limits::min() || value > Limits::max()) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

/// What a calculation gives, or nothing where it overflows.
template <class Calculation>
std::optional<std::int64_t> outcome(Calculation&& calculation) {
    try {
        return calculation().minor_units();
    } catch (Error const& error) {
        RC_ASSERT(error.code() == ErrorCode::invalid_argument);
        RC_ASSERT(error.violations()[0] == (Violation{"amount", "overflow", std::nullopt}));
        return std::nullopt;
    }
}

}  // namespace

TEST_CASE("money arithmetic agrees with arithmetic in 128 bits", "[core][money]") {
    holds([] {
        auto const a = *any_units(), b = *any_units();
        auto const currency = *any_currency();
        auto const x = Money{a, currency}, y = Money{b, currency};
        RC_ASSERT(outcome([&] { return x + y; }) == narrowed(Wide{a} + b));
        RC_ASSERT(outcome([&] { return x - y; }) == narrowed(Wide{a} - b));
        RC_ASSERT(outcome([&] { return x * b; }) == narrowed(Wide{a} * b));
        RC_ASSERT(outcome([&] { return b * x; }) == narrowed(Wide{a} * b));
        RC_ASSERT(outcome([&] { return -x; }) == narrowed(-Wide{a}));
        RC_ASSERT((x < y) == (a < b));
        RC_ASSERT((x == y) == (a == b));
    });
}

TEST_CASE("parts of an allocation add up and are within one of their share", "[core][money]") {
    holds([] {
        auto const amount = *any_units();
        auto const weights =
            *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(any_weight()));
        auto const sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
        RC_PRE(sum > 0);
        auto const parts = Money{amount, Currency::named("EUR")}.allocate(weights);
        RC_ASSERT(parts.size() == weights.size());
        Wide total = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            total += parts[i].minor_units();
            // A share is its whole units and, where something remains, at most one unit more, away
            // from zero.
            auto const share = Wide{amount} * weights[i];
            auto const more = parts[i].minor_units() - share / sum;
            auto const away = share % sum == 0 ? 0 : (share < 0 ? -1 : 1);
            RC_ASSERT((more == 0 || more == away));
            if (weights[i] == 0) RC_ASSERT(parts[i].minor_units() == 0);
        }
        RC_ASSERT(total == Wide{amount});
    });
}

TEST_CASE("an allocation of the negative is the negative of the allocation", "[core][money]") {
    holds([] {
        auto const amount = *any_units();
        auto const weights =
            *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(any_weight()));
        RC_PRE(amount != Limits::min());
        RC_PRE(std::accumulate(weights.begin(), weights.end(), Wide{0}) > 0);
        auto const whole = Money{amount, Currency::named("JPY")};
        auto const parts = whole.allocate(weights), mirrored = (-whole).allocate(weights);
        for (std::size_t i = 0; i < parts.size(); ++i)
            RC_ASSERT(mirrored[i] == -parts[i]);
    });
}

TEST_CASE("money written is read back", "[core][money]") {
    holds([] {
        auto const amount = Money{*any_units(), *any_currency()};
        auto const text = to_string(amount);
        auto const space = text.find(' ');
        auto const currency = Currency::from_code(text.substr(space + 1));
        RC_ASSERT(parse_money(text.substr(0, space), currency) == amount);
    });
}
