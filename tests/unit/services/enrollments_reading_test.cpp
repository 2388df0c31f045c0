#include "enrollments_fixture.hpp"

#include <algorithm>

namespace eduplat::test {
namespace {

using enum EnrollmentState;

struct Class {
    explicit Class(EnrollmentSchool& given) : school(given) {}

    void learners(int count) {
        for (int i = 0; i < count; ++i)
            users.push_back(school.user("learner" + std::to_string(users.size())));
        for (auto i = grants.size(); i < users.size(); ++i)
            grants.push_back(school.gift(users[i], course));
    }

    EnrollmentSchool& school;
    CourseId course = school.rows.course();
    std::vector<UserId> users = {};
    std::vector<Grant> grants = {};
};

std::int64_t statements_of(EnrollmentSchool& school, auto const& read) {
    auto const before = school.storage.statistics().statements;
    static_cast<void>(read());
    return school.storage.statistics().statements - before;
}

}  // namespace

TEST_CASE("an enrollment is found by its id, its uid and its learner", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course();
    auto const id = school.gift(ada, course).enrollment;
    auto const& service = school.enrollments;
    auto const enrollment = service.get_enrollment(Actor{ada}, id);
    CHECK(service.find_enrollment(Actor{ada}, id) == enrollment);
    CHECK(service.find_enrollment(Actor{ada}, enrollment.uid) == enrollment);
    CHECK(service.find_enrollment(Actor{ada}, ada, course) == enrollment);
    CHECK_FALSE(service.find_enrollment(*school.admin, EnrollmentId{99}));
    CHECK_FALSE(service.find_enrollment(*school.admin, Uid{Uid::Bytes{}}));
    CHECK_FALSE(service.find_enrollment(Actor{ada}, ada, CourseId{99}));
    CHECK(refusal([&] { return service.get_enrollment(*school.admin, EnrollmentId{99}); }) ==
          missing("enrollment"));
}

TEST_CASE("others learn nothing of an enrollment", "[enrollments]") {
    EnrollmentSchool school;
    auto const id = school.gift(school.user("ada"), school.rows.course()).enrollment;
    Actor const ben{school.user("ben")};
    auto const& service = school.enrollments;
    for (auto const which : {id, EnrollmentId{99}}) {
        CHECK(refusal([&] { return service.get_enrollment(ben, which); }) ==
              denied("actor", "enrollments_get_enrollment"));
        CHECK(refusal([&] { return service.find_enrollment(ben, which); }) ==
              denied("actor", "enrollments_find_enrollment"));
        CHECK(refusal([&] { return service.history(ben, which); }) ==
              denied("actor", "enrollments_history"));
        CHECK(refusal([&] { return service.grants(ben, which); }) ==
              denied("actor", "enrollments_grants"));
        CHECK(refusal([&] { return school.enrollments.suspend(ben, which); }) ==
              denied("actor", "enrollments_suspend"));
    }
    CHECK(refusal([&] { return service.roster(ben, CourseId{99}); }) ==
          denied("actor", "enrollments_roster"));
    CHECK(refusal([&] { return service.roster(*school.admin, CourseId{99}); }) ==
          missing("course"));
    CHECK(refusal([&] { return school.enrollments.take_back(ben, GrantId{99}); }) ==
          denied("actor", "enrollments_take_back"));
    CHECK(refusal([&] { return school.enrollments.take_back(*school.admin, GrantId{99}); }) ==
          missing("grant"));
}

TEST_CASE("teachers look after the learners of their own courses", "[enrollments]") {
    EnrollmentSchool school;
    auto const teacher = school.user("tom");
    auto const ada = school.user("ada");
    auto const own = school.rows.course({.teacher = teacher});
    auto const other = school.rows.course();
    Actor const tom{teacher};
    auto& service = school.enrollments;
    auto const grant = service.give(tom, {.user = ada, .course = own});
    auto const id = grant.enrollment;
    CHECK(service.suspend(tom, id).state == suspended);
    CHECK(service.reinstate(tom, id).state == active);
    CHECK(service.roster(tom, own).items.size() == 1);
    CHECK(service.get_enrollment(tom, id).id == id);
    CHECK(service.find_enrollment(tom, ada, own).has_value());
    CHECK(service.history(tom, id).items.size() == 3);
    CHECK(service.grants(tom, id).items.size() == 1);
    CHECK(service.take_back(tom, grant.id).state == revoked);

    auto const elsewhere = school.gift(ada, other);
    CHECK(refusal([&] { return service.give(tom, {.user = ada, .course = other}); }) ==
          denied("actor", "enrollments_give"));
    CHECK(refusal([&] { return service.take_back(tom, elsewhere.id); }) ==
          denied("actor", "enrollments_take_back"));
    CHECK(refusal([&] { return service.find_enrollment(tom, ada, other); }) ==
          denied("actor", "enrollments_find_enrollment"));
    CHECK(refusal([&] { return service.of_user(tom, ada); }) ==
          denied("actor", "enrollments_of_user"));
    // A learner has no say in his own enrollment.
    CHECK(refusal([&] { return service.take_back(Actor{ada}, elsewhere.id); }) ==
          denied("actor", "enrollments_take_back"));
}

TEST_CASE("a user's enrollments come newest first, page by page", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    std::vector<EnrollmentId> given;
    for (int i = 0; i < 5; ++i)
        given.push_back(school.gift(ada, school.rows.course()).enrollment);
    std::reverse(given.begin(), given.end());
    std::vector<EnrollmentId> seen;
    PageRequest request{.limit = 2};
    do {
        auto const page = school.enrollments.of_user(Actor{ada}, ada, request);
        for (auto const& one : page.items)
            seen.push_back(one.id);
        request.after = page.next;
    } while (request.after);
    CHECK(seen == given);
}

TEST_CASE("a roster names its learners, page by page", "[enrollments]") {
    EnrollmentSchool school;
    Class group{school};
    group.learners(5);
    static_cast<void>(school.enrollments.suspend(*school.admin, group.grants[1].enrollment));
    auto const names = [&](RosterFilter const& filter, int limit) {
        std::vector<std::string> seen;
        PageRequest request{.limit = limit};
        do {
            auto const page =
                school.enrollments.roster(*school.admin, group.course, filter, request);
            for (auto const& one : page.items)
                seen.push_back(one.display_name);
            request.after = page.next;
        } while (request.after);
        return seen;
    };
    std::vector<std::string> const all{"learner0", "learner1", "learner2", "learner3", "learner4"};
    CHECK(names({}, 2) == all);
    CHECK(names({}, 5) == all);
    CHECK(names({.state = suspended}, 2) == std::vector<std::string>{"learner1"});
    CHECK(names({.state = active}, 3).size() == 4);
    CHECK(names({.state = completed}, 3).empty());
    // A cursor belongs to its list and filter.
    auto const page = school.enrollments.roster(*school.admin, group.course, {}, {.limit = 2});
    CHECK(refusal([&] {
              return school.enrollments.roster(*school.admin, group.course, {.state = active},
                                               {.after = page.next});
          }) == invalid("after", "other_list"));
    CHECK(refusal([&] {
              return school.enrollments.roster(*school.admin, group.course,
                                               {.state = static_cast<EnrollmentState>(9)});
          }) == invalid("state", "unknown"));
}

TEST_CASE("a page takes the same statements however many rows it has", "[enrollments]") {
    EnrollmentSchool school;
    Class group{school};
    group.learners(2);
    auto const admin = *school.admin;
    auto& service = school.enrollments;
    auto const roster = [&] { return service.roster(admin, group.course, {}, {.limit = 50}); };
    auto const few = statements_of(school, roster);
    CHECK(few <= 3);
    group.learners(60);
    CHECK(roster().items.size() == 50);
    CHECK(statements_of(school, roster) == few);

    auto const ada = school.user("ada");
    static_cast<void>(school.gift(ada, school.rows.course()));
    auto const mine = [&] { return service.of_user(Actor{ada}, ada, {.limit = 50}); };
    auto const one = statements_of(school, mine);
    CHECK(one <= 3);
    for (int i = 0; i < 55; ++i)
        static_cast<void>(school.gift(ada, school.rows.course()));
    CHECK(mine().items.size() == 50);
    CHECK(statements_of(school, mine) == one);
}

TEST_CASE("histories and grants come in pages too", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course();
    auto const id = school.gift(ada, course).enrollment;
    for (int i = 0; i < 3; ++i) {
        static_cast<void>(school.enrollments.suspend(*school.admin, id));
        static_cast<void>(school.enrollments.reinstate(*school.admin, id));
        static_cast<void>(school.gift(ada, course));
    }
    auto const first = school.enrollments.history(Actor{ada}, id, {.limit = 4});
    CHECK(first.items.size() == 4);
    auto const rest = school.enrollments.history(Actor{ada}, id, {.after = first.next});
    CHECK(rest.items.size() == 3);
    CHECK(rest.items.front().number == 5);
    CHECK_FALSE(rest.next);
    auto const grants = school.enrollments.grants(Actor{ada}, id, {.limit = 3});
    CHECK(grants.items.size() == 3);
    CHECK(school.enrollments.grants(Actor{ada}, id, {.after = grants.next}).items.size() == 1);
    CHECK(refusal([&] { return school.enrollments.grants(Actor{ada}, id, {.limit = 0}); }) ==
          invalid("limit", "too_small", 1));
}

}  // namespace eduplat::test
