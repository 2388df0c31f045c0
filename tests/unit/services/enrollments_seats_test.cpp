#include "enrollments_fixture.hpp"

#include <eduplat/services/jobs.hpp>

namespace eduplat::test {
namespace {

using enum EnrollmentState;

struct Seats : EnrollmentSchool {
    void run_jobs() { Jobs{dependencies()}.run_due(Actor::system(), 1s); }

    CourseId course = rows.course({.capacity = 1});
    UserId ada = user("ada");
    UserId ben = user("ben");
    Timestamp start = clock.now();
};

}  // namespace

TEST_CASE_METHOD(Seats, "the seat of a learner whose time is over is free", "[enrollments]") {
    auto const gift = this->gift(ada, course, start, start + 24h);
    clock.advance(24h - 1us);
    run_jobs();
    CHECK(taken(course) == 1);
    CHECK(refusal([&] { return this->gift(ben, course); }) == full());
    clock.advance(1h);
    SECTION("by a job") {
        run_jobs();
        CHECK(taken(course) == 0);
    }
    SECTION("or when somebody wants it") {}
    static_cast<void>(this->gift(ben, course));
    CHECK(taken(course) == 1);
    CHECK(get(gift.enrollment).state == active);
    // To come back, one is needed again.
    CHECK(refusal([&] { return this->gift(ada, course); }) == full());
}

TEST_CASE_METHOD(Seats, "who is given more time gets a seat again", "[enrollments]") {
    auto const gift = this->gift(ada, course, start, start + 24h);
    clock.advance(48h);
    run_jobs();
    REQUIRE(taken(course) == 0);
    static_cast<void>(this->gift(ada, course));
    CHECK(taken(course) == 1);
    clock.advance(365 * 24h);
    run_jobs();
    CHECK(taken(course) == 1);
    CHECK(get(gift.enrollment).state == active);
}

TEST_CASE_METHOD(Seats, "a seat is kept until the last grant has ended", "[enrollments]") {
    static_cast<void>(this->gift(ada, course, start + 24h, start + 48h));
    auto const longest = this->gift(ada, course, start, start + 96h);
    auto expected = 1;
    SECTION("as they were given") {}
    SECTION("as they are when one was taken back") {
        static_cast<void>(enrollments.take_back(*admin, longest.id));
        expected = 0;
    }
    clock.advance(72h);
    run_jobs();
    CHECK(taken(course) == expected);
    clock.advance(24h);
    run_jobs();
    CHECK(taken(course) == 0);
}

TEST_CASE_METHOD(Seats, "what is over does not stand when the rest is taken back",
                 "[enrollments]") {
    static_cast<void>(this->gift(ada, course, start, start + 24h));
    auto const open = this->gift(ada, course);
    clock.advance(48h);
    CHECK(enrollments.take_back(*admin, open.id).state == revoked);
    CHECK(taken(course) == 0);
    static_cast<void>(this->gift(ben, course));
    run_jobs();
    CHECK(taken(course) == 1);
}

TEST_CASE_METHOD(Seats, "a seat that was given back is not given back twice", "[enrollments]") {
    auto const gift = this->gift(ada, course, start, start + 24h);
    clock.advance(48h);
    run_jobs();
    static_cast<void>(this->gift(ben, course));
    CHECK(enrollments.take_back(*admin, gift.id).state == revoked);
    CHECK(taken(course) == 1);
}

TEST_CASE_METHOD(Seats, "who is imported after his time was over takes no seat", "[enrollments]") {
    std::vector<ImportedEnrollment> const all{{.source = "old",
                                               .source_id = "1",
                                               .user = ada,
                                               .course = course,
                                               .state = active,
                                               .enrolled_at = start - 48h,
                                               .ended_at = start},
                                              {.source = "old",
                                               .source_id = "2",
                                               .user = ben,
                                               .course = course,
                                               .state = active,
                                               .enrolled_at = start - 48h,
                                               .ended_at = start + 1h}};
    CHECK(enrollments.import_enrollments(*admin, all).created == 2);
    CHECK(taken(course) == 1);
    clock.advance(1h);
    run_jobs();
    CHECK(taken(course) == 0);
}

}  // namespace eduplat::test
