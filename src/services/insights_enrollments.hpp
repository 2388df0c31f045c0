#pragma once

#include "repositories/insights_rows.hpp"
#include "services/insights_impl.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace eduplat {

/// Enrollments that ever became active, without those of erased users.
using Enrollments = std::vector<repositories::insights_rows::Enrolled>;

/// Nothing comes before the enrollment: what an import says otherwise happened with it.
void add_enrollment(Enrollments& to, Viewpoint const& view,
                    repositories::insights_rows::Enrolled enrolled);
/// Of courses, or of the whole school.
[[nodiscard]] Enrollments enrollments_of(storage::Connection& connection, Viewpoint const& view,
                                         std::vector<CourseId> const& courses);
/// When learners were enrolled there.
[[nodiscard]] std::vector<analytics::Birth> births_of(storage::Connection& connection,
                                                      Viewpoint const& view,
                                                      std::vector<CourseId> const& courses);

/// What comes was not observed yet.
[[nodiscard]] inline Timestamp observed_until(std::optional<Timestamp> at, Timestamp now) {
    return std::min(at.value_or(now), now);
}

}  // namespace eduplat
