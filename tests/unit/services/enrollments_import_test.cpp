#include "enrollments_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {
namespace {

using enum EnrollmentState;
using Rules = std::vector<std::string>;

struct Import {
    Import() {
        for (int i = 0; i < 10; ++i)
            users.push_back(school.invited("u" + std::to_string(i)).id);
    }

    /// Of user `number`, who is known in "test" by his name.
    ImportedEnrollment row(int number) {
        auto const name = "u" + std::to_string(number);
        return {.source = "lms",
                .source_id = "row " + name,
                .user = SourceName{"test", name},
                .course = course,
                .enrolled_at = day};
    }
    std::vector<ImportedEnrollment> all(int count) {
        std::vector<ImportedEnrollment> result;
        for (int i = 0; i < count; ++i)
            result.push_back(row(i));
        return result;
    }
    ImportReport import(std::vector<ImportedEnrollment> const& rows) {
        return school.enrollments.import_enrollments(*school.admin, rows);
    }
    Enrollment of(int number) {
        return school.enrollments
            .find_enrollment(*school.admin, users.at(static_cast<std::size_t>(number)), course)
            .value();
    }
    std::vector<Grant> grants_of(int number) {
        return school.enrollments.grants(*school.admin, of(number).id).items;
    }

    EnrollmentSchool school;
    CourseId course = school.rows.course();
    Timestamp day = parse_timestamp("2025-02-01T00:00:00Z");
    std::vector<UserId> users = {};
};

Rules rejected(ImportReport const& report) {
    Rules result;
    for (auto const& entry : report.rejected) {
        for (auto const& violation : entry.violations)
            result.push_back(violation.field + ": " + violation.rule);
    }
    return result;
}

}  // namespace

TEST_CASE("imported enrollments are as they were elsewhere", "[enrollments][import]") {
    Import given;
    auto rows = given.all(4);
    rows[1].state = completed;
    rows[1].completed_at = given.day + 24h;
    rows[1].ended_at = given.day + 48h;
    rows[2].state = revoked;
    rows[2].ended_at = given.day - 24h;
    rows[3].state = pending;
    CHECK(given.import(rows) == ImportReport{.created = 4});

    auto const first = given.of(0);
    CHECK(first.source == "lms");
    CHECK(first.source_id == "row u0");
    CHECK(first.state == active);
    CHECK(first.edition == 1);
    CHECK(first.activated_at == given.day);
    CHECK(first.created_at == given.school.clock.now());
    CHECK(given.grants_of(0).at(0).kind == GrantKind::imported);
    CHECK(given.grants_of(0).at(0).starts_at == given.day);
    CHECK_FALSE(given.grants_of(0).at(0).ends_at);
    CHECK(given.school.history_of(first.id) == Rules{"- > active: import"});
    CHECK(given.school.journal_of(first.uid) == Rules{"enrollment.imported"});

    CHECK(given.of(1).state == completed);
    CHECK(given.of(1).completed_at == given.day + 24h);
    CHECK(given.grants_of(1).at(0).ends_at == given.day + 48h);
    CHECK(given.of(2).state == revoked);
    CHECK(given.grants_of(2).at(0).revoked_at == given.day - 24h);
    CHECK(given.of(3).state == pending);
    CHECK(given.grants_of(3).empty());
    CHECK_FALSE(given.of(3).activated_at);
    // The revoked has no seat, nor has he whose time was over.
    CHECK(given.school.taken(given.course) == 2);
}

TEST_CASE("an import of enrollments may be given again", "[enrollments][import]") {
    Import given;
    auto rows = given.all(3);
    CHECK(given.import(rows).created == 3);
    auto const before = given.of(0);
    rows[0].state = revoked;
    rows[0].ended_at = given.day + 1h;
    rows.push_back(given.row(3));
    CHECK(given.import(rows) == ImportReport{.created = 1, .unchanged = 3});
    CHECK(given.of(0) == before);
    CHECK(given.school.taken(given.course) == 4);
}

TEST_CASE("a pending enrollment waits for a grant", "[enrollments][import]") {
    Import given;
    auto rows = given.all(2);
    rows[0].state = pending;
    rows[1].state = pending;
    static_cast<void>(given.import(rows));
    auto const grant = given.school.gift(given.users[0], given.course);
    CHECK(given.of(0).state == active);
    CHECK(given.of(0).activated_at == given.school.clock.now());
    CHECK(given.school.taken(given.course) == 2);
    CHECK(given.school.history_of(grant.enrollment) ==
          Rules{"- > pending: import", "pending > active: gift"});
}

