#pragma once

#include "services/access.hpp"
#include "services/enrollment_core.hpp"

#include <eduplat/core/uid.hpp>
#include <eduplat/services/enrollments.hpp>

#include <utility>

namespace eduplat {

/// What the parts of Enrollments share.
class Enrollments::Impl {
  public:
    explicit Impl(Dependencies given) : dependencies(std::move(given)) {}

    [[nodiscard]] storage::Storage& storage() const noexcept { return dependencies.storage; }
    /// Errors: failed_precondition (field "clock", rule "out_of_range").
    [[nodiscard]] Timestamp now() const;
    [[nodiscard]] Uid new_uid(Timestamp now) const;
    [[nodiscard]] GrantUids new_uids(Timestamp now) const;

    Dependencies dependencies;
};

/// From 1970 to the year 9999: uids begin then, and times can be written until then.
[[nodiscard]] bool is_writable(Timestamp at) noexcept;

/// For a call about a course: own is who teaches it. Who may do nothing about others' is refused
/// before the course is looked for.
[[nodiscard]] Asker authorize_teacher(storage::Connection& connection, Actor const& actor,
                                      Call call, CourseId course, Timestamp now);

/// Whether a call about others' learners of any course is the asker's; if not, he must teach.
void require_teacher(storage::Connection& connection, Asker const& asker, Call call,
                     CourseId course);

}  // namespace eduplat
