#pragma once

#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

namespace eduplat {

/// Makes what the search finds of a course what the course shows now: nothing, unless it is
/// published. To be called by whatever changes its state, its publication or its texts.
void index_course(storage::Connection& connection, CourseId course);

}  // namespace eduplat
