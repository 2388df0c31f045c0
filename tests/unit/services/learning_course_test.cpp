#include "learning_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>

using namespace eduplat;
using namespace eduplat::test;

namespace {

constexpr int crowd = 45'000;
constexpr storage::Sql crowd_of_users_sql =
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1) "
    "INSERT INTO users (uid, state, roles, display_name, name_key, version, created_at, "
    "updated_at) SELECT randomblob(16), 'active', 1, 'one of many', '', 1, 0, 0 FROM numbers";
constexpr storage::Sql crowd_of_enrollments_sql =
    "INSERT INTO enrollments (uid, user_id, course_id, state, edition, holds_seat, version, "
    "created_at, updated_at) SELECT randomblob(16), id, ?1, 'active', 1, 1, 1, 0, 0 FROM users "
    "WHERE display_name = 'one of many' ORDER BY id";
constexpr storage::Sql crowd_of_progress_sql =
    "INSERT INTO lecture_progress (enrollment_id, lecture_id, opens, first_at, last_at, marked, "
    "completed_at) SELECT id, ?1, 1, 0, 0, 0, 0 FROM enrollments WHERE course_id = ?2";

/// A published course that a certificate ends, with a learner who has it.
struct Certified : LearningSchool {
    CourseId id = course({by_opening}, {.title = {{"en", "C++ by example"}}});
    Actor ben = enrolled("ben", id);
    Certificate certificate = record(ben, {Opened{lectures[0]}}).certificates.at(0);
};

}  // namespace

TEST_CASE("a teacher marks lectures, and takes marks back", "[learning][mark]") {
    LearningSchool s;
    auto const course = s.course({by_marking, by_marking});
    auto const ben = s.enrolled("ben", course);
    auto const ada = s.teacher_of(course, "ada");
    LectureMark const done{.user = ben.user(), .lecture = s.lectures[0]};
    s.learning.mark(ada, done);
    s.learning.mark(ada, done);
    CHECK(s.learning.progress(ben, course).percent == 50);
    s.learning.mark(ada, {.user = ben.user(), .lecture = s.lectures[0], .done = false});
    CHECK(s.learning.progress(ben, course).percent == 50);  // once completed it stays so
    auto const log = s.learning.events(ada, ben.user(), course).items;
    REQUIRE(log.size() == 3);
    CHECK(log[1].kind == LearningKind::marked);
    CHECK(log[1].a == 1);
    CHECK(log[1].b == ada.user().value());
    CHECK(log[2].a == 0);
    s.learning.mark(Actor::system(), {.user = ben.user(), .lecture = s.lectures[1]});
    CHECK(s.learning.progress(ben, course).percent == 100);
    auto const all = s.learning.events(ada, ben.user(), course).items;
    REQUIRE(all.size() == 5);
    CHECK(all[3].b == 0);
    auto const enrollment = s.learning.progress(ben, course).enrollment;
    auto const uid = s.enrollments.get_enrollment(Actor::system(), enrollment).uid;
    auto const journal = s.journal_of(uid);
    CHECK(std::count(journal.begin(), journal.end(), "lecture.marked") == 3);
}

TEST_CASE("only teachers of the course and staff mark", "[learning][mark]") {
    LearningSchool s;
    auto const course = s.course({by_marking});
    auto const ben = s.enrolled("ben", course);
    auto const lecture = s.lectures[0];
    auto const other = s.with_role("other", Role::teacher);
    auto const mark = [&](Actor const& actor, LectureMark const& what) {
        return refusal([&] {
            s.learning.mark(actor, what);
            return 0;
        });
    };
    LectureMark const done{.user = ben.user(), .lecture = lecture};
    CHECK(mark(other, done) == denied("actor", "learning_mark"));
    CHECK(mark(ben, done) == denied("actor", "learning_mark"));
    CHECK(mark(other, {.user = ben.user(), .lecture = LectureId{99}}) ==
          denied("actor", "learning_mark"));
    CHECK(mark(*s.admin, {.user = ben.user(), .lecture = LectureId{99}}) == missing("lecture"));
    CHECK(mark(*s.admin, {.user = other.user(), .lecture = lecture}) == missing("enrollment"));
    auto const hidden = s.add_lecture(course, by_marking);
    CHECK(mark(*s.admin, {.user = ben.user(), .lecture = hidden}) == missing("lecture"));
    auto const enrollment = s.learning.progress(ben, course).enrollment;
    s.enrollments.suspend(Actor::system(), enrollment);
    CHECK(mark(*s.admin, done) == precondition("enrollment", "suspended"));
}

