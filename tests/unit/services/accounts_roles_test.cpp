#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {

TEST_CASE("roles are granted and revoked", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const granted = school->grant_role(*school.admin, ada.id, Role::teacher);
    CHECK(granted.roles == Roles{Role::learner, Role::teacher});
    CHECK(granted.version == ada.version + 1);
    CHECK(school->grant_role(*school.admin, ada.id, Role::teacher) == granted);
    auto const revoked = school->revoke_role(*school.admin, ada.id, Role::teacher);
    CHECK(revoked.roles == ada.roles);
    CHECK(school->revoke_role(*school.admin, ada.id, Role::teacher) == revoked);
    CHECK(school.journal_of(ada.uid) == std::vector<std::string>{"user.registered",
                                                                 "user.teacher_granted",
                                                                 "user.teacher_revoked"});
}

TEST_CASE("staff grant no power and take none", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const staff = school.with_role("sam", Role::staff);
    auto const colleague = school.with_role("kim", Role::staff);
    CHECK(school->grant_role(staff, ada.id, Role::teacher).roles.has(Role::teacher));
    for (auto role : {Role::staff, Role::admin}) {
        CHECK(refusal([&] { school->grant_role(staff, ada.id, role); }) ==
              denied("actor", "accounts_grant_role"));
        CHECK(refusal([&] { school->grant_role(staff, staff.user(), role); }) ==
              denied("actor", "accounts_grant_role"));
    }
    CHECK(refusal([&] { school->revoke_role(staff, colleague.user(), Role::staff); }) ==
          denied("actor", "accounts_revoke_role"));
    CHECK(refusal([&] { school->suspend(staff, school.admin->user(), ""); }) ==
          denied("actor", "accounts_suspend"));
    CHECK(refusal([&] { return school->erase_user(staff, ada.id); }) ==
          denied("actor", "accounts_erase_user"));
    CHECK(school->suspend(staff, ada.id, "").state == UserState::suspended);
    CHECK(refusal([&] {
              school->grant_role(school.with_role("t", Role::teacher), ada.id, Role::teacher);
          }) == denied("actor", "accounts_grant_role"));
}

TEST_CASE("the last active admin stays one", "[accounts]") {
    School school;
    auto const& root = *school.admin;
    auto const expected = precondition("roles", "last_admin");
    auto const all_refused = [&] {
        CHECK(refusal([&] { school->revoke_role(root, root.user(), Role::admin); }) == expected);
        CHECK(refusal([&] { school->suspend(root, root.user(), ""); }) == expected);
        CHECK(refusal([&] { return school->erase_user(root, root.user()); }) == expected);
        CHECK(refusal([&] { school->revoke_role(Actor::system(), root.user(), Role::admin); }) ==
              expected);
    };
    all_refused();
    // A suspended admin is no substitute.
    auto const second = school.with_role("second", Role::admin);
    school->suspend(root, second.user(), "");
    all_refused();
    school->reinstate(root, second.user());
    school->revoke_role(root, root.user(), Role::admin);
    CHECK_FALSE(school->get_user(second, root.user()).roles.has(Role::admin));
    CHECK(refusal([&] { school->revoke_role(second, second.user(), Role::admin); }) == expected);
}

TEST_CASE("states change as the table says", "[accounts]") {
    School school;
    auto const& root = *school.admin;
    auto const ada = school.learner("ada");
    auto const ben = school.invited("ben");
    CHECK(refusal([&] { school->reinstate(root, ada.id); }) == precondition("state", "active"));
    CHECK(refusal([&] { school->reinstate(root, ben.id); }) == precondition("state", "invited"));
    CHECK(refusal([&] { school->suspend(root, ben.id, ""); }) == precondition("state", "invited"));
    CHECK(school->suspend(root, ada.id, "").version == ada.version + 1);
    CHECK(refusal([&] { school->suspend(root, ada.id, ""); }) ==
          precondition("state", "suspended"));
    CHECK(school->reinstate(root, ada.id).state == UserState::active);
    static_cast<void>(school->erase_user(root, ada.id));
    CHECK(refusal([&] { school->suspend(root, ada.id, ""); }) == precondition("state", "erased"));
    CHECK(refusal([&] { school->reinstate(root, ada.id); }) == precondition("state", "erased"));
    static_cast<void>(school->erase_user(root, ben.id));
    CHECK(school->get_user(root, ben.id).state == UserState::erased);
}

TEST_CASE("the reason of a suspension is limited and kept beside the journal", "[accounts]") {
    School school;
    auto const& root = *school.admin;
    constexpr auto most = limits::suspension_reason_bytes_max;
    auto const ada = school.learner("ada");
    for (auto const length : {most - 1, most}) {
        school->suspend(root, ada.id, std::string(length, 'x'));
        school->reinstate(root, ada.id);
    }
    CHECK(refusal([&] { school->suspend(root, ada.id, std::string(most + 1, 'x')); }) ==
          invalid("reason", "too_long", most));
    CHECK(refusal([&] { school->suspend(root, ada.id, "\xFF"); }) == invalid("reason", "utf8"));
    school->suspend(root, ada.id, "Sold answers:\n- week 1");
    static constexpr storage::Sql sql =
        "SELECT journal_details.detail, journal.digest FROM journal_details "
        "JOIN journal ON journal.seq = journal_details.seq "
        "WHERE journal_details.user_id = ?1 ORDER BY journal.seq DESC LIMIT 1";
    school.storage.read([&](storage::Connection& connection) {
        auto row = connection.query(sql, ada.id);
        REQUIRE(row.step());
        CHECK(row.text(0) == "Sold answers:\n- week 1");
        CHECK(row.blob(1).size() == 32);
    });
}

TEST_CASE("what is no role is neither granted, revoked nor asked for", "[accounts]") {
    School school;
    auto const& root = *school.admin;
    auto const before = school.journal_of(school->get_user(root, root.user()).uid);
    for (auto const bits : {0, 3, 12, 16, 255}) {
        auto const role = static_cast<Role>(bits);
        CHECK(refusal([&] { school->grant_role(root, root.user(), role); }) ==
              invalid("role", "unknown"));
        CHECK(refusal([&] { school->revoke_role(root, root.user(), role); }) ==
              invalid("role", "unknown"));
        CHECK(refusal([&] { return school->members(root, {.role = role}); }) ==
              invalid("role", "unknown"));
    }
    CHECK(refusal([&] { return school->members(root, {.state = static_cast<UserState>(9)}); }) ==
          invalid("state", "unknown"));
    CHECK(name(static_cast<UserState>(9)).empty());
    CHECK(school.journal_of(school->get_user(root, root.user()).uid) == before);
    CHECK(school->get_user(root, root.user()).roles.has(Role::admin));
}

}  // namespace eduplat::test
