#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {
namespace {

constexpr char const* issuer = "https://id.example.org";

}  // namespace

TEST_CASE("a host's identity gets an account and an actor", "[accounts]") {
    School school;
    auto const user = school->register_identity(
        Actor::system(), {.issuer = issuer, .subject = "42", .display_name = "Ada"});
    CHECK(user.state == UserState::active);
    CHECK_FALSE(user.email);
    CHECK(school->identities(issuer, "42") == Actor{user.id});
    CHECK_FALSE(school->identities(issuer, "43"));
    CHECK_FALSE(school->identities("https://other.example.org", "42"));
    CHECK(school->actor_for(user.id) == Actor{user.id});
}

TEST_CASE("an identity and an address belong to one account", "[accounts]") {
    School school;
    school.learner("ada");
    NewIdentityUser const ben{.issuer = issuer, .subject = "42", .display_name = "Ben"};
    school->register_identity(*school.admin, ben);
    CHECK(refusal([&] { school->register_identity(*school.admin, ben); }) == taken("subject"));
    auto const size = school->members(*school.admin).items.size();
    CHECK(refusal([&] {
              school->register_identity(*school.admin, {.issuer = issuer,
                                                        .subject = "43",
                                                        .display_name = "Ada",
                                                        .email = "ADA@example.org"});
          }) == taken("email"));
    CHECK(school->members(*school.admin).items.size() == size);
    CHECK_FALSE(school->identities(issuer, "43"));
}

TEST_CASE("only hosts and admins vouch for identities", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    NewIdentityUser const user{.issuer = issuer, .subject = "42", .display_name = "Eve"};
    CHECK(refusal([&] { school->register_identity(Actor::guest(), user); }) ==
          unauthenticated("actor", "guest"));
    for (auto role : {Role::learner, Role::staff}) {
        auto const actor = school.with_role(name(role), role);
        CHECK(refusal([&] { school->register_identity(actor, user); }) ==
              denied("actor", "accounts_register_identity"));
        CHECK(refusal([&] { school->link_identity(actor, actor.user(), issuer, "42"); }) ==
              denied("actor", "accounts_link_identity"));
        CHECK(refusal([&] { school->link_identity(actor, ada.id, issuer, "42"); }) ==
              denied("actor", "accounts_link_identity"));
    }
}

TEST_CASE("identities are linked, listed and unlinked", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    for (auto const* subject : {"3", "1", "2"}) {
        school->link_identity(Actor::system(), ada.id, issuer, subject);
    }
    CHECK(school->identities(issuer, "2") == Actor{ada.id});
    CHECK(refusal([&] { school->link_identity(Actor::system(), ada.id, issuer, "2"); }) ==
          taken("subject"));

    Actor const actor{ada.id};
    auto const first = school->linked_identities(actor, ada.id, {.limit = 2});
    REQUIRE(first.items.size() == 2);
    CHECK(first.items[0] == Identity{issuer, "1", ada.id, school.clock.now()});
    auto const second = school->linked_identities(actor, ada.id, {.after = first.next, .limit = 2});
    REQUIRE(second.items.size() == 1);
    CHECK(second.items[0].subject == "3");
    CHECK_FALSE(second.next);

    school->unlink_identity(actor, ada.id, issuer, "2");
    CHECK_FALSE(school->identities(issuer, "2"));
    CHECK(refusal([&] { school->unlink_identity(actor, ada.id, issuer, "2"); }) ==
          missing("subject"));
    auto const eve = school.with_role("eve", Role::teacher);
    CHECK(refusal([&] { school->unlink_identity(eve, ada.id, issuer, "1"); }) ==
          denied("actor", "accounts_unlink_identity"));
    CHECK(school.journal_of(ada.uid).back() == "user.identity_unlinked");
}