TEST_CASE("a correction that asks for less completes learners who wait", "[learning][sweep]") {
    LearningSchool s;
    auto const course = s.course({covered(100), by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const eve = s.enrolled("eve", course);
    s.record(ben, {Watched{s.lectures[0], 0s, 1min}, Opened{s.lectures[1]}});
    s.record(eve, {Opened{s.lectures[1]}});
    s.jobs.run_due(Actor::system(), 1s);
    CHECK(s.learning.progress(ben, course).percent == 50);

    s.change({.lecture = s.lectures[0], .version = 0, .completion = covered(10)});
    s.publish(course);
    s.clock.advance(1min);
    CHECK(s.jobs.run_due(Actor::system(), 1s).failed == 0);
    auto const progress = s.learning.progress(ben, course);
    CHECK(progress.percent == 100);
    CHECK(progress.completed_at == s.clock.now());
    CHECK(s.learning.certificates(ben, ben.user()).items.size() == 1);
    auto const kinds = s.kinds_of(ben, course);
    CHECK(std::vector<std::string>(kinds.end() - 2, kinds.end()) ==
          std::vector<std::string>{"settled", "completed"});
    CHECK(s.kinds_of(eve, course).back() == "opened");
    CHECK(s.learning.progress(eve, course).percent == 50);

    // One who had done all that is left when a lecture goes.
    s.remove(s.lectures[0]);
    s.publish(course);
    s.jobs.run_due(Actor::system(), 1s);
    CHECK(s.learning.progress(eve, course).percent == 100);
    CHECK(s.kinds_of(ben, course) == kinds);
}

TEST_CASE("who was away while a correction came is completed when he is back",
          "[learning][sweep]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_marking});
    auto const ben = s.enrolled("ben", course);
    auto const eve = s.with_role("eve", Role::learner);
    GiveRequest const given{.user = eve.user(), .course = course};
    auto const grant = s.enrollments.give(Actor::system(), given);
    for (auto const& actor : {ben, eve})
        s.record(actor, {Opened{s.lectures[0]}});
    auto const suspended = s.learning.progress(ben, course).enrollment;
    s.enrollments.suspend(Actor::system(), suspended);
    s.enrollments.take_back(Actor::system(), grant.id);
    s.remove(s.lectures[1]);
    s.publish(course);
    s.jobs.run_due(Actor::system(), 1s);

    s.enrollments.reinstate(Actor::system(), suspended);
    s.enrollments.give(Actor::system(), given);
    CHECK(s.learning.progress(ben, course).percent == 99);
    s.jobs.run_due(Actor::system(), 1s);
    for (auto const& actor : {ben, eve}) {
        CHECK(s.learning.progress(actor, course).percent == 100);
        CHECK(s.learning.certificates(actor, actor.user()).items.size() == 1);
    }
}

TEST_CASE("the next thing he does completes a learner who had done enough", "[learning][sweep]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_marking});
    auto const ben = s.enrolled("ben", course);
    s.record(ben, {Opened{s.lectures[0]}});
    s.remove(s.lectures[1]);
    s.publish(course);  // and no job runs
    CHECK(s.record(ben, {Opened{s.lectures[0]}}).completed_courses == std::vector{course});
}

TEST_CASE("one learner whose progress is broken does not keep others from theirs",
          "[learning][sweep]") {
    constexpr storage::Sql break_sql =
        "UPDATE media_progress SET coverage = x'80' WHERE enrollment_id = ?1";
    LearningSchool s;
    auto const course = s.course({covered(100)});
    auto const ben = s.enrolled("ben", course);
    auto const eve = s.enrolled("eve", course);
    for (auto const& actor : {ben, eve})
        s.record(actor, {Watched{s.lectures[0], 0s, 1min}});
    auto const broken = s.learning.progress(ben, course).enrollment;
    s.engine->write(
        [&](storage::Connection& connection) { connection.execute(break_sql, broken); });
    s.change({.lecture = s.lectures[0], .version = 0, .completion = covered(10)});
    s.publish(course);
    CHECK(s.jobs.run_due(Actor::system(), 1s).failed == 0);
    CHECK(s.learning.progress(eve, course).percent == 100);
    CHECK(s.learning.progress(ben, course).percent == 0);
    CHECK(s.log.contains("enrollment " + std::to_string(broken.value())));
}

TEST_CASE("a sweep goes through any number of learners", "[learning][sweep]") {
    LearningSchool s;
    auto const course = s.course({covered(100)});
    std::vector<Actor> learners;
    for (int i = 0; i < 450; ++i)
        learners.push_back(s.enrolled("learner" + std::to_string(i), course));
    for (auto const& learner : learners)
        s.record(learner, {Watched{s.lectures[0], 0s, 1min}});
    s.change({.lecture = s.lectures[0], .version = 0, .completion = covered(10)});
    s.publish(course);
    s.jobs.run_due(Actor::system(), 1h);
    for (auto const& learner : learners)
        CHECK(s.learning.progress(learner, course).percent == 100);
}

TEST_CASE("learners of an older edition follow its rules", "[learning][sweep]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_marking});
    auto const ben = s.enrolled("ben", course);
    s.remove(s.lectures[1]);
    s.publish(course, PublicationKind::edition);
    auto const eve = s.enrolled("eve", course);
    s.record(ben, {Opened{s.lectures[0]}});
    s.record(eve, {Opened{s.lectures[0]}});
    s.jobs.run_due(Actor::system(), 1s);
    CHECK(s.learning.progress(ben, course).percent == 50);
    CHECK(s.learning.progress(eve, course).percent == 100);
}

TEST_CASE("anybody with the code can check a certificate", "[learning][certificate]") {
    Certified s;
    auto const verified = s.learning.verify_certificate(Actor::guest(), s.certificate.code).value();
    CHECK(verified.course_title.best_for("en") == "C++ by example");
    CHECK(verified.holder == "ben");
    CHECK(verified.issued_at == s.clock.now());
    CHECK(verified.state == CertificateState::issued);
    auto typed = s.certificate.code;
    std::transform(typed.begin(), typed.end(), typed.begin(),
                   [](char c) { return static_cast<char>(std::tolower(c)); });
    CHECK(s.learning.verify_certificate(Actor::guest(), typed.insert(5, "-")) == verified);
    CHECK_FALSE(s.learning.verify_certificate(Actor::guest(), "no code"));
    CHECK_FALSE(s.learning.verify_certificate(Actor::guest(), std::string(26, 'A')));
    // What it says is what was certified.
    auto const version = s.accounts->get_user(*s.admin, s.ben.user()).version;
    s.accounts->update_profile(*s.admin, s.ben.user(),
                               {.version = version, .display_name = "Somebody else"});
    auto const live = s.courses.get_course(Actor::system(), s.id);
    s.courses.update(Actor::system(), {.course = s.id,
                                       .version = live.version,
                                       .title = LocalizedText{{"en", "Another course"}}});
    CHECK(s.learning.verify_certificate(Actor::guest(), s.certificate.code) == verified);
    static_cast<void>(s.accounts->erase_user(*s.admin, s.ben.user()));
    CHECK(s.learning.verify_certificate(Actor::guest(), s.certificate.code)->holder.empty());
}

TEST_CASE("a certificate is revoked once", "[learning][certificate]") {
    Certified s;
    auto const ada = s.teacher_of(s.id, "ada");
    auto const revoked_at = s.clock.now();
    CHECK(refusal([&] { return s.learning.revoke_certificate(s.ben, s.certificate.id); }) ==
          denied("actor", "learning_revoke_certificate"));
    CHECK(s.learning.revoke_certificate(ada, s.certificate.id).revoked_at == revoked_at);
    s.clock.advance(1h);
    CHECK(s.learning.revoke_certificate(*s.admin, s.certificate.id).revoked_at == revoked_at);
    CHECK(s.learning.verify_certificate(Actor::guest(), s.certificate.code)->state ==
          CertificateState::revoked);
    CHECK(s.journal_of(s.certificate.uid) ==
          std::vector<std::string>{"certificate.issued", "certificate.revoked"});
    CHECK(refusal([&] { return s.learning.revoke_certificate(*s.admin, CertificateId{99}); }) ==
          missing("certificate"));
}

TEST_CASE("a course without a certificate gives none", "[learning][certificate]") {
    LearningSchool s;
    auto const course = s.course({by_opening}, {.certificate = false});
    auto const ben = s.enrolled("ben", course);
    auto const recorded = s.record(ben, {Opened{s.lectures[0]}});
    CHECK(recorded.completed_courses.size() == 1);
    CHECK(recorded.certificates.empty());
    CHECK(s.learning.certificates(ben, ben.user()).items.empty());
}

TEST_CASE("a gradebook shows what learners see", "[learning][gradebook]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening, by_opening});
    auto const ada = s.teacher_of(course, "ada");
    std::vector<Actor> learners;
    for (int i = 0; i < 5; ++i)
        learners.push_back(s.enrolled("learner" + std::to_string(i), course));
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t k = 0; k < i; ++k)
            s.record(learners[i], {Opened{s.lectures[k]}});
    }
    std::vector<GradebookRow> rows;
    PageRequest request{.limit = 2};
    do {
        auto page = s.learning.gradebook(ada, course, request);
        CHECK(page.items.size() <= 2);
        rows.insert(rows.end(), page.items.begin(), page.items.end());
        request.after = page.next;
    } while (request.after);
    REQUIRE(rows.size() == 5);
    std::vector<int> percents;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(rows[i].display_name == "learner" + std::to_string(i));
        CHECK(rows[i].percent == s.learning.progress(learners[i], course).percent);
        percents.push_back(rows[i].percent);
    }
    CHECK(percents == std::vector{0, 33, 66, 100, 0});
    CHECK(rows[3].state == EnrollmentState::completed);
}

