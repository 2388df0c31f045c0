#include "analytics/risk_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace eduplat::analytics {

namespace {

std::uint64_t bits_of(double value) {
    return std::bit_cast<std::uint64_t>(value);
}

// A duration is not negative, so the bits of its double order as it does, and leave the highest bit
// for whether it was observed.
std::uint64_t key_of(double duration, std::uint8_t observed) {
    return bits_of(duration + 0.0) << 1U | (observed != 0 ? 1U : 0U);
}

double time_of(std::uint64_t key) {
    return std::bit_cast<double>(key >> 1U);
}

constexpr unsigned digit_bits = 11;
constexpr unsigned digits = 6;
constexpr std::size_t radix = std::size_t{1} << digit_bits;
constexpr std::size_t few = 512;

std::size_t digit_of(std::uint64_t key, unsigned digit) {
    return (key >> (digit * digit_bits)) & (radix - 1);
}

using Histograms = std::array<std::array<std::uint32_t, radix>, digits>;

/// By digits from the lowest; a digit in which all keys agree costs nothing.
void radix_sort(std::vector<std::uint64_t>& keys) {
    std::vector<std::uint64_t> other(keys.size());
    auto histograms = std::make_unique<Histograms>();
    for (auto const key : keys) {
        for (unsigned digit = 0; digit < digits; ++digit)
            ++(*histograms)[digit][digit_of(key, digit)];
    }
    for (unsigned digit = 0; digit < digits; ++digit) {
        auto& places = (*histograms)[digit];
        if (places[digit_of(keys.front(), digit)] == keys.size()) continue;
        std::uint32_t place = 0;
        for (auto& count : places)
            place += std::exchange(count, place);
        for (auto const key : keys)
            other[places[digit_of(key, digit)]++] = key;
        keys.swap(other);
    }
}

std::vector<RiskRow> by_sorting(std::span<double const> durations,
                                std::span<std::uint8_t const> observed) {
    std::vector<std::uint64_t> keys(durations.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
        keys[i] = key_of(durations[i], observed[i]);
    bool const is_long =
        keys.size() > few && keys.size() <= std::numeric_limits<std::uint32_t>::max();
    is_long ? radix_sort(keys) : std::sort(keys.begin(), keys.end());

    std::vector<RiskRow> rows;
    for (auto const key : keys) {
        auto const time = time_of(key);
        if (rows.empty() || rows.back().time != time) rows.push_back({time, 0, 0});
        ++((key & 1U) != 0 ? rows.back().events : rows.back().censored);
    }
    return rows;
}

// Added to a whole number from 0 to below 2^52, this leaves the number in the lowest bits; what is
// no whole number gets rounded.
constexpr double whole_adder = 4503599627370496.0;
constexpr unsigned adder_bits = 52;

/// A number that no duration exceeds, if all are whole numbers (days, weeks) and few enough to be
/// counted in a table that is not much larger than they are.
std::optional<std::size_t> countable(std::span<double const> durations) {
    std::uint64_t sums = 0;
    std::uint64_t differences = 0;
    std::uint64_t signs = 0;
    for (auto const duration : durations) {
        auto const sum = duration + whole_adder;
        sums |= bits_of(sum);
        differences |= bits_of(sum - whole_adder) ^ bits_of(duration);
        signs |= bits_of(duration);
    }
    bool const is_whole = differences == 0 && signs >> 63U == 0;
    bool const is_in_range = sums >> adder_bits == bits_of(whole_adder) >> adder_bits;
    auto const longest = sums & ((std::uint64_t{1} << adder_bits) - 1);
    bool const is_short = longest < 2 * durations.size() + few;
    return is_whole && is_in_range && is_short ? std::optional{longest} : std::nullopt;
}

/// Counts of (duration, observed) in places 2 * duration and the next. Neighbors often agree, and
/// adding to one place twice in a row is slow: so four tables take turns.
class Counts {
  public:
    explicit Counts(std::size_t longest) : places_(2 * (longest + 1)), counts_(tables * places_) {}

    void add(std::span<double const> durations, std::span<std::uint8_t const> observed) {
        std::size_t i = 0;
        for (; i + tables <= durations.size(); i += tables) {
            for (std::size_t table = 0; table < tables; ++table)
                add(table, durations[i + table], observed[i + table]);
        }
        for (; i < durations.size(); ++i)
            add(0, durations[i], observed[i]);
    }

    [[nodiscard]] std::int64_t operator[](std::size_t place) const {
        std::int64_t sum = 0;
        for (std::size_t table = 0; table < tables; ++table)
            sum += counts_[table * places_ + place];
        return sum;
    }

  private:
    static constexpr std::size_t tables = 4;

    void add(std::size_t table, double duration, std::uint8_t observed) {
        std::size_t const time = static_cast<std::uint32_t>(bits_of(duration + whole_adder));
        ++counts_[table * places_ + 2 * time + (observed != 0 ? 1 : 0)];
    }

    std::size_t places_;
    std::vector<std::uint32_t> counts_;
};

std::vector<RiskRow> by_counting(std::span<double const> durations,
                                 std::span<std::uint8_t const> observed, std::size_t longest) {
    Counts counts{longest};
    counts.add(durations, observed);
    std::vector<RiskRow> rows;
    for (std::size_t time = 0; time <= longest; ++time) {
        auto const censored = counts[2 * time];
        auto const events = counts[2 * time + 1];
        if (events + censored > 0) rows.push_back({static_cast<double>(time), events, censored});
    }
    return rows;
}

/// Names the first bad duration; whether there is none.
bool check_values(std::span<double const> durations, Validation& validation,
                  std::string const& prefix) {
    auto const is_bad = [](double duration) { return !(std::isfinite(duration) && duration >= 0); };
    auto const at = std::find_if(durations.begin(), durations.end(), is_bad);
    if (at == durations.end()) return true;
    auto const field = prefix + "durations[" + std::to_string(at - durations.begin()) + "]";
    validation.add(field, std::isfinite(*at) ? "negative" : "not_finite");
    return false;
}

}  // namespace

std::vector<RiskRow> risk_table(std::span<double const> durations,
                                std::span<std::uint8_t const> observed, Validation& validation,
                                std::string const& prefix) {
    bool const is_matched = observed.size() == durations.size();
    if (!is_matched)
        validation.add(prefix + "observed", "length", static_cast<std::int64_t>(durations.size()));
    // What can be counted has been checked with that.
    auto const longest = countable(durations);
    if (!longest && !check_values(durations, validation, prefix)) return {};
    if (!is_matched) return {};
    bool const fits = durations.size() <= std::numeric_limits<std::uint32_t>::max();
    return longest && fits ? by_counting(durations, observed, *longest)
                           : by_sorting(durations, observed);
}

}  // namespace eduplat::analytics
