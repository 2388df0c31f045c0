#pragma once

#include "repositories/publications.hpp"

#include <string_view>
#include <vector>

/// Lectures that wait for one another.
namespace eduplat {

/// Whether some lecture would never open, because it waits for itself through its prerequisites:
/// "prerequisites"; or through these and the lectures that open after the one before them:
/// "release". Empty if none does. Takes time in proportion to lectures and prerequisites.
[[nodiscard]] std::string_view cycle_in(
    std::vector<repositories::publications::Entry> const& lectures);

}  // namespace eduplat