TEST_CASE("a gradebook takes as many statements for many learners as for few",
          "[learning][gradebook]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening});
    auto const statements = [&] {
        auto const before = s.engine->statistics().statements;
        static_cast<void>(s.learning.gradebook(*s.admin, course));
        return s.engine->statistics().statements - before;
    };
    auto const few = statements();
    for (int i = 0; i < 60; ++i)
        s.record(s.enrolled("learner" + std::to_string(i), course), {Opened{s.lectures[0]}});
    CHECK(statements() == few);
    CHECK(few <= 7);
}

TEST_CASE("a gradebook of 45,000 learners is read page by page", "[learning][gradebook]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening});
    s.engine->write([&](storage::Connection& connection) {
        connection.execute(crowd_of_users_sql, crowd);
        connection.execute(crowd_of_enrollments_sql, course);
        connection.execute(crowd_of_progress_sql, s.lectures[0], course);
    });
    int seen = 0;
    PageRequest request{.limit = limits::page_size_max};
    auto const before = s.engine->statistics().statements;
    do {
        auto const page = s.learning.gradebook(*s.admin, course, request);
        for (auto const& row : page.items)
            seen += row.percent == 50 ? 1 : 0;
        request.after = page.next;
    } while (request.after);
    CHECK(seen == crowd);
    constexpr int pages = crowd / limits::page_size_max;
    CHECK(s.engine->statistics().statements - before <= 7 * pages);
}

