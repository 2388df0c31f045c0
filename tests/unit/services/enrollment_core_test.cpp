#include "services/enrollment_core.hpp"

#include "enrollments_fixture.hpp"

namespace eduplat::test {
namespace {

using enum EnrollmentState;
using Lines = std::vector<std::string>;

/// What Payments and Learning do inside their transactions.
struct Core : EnrollmentSchool {
    UserId ada = user("ada");
    Timestamp now = clock.now();
    Asker const system{.kind = ActorKind::system};

    std::optional<Grant> give(NewGrant const& grant) {
        auto const uids = new_uids();
        return storage.write([&](storage::Connection& connection) {
            return give_grant(connection, system, grant, uids, clock.now());
        });
    }
    void take_back(GrantId grant, std::string_view cause) {
        storage.write([&](storage::Connection& connection) {
            take_back_grant(connection, system, grant, cause, clock.now());
        });
    }
    void complete(EnrollmentId enrollment) {
        storage.write([&](storage::Connection& connection) {
            complete_enrollment(connection, system, enrollment, clock.now(), clock.now());
        });
    }
    bool seat(CourseId course) {
        return storage.write([&](storage::Connection& connection) {
            return take_seat(connection, course, clock.now());
        });
    }

    /// A paid line of an order of Ada's for a course.
    OrderLineId line(CourseId course) {
        static constexpr storage::Sql order_sql =
            "INSERT INTO orders (uid, user_id, state, currency, total_minor, seat_held, "
            "hold_until, idempotency_key, request_digest, created_at, updated_at) "
            "VALUES (?1, ?2, 'paid', 'EUR', 100, 0, 0, ?3, ?4, 0, 0) RETURNING id";
        static constexpr storage::Sql line_sql =
            "INSERT INTO order_lines (order_id, position, course_id, period_days, net_minor, "
            "tax_minor, fee_minor) VALUES (?1, 0, ?2, 0, 100, 0, 0) RETURNING id";
        auto const uid = new_uids().grant;
        auto const key = to_string(uid);
        std::array<std::byte, 32> const digest{};
        return storage.write([&](storage::Connection& connection) {
            auto const insert = [](storage::Statement statement) {
                statement.step();
                auto const id = statement.int64(0);
                statement.step();
                return id;
            };
            std::span<std::byte const> const bytes{digest};
            auto const order = insert(connection.query(order_sql, uid, ada, key, bytes));
            return OrderLineId{insert(connection.query(line_sql, order, course))};
        });
    }

