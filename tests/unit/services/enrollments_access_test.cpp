#include "enrollments_fixture.hpp"

#include <functional>
#include <ostream>

namespace eduplat {

std::ostream& operator<<(std::ostream& out, LectureAccess const& access) {
    out << (access.allowed ? "yes: " : "no: ") << name(access.reason);
    if (access.changes_at) out << " until " << to_string(*access.changes_at);
    if (access.required_lecture) out << ", lecture " << access.required_lecture->value();
    if (access.required_course) out << ", course " << access.required_course->value();
    return out;
}

}  // namespace eduplat

namespace eduplat::test {
namespace {

using enum AccessReason;

/// A learner, a course of three lectures and a moment.
struct Case {
    EnrollmentSchool school;
    UserId ada = school.user("ada");
    CourseId course = school.rows.course();
    LectureId first = school.rows.lecture(course);
    LectureId second = school.rows.lecture(course);
    LectureId third = school.rows.lecture(course);
    Timestamp now = school.clock.now();
    EnrollmentId enrollment{0};

    Case() { publish({.lecture = second}); }

    /// The second lecture as it is given, between the two others.
    void publish(PlaceRow const& row) {
        school.rows.publish(course, {{.lecture = first}, row, {.lecture = third}});
    }
    void enroll(std::optional<Timestamp> from = std::nullopt,
                std::optional<Timestamp> to = std::nullopt) {
        enrollment = school.gift(ada, course, from, to).enrollment;
    }
    void complete(LectureId lecture, Timestamp at) {
        school.rows.progress(enrollment, lecture, at);
    }

