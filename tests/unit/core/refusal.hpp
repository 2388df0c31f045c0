#pragma once

#include <eduplat/core/error.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace eduplat::test {

/// How a call was refused: its code and its one broken rule.
struct Refusal {
    ErrorCode code;
    Violation violation;

    friend bool operator==(Refusal const&, Refusal const&) = default;

    friend std::ostream& operator<<(std::ostream& out, Refusal const& r) {
        out << name(r.code) << ' ' << r.violation.field << ": " << r.violation.rule;
        return r.violation.limit ? out << ' ' << *r.violation.limit : out;
    }
};

/// What is expected of bad input.
inline Refusal invalid(std::string_view field, std::string_view rule,
                       std::optional<std::int64_t> limit = std::nullopt) {
    return {ErrorCode::invalid_argument, {std::string{field}, std::string{rule}, limit}};
}

/// What became of a call. One that went through is "not refused" and equals no expectation.
template <class Call>
Refusal refusal(Call&& call) {
    try {
        static_cast<void>(call());
    } catch (Error const& error) {
        auto const violations = error.violations();
        if (violations.size() == 1) return {error.code(), violations.front()};
        return {error.code(), {"", "not exactly one violation", std::nullopt}};
    }
    return {ErrorCode::internal, {"", "not refused", std::nullopt}};
}

}  // namespace eduplat::test
