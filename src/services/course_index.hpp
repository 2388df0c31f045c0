#pragma once

#include <eduplat/domain/course.hpp>
#include <eduplat/storage/storage.hpp>

namespace eduplat {

/// Makes what the search finds of a course what the course shows now: nothing, unless it is
/// published. To be called by whatever changes its state, its publication or its texts.
void index_course(storage::Connection& connection, CourseId course);
/// The same for what is found of a course itself, not of its lectures.
void index_course_texts(storage::Connection& connection, Course const& course);

/// Makes terms anew that another version of core/text has cut. One bounded step, a transaction;
/// true if there is more to do.
[[nodiscard]] bool rebuild_index(storage::Storage& storage);

}  // namespace eduplat
