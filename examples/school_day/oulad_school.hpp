#pragma once

#include "options.hpp"

namespace school_day {

/// Imports OULAD into oulad.db, sells on a copy of it, and prints a report.
void run_oulad(Options const& options);

/// What is in oulad.db, in figures that are equal for equal schools.
/// Errors: those of opening a school that is not there.
void print_oulad_summary(Options const& options);

}  // namespace school_day