  private:
    GrantUids new_uids() {
        std::array<std::byte, 16> entropy{};
        random.fill(entropy);
        std::span<std::byte const> const bytes{entropy};
        return {Uid::v7(now, bytes.first<8>()), Uid::v7(now, bytes.last<8>())};
    }
};

}  // namespace

TEST_CASE("a paid line gives one grant, however often it is given", "[enrollments][core]") {
    Core core;
    auto const course = core.rows.course({.capacity = 5, .has_price = true});
    auto const line = core.line(course);
    REQUIRE(core.seat(course));
    NewGrant const bought{.user = core.ada,
                          .course = course,
                          .kind = GrantKind::purchase,
                          .starts_at = core.now,
                          .line = line,
                          .seat_held = true};
    auto const grant = core.give(bought).value();
    CHECK(core.give(bought) == grant);
    CHECK(core.taken(course) == 1);
    auto const found = core.storage.read(
        [&](storage::Connection& connection) { return grant_of_line(connection, line); });
    CHECK(found == grant);
    CHECK(core.history_of(grant.enrollment) == Lines{"- > active: purchase"});
    CHECK(refusal([&] { return core.enrollments.take_back(*core.admin, grant.id); }) ==
          precondition("kind", "purchase"));

    core.take_back(grant.id, "refund");
    core.take_back(grant.id, "refund");
    CHECK(core.taken(course) == 0);
    CHECK(core.history_of(grant.enrollment) ==
          Lines{"- > active: purchase", "active > revoked: refund"});
}

TEST_CASE("a held seat becomes the learner's, or is given back", "[enrollments][core]") {
    Core core;
    auto const course = core.rows.course({.capacity = 2});
    REQUIRE(core.seat(course));
    NewGrant const held{.user = core.ada,
                        .course = course,
                        .kind = GrantKind::gift,
                        .starts_at = core.now,
                        .seat_held = true};
    REQUIRE(core.give(held));
    CHECK(core.taken(course) == 1);
    REQUIRE(core.seat(course));
    CHECK_FALSE(core.seat(course));
    REQUIRE(core.give(held));  // who has a seat already
    CHECK(core.taken(course) == 1);
}

TEST_CASE("a full course gives no grant and changes nothing", "[enrollments][core]") {
    Core core;
    auto const course = core.rows.course({.capacity = 1});
    REQUIRE(core.seat(course));
    CHECK_FALSE(core.give(
        {.user = core.ada, .course = course, .kind = GrantKind::gift, .starts_at = core.now}));
    CHECK(core.taken(course) == 1);
    CHECK_FALSE(core.enrollments.find_enrollment(*core.admin, core.ada, course));
}

TEST_CASE("what was completed stays so through all that follows", "[enrollments][core]") {
    Core core;
    auto const course = core.rows.course();
    auto const grant = core.gift(core.ada, course);
    auto const id = grant.enrollment;
    core.complete(id);
    auto const at = core.get(id).completed_at;
    CHECK(at == core.now);
    core.clock.advance(24h);
    core.complete(id);
    CHECK(core.get(id).completed_at == at);

    static_cast<void>(core.enrollments.suspend(*core.admin, id));
    core.complete(id);
    CHECK(core.get(id).state == suspended);
    CHECK(core.enrollments.reinstate(*core.admin, id).state == completed);
    CHECK(core.enrollments.take_back(*core.admin, grant.id).state == revoked);
    static_cast<void>(core.gift(core.ada, course));
    CHECK(core.get(id).state == completed);
    CHECK(core.get(id).completed_at == at);
    CHECK(core.history_of(id) ==
          Lines{"- > active: gift", "active > completed: completed",
                "completed > suspended: suspended", "suspended > completed: reinstated",
                "completed > revoked: taken_back", "revoked > completed: gift"});
}

TEST_CASE("every change of a history is one that may happen", "[enrollments][core]") {
    // The table itself: nothing leads into pending, nothing out of itself, everything to revoked.
    for (auto const& change : enrollment_transitions()) {
        CHECK(change.to != pending);
        CHECK(change.from != change.to);
        CHECK(can_change(change.from, change.to));
    }
    for (auto const state : {pending, active, completed, suspended})
        CHECK(can_change(state, revoked));
    CHECK_FALSE(can_change(pending, suspended));
    CHECK_FALSE(can_change(pending, completed));
    CHECK_FALSE(can_change(completed, active));
    CHECK_FALSE(can_change(revoked, suspended));
}

TEST_CASE("names of enrollments are read as they are written", "[enrollments][core]") {
    for (auto const state : {pending, active, completed, suspended, revoked})
        CHECK(parse_enrollment_state(name(state)) == state);
    CHECK_FALSE(parse_enrollment_state("expired"));
    CHECK(name(static_cast<EnrollmentState>(5)).empty());
    for (auto const kind : {GrantKind::purchase, GrantKind::gift, GrantKind::staff, GrantKind::free,
                            GrantKind::imported}) {
        CHECK(parse_grant_kind(name(kind)) == kind);
    }
    CHECK_FALSE(parse_grant_kind("imported"));
    CHECK(name(AccessReason::preview) == "preview");
    CHECK(name(AccessReason::course_required) == "course_required");
    CHECK(name(static_cast<AccessReason>(14)).empty());
}

}  // namespace eduplat::test
