#include <eduplat/domain/authorization.hpp>

#include <support/catch.hpp>

#include <array>
#include <set>
#include <string>

namespace eduplat::test {
namespace {

constexpr std::array relations{Relation::none, Relation::own, Relation::other,
                               Relation::privileged};

bool user_may(Call call, Roles roles, Relation relation) {
    return allowed(call, roles, relation, ActorKind::user);
}

}  // namespace

TEST_CASE("every call has one rule and one name", "[authorization]") {
    std::set<std::string_view> names;
    for (auto const& rule : rules()) {
        CHECK(&rule_of(rule.call) == &rule);
        CHECK(names.insert(name(rule.call)).second);
        CHECK(name(rule.call).find('_') != std::string_view::npos);
    }
    CHECK(names.size() == rules().size());
    CHECK(name(Call::jobs_run_due) == "jobs_run_due");
    CHECK(name(Relation::privileged) == "privileged");
}

TEST_CASE("the system and admins may make every call", "[authorization]") {
    for (auto const& rule : rules()) {
        for (auto relation : relations) {
            CHECK(allowed(rule.call, {}, relation, ActorKind::system));
            CHECK(user_may(rule.call, Role::admin, relation));
        }
    }
}

TEST_CASE("without a rule nobody else may make a call", "[authorization]") {
    Roles const all_but_admin{Role::learner, Role::teacher, Role::staff};
    for (auto const& rule : rules()) {
        INFO(name(rule.call));
        for (auto relation : relations) {
            CHECK(allowed(rule.call, {}, relation, ActorKind::guest) == rule.guest);
            // Roles of a guest count for nothing.
            CHECK(allowed(rule.call, all_but_admin, relation, ActorKind::guest) == rule.guest);
        }
        if (rule.guest || rule.own || !rule.others.empty() || !rule.privileged.empty()) continue;
        for (auto relation : relations)
            CHECK_FALSE(user_may(rule.call, all_but_admin, relation));
    }
}

TEST_CASE("learners and teachers may do nothing about others, but teachers make courses",
          "[authorization]") {
    for (auto const& rule : rules()) {
        for (Roles roles : {Roles{Role::learner}, Roles{Role::teacher}, Roles{}}) {
            INFO(name(rule.call));
            bool const makes = rule.call == Call::courses_create && roles.has(Role::teacher);
            CHECK(user_may(rule.call, roles, Relation::other) == (rule.guest || makes));
            CHECK(user_may(rule.call, roles, Relation::privileged) == rule.guest);
            CHECK(user_may(rule.call, roles, Relation::own) == (rule.own || rule.guest));
        }
    }
}

TEST_CASE("staff look after users but not after those with power", "[authorization]") {
    for (auto call : {Call::accounts_grant_role, Call::accounts_revoke_role, Call::accounts_suspend,
                      Call::accounts_revoke_sessions, Call::accounts_update_profile}) {
        INFO(name(call));
        CHECK(user_may(call, Role::staff, Relation::other));
        CHECK_FALSE(user_may(call, Role::staff, Relation::privileged));
    }
    // What cannot be undone, and what tells all of a person, is for admins.
    for (auto call : {Call::accounts_erase_user, Call::accounts_export_user}) {
        CHECK_FALSE(user_may(call, Role::staff, Relation::other));
    }
    CHECK(user_may(Call::accounts_get_user, Role::staff, Relation::privileged));
    CHECK_FALSE(user_may(Call::accounts_grant_role, Role::staff, Relation::own));
    CHECK_FALSE(user_may(Call::accounts_suspend, Role::staff, Relation::own));
}

TEST_CASE("users see and end what is their own", "[authorization]") {
    for (auto call :
         {Call::accounts_sessions, Call::accounts_revoke_session, Call::accounts_export_user,
          Call::accounts_erase_user, Call::accounts_get_user, Call::accounts_set_persona}) {
        CHECK(user_may(call, Role::learner, Relation::own));
    }
    for (auto call : {Call::accounts_members, Call::accounts_import_users, Call::jobs_run_due,
                      Call::journal_changes_since, Call::accounts_link_identity}) {
        CHECK_FALSE(user_may(call, Role::learner, Relation::own));
    }
}

}  // namespace eduplat::test
