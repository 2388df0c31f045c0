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

/// Shares and places are for the first teacher, and for those who look after the course.
void check_first(Asker const& asker, Call call, std::vector<Teacher> const& teachers) {
    bool const first = !teachers.empty() && asker.is(teachers.front().user);
    if (first || asker.may(call, Relation::other)) return;
    fail(ErrorCode::permission_denied, "teachers", "not_first");
}

/// New learners of a course can complete what it requires.
void check_requirements(storage::Connection& connection, CourseId course, CourseTransition change) {
    if (change.to == CourseState::archived && courses::is_required(connection, course)) {
        fail(ErrorCode::failed_precondition, "prerequisites", "required_by");
    }
    if (change.from == CourseState::archived && courses::requires_archived(connection, course)) {
        fail(ErrorCode::failed_precondition, "prerequisites", "archived");
    }
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
        check_requirements(connection, course, change);
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

void Courses::remove_draft(Actor const& actor, CourseId course, std::int64_t version) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const access =
            authorize_course(connection, actor, Call::courses_remove_draft, course, now, Use::edit);
        check_transition(access.course.state, CourseState::removed);
        check_version(course_now(connection, course).version, version);
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
        check_first(access.asker, Call::courses_add_teacher, teachers);
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
        if (!access.asker.is(user)) {
            check_first(access.asker, Call::courses_remove_teacher, teachers);
        }
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

Course Courses::hand_over(Actor const& actor, CourseId course, UserId user) {
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const asker = authorize(connection, actor, Call::courses_hand_over, now);
        auto const standing = courses::standing(connection, course, asker.user);
        if (!standing) fail_unknown("course");
        auto before = course_now(connection, course);
        auto& teachers = before.teachers;
        auto const place = place_of(teachers, user);
        if (place == teachers.end()) fail_unknown("user");
        if (place == teachers.begin()) return before;
        std::rotate(teachers.begin(), place, place + 1);
        courses::set_teachers(connection, course, teachers);
        courses::touch(connection, course, now);
        record_course(connection, {asker, *standing}, now, "course.handed_over");
        return course_now(connection, course);
    });
}

}  // namespace eduplat