    LectureAccess access(std::optional<Timestamp> at = std::nullopt) {
        return school.enrollments.can_access(Actor{ada}, second, at);
    }
    LectureAccess answer(AccessReason reason,
                         std::optional<Timestamp> changes_at = std::nullopt) const {
        bool const allowed = reason <= staff;
        return {.allowed = allowed,
                .reason = reason,
                .changes_at = changes_at,
                .enrollment = enrollment.value() == 0 ? std::nullopt : std::optional{enrollment}};
    }
};

}  // namespace

TEST_CASE("a learner sees a published lecture", "[enrollments][access]") {
    Case c;
    c.enroll();
    CHECK(c.access() == c.answer(enrolled));
    CHECK(c.access(c.now - 1us) == c.answer(not_started, c.now));
}

TEST_CASE("each reason to refuse has its case", "[enrollments][access]") {
    struct Row {
        AccessReason reason;
        std::function<void(Case&)> arrange;
    };
    Row const table[]{
        {unpublished, [](Case& c) { c.school.rows.publish(c.course, {{.lecture = c.first}}); }},
        {not_enrolled, [](Case&) {}},
        {not_started, [](Case& c) { c.enroll(c.now + 1us); }},
        {expired, [](Case& c) { c.enroll(c.now - 1us, c.now); }},
        {AccessReason::suspended,
         [](Case& c) {
             c.enroll();
             static_cast<void>(c.school.enrollments.suspend(Actor::system(), c.enrollment));
         }},
        {AccessReason::revoked,
         [](Case& c) {
             auto const grant = c.school.gift(c.ada, c.course);
             c.enrollment = grant.enrollment;
             static_cast<void>(c.school.enrollments.take_back(Actor::system(), grant.id));
         }},
        {not_released,
         [](Case& c) {
             c.enroll();
             c.publish({.lecture = c.second, .release = "at", .release_at = c.now + 1us});
         }},
        {previous_incomplete,
         [](Case& c) {
             c.enroll();
             c.publish({.lecture = c.second, .release = "after_previous"});
         }},
        {lecture_required,
         [](Case& c) {
             c.enroll();
             c.publish({.lecture = c.second, .prerequisites = {c.third}});
         }},
        {course_required,
         [](Case& c) {
             c.enroll();
             c.school.rows.require(c.course, c.school.rows.course());
         }},
    };
    for (auto const& row : table) {
        CAPTURE(name(row.reason));
        Case c;
        row.arrange(c);
        auto const access = c.access();
        CHECK_FALSE(access.allowed);
        CHECK(name(access.reason) == name(row.reason));
        CHECK(access.enrollment ==
              (c.enrollment.value() == 0 ? std::nullopt : std::optional{c.enrollment}));
        // Staff and teachers see it all the same.
        CHECK(c.school.enrollments.can_access(*c.school.admin, c.second).reason == staff);
        c.school.rows.teach(c.course, c.ada);
        CHECK(c.access().reason == teacher);
    }
}

TEST_CASE("each reason to let in has its case", "[enrollments][access]") {
    Case c;
    auto& service = c.school.enrollments;
    CHECK(service.can_access(Actor::system(), c.second) ==
          LectureAccess{.allowed = true, .reason = staff});
    CHECK(service.can_access(*c.school.admin, c.second).reason == staff);
    auto const tom = c.school.user("tom");
    c.school.rows.teach(c.course, tom);
    CHECK(service.can_access(Actor{tom}, c.second) ==
          LectureAccess{.allowed = true, .reason = teacher});
    CHECK(service.can_access(Actor::guest(), c.second) == LectureAccess{.reason = not_enrolled});
    c.publish({.lecture = c.second, .preview = true});
    CHECK(service.can_access(Actor::guest(), c.second) ==
          LectureAccess{.allowed = true, .reason = preview});
    CHECK(c.access() == c.answer(preview));
    c.enroll(c.now + 24h);
    CHECK(c.access() == c.answer(preview));
    CHECK(service.can_access(Actor::guest(), c.first).reason == not_enrolled);
}

TEST_CASE("a lecture nobody knows is unpublished, for everybody", "[enrollments][access]") {
    Case c;
    for (auto const& actor : {Actor::guest(), Actor{c.ada}, *c.school.admin, Actor::system()}) {
        CHECK(c.school.enrollments.can_access(actor, LectureId{99}) == LectureAccess{});
    }
}

TEST_CASE("drafts are for teachers and staff", "[enrollments][access]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const tom = school.user("tom");
    auto const course = school.rows.course({.state = "draft", .teacher = tom});
    auto const lecture = school.rows.lecture(course);
    static_cast<void>(school.gift(ada, course));
    CHECK(school.enrollments.can_access(Actor{ada}, lecture).reason == unpublished);
    CHECK(school.enrollments.can_access(Actor{tom}, lecture).reason == teacher);
    CHECK(school.enrollments.can_access(*school.admin, lecture).reason == staff);
    // Once published it opens for who was there before.
    school.rows.publish(course, {{.lecture = lecture}});
    CHECK(school.enrollments.can_access(Actor{ada}, lecture).reason == enrolled);
}

TEST_CASE("an archived course keeps its learners and shows no preview to others",
          "[enrollments][access]") {
    Case c;
    c.publish({.lecture = c.second, .preview = true});
    c.enroll();
    c.school.rows.set_state(c.course, "archived");
    CHECK(c.access().reason == preview);
    CHECK(c.school.enrollments.can_access(Actor{c.ada}, c.first).reason == enrolled);
    CHECK(c.school.enrollments.can_access(Actor::guest(), c.second).reason == unpublished);
}

TEST_CASE("grants cover a moment from their start to before their end", "[enrollments][access]") {
    Case c;
    auto const from = c.now + 1h;
    auto const to = c.now + 2h;
    c.enroll(from, to);
    CHECK(c.access(from - 1us) == c.answer(not_started, from));
    CHECK(c.access(from) == c.answer(enrolled, to));
    CHECK(c.access(to - 1us) == c.answer(enrolled, to));
    CHECK(c.access(to) == c.answer(expired));
}

TEST_CASE("grants that follow one another are one time", "[enrollments][access]") {
    Case c;
    c.enroll(c.now, c.now + 1h);
    c.enroll(c.now + 1h, c.now + 2h);
    c.enroll(c.now + 90min, c.now + 3h);
    c.enroll(c.now + 4h, c.now + 5h);
    CHECK(c.access() == c.answer(enrolled, c.now + 3h));
    CHECK(c.access(c.now + 3h) == c.answer(not_started, c.now + 4h));
    CHECK(c.access(c.now + 5h) == c.answer(expired));
    c.enroll(c.now + 2h);
    CHECK(c.access() == c.answer(enrolled));
}

TEST_CASE("a grant that is taken back covers nothing", "[enrollments][access]") {
    Case c;
    auto const bought = c.school.gift(c.ada, c.course);
    c.enroll(c.now, c.now + 1h);
    static_cast<void>(c.school.enrollments.take_back(Actor::system(), bought.id));
    CHECK(c.access() == c.answer(enrolled, c.now + 1h));
    CHECK(c.access(c.now + 1h) == c.answer(expired));
}

TEST_CASE("a schedule opens at its microsecond", "[enrollments][access]") {
    Case c;
    c.enroll();
    auto const release = c.now + 24h;
    c.publish({.lecture = c.second, .release = "at", .release_at = release});
    CHECK(c.access(release - 1us) == c.answer(not_released, release));
    CHECK(c.access(release) == c.answer(enrolled));

    c.publish({.lecture = c.second, .release = "after_enrollment", .release_days = 7});
    auto const week = c.now + 7 * 24h;
    CHECK(c.access(week - 1us) == c.answer(not_released, week));
    CHECK(c.access(week) == c.answer(enrolled));
    c.publish({.lecture = c.second, .release = "after_enrollment"});
    CHECK(c.access() == c.answer(enrolled));
}

TEST_CASE("what opens after the grant has ended does not open", "[enrollments][access]") {
    Case c;
    c.enroll(c.now, c.now + 1h);
    c.publish({.lecture = c.second, .release = "at", .release_at = c.now + 24h});
    CHECK(c.access() == c.answer(not_released, c.now + 1h));
    CHECK(c.access(c.now + 24h) == c.answer(expired));
}

TEST_CASE("a lecture may wait for the one before", "[enrollments][access]") {
    Case c;
    c.enroll();
    c.publish({.lecture = c.second, .release = "after_previous", .release_days = 2});
    auto waiting = c.answer(previous_incomplete);
    waiting.required_lecture = c.first;
    CHECK(c.access() == waiting);
    c.school.rows.progress(c.enrollment, c.first, std::nullopt);  // opened only
    CHECK(c.access() == waiting);
    c.complete(c.first, c.now - 1h);
    auto const release = c.now - 1h + 48h;
    CHECK(c.access(release - 1us) == c.answer(not_released, release));
    CHECK(c.access(release) == c.answer(enrolled));
    // The first lecture has none before.
    c.school.rows.publish(c.course, {{.lecture = c.second, .release = "after_previous"}});
    CHECK(c.access() == c.answer(enrolled));
}

TEST_CASE("all lectures that are required have to be completed", "[enrollments][access]") {
    Case c;
    c.enroll();
    c.publish({.lecture = c.second, .prerequisites = {c.first, c.third}});
    auto const waiting_for = [&](LectureId lecture) {
        auto answer = c.answer(lecture_required);
        answer.required_lecture = lecture;
        return answer;
    };
    CHECK(c.access() == waiting_for(c.first));
    c.complete(c.first, c.now);
    CHECK(c.access() == waiting_for(c.third));
    c.complete(c.third, c.now);
    CHECK(c.access() == c.answer(enrolled));
}

TEST_CASE("a required course has to be completed, whatever became of it since",
          "[enrollments][access]") {
    Case c;
    c.enroll();
    auto const basics = c.school.rows.course();
    c.school.rows.require(c.course, basics);
    auto waiting = c.answer(course_required);
    waiting.required_course = basics;
    CHECK(c.access() == waiting);
    ImportedEnrollment const done{.source = "lms",
                                  .source_id = "1",
                                  .user = c.ada,
                                  .course = basics,
                                  .state = EnrollmentState::revoked,
                                  .enrolled_at = c.now - 48h,
                                  .ended_at = c.now - 1h,
                                  .completed_at = c.now - 24h};
    REQUIRE(c.school.enrollments.import_enrollments(Actor::system(), {&done, 1}).created == 1);
    CHECK(c.access() == c.answer(enrolled));
}

TEST_CASE("learners keep the edition they enrolled in", "[enrollments][access]") {
    Case c;
    c.enroll();
    auto const ben = c.school.user("ben");
    auto const added = c.school.rows.lecture(c.course);
    c.school.rows.publish(c.course, {{.lecture = c.first}, {.lecture = added}}, true);
    static_cast<void>(c.school.gift(ben, c.course));
    auto const sees = [&](UserId user, LectureId lecture) {
        return c.school.enrollments.can_access(Actor{user}, lecture).reason;
    };
    CHECK(sees(c.ada, c.second) == enrolled);
    CHECK(sees(c.ada, added) == unpublished);
    CHECK(sees(ben, c.second) == unpublished);
    CHECK(sees(ben, added) == enrolled);
    CHECK(sees(ben, c.first) == enrolled);
}

TEST_CASE("who looks after a learner asks for him", "[enrollments][access]") {
    Case c;
    c.enroll(c.now, c.now + 1h);
    auto const tom = c.school.user("tom");
    c.school.rows.teach(c.course, tom);
    auto& service = c.school.enrollments;
    for (auto const& actor : {Actor{tom}, *c.school.admin, Actor{c.ada}, Actor::system()}) {
        CHECK(service.learner_access(actor, c.ada, c.second) == c.answer(enrolled, c.now + 1h));
        CHECK(service.learner_access(actor, c.ada, c.second, c.now + 1h) == c.answer(expired));
    }
    CHECK(service.learner_access(*c.school.admin, tom, c.second).reason == teacher);
    CHECK(refusal([&] {
              return service.learner_access(Actor{c.school.user("eve")}, c.ada, c.second);
          }) == denied("actor", "enrollments_learner_access"));
    CHECK(refusal([&] {
              return service.learner_access(Actor{tom}, c.ada, c.school.rows.open_lecture());
          }) == denied("actor", "enrollments_learner_access"));
    CHECK(refusal([&] { return service.learner_access(Actor{tom}, UserId{99}, c.second); }) ==
          missing("user"));
    CHECK(refusal([&] { return service.can_access(Actor{UserId{99}}, c.second); }) ==
          unauthenticated("actor", "unknown"));
}

TEST_CASE("access is answered in two statements, or a few more", "[enrollments][access]") {
    Case c;
    c.enroll();
    auto const statements = [&] {
        auto const before = c.school.storage.statistics().statements;
        static_cast<void>(c.access());
        return c.school.storage.statistics().statements - before;
    };
    CHECK(statements() == 2);  // who asks, and all the rest
    c.publish({.lecture = c.second, .prerequisites = {c.first}});
    CHECK(statements() == 3);
    c.publish({.lecture = c.second, .release = "after_previous", .prerequisites = {c.third}});
    c.complete(c.first, c.now);
    CHECK(statements() == 4);
}

}  // namespace eduplat::test
