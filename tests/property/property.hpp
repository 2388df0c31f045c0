#pragma once

#include <rapidcheck.h>
#include <support/catch.hpp>

#include <utility>

namespace eduplat::test {

/// Checks a property on many drawn values; a counterexample is printed and fails the case.
/// RC_PARAMS="seed=N max_success=M" in the environment draws others, and more;
/// EDUPLAT_PROPERTY_CASES=M more of the same.
template <class Property>
void holds(Property&& property) {
    CHECK(rc::check(std::forward<Property>(property)));
}

}  // namespace eduplat::test
