#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {

TEST_CASE("users are found by id, uid and address", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const& root = *school.admin;
    CHECK(school->find_user(root, ada.id) == ada);
    CHECK(school->find_user(root, ada.uid) == ada);
    CHECK(school->find_user_by_email(root, "ADA@EXAMPLE.ORG") == ada);
    CHECK(school->find_user(Actor{ada.id}, ada.uid) == ada);
    CHECK_FALSE(school->find_user(root, UserId{99}));
    CHECK_FALSE(school->find_user(root, Uid{{}}));
    CHECK_FALSE(school->find_user_by_email(root, "nobody@example.org"));
    CHECK(refusal([&] { return school->find_user_by_email(root, "nobody"); }) ==
          invalid("email", "malformed"));
}

TEST_CASE("an update of a profile loses against a newer version", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    Actor const actor{ada.id};
    school.clock.advance(1s);
    auto const updated = school->update_profile(
        actor, ada.id, {.version = ada.version, .display_name = " Ada Lovelace "});
    CHECK(updated.display_name == "Ada Lovelace");
    CHECK(updated.email == ada.email);
    CHECK(updated.version == ada.version + 1);
    CHECK(updated.updated_at == school.clock.now());
    CHECK(updated.created_at == ada.created_at);
    CHECK(refusal([&] {
              school->update_profile(actor, ada.id,
                                     {.version = ada.version, .display_name = "Late"});
          }) == changed("version"));
    CHECK(school->get_user(actor, ada.id) == updated);
    CHECK(school.journal_of(ada.uid).back() == "user.profile_changed");
}

TEST_CASE("bad updates of a profile are refused by name", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const ben = school.learner("ben");
    auto const staff = school.with_role("sam", Role::staff);
    CHECK(broken_rules([&] {
              return school->update_profile(staff, ada.id,
                                            {.version = 1, .display_name = "", .email = "ada"});
          }) == std::vector<std::string>{"display_name: required", "email: malformed"});
    CHECK(refusal([&] {
              school->update_profile(staff, ada.id, {.version = 1, .email = "BEN@example.org"});
          }) == taken("email"));
    CHECK(refusal([&] { school->update_profile(Actor{ben.id}, ada.id, {.version = 1}); }) ==
          denied("actor", "accounts_update_profile"));
    CHECK(refusal([&] {
              school->update_profile(Actor{ada.id}, ada.id,
                                     {.version = 1, .email = "eve@example.org"});
          }) == denied("email", "not_by_owner"));
}

TEST_CASE("a new address takes the place of the old one everywhere", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const& root = *school.admin;
    school->request_password_reset({.email = "ada@example.org"});
    auto const token = school.mailer.sent().back().token;
    // The same address in another case is no other.
    school->update_profile(root, ada.id, {.version = 1, .email = "ADA@example.org"});
    school->update_profile(root, ada.id, {.version = 2, .email = "lovelace@example.net"});
    CHECK_FALSE(school->find_user_by_email(root, "ada@example.org"));
    CHECK(school->sign_in({.email = "lovelace@example.net", .password = good_password}));
    CHECK(school->members(root, {.search = "lovelace"}).items.size() == 1);
    CHECK(refusal([&] {
              school->reset_password({.token = token, .new_password = other_password});
          }) == invalid("token", "invalid"));
    CHECK(school.learner("ada").email == "ada@example.org");
}

TEST_CASE("a persona is kept whole, in order and by version", "[accounts]") {
    School school;
    Actor const ada{school.learner("ada").id};
    CHECK(school->get_persona(ada, ada.user()) == Persona{});
    Persona const declared{.age_band = "25-34",
                           .gender = "female",
                           .region = "London",
                           .occupation = "analyst",
                           .motivation = "career",
                           .budget_band = "low",
                           .study_time = "evening",
                           .pace = "slow",
                           .media = "text",
                           .device = "phone",
                           .goals = {"z first", "a second"},
                           .interests = {"数学", "C++"}};
    auto saved = school->set_persona(ada, ada.user(), declared);
    CHECK(saved.version == 1);
    CHECK(school->get_persona(ada, ada.user()) == saved);
    saved.version = 0;
    CHECK(saved == declared);

    auto const second = school->set_persona(ada, ada.user(), {.goals = {"other"}, .version = 1});
    CHECK(school->get_persona(ada, ada.user()) == second);
    CHECK(second.version == 2);
    CHECK_FALSE(second.region);
    for (auto stale : {0, 1, 3}) {
        CHECK(refusal([&] {
                  school->set_persona(ada, ada.user(), {.goals = {"late"}, .version = stale});
              }) == changed("version"));
    }
    CHECK(school->get_persona(ada, ada.user()) == second);
}

TEST_CASE("a persona that never was cannot be newer", "[accounts]") {
    School school;
    Actor const ada{school.learner("ada").id};
    CHECK(refusal([&] { school->set_persona(ada, ada.user(), {.version = 1}); }) ==
          changed("version"));
}

TEST_CASE("personas are declared by their owners and read by staff", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const staff = school.with_role("sam", Role::staff);
    auto const teacher = school.with_role("tom", Role::teacher);
    CHECK(school->get_persona(staff, ada.id).version == 0);
    CHECK(refusal([&] { return school->get_persona(teacher, ada.id); }) ==
          denied("actor", "accounts_get_persona"));
    CHECK(refusal([&] { school->set_persona(staff, ada.id, {}); }) ==
          denied("actor", "accounts_set_persona"));
    CHECK(broken_rules([&] {
              return school->set_persona(Actor{ada.id}, ada.id,
                                         {.age_band = "\xFF", .goals = {"a", "a"}});
          }) == std::vector<std::string>{"age_band: utf8", "goals[1]: duplicate"});
}

TEST_CASE("what is equal changes nothing of a profile", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    Actor const actor{ada.id};
    CHECK(school->update_profile(actor, ada.id, {.version = 1, .email = ada.email}) == ada);
    CHECK(school->update_profile(
              actor, ada.id,
              {.version = 1, .display_name = ada.display_name, .email = ada.email}) == ada);
    CHECK(refusal([&] {
              school->update_profile(actor, ada.id, {.version = 2, .email = ada.email});
          }) == changed("version"));
    auto const renamed = school->update_profile(
        actor, ada.id, {.version = 1, .display_name = "Augusta", .email = ada.email});
    CHECK(renamed.display_name == "Augusta");
    CHECK(renamed.version == 2);
}

TEST_CASE("what was counted under an address goes with it", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE(school->sign_in({.email = "ada@example.org", .password = other_password}));
    }
    school->update_profile(*school.admin, ada.id, {.version = 1, .email = "al@example.org"});
    school.learner("ada");
    CHECK(school->sign_in({.email = "ada@example.org", .password = good_password}));
}

}  // namespace eduplat::test