TEST_CASE("who may see what of learners", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const ada = s.teacher_of(course, "ada");
    auto const other = s.with_role("other", Role::teacher);
    CHECK(s.learning.progress(ada, course, ben.user()).user == ben.user());
    CHECK(refusal([&] { return s.learning.progress(other, course, ben.user()); }) ==
          denied("actor", "learning_progress"));
    CHECK(refusal([&] { return s.learning.events(other, ben.user(), course); }) ==
          denied("actor", "learning_events"));
    CHECK(refusal([&] { return s.learning.gradebook(other, course); }) ==
          denied("actor", "learning_gradebook"));
    CHECK(refusal([&] { return s.learning.gradebook(ben, course); }) ==
          denied("actor", "learning_gradebook"));
    CHECK(refusal([&] { return s.learning.progress(Actor::system(), course); }) ==
          precondition("actor", "not_a_user"));
    CHECK(refusal([&] { return s.learning.gradebook(*s.admin, CourseId{99}); }) ==
          missing("course"));
    CHECK(refusal([&] { return s.learning.events(*s.admin, UserId{99}, course); }) ==
          missing("user"));
    CHECK(refusal([&] { return s.learning.certificates(*s.admin, UserId{99}); }) ==
          missing("user"));
    CHECK(refusal([&] { return s.learning.progress(*s.admin, course, ada.user()); }) ==
          missing("enrollment"));
}

TEST_CASE("the log of a learner is paged", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    s.record(ben, std::vector<Reported>(6, Opened{s.lectures[0]}));
    auto const first = s.learning.events(ben, ben.user(), course, {.limit = 3});
    REQUIRE(first.next);
    auto const second =
        s.learning.events(ben, ben.user(), course, {.after = first.next, .limit = 4});
    CHECK(first.items.size() == 3);
    CHECK(second.items.size() == 4);
    CHECK(second.next);  // there are eight: that he was enrolled, and completed the course
    CHECK(first.items.back().seq < second.items.front().seq);
    auto const last = s.learning.events(ben, ben.user(), course, {.after = second.next});
    CHECK(last.items.size() == 1);
    CHECK_FALSE(last.next);
}

TEST_CASE("an erasure leaves events without what was written in them", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    s.record(ben, {Answered{.lecture = s.lectures[0], .text = "my own words"}});
    static_cast<void>(s.accounts->erase_user(*s.admin, ben.user()));
    auto const log = s.learning.events(*s.admin, ben.user(), course).items;
    REQUIRE(log.size() == 2);
    CHECK(log[1].kind == LearningKind::answered);
    CHECK(log[1].detail.empty());
}
