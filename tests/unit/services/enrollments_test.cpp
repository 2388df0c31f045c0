#include "enrollments_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {
namespace {

using enum EnrollmentState;
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("who enrolls in a free course learns at once", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course();
    auto const enrollment = school.enrollments.enroll(Actor{ada}, course);
    CHECK(enrollment.user == ada);
    CHECK(enrollment.course == course);
    CHECK(enrollment.state == active);
    CHECK(enrollment.edition == 1);
    CHECK(enrollment.activated_at == school.clock.now());
    CHECK(enrollment.version == 1);
    auto const grants = school.enrollments.grants(Actor{ada}, enrollment.id).items;
    REQUIRE(grants.size() == 1);
    CHECK(grants[0].kind == GrantKind::free);
    CHECK(grants[0].starts_at == school.clock.now());
    CHECK_FALSE(grants[0].ends_at);
    CHECK(school.history_of(enrollment.id) == Lines{"- > active: free"});
    CHECK(school.journal_of(enrollment.uid) == Lines{"enrollment.granted"});
    CHECK(school.taken(course) == 1);
}

TEST_CASE("who is enrolled already gets the enrollment unchanged", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course({.capacity = 1});
    auto const first = school.enrollments.enroll(Actor{ada}, course);
    school.clock.advance(1h);
    CHECK(school.enrollments.enroll(Actor{ada}, course) == first);
    // Nor does it matter that the course has gone from the catalog, or that one is suspended.
    school.rows.set_state(course, "archived");
    CHECK(school.enrollments.enroll(Actor{ada}, course) == first);
    auto const suspended = school.enrollments.suspend(Actor::system(), first.id);
    CHECK(school.enrollments.enroll(Actor{ada}, course) == suspended);
    CHECK(school.enrollments.grants(Actor{ada}, first.id).items.size() == 1);
    CHECK(school.taken(course) == 1);
}

TEST_CASE("only free, published courses with a seat left can be enrolled in", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const enroll = [&](CourseRow const& row) {
        auto const course = school.rows.course(row);
        return refusal([&] { return school.enrollments.enroll(Actor{ada}, course); });
    };
    CHECK(enroll({.has_price = true}) == precondition("price", "required"));
    CHECK(enroll({.state = "draft"}) == missing("course"));
    CHECK(enroll({.state = "in_review"}) == missing("course"));
    CHECK(enroll({.state = "archived"}) == missing("course"));
    CHECK(enroll({.state = "draft", .teacher = ada}) == precondition("state", "draft"));
    CHECK(refusal([&] { return school.enrollments.enroll(Actor{ada}, CourseId{99}); }) ==
          missing("course"));
    CHECK(refusal([&] { return school.enrollments.enroll(Actor::system(), CourseId{99}); }) ==
          precondition("actor", "not_a_user"));

    auto const small = school.rows.course({.capacity = 1});
    static_cast<void>(school.enrollments.enroll(Actor{school.user("ben")}, small));
    CHECK(refusal([&] { return school.enrollments.enroll(Actor{ada}, small); }) == full());
    CHECK_FALSE(school.enrollments.find_enrollment(Actor::system(), ada, small));
    CHECK(school.taken(small) == 1);
}

TEST_CASE("what a course requires does not forbid to enroll", "[enrollments]") {
    EnrollmentSchool school;
    auto const course = school.rows.course();
    school.rows.require(course, school.rows.course());
    CHECK(school.enrollments.enroll(Actor{school.user("ada")}, course).state == active);
}

TEST_CASE("a revoked enrollment is given back by the school only", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course({.capacity = 1});
    auto const enrollment = school.enrollments.enroll(Actor{ada}, course);
    auto const grant = school.enrollments.grants(Actor{ada}, enrollment.id).items.at(0);
    CHECK(school.enrollments.take_back(Actor::system(), grant.id).state == revoked);
    CHECK(school.taken(course) == 0);
    CHECK(refusal([&] { return school.enrollments.enroll(Actor{ada}, course); }) ==
          precondition("state", "revoked"));

    school.clock.advance(24h);
    static_cast<void>(school.gift(ada, course));
    auto const again = school.get(enrollment.id);
    CHECK(again.state == active);
    CHECK(again.activated_at == enrollment.activated_at);
    CHECK(school.taken(course) == 1);
    CHECK(school.history_of(enrollment.id) ==
          Lines{"- > active: free", "active > revoked: taken_back", "revoked > active: gift"});
}

TEST_CASE("a revoked enrollment needs a new seat", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course({.capacity = 1});
    auto const grant = school.gift(ada, course);
    static_cast<void>(school.enrollments.take_back(Actor::system(), grant.id));
    static_cast<void>(school.gift(school.user("ben"), course));
    CHECK(refusal([&] { return school.gift(ada, course); }) == full());
    CHECK(school.get(grant.enrollment).state == revoked);
}

TEST_CASE("grants stand beside each other", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course({.capacity = 1});
    auto const now = school.clock.now();
    auto const gift = school.gift(ada, course, now + 24h, now + 48h);
    auto const staff = school.enrollments.give(
        *school.admin, {.user = ada, .course = course, .kind = GrantKind::staff});
    CHECK(staff.enrollment == gift.enrollment);
    CHECK(school.taken(course) == 1);
    CHECK(school.enrollments.grants(Actor{ada}, gift.enrollment).items.size() == 2);
    // He is in from the moment at which a grant first lets him.
    CHECK(school.get(gift.enrollment).activated_at == now);

    CHECK(school.enrollments.take_back(*school.admin, staff.id).state == active);
    auto const last = school.enrollments.take_back(*school.admin, gift.id, "asked for it");
    CHECK(last.state == revoked);
    CHECK(school.taken(course) == 0);
    CHECK(school.enrollments.take_back(*school.admin, gift.id) == last);
    CHECK(school.taken(course) == 0);
    auto const grants = school.enrollments.grants(Actor{ada}, gift.enrollment).items;
    CHECK(grants.at(0).revoked_at == now);
    CHECK(school.journal_of(last.uid) == Lines{"enrollment.granted", "enrollment.granted",
                                               "enrollment.grant_taken_back",
                                               "enrollment.revoked"});
}

TEST_CASE("a gift that begins later activates later", "[enrollments]") {
    EnrollmentSchool school;
    auto const later = school.clock.now() + 24h;
    auto const grant = school.gift(school.user("ada"), school.rows.course(), later);
    CHECK(school.get(grant.enrollment).activated_at == later);
    // One that began before does not reach back.
    auto const early = school.gift(school.user("ben"), school.rows.course(), later - 48h);
    CHECK(school.get(early.enrollment).activated_at == school.clock.now());
}

TEST_CASE("what is wrong with a gift is said at once", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course();
    auto const now = school.clock.now();
    auto const broken = [&](GiveRequest request) {
        request.user = ada;
        return broken_rules([&] { return school.enrollments.give(*school.admin, request); });
    };
    GiveRequest const good{.user = ada, .course = course};
    auto bad = good;
    bad.kind = GrantKind::purchase;
    bad.ends_at = now;
    CHECK(broken(bad) == Lines{"kind: not_allowed", "ends_at: too_early"});
    for (auto const kind : {GrantKind::free, GrantKind::imported, static_cast<GrantKind>(9)}) {
        bad = good;
        bad.kind = kind;
        CHECK(broken(bad) == Lines{"kind: not_allowed"});
    }
    bad = good;
    bad.starts_at = Timestamp{-1us};
    bad.ends_at = parse_timestamp("9999-12-31T23:59:59.999999Z") + 1us;
    CHECK(broken(bad) == Lines{"starts_at: out_of_range", "ends_at: out_of_range"});
    CHECK_FALSE(school.enrollments.find_enrollment(*school.admin, ada, course));

    auto edge = good;
    edge.starts_at = Timestamp{};
    edge.ends_at = Timestamp{1us};
    CHECK(school.enrollments.give(*school.admin, edge).ends_at == Timestamp{1us});
    edge.ends_at = parse_timestamp("9999-12-31T23:59:59.999999Z");
    CHECK(school.enrollments.give(*school.admin, edge).ends_at == edge.ends_at);
}

TEST_CASE("gifts need a user and a course that take them", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    CHECK(refusal([&] { return school.gift(ada, CourseId{99}); }) == missing("course"));
    auto const course = school.rows.course();
    CHECK(refusal([&] { return school.gift(UserId{99}, course); }) == missing("user"));
    auto const removed = school.rows.course({.state = "removed"});
    CHECK(refusal([&] { return school.gift(ada, removed); }) == missing("course"));
    auto const archived = school.rows.course({.state = "archived"});
    CHECK(refusal([&] { return school.gift(ada, archived); }) == precondition("state", "archived"));
    static_cast<void>(school->erase_user(*school.admin, ada));
    CHECK(refusal([&] { return school.gift(ada, course); }) == precondition("state", "erased"));
    // A draft and a course with a price may be given.
    auto const ben = school.user("ben");
    auto const grant = school.gift(ben, school.rows.course({.state = "draft"}));
    CHECK(school.get(grant.enrollment).edition == 1);
    CHECK(school.gift(ben, school.rows.course({.has_price = true})).kind == GrantKind::gift);
}

TEST_CASE("an enrollment follows the edition that is newest when it is made", "[enrollments]") {
    EnrollmentSchool school;
    auto const course = school.rows.course();
    auto const first = school.gift(school.user("ada"), course);
    school.rows.publish(course, {}, true);
    auto const second = school.gift(school.user("ben"), course);
    CHECK(school.get(first.enrollment).edition == 1);
    CHECK(school.get(second.enrollment).edition == 2);
}

TEST_CASE("a suspension shuts out and is lifted", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const grant = school.gift(ada, school.rows.course());
    auto const id = grant.enrollment;
    auto const suspended_one = school.enrollments.suspend(*school.admin, id, "copied work");
    CHECK(suspended_one.state == suspended);
    CHECK(suspended_one.version == 2);
    CHECK(refusal([&] { return school.enrollments.suspend(*school.admin, id); }) ==
          precondition("state", "suspended"));
    // A gift does not lift it.
    static_cast<void>(school.gift(ada, suspended_one.course));
    CHECK(school.get(id).state == suspended);
    CHECK(school.enrollments.reinstate(*school.admin, id).state == active);
    CHECK(refusal([&] { return school.enrollments.reinstate(*school.admin, id); }) ==
          precondition("state", "active"));
    CHECK(school.history_of(id) == Lines{"- > active: gift", "active > suspended: suspended",
                                         "suspended > active: reinstated"});
    auto const change = school.enrollments.history(Actor{ada}, id).items.at(1);
    CHECK(change.number == 2);
    CHECK(change.actor_kind == ActorKind::user);
    CHECK(change.actor == school->get_user(*school.admin, school.admin->user()).uid);
}

TEST_CASE("a reason may be so long, and is a personal detail", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const id = school.gift(ada, school.rows.course()).enrollment;
    auto const suspend = [&](std::size_t size) {
        return school.enrollments.suspend(*school.admin, id, std::string(size, 'x'));
    };
    constexpr auto most = limits::enrollment_reason_bytes_max;
    CHECK(refusal([&] { return suspend(most + 1); }) ==
          Refusal{ErrorCode::invalid_argument, {"reason", "too_long", most}});
    CHECK(suspend(most).state == suspended);
    static_cast<void>(school.enrollments.reinstate(*school.admin, id));
    CHECK(suspend(most - 1).state == suspended);
    static constexpr storage::Sql details = "SELECT count(*) FROM journal_details";
    auto const count = [&] {
        return school.storage.read([&](storage::Connection& connection) {
            auto row = connection.query(details);
            row.step();
            return row.int64(0);
        });
    };
    CHECK(count() == 2);
    static_cast<void>(school->erase_user(*school.admin, ada));
    CHECK(count() == 0);
}

TEST_CASE("the erased stay enrolled for aggregates, without a name", "[enrollments]") {
    EnrollmentSchool school;
    auto const ada = school.user("ada");
    auto const course = school.rows.course();
    ImportedEnrollment const row{.source = "lms",
                                 .source_id = "ada in maths",
                                 .user = ada,
                                 .course = course,
                                 .enrolled_at = school.clock.now()};
    REQUIRE(school.enrollments.import_enrollments(*school.admin, {&row, 1}).created == 1);
    auto const data = school->export_user(*school.admin, ada);
    auto const has = [&](std::string_view table) {
        return std::any_of(data.tables.begin(), data.tables.end(),
                           [&](auto const& one) { return one.name == table; });
    };
    CHECK(has("enrollments"));
    CHECK(has("grants"));
    CHECK(has("enrollment_history"));
    static_cast<void>(school->erase_user(*school.admin, ada));
    auto const kept = school.enrollments.find_enrollment(*school.admin, ada, course).value();
    CHECK(kept.state == active);
    CHECK_FALSE(kept.source);
    CHECK_FALSE(kept.source_id);
    auto const roster = school.enrollments.roster(*school.admin, course).items;
    CHECK(roster.at(0).display_name.empty());
    CHECK(school.taken(course) == 1);
}

}  // namespace eduplat::test
