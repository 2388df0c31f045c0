#include "support/course_rows.hpp"
#include "support/service_results.hpp"
#include "support/service_tables.hpp"

#include <array>
#include <string>

namespace eduplat::test {
namespace {

// -- What calls need

CourseRows rows(Scene& scene) {
    return {scene.school.storage(), scene.school.random};
}

void make_course(Scene& scene) {
    scene.lecture = rows(scene).open_lecture();
    scene.course = course_of(scene.school.storage(), *scene.lecture);
}

/// A learner in the course, who is not the one the call is about.
void enroll(Scene& scene, UserId user) {
    auto const grant =
        scene.school.enrollments.give(Actor::system(), {.user = user, .course = *scene.course});
    scene.grant = grant.id;
    scene.enrollment = grant.enrollment;
}

void make_learner(Scene& scene) {
    make_course(scene);
    enroll(scene, scene.target.id);
}

void make_teacher(Scene& scene) {
    make_course(scene);
    rows(scene).teach(*scene.course, scene.target.id);
    scene.other = scene.school.person().id;
}

void make_teacher_of_learner(Scene& scene) {
    make_teacher(scene);
    enroll(scene, *scene.other);
}

void make_teacher_of_suspended(Scene& scene) {
    make_teacher_of_learner(scene);
    static_cast<void>(scene.school.enrollments.suspend(Actor::system(), *scene.enrollment));
}

// -- The calls

std::string enroll_self(Scene& s) {
    return show(s.school.enrollments.enroll(s.actor, *s.course));
}

std::string give(Scene& s) {
    return show(s.school.enrollments.give(
        s.actor, {.user = *s.other, .course = *s.course, .kind = GrantKind::staff}));
}

std::string take_back(Scene& s) {
    return show(s.school.enrollments.take_back(s.actor, *s.grant, "a reason"));
}

std::string suspend(Scene& s) {
    return show(s.school.enrollments.suspend(s.actor, *s.enrollment, "a reason"));
}

std::string reinstate(Scene& s) {
    return show(s.school.enrollments.reinstate(s.actor, *s.enrollment));
}

std::string get_enrollment(Scene& s) {
    return show(s.school.enrollments.get_enrollment(s.actor, *s.enrollment));
}

std::string find_enrollment(Scene& s) {
    return show(s.school.enrollments.find_enrollment(s.actor, *s.enrollment));
}

std::string find_enrollment_by_uid(Scene& s) {
    auto const uid = s.school.enrollments.get_enrollment(Actor::system(), *s.enrollment).uid;
    return show(s.school.enrollments.find_enrollment(s.actor, uid));
}

std::string find_enrollment_by_pair(Scene& s) {
    return show(s.school.enrollments.find_enrollment(s.actor, s.target.id, *s.course));
}

std::string of_user(Scene& s) {
    return show(s.school.enrollments.of_user(s.actor, s.target.id));
}

std::string roster(Scene& s) {
    return show(s.school.enrollments.roster(s.actor, *s.course));
}

std::string history(Scene& s) {
    return show(s.school.enrollments.history(s.actor, *s.enrollment));
}

std::string grants(Scene& s) {
    return show(s.school.enrollments.grants(s.actor, *s.enrollment));
}

std::string can_access(Scene& s) {
    return show(s.school.enrollments.can_access(s.actor, *s.lecture));
}

std::string learner_access(Scene& s) {
    return show(s.school.enrollments.learner_access(s.actor, s.target.id, *s.lecture));
}

std::string import_enrollments(Scene& s) {
    auto const name = s.school.fresh("enrollment");
    auto const enrolled_at = s.school.clock.now() - std::chrono::hours{24};
    std::array const rows{
        ImportedEnrollment{.source = "lms",
                           .source_id = name,
                           .user = s.target.id,
                           .course = *s.course,
                           .enrolled_at = enrolled_at},
        ImportedEnrollment{.source = "lms",
                           .source_id = name + " of nobody",
                           .user = SourceName{"lms", "nobody"},
                           .course = *s.course,
                           .enrolled_at = enrolled_at},
    };
    return show(s.school.enrollments.import_enrollments(s.actor, rows));
}

using enum Subject;

constexpr std::array table{
    ServiceCall{.call = Call::enrollments_enroll,
                .member = "Enrollments::enroll",
                .about = self,
                .writes = true,
                .prepare = make_course,
                .invoke = enroll_self},
    // Of what teachers may do, one's own courses are those one teaches.
    ServiceCall{.call = Call::enrollments_give,
                .member = "Enrollments::give",
                .about = user,
                .writes = true,
                .prepare = make_teacher,
                .invoke = give},
    ServiceCall{.call = Call::enrollments_take_back,
                .member = "Enrollments::take_back",
                .about = user,
                .writes = true,
                .prepare = make_teacher_of_learner,
                .invoke = take_back},
    ServiceCall{.call = Call::enrollments_suspend,
                .member = "Enrollments::suspend",
                .about = user,
                .writes = true,
                .prepare = make_teacher_of_learner,
                .invoke = suspend},
    ServiceCall{.call = Call::enrollments_reinstate,
                .member = "Enrollments::reinstate",
                .about = user,
                .writes = true,
                .prepare = make_teacher_of_suspended,
                .invoke = reinstate},
    ServiceCall{.call = Call::enrollments_get_enrollment,
                .member = "Enrollments::get_enrollment",
                .about = user,
                .prepare = make_learner,
                .invoke = get_enrollment},
    ServiceCall{.call = Call::enrollments_find_enrollment,
                .member = "Enrollments::find_enrollment",
                .about = user,
                .prepare = make_learner,
                .invoke = find_enrollment},
    ServiceCall{.call = Call::enrollments_find_enrollment,
                .member = "Enrollments::find_enrollment",
                .about = user,
                .prepare = make_learner,
                .invoke = find_enrollment_by_uid},
    ServiceCall{.call = Call::enrollments_find_enrollment,
                .member = "Enrollments::find_enrollment",
                .about = user,
                .prepare = make_learner,
                .invoke = find_enrollment_by_pair},
    ServiceCall{.call = Call::enrollments_of_user,
                .member = "Enrollments::of_user",
                .about = user,
                .prepare = make_learner,
                .invoke = of_user},
    ServiceCall{.call = Call::enrollments_roster,
                .member = "Enrollments::roster",
                .about = user,
                .prepare = make_teacher_of_learner,
                .invoke = roster},
    ServiceCall{.call = Call::enrollments_history,
                .member = "Enrollments::history",
                .about = user,
                .prepare = make_learner,
                .invoke = history},
    ServiceCall{.call = Call::enrollments_grants,
                .member = "Enrollments::grants",
                .about = user,
                .prepare = make_learner,
                .invoke = grants},
    ServiceCall{.call = Call::enrollments_can_access,
                .member = "Enrollments::can_access",
                .prepare = make_learner,
                .invoke = can_access},
    ServiceCall{.call = Call::enrollments_learner_access,
                .member = "Enrollments::learner_access",
                .about = user,
                .prepare = make_learner,
                .invoke = learner_access},
    ServiceCall{.call = Call::enrollments_import_enrollments,
                .member = "Enrollments::import_enrollments",
                .writes = true,
                .prepare = make_course,
                .invoke = import_enrollments},
};

}  // namespace

std::span<ServiceCall const> enrollments_calls() {
    return table;
}

}  // namespace eduplat::test
