#pragma once

#include <eduplat/platform.hpp>

#include <filesystem>

namespace school_day {

/// Sells courses on a copy of a school, pays back, and lets a learner finish. The dataset knows
/// neither prices nor payments: all of them are made up.
void sell_on_copy(eduplat::Platform const& school, std::filesystem::path const& copy);

}  // namespace school_day
