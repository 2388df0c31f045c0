#pragma once

#include <eduplat/platform.hpp>

#include <catalog/catalog.hpp>

#include <vector>

namespace school_day {

/// What the courses of the catalog become in a school: published, with `teacher` as theirs.
[[nodiscard]] std::vector<eduplat::ImportedCourse> course_rows(
    std::vector<catalog::Course> const& courses, eduplat::UserId teacher);

}  // namespace school_day
