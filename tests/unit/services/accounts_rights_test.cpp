#include "accounts_fixture.hpp"

namespace eduplat::test {

TEST_CASE("an actor nobody has heard of is unauthenticated", "[accounts]") {
    School school;
    CHECK(refusal([&] { return school->get_user(Actor{UserId{99}}, UserId{99}); }) ==
          unauthenticated("actor", "unknown"));
    auto const ada = school.learner("ada");
    CHECK(refusal([&] {
              return school->get_user(Actor{ada.id, SessionId{99}}, ada.id);
          }) == unauthenticated("session", "ended"));
}

TEST_CASE("a session does not vouch for somebody else", "[accounts]") {
    School school;
    school.learner("ada");
    auto const in = school.sign_in("ada");
    Actor const forged{school.admin->user(), in.session.id};
    CHECK(refusal([&] { return school->members(forged); }) == unauthenticated("session", "ended"));
}

TEST_CASE("a suspension works at once", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const in = school.sign_in("ada");
    school->suspend(*school.admin, ada.id, "Spam");
    for (auto const& actor : {in.actor, Actor{ada.id}}) {
        CHECK(refusal([&] { return school->get_user(actor, ada.id); }) ==
              denied("actor", "suspended"));
    }
    CHECK_FALSE(school->resume(in.token));
    school->reinstate(*school.admin, ada.id);
    CHECK(school->get_user(Actor{ada.id}, ada.id).state == UserState::active);
    CHECK_FALSE(school->resume(in.token));
}

TEST_CASE("an erased user is nobody", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const in = school.sign_in("ada");
    static_cast<void>(school->erase_user(in.actor, ada.id));
    CHECK(refusal([&] { return school->get_user(in.actor, ada.id); }) ==
          unauthenticated("actor", "unknown"));
    CHECK_FALSE(school->resume(in.token));
    CHECK(refusal([&] { school->grant_role(*school.admin, ada.id, Role::teacher); }) ==
          precondition("state", "erased"));
    CHECK(refusal([&] { school->set_persona(*school.admin, ada.id, {}); }) ==
          precondition("state", "erased"));
}

TEST_CASE("whether somebody exists is no business of a learner's", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const eve = school.with_role("eve", Role::teacher);
    auto const expected = denied("actor", "accounts_get_user");
    CHECK(refusal([&] { return school->get_user(eve, ada.id); }) == expected);
    CHECK(refusal([&] { return school->get_user(eve, UserId{99}); }) == expected);
    CHECK(refusal([&] { return school->get_user(Actor::guest(), ada.id); }) ==
          unauthenticated("actor", "guest"));
    CHECK(refusal([&] { return school->get_user(*school.admin, UserId{99}); }) == missing("user"));
    auto const no_search = denied("actor", "accounts_find_user_by_email");
    for (auto const* email : {"ada@example.org", "nobody@example.org"}) {
        CHECK(refusal([&] { return school->find_user_by_email(eve, email); }) == no_search);
    }
    CHECK(school->find_user_by_email(eve, "EVE@example.org")->id == eve.user());
}

TEST_CASE("rights are read in the call, not kept in the actor", "[accounts]") {
    School school;
    auto const actor = school.with_role("sam", Role::staff);
    CHECK(school->members(actor).items.size() == 2);
    school->revoke_role(*school.admin, actor.user(), Role::staff);
    CHECK(refusal([&] { return school->members(actor); }) == denied("actor", "accounts_members"));
}

}  // namespace eduplat::test
