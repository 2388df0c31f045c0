#pragma once

#include "services/courses_impl.hpp"

namespace eduplat {

/// Makes a publication of the draft, or gives the newest if nothing has changed since. Errors: as
/// Courses::publish, but those of the course's state, which is the caller's to check.
[[nodiscard]] PublicationId publish_draft(storage::Connection& connection,
                                          CourseAccess const& access, PublishRequest const& request,
                                          Uid const& uid, Timestamp now);

}  // namespace eduplat
