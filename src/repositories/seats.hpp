#pragma once

#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

/// The table of courses' seats.
namespace eduplat::repositories::seats {

/// False if all are taken.
[[nodiscard]] bool take(storage::Connection& connection, CourseId course);
void free(storage::Connection& connection, CourseId course);
/// Takes the seat that an open order of the user's holds from it. False if there is none.
[[nodiscard]] bool take_from_order(storage::Connection& connection, UserId user, CourseId course);

}  // namespace eduplat::repositories::seats
