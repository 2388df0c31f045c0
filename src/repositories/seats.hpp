#pragma once

#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

/// The table of courses' seats.
namespace eduplat::repositories::seats {

/// False if all are taken.
[[nodiscard]] bool take(storage::Connection& connection, CourseId course);
void free(storage::Connection& connection, CourseId course);

}  // namespace eduplat::repositories::seats
