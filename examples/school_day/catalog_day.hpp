#pragma once

#include "options.hpp"

namespace school_day {

/// Tells a day of a small school made of the catalog: it opens at eight and counts its money at
/// night. Clock and random bytes are those of tests, so that every run tells the same.
void run_catalog_day(Options const& options);

}  // namespace school_day
