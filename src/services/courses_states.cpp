#include "repositories/users.hpp"
#include "services/course_index.hpp"
#include "services/courses_impl.hpp"
#include "services/courses_input.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <utility>

namespace eduplat {

namespace courses = repositories::courses;

namespace {

auto place_of(std::vector<Teacher>& teachers, UserId user) {
    return std::find_if(teachers.begin(), teachers.end(),
                        [&](Teacher const& teacher) { return teacher.user == user; });
}

}  // namespace

Course Courses::Impl::change_state(Actor const& actor, Call call, CourseId course,
                                   CourseTransition change, std::string_view action) const {
    auto const at = now();
    return storage().write([&](auto& connection) {
        auto const access = authorize_course(connection, actor, call, course, at);
        if (access.course.state != change.from) {
            fail(ErrorCode::failed_precondition, "state", name(access.course.state));
        }
        check_transition(change.from, change.to);
        courses::set_state(connection, course, change.to, at);
        index_course(connection, course);
        record_course(connection, access, at, action);
        return course_now(connection, course);
    });
}

Course Courses::submit_for_review(Actor const& actor, CourseId course) {
    return impl_->change_state(actor, Call::courses_submit_for_review, course,
                               {CourseState::draft, CourseState::in_review},
                               "course.submitted_for_review");
}

Course Courses::return_to_draft(Actor const& actor, CourseId course) {
    return impl_->change_state(actor, Call::courses_return_to_draft, course,
                               {CourseState::in_review, CourseState::draft},
                               "course.returned_to_draft");
}

Course Courses::archive(Actor const& actor, CourseId course) {
    return impl_->change_state(actor, Call::courses_archive, course,
                               {CourseState::published, CourseState::archived}, "course.archived");
}

Course Courses::restore(Actor const& actor, CourseId course) {
    return impl_->change_state(actor, Call::courses_restore, course,
                               {CourseState::archived, CourseState::published}, "course.restored");
}

void Courses::remove_draft(Actor const& actor, CourseId course) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const access =
            authorize_course(connection, actor, Call::courses_remove_draft, course, now);
        check_transition(access.course.state, CourseState::removed);
        if (auto const by = courses::referred_by(connection, course); !by.empty()) {
            fail(ErrorCode::failed_precondition, by, "exists");
        }
        courses::remove(connection, course, now);
        record_course(connection, access, now, "course.removed");
    });
}

Course Courses::add_teacher(Actor const& actor, CourseId course, Teacher const& teacher) {
    Validation validation;
    check_share(validation, "share", teacher);
    validation.check("add_teacher");
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access =
            authorize_course(connection, actor, Call::courses_add_teacher, course, now);
        auto before = course_now(connection, course);
        auto const user = repositories::users::find(connection, teacher.user);
        if (!user || user->state == UserState::erased) fail_unknown("user");
        auto& teachers = before.teachers;
        auto const place = place_of(teachers, teacher.user);
        if (place != teachers.end() && *place == teacher) return before;
        if (place != teachers.end()) {
            *place = teacher;
        } else if (teachers.size() >= limits::teachers_max) {
            fail(ErrorCode::resource_exhausted, "teachers", "too_many",
                 std::int64_t{limits::teachers_max});
        } else {
            teachers.push_back(teacher);
        }
        courses::set_teachers(connection, course, teachers);
        courses::touch(connection, course, now);
        record_course(connection, access, now, "course.teacher_added");
        return course_now(connection, course);
    });
}

Course Courses::remove_teacher(Actor const& actor, CourseId course, UserId user) {
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access =
            authorize_course(connection, actor, Call::courses_remove_teacher, course, now);
        auto teachers = course_now(connection, course).teachers;
        auto const place = place_of(teachers, user);
        if (place == teachers.end()) fail_unknown("user");
        if (teachers.size() == 1) {
            fail(ErrorCode::failed_precondition, "teachers", "last_teacher");
        }
        teachers.erase(place);
        courses::set_teachers(connection, course, teachers);
        courses::touch(connection, course, now);
        record_course(connection, access, now, "course.teacher_removed");
        return course_now(connection, course);
    });
}

}  // namespace eduplat
