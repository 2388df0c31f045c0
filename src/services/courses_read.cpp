#include "services/courses_impl.hpp"

#include <utility>

namespace eduplat {

namespace courses = repositories::courses;

namespace {

/// The course that `find_id` finds, if the actor may see it.
template <class FindId>
std::optional<Course> visible(storage::Storage& storage, Actor const& actor, Timestamp now,
                              FindId find_id) {
    return storage.read([&](storage::Connection& connection) -> std::optional<Course> {
        auto const asker = identify(connection, actor, now);
        std::optional<CourseId> const id = find_id(connection);
        if (!id || !visible_course(connection, asker, Call::courses_find_course, *id)) {
            return std::nullopt;
        }
        return courses::find(connection, *id);
    });
}

}  // namespace

Course Courses::get_course(Actor const& actor, CourseId course) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(see_course(connection, actor, Call::courses_get_course, course, now));
        return course_now(connection, course);
    });
}

std::optional<Course> Courses::find_course(Actor const& actor, CourseId course) const {
    return visible(impl_->storage(), actor, impl_->now(),
                   [&](auto& /*connection*/) { return course; });
}

std::optional<Course> Courses::find_course(Actor const& actor, Uid const& course) const {
    return visible(impl_->storage(), actor, impl_->now(),
                   [&](auto& connection) { return courses::find_id(connection, course); });
}

std::optional<Course> Courses::find_course(Actor const& actor, std::string_view slug) const {
    return visible(impl_->storage(), actor, impl_->now(),
                   [&](auto& connection) { return courses::find_id(connection, slug); });
}

}  // namespace eduplat
