#pragma once

#include <eduplat/analytics/table.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace eduplat::test {

/// A column of each type, with what is hard in each, and absent values.
inline analytics::Table sample_table() {
    using analytics::column;
    using std::chrono::microseconds;
    using Integers = std::vector<std::optional<std::int64_t>>;
    using Reals = std::vector<std::optional<double>>;
    using Texts = std::vector<std::optional<std::string>>;
    using Times = std::vector<std::optional<Timestamp>>;
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    return {.name = "sample",
            .columns = {column("whole", Integers{0, -1, lowest, highest, std::nullopt, 42}),
                        column("real", Reals{0.1, -1e300, 5e-324, std::nullopt, 2.0, 1.0 / 3}),
                        column("text", Texts{"plain", "a \"quote\", a comma", "two\r\nlines", "",
                                             std::nullopt, "学习 \U0001F600 =1"}),
                        column("time", Times{Timestamp{}, Timestamp{microseconds{-1}},
                                             parse_timestamp("2026-03-01T09:30:00.123456Z"),
                                             parse_timestamp("0000-01-01T00:00:00Z"),
                                             parse_timestamp("9999-12-31T23:59:59.999999Z"),
                                             std::nullopt})}};
}

/// A table of one column of texts.
inline analytics::Table texts(std::vector<std::optional<std::string>> const& values) {
    return {.name = "texts", .columns = {analytics::column("text", values)}};
}

}  // namespace eduplat::test
