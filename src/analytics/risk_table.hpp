#pragma once

#include <eduplat/core/validation.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eduplat::analytics {

/// What happened at a time.
struct RiskRow {
    double time;
    std::int64_t events;
    std::int64_t censored;
};

/// The distinct durations, ascending, with what ended in each. Checks lengths and values; of bad
/// durations the first is named, and `prefix` stands before the names of fields. What it returns
/// then is empty.
[[nodiscard]] std::vector<RiskRow> risk_table(std::span<double const> durations,
                                              std::span<std::uint8_t const> observed,
                                              Validation& validation,
                                              std::string const& prefix = {});

}  // namespace eduplat::analytics
