#include "recommendations_fixture.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/money_literals.hpp>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

/// Two courses that a learner may take; a test takes one of them from him.
struct Fixture : RecommendationSchool {
    CourseId wanted = course("Knots");
    CourseId other = course("Sails");
    Actor ben = with_role("ben", Role::learner);

    /// With a recommender and, what is asked the same way, without one.
    void check(bool recommended) {
        CHECK(is_recommended(ben, wanted) == recommended);
        CHECK(is_recommended(ben, other));
        train();
        CHECK(is_recommended(ben, wanted) == recommended);
        CHECK(is_recommended(ben, other));
    }

    EnrollmentId ben_learns() { return enroll(ben, wanted); }

    void update(CourseId course, CourseUpdate change) {
        change.course = course;
        change.version = courses.get_course(Actor::system(), course).version;
        static_cast<void>(courses.update(Actor::system(), change));
    }

    CourseId priced(std::string const& title) { return course(title, {.price = 10'00_eur}); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "what a learner can take is recommended", "[recommendations]") {
    check(true);
    CHECK(courses_for(ben).size() == 2);
    CHECK(courses_for(ben, 1).size() == 1);
    CHECK(courses_for(Actor::guest()).size() == 2);
    CHECK(courses_for(Actor::system()).size() == 2);
}

TEST_CASE_METHOD(Fixture, "a course that the learner has is not recommended", "[recommendations]") {
    auto const enrollment = ben_learns();
    check(false);
    CHECK(is_recommended(with_role("cleo", Role::learner), wanted));
    static_cast<void>(enrollments.suspend(Actor::system(), enrollment));
    check(false);
}

TEST_CASE_METHOD(Fixture, "a completed course is not recommended", "[recommendations]") {
    ben_learns();
    record(ben, {Opened{courses.outline(ben, wanted).lectures.front().id}});
    REQUIRE(learning.progress(ben, wanted, ben.user()).completed_at);
    check(false);
}

TEST_CASE_METHOD(Fixture, "a course whose time is over for the learner is not recommended",
                 "[recommendations]") {
    static_cast<void>(enrollments.give(
        Actor::system(),
        {.user = ben.user(), .course = wanted, .ends_at = clock.now() + std::chrono::hours{1}}));
    clock.advance(std::chrono::hours{2});
    check(false);
}

TEST_CASE_METHOD(Fixture, "an imported enrollment that is pending counts as had",
                 "[recommendations]") {
    ImportedEnrollment const row{.source = "test",
                                 .source_id = "1",
                                 .user = ben.user(),
                                 .course = wanted,
                                 .state = EnrollmentState::pending,
                                 .enrolled_at = clock.now()};
    REQUIRE(enrollments.import_enrollments(Actor::system(), {&row, 1}).created == 1);
    check(false);
}

TEST_CASE_METHOD(Fixture, "a free course that the school took back is not recommended",
                 "[recommendations]") {
    auto const grant = enrollments.give(Actor::system(), {.user = ben.user(), .course = wanted}).id;
    static_cast<void>(enrollments.take_back(Actor::system(), grant));
    check(false);
}

TEST_CASE_METHOD(Fixture, "a course with a price may be bought again", "[recommendations]") {
    wanted = priced("Ropes");
    auto const grant = enrollments.give(Actor::system(), {.user = ben.user(), .course = wanted}).id;
    check(false);
    static_cast<void>(enrollments.take_back(Actor::system(), grant));
    check(true);
}

TEST_CASE_METHOD(Fixture, "a course with an open order is not recommended until the order ends",
                 "[recommendations]") {
    wanted = priced("Ropes");
    static_cast<void>(payments.checkout(ben, {.course = wanted, .idempotency_key = "1"}));
    check(false);
    CHECK(is_recommended(with_role("cleo", Role::learner), wanted));
    clock.advance(PaymentOptions{}.seat_hold);
    check(true);
}

TEST_CASE_METHOD(Fixture, "a course that the user teaches is not recommended",
                 "[recommendations]") {
    accounts->grant_role(*admin, ben.user(), Role::teacher);
    static_cast<void>(courses.add_teacher(Actor::system(), wanted, {.user = ben.user()}));
    check(false);
}

TEST_CASE_METHOD(Fixture, "only published courses are recommended", "[recommendations]") {
    auto const draft = courses.create(Actor::system(), {.title = {{"en", "Draft"}}}).id;
    auto const in_review = courses.create(Actor::system(), {.title = {{"en", "Review"}}}).id;
    add_lecture(in_review, by_opening);
    static_cast<void>(courses.submit_for_review(Actor::system(), in_review));
    static_cast<void>(courses.archive(Actor::system(), wanted));
    check(false);
    CHECK_FALSE(is_recommended(ben, draft));
    CHECK_FALSE(is_recommended(ben, in_review));
    CHECK_FALSE(is_recommended(Actor::guest(), wanted));
    CHECK(courses_for(Actor::system()) == std::vector{other});
    static_cast<void>(courses.restore(Actor::system(), wanted));
    check(true);
}

TEST_CASE_METHOD(Fixture, "a full course is not recommended", "[recommendations]") {
    update(wanted, {.course = wanted, .version = 0, .capacity = std::optional<int>{1}});
    check(true);
    auto const cleo = with_role("cleo", Role::learner);
    auto const grant =
        enrollments.give(Actor::system(), {.user = cleo.user(), .course = wanted}).id;
    check(false);
    CHECK_FALSE(is_recommended(Actor::guest(), wanted));
    static_cast<void>(enrollments.take_back(Actor::system(), grant));
    check(true);
}

TEST_CASE_METHOD(Fixture, "a seat whose time is over is left", "[recommendations]") {
    update(wanted, {.course = wanted, .version = 0, .capacity = std::optional<int>{1}});
    auto const cleo = with_role("cleo", Role::learner);
    static_cast<void>(enrollments.give(
        Actor::system(),
        {.user = cleo.user(), .course = wanted, .ends_at = clock.now() + std::chrono::hours{1}}));
    check(false);
    clock.advance(std::chrono::hours{1});
    REQUIRE(courses.get_course(Actor::system(), wanted).seats_taken == 1);
    check(true);
    static_cast<void>(enrollments.enroll(ben, wanted));
    check(false);
}

TEST_CASE_METHOD(Fixture, "a course waits for those it requires", "[recommendations]") {
    auto const first = course("Harbors");
    update(wanted, {.course = wanted, .version = 0, .prerequisites = std::vector{first}});
    check(false);
    CHECK_FALSE(is_recommended(Actor::guest(), wanted));
    enroll(ben, first);
    check(false);
    record(ben, {Opened{courses.outline(ben, first).lectures.front().id}});
    check(true);
    CHECK_FALSE(is_recommended(with_role("cleo", Role::learner), wanted));
}

TEST_CASE_METHOD(Fixture, "nothing is recommended to whom the school has shut out",
                 "[recommendations]") {
    train();
    auto const cleo = invited("cleo").id;
    CHECK(recommendations.for_learner(*admin, ben.user()).size() == 2);
    CHECK(recommendations.for_learner(*admin, cleo).size() == 2);
    static_cast<void>(accounts->suspend(*admin, ben.user(), "x"));
    CHECK(recommendations.for_learner(*admin, ben.user()).empty());
    CHECK(refusal([&] { return recommendations.for_user(ben); }) == denied("actor", "suspended"));
    static_cast<void>(accounts->erase_user(*admin, cleo));
    CHECK(recommendations.for_learner(*admin, cleo).empty());
}

TEST_CASE_METHOD(Fixture, "staff asks for a learner, others for themselves", "[recommendations]") {
    train();
    enroll(ben, wanted);
    auto const cleo = with_role("cleo", Role::learner);
    auto const staff = with_role("dora", Role::staff);
    CHECK(recommendations.for_learner(ben, ben.user()) == recommendations.for_user(ben));
    CHECK(recommendations.for_learner(staff, ben.user()) == recommendations.for_user(ben));
    CHECK(refusal([&] { return recommendations.for_learner(cleo, ben.user()); }) ==
          denied("actor", "recommendations_for_learner"));
    CHECK(refusal([&] { return recommendations.for_learner(Actor::guest(), ben.user()); }) ==
          unauthenticated("actor", "guest"));
    CHECK(refusal([&] { return recommendations.for_learner(staff, UserId{99}); }) ==
          missing("user"));
}

TEST_CASE_METHOD(Fixture, "similar courses are those that the asker may take",
                 "[recommendations]") {
    auto const like = course("Knots and splices");
    auto const draft = courses.create(Actor::system(), {.title = {{"en", "Knots again"}}}).id;
    train();
    auto const similar_for = [&](Actor const& actor, CourseId of) {
        std::vector<CourseId> found;
        for (auto const& each : recommendations.similar_courses(actor, of, 100))
            found.push_back(each.course);
        return found;
    };
    CHECK(similar_for(ben, wanted) == std::vector{like});
    CHECK(similar_for(Actor::guest(), like) == std::vector{wanted});
    ben_learns();
    CHECK(similar_for(ben, like).empty());
    static_cast<void>(courses.archive(Actor::system(), like));
    CHECK(similar_for(Actor::guest(), wanted).empty());
    CHECK(refusal([&] { return recommendations.similar_courses(ben, draft); }) ==
          missing("course"));
    CHECK(refusal([&] { return recommendations.similar_courses(ben, CourseId{99}); }) ==
          missing("course"));
    // A course that the recommender has not met is compared by what it says.
    CHECK(similar_for(*admin, draft) == std::vector{wanted});
}

TEST_CASE_METHOD(Fixture, "so many are recommended as are asked for", "[recommendations]") {
    using Rules = std::vector<std::string>;
    for (int i = 0; i < limits::recommendations_max; ++i)
        course("Course " + std::to_string(i));
    train();
    auto const late = course("Late");
    CHECK(courses_for(ben, limits::recommendations_max).size() == limits::recommendations_max);
    CHECK_FALSE(is_recommended(ben, late));
    CHECK(courses_for(ben, 1).size() == 1);
    auto const refused = [&](int n) {
        auto const rules = broken_rules([&] { return recommendations.for_user(ben, n); });
        CHECK(rules ==
              broken_rules([&] { return recommendations.for_learner(ben, ben.user(), n); }));
        CHECK(rules ==
              broken_rules([&] { return recommendations.similar_courses(ben, wanted, n); }));
        return rules;
    };
    CHECK(refused(1) == Rules{});
    CHECK(refused(limits::recommendations_max) == Rules{});
    CHECK(refused(0) == Rules{"n: too_small"});
    CHECK(refused(limits::recommendations_max + 1) == Rules{"n: too_large"});
}

TEST_CASE_METHOD(Fixture, "a course published after the training comes last", "[recommendations]") {
    train();
    auto const late = course("Late");
    auto const found = ask(ben);
    REQUIRE(found.size() == 3);
    CHECK(found.back() == Recommendation{.course = late,
                                         .score = 0,
                                         .because = {.reason = RecommendationReason::popular}});
}

TEST_CASE_METHOD(Fixture, "of a ranking's end only courses that are new to it are asked for",
                 "[recommendations]") {
    static constexpr storage::Sql teach_all_sql =
        "INSERT INTO course_teachers (course_id, user_id, position, share) "
        "SELECT id, ?1, 1, 0 FROM courses";
    static constexpr storage::Sql teach_no_more_sql =
        "DELETE FROM course_teachers WHERE course_id = ?1 AND user_id = ?2";
    auto const draft = courses.create(Actor::system(), {.title = {{"en", "Draft"}}}).id;
    add_lecture(draft, by_opening);
    for (int i = 0; i < 210; ++i)
        course("Course " + std::to_string(i));
    train();
    storage.write([&](auto& connection) { connection.execute(teach_all_sql, ben.user()); });
    CHECK(ask(ben).empty());
    auto const late = course("Late");
    clock.advance(1s);
    static_cast<void>(courses.publish(Actor::system(), {.course = draft}));
    storage.write(
        [&](auto& connection) { connection.execute(teach_no_more_sql, draft, ben.user()); });
    static_cast<void>(ask(ben));
    auto const before = storage.statistics().statements;
    // One that has just been made, and one that was there before all others.
    CHECK(courses_for(ben) == std::vector{late, draft});
    CHECK(storage.statistics().statements - before <= 11);
    for (auto const& each : ask(ben))
        CHECK(each.score == 0);
    CHECK(courses_for(ben, 1) == std::vector{late});
    train();
    CHECK(courses_for(ben).size() == 2);
}

TEST_CASE_METHOD(Fixture, "an answer takes the same few statements however much there is",
                 "[recommendations]") {
    train();
    auto const statements = [&](int n) {
        static_cast<void>(ask(ben, n));
        auto const before = storage.statistics().statements;
        static_cast<void>(ask(ben, n));
        return storage.statistics().statements - before;
    };
    CHECK(statements(1) <= 8);
    for (int i = 0; i < 60; ++i)
        course("Course " + std::to_string(i));
    auto const harbor = course("Harbors");
    train();
    auto const few = statements(1);
    CHECK(few <= 8);
    CHECK(statements(50) == few);
    for (int i = 0; i < 30; ++i) {
        record(ben, {Viewed{wanted}, Searched{"sails"}});
        record(ben, {Viewed{harbor}});
    }
    enroll(ben, harbor);
    // One more for what may be named, and three for the words of interests.
    CHECK(statements(1) <= few + 4);
    CHECK(statements(50) <= few + 4);
}
