#pragma once

#include <cstddef>

namespace eduplat {

/// Bounds what lateness() holds in memory: a row for each learner and lecture that was due. Errors:
/// invalid_argument (field "due", rule "too_many").
void check_due_rows(std::size_t rows);

}  // namespace eduplat
