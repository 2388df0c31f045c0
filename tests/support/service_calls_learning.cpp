#include "support/service_results.hpp"
#include "support/service_tables.hpp"

#include <array>
#include <string>

namespace eduplat::test {
namespace {

using namespace std::chrono_literals;

// -- What calls need

/// A published course of a video of ten minutes, with a certificate.
void make_course(Scene& scene) {
    auto& courses = scene.school.courses;
    auto const course =
        courses.create(Actor::system(), {.title = {{"en", scene.school.fresh("course")}}});
    auto const lecture =
        courses.add_lecture(Actor::system(), {.course = course.id,
                                              .title = {{"en", "A lecture"}},
                                              .items = {Video{.address = "v", .duration = 10min}},
                                              .completion = Completion{CompletionRule::opened}});
    static_cast<void>(courses.publish(Actor::system(), {.course = course.id}));
    scene.course = course.id;
    scene.lecture = lecture.id;
}

void enroll(Scene& scene, UserId user) {
    scene.enrollment =
        scene.school.enrollments.give(Actor::system(), {.user = user, .course = *scene.course})
            .enrollment;
}

void make_learner(Scene& scene) {
    make_course(scene);
    enroll(scene, scene.target.id);
}

/// The actor of a call is not yet known when it is prepared, and may have no rights by then.
void learn(Scene& scene, UserId user) {
    auto const recorded = scene.school.learning.record(
        Actor{user},
        {.batch = "before", .events = {Opened{*scene.lecture}, Watched{*scene.lecture, 0s, 10s}}});
    for (auto const& certificate : recorded.certificates) {
        scene.note = certificate.code;
        scene.certificate = certificate.id;
    }
}

void make_busy_learner(Scene& scene) {
    make_learner(scene);
    learn(scene, scene.target.id);
}

/// The call is about a teacher, of a learner who is somebody else.
void make_teacher_of_learner(Scene& scene) {
    make_course(scene);
    scene.other = scene.school.person().id;
    enroll(scene, *scene.other);
    auto const& target = scene.target;
    static_cast<void>(scene.school.accounts.grant_role(Actor::system(), target.id, Role::teacher));
    static_cast<void>(scene.school.courses.add_teacher(Actor::system(), *scene.course,
                                                       {.user = target.id, .share = 1}));
}

void make_teacher_of_busy_learner(Scene& scene) {
    make_teacher_of_learner(scene);
    learn(scene, *scene.other);
}

// -- The calls

std::string record(Scene& s) {
    return show(s.school.learning.record(
        s.actor,
        {.batch = "a batch",
         .events = {
             Viewed{*s.course}, Opened{*s.lecture},
             Reported{Watched{*s.lecture, 0s, 5min}, s.school.clock.now() - 5min},
             Answered{.lecture = *s.lecture, .score = 1, .max_score = 2, .text = "an answer"},
             Marked{*s.lecture}, Searched{"a search"}, Clicked{"a button", *s.course},
             Downloaded{*s.lecture}}}));
}

std::string mark(Scene& s) {
    s.school.learning.mark(s.actor, {.user = *s.other, .lecture = *s.lecture});
    return {};
}

std::string progress(Scene& s) {
    return show(s.school.learning.progress(s.actor, *s.course, s.target.id));
}

std::string gradebook(Scene& s) {
    return show(s.school.learning.gradebook(s.actor, *s.course));
}

std::string events(Scene& s) {
    return show(s.school.learning.events(s.actor, s.target.id, *s.course));
}

std::string certificates(Scene& s) {
    return show(s.school.learning.certificates(s.actor, s.target.id));
}

std::string verify_certificate(Scene& s) {
    return show(s.school.learning.verify_certificate(s.actor, s.note));
}

std::string revoke_certificate(Scene& s) {
    return show(s.school.learning.revoke_certificate(s.actor, *s.certificate));
}

std::string rebuild(Scene& s) {
    auto const report = s.school.learning.rebuild(s.actor);
    return std::to_string(report.enrollments) + ' ' + std::to_string(report.events);
}

std::string import_events(Scene& s) {
    auto const at = s.school.clock.now() - 24h;
    std::array const events{
        ImportedEvent{.user = s.target.id, .lecture = *s.lecture, .at = at, .count = 3},
        ImportedEvent{.user = s.target.id, .lecture = LectureId{999999999}, .at = at}};
    auto const report = s.school.learning.import_events(
        s.actor, {.batch = s.school.fresh("import"), .events = events});
    return std::to_string(report.imported) + ' ' + std::to_string(report.counted) + ' ' +
           std::to_string(report.rejected.size());
}

using enum Subject;

constexpr std::array table{
    ServiceCall{.call = Call::learning_record,
                .member = "Learning::record",
                .about = self,
                .writes = true,
                .prepare = make_learner,
                .invoke = record},
    // Of what teachers may do, one's own courses are those one teaches.
    ServiceCall{.call = Call::learning_mark,
                .member = "Learning::mark",
                .about = user,
                .writes = true,
                .prepare = make_teacher_of_learner,
                .invoke = mark},
    ServiceCall{.call = Call::learning_progress,
                .member = "Learning::progress",
                .about = user,
                .prepare = make_busy_learner,
                .invoke = progress},
    ServiceCall{.call = Call::learning_gradebook,
                .member = "Learning::gradebook",
                .about = user,
                .prepare = make_teacher_of_busy_learner,
                .invoke = gradebook},
    ServiceCall{.call = Call::learning_events,
                .member = "Learning::events",
                .about = user,
                .prepare = make_busy_learner,
                .invoke = events},
    ServiceCall{.call = Call::learning_certificates,
                .member = "Learning::certificates",
                .about = user,
                .prepare = make_busy_learner,
                .invoke = certificates},
    ServiceCall{.call = Call::learning_verify_certificate,
                .member = "Learning::verify_certificate",
                .prepare = make_busy_learner,
                .invoke = verify_certificate},
    ServiceCall{.call = Call::learning_revoke_certificate,
                .member = "Learning::revoke_certificate",
                .about = user,
                .writes = true,
                .prepare = make_teacher_of_busy_learner,
                .invoke = revoke_certificate},
    ServiceCall{.call = Call::learning_rebuild,
                .member = "Learning::rebuild",
                .prepare = make_busy_learner,
                .invoke = rebuild},
    ServiceCall{.call = Call::learning_import_events,
                .member = "Learning::import_events",
                .writes = true,
                .prepare = make_learner,
                .invoke = import_events},
};

}  // namespace

std::span<ServiceCall const> learning_calls() {
    return table;
}

}  // namespace eduplat::test