TEST_CASE("imported rows that cannot be are reported", "[enrollments][import]") {
    Import given;
    auto rows = given.all(9);
    rows[0].source = "";
    rows[0].user = SourceName{"", std::string(limits::source_id_bytes_max + 1, 'x')};
    rows[1].state = suspended;
    rows[2].state = completed;
    rows[3].state = revoked;
    rows[4].state = pending;
    rows[4].ended_at = given.day + 1h;
    rows[4].completed_at = given.day + 1h;
    rows[5].ended_at = given.day;
    rows[6].enrolled_at = Timestamp{-1us};
    rows[7].source_id = rows[8].source_id;
    CHECK(rejected(given.import(rows)) ==
          Rules{"rows[0].source: required", "rows[0].user.source: required",
                "rows[0].user.source_id: too_long", "rows[1].state: not_allowed",
                "rows[2].completed_at: required", "rows[3].ended_at: required",
                "rows[4].ended_at: not_allowed", "rows[4].completed_at: not_allowed",
                "rows[5].ended_at: too_early", "rows[6].enrolled_at: out_of_range",
                "rows[8].source_id: duplicate"});
    CHECK(given.school.taken(given.course) == 1);
}

TEST_CASE("imported rows that fit nothing here are reported", "[enrollments][import]") {
    Import given;
    auto rows = given.all(6);
    rows[0].user = SourceName{"test", "nobody"};
    rows[1].user = UserId{9999};
    rows[2].course = CourseId{9999};
    rows[3].user = given.users[3];
    static_cast<void>(given.school->erase_user(*given.school.admin, given.users[3]));
    static_cast<void>(given.school.gift(given.users[4], given.course));
    auto const report = given.import(rows);
    CHECK(rejected(report) == Rules{"rows[0].user: unknown", "rows[1].user: unknown",
                                    "rows[2].course: unknown", "rows[3].user: erased",
                                    "rows[4].user: enrolled"});
    CHECK(report.rejected.at(4).row == 4);
    CHECK(report.created == 1);
    CHECK(given.school.taken(given.course) == 2);
}

TEST_CASE("an import never oversells a course", "[enrollments][import]") {
    Import given;
    given.course = given.school.rows.course({.capacity = 2});
    auto rows = given.all(4);
    rows[0].state = revoked;
    rows[0].ended_at = given.day;
    auto const report = given.import(rows);
    CHECK(report.created == 3);
    CHECK(rejected(report) == Rules{"rows[3].course: full"});
    CHECK(given.school.taken(given.course) == 2);
    // What is there stays known when the course is full.
    CHECK(given.import(rows).unchanged == 3);
}

TEST_CASE("an import of enrollments is one transaction for each chunk", "[enrollments][import]") {
    Import given;
    constexpr auto chunk = limits::import_chunk_rows;
    std::vector<ImportedUser> users;
    std::vector<ImportedEnrollment> rows;
    for (std::size_t i = 0; i <= chunk; ++i) {
        auto const name = "bulk" + std::to_string(i);
        users.push_back({.source = "bulk", .source_id = name, .display_name = name});
        rows.push_back({.source = "bulk",
                        .source_id = name,
                        .user = SourceName{"bulk", name},
                        .course = given.course,
                        .enrolled_at = given.day});
    }
    REQUIRE(given.school->import_users(*given.school.admin, users).created == users.size());
    auto const writes_for = [&](std::size_t count) {
        auto const before = given.school.storage.statistics().writes;
        static_cast<void>(given.import({rows.begin(), rows.begin() + static_cast<int>(count)}));
        return given.school.storage.statistics().writes - before;
    };
    CHECK(writes_for(0) == 0);
    CHECK(writes_for(chunk - 1) == 1);
    CHECK(writes_for(chunk) == 1);
    CHECK(writes_for(chunk + 1) == 2);
    CHECK(given.school.taken(given.course) == static_cast<int>(chunk) + 1);
}

TEST_CASE("an import of enrollments is the school's", "[enrollments][import]") {
    Import given;
    auto& school = given.school;
    auto const import = [&](Actor const& actor) {
        return school.enrollments.import_enrollments(actor, {});
    };
    CHECK(import(school.with_role("sam", Role::staff)) == ImportReport{});
    auto const teacher = school.with_role("tom", Role::teacher);
    CHECK(refusal([&] { return import(teacher); }) ==
          denied("actor", "enrollments_import_enrollments"));
    CHECK(refusal([&] {
              school.storage.write([&](auto&) { return given.import(given.all(1)); });
          }) == precondition("transaction", "not_allowed_inside"));
}

}  // namespace eduplat::test