TEST_CASE("the parts of an identity are limited and never changed", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const outcome = [&](std::string_view the_issuer, std::string_view subject) {
        return refusal(
            [&] { school->link_identity(Actor::system(), ada.id, the_issuer, subject); });
    };
    constexpr auto most = limits::subject_bytes_max;
    static_assert(most == limits::issuer_bytes_max);
    for (auto const length : {most - 1, most}) {
        std::string const text(length, 'x');
        CHECK(outcome(text, text).violation.rule == "not refused");
    }
    std::string const longer(most + 1, 'x');
    CHECK(outcome(longer, "1") == invalid("issuer", "too_long", most));
    CHECK(outcome(issuer, longer) == invalid("subject", "too_long", most));
    CHECK(outcome(issuer, "").violation.rule == "required");
    CHECK(outcome("", "1").violation.field == "issuer");
    CHECK(outcome(issuer, "\xFF") == invalid("subject", "utf8"));
    CHECK(outcome(issuer, "a\tb") == invalid("subject", "control_character"));
    CHECK(outcome(issuer, " 1") == invalid("subject", "not_normal"));
    CHECK(outcome(issuer, "rene\u0301") == invalid("subject", "not_normal"));
    // Case counts.
    CHECK(outcome(issuer, "a").violation.rule == "not refused");
    CHECK(outcome(issuer, "A").violation.rule == "not refused");
}

TEST_CASE("a host's word makes an invited user active", "[accounts]") {
    School school;
    auto const ada = school.invited("ada");
    school->link_identity(Actor::system(), ada.id, issuer, "42");
    CHECK(school->get_user(*school.admin, ada.id).state == UserState::invited);
    auto const actor = school->identities(issuer, "42");
    REQUIRE(actor);
    CHECK(school->get_user(*actor, ada.id).state == UserState::active);
    CHECK(school.journal_of(ada.uid).back() == "user.activated");

    auto const ben = school.invited("ben");
    CHECK(refusal([&] { return school->get_user(Actor{ben.id}, ben.id); }) ==
          denied("actor", "invited"));
    CHECK(school->get_user(school->actor_for(ben.id), ben.id).state == UserState::active);
}

TEST_CASE("there is no actor for the suspended, the erased and the unknown", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    school->link_identity(Actor::system(), ada.id, issuer, "42");
    school->suspend(*school.admin, ada.id, "");
    CHECK(refusal([&] { return school->actor_for(ada.id); }) == denied("actor", "suspended"));
    CHECK(refusal([&] { return school->identities(issuer, "42"); }) ==
          denied("actor", "suspended"));
    school->reinstate(*school.admin, ada.id);
    static_cast<void>(school->erase_user(*school.admin, ada.id));
    CHECK(refusal([&] { return school->actor_for(ada.id); }) == missing("user"));
    CHECK_FALSE(school->identities(issuer, "42"));
    CHECK(refusal([&] { return school->actor_for(UserId{99}); }) == missing("user"));
}

TEST_CASE("the last way in is not unlinked by its owner", "[accounts]") {
    School school;
    auto const ada = school->register_identity(
        Actor::system(), {.issuer = "issuer", .subject = "1", .display_name = "Ada"});
    Actor const actor{ada.id};
    school->link_identity(Actor::system(), ada.id, "issuer", "2");
    school->unlink_identity(actor, ada.id, "issuer", "1");
    CHECK(refusal([&] { school->unlink_identity(actor, ada.id, "issuer", "2"); }) ==
          precondition("subject", "last_way_in"));
    CHECK(school->identities("issuer", "2") == actor);
    school->unlink_identity(*school.admin, ada.id, "issuer", "2");
    CHECK_FALSE(school->identities("issuer", "2"));

    auto const ben = school.learner("ben");
    school->link_identity(Actor::system(), ben.id, "issuer", "3");
    CHECK_NOTHROW(school->unlink_identity(Actor{ben.id}, ben.id, "issuer", "3"));
}

}  // namespace eduplat::test
