#pragma once

#include <eduplat/core/error.hpp>

#include <support/catch.hpp>

#include <string>

namespace eduplat::test {

/// The fields and rules that a call refuses its arguments by: "to:reversed bin:too_small ".
template <class Call>
std::string broken_rules(Call&& call) {
    std::string all;
    try {
        call();
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        for (auto const& violation : error.violations())
            all += violation.field + ":" + violation.rule + " ";
    }
    return all;
}

}  // namespace eduplat::test
