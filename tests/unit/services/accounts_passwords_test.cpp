#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {
namespace {

bool signs_in(School& school, std::string_view password) {
    return bool{school->sign_in({.email = "ada@example.org", .password = std::string{password}})};
}

std::string token_for_ada(School& school) {
    school->request_password_reset({.email = "ada@example.org"});
    return school.mailer.sent().back().token;
}

}  // namespace

TEST_CASE("a changed password ends other sessions and gives a new token", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const here = school.sign_in("ada");
    auto const there = school.sign_in("ada");
    auto const token = school->change_password(
        here.actor, {.old_password = good_password, .new_password = other_password});
    REQUIRE(token);
    CHECK_FALSE(school->resume(here.token));
    CHECK_FALSE(school->resume(there.token));
    CHECK(school->resume(*token)->actor == here.actor);
    CHECK(signs_in(school, other_password));
    CHECK_FALSE(signs_in(school, good_password));
    CHECK(school.journal_of(ada.uid).back() == "user.password_changed");
}

TEST_CASE("without a session a changed password gives no token", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    CHECK_FALSE(school->change_password(
        Actor{ada.id}, {.old_password = good_password, .new_password = other_password}));
    CHECK(signs_in(school, other_password));
}

TEST_CASE("what is wrong with a change of password is named", "[accounts]") {
    School school;
    Actor const ada{school.learner("ada").id};
    auto const outcome = [&](Actor const& actor, PasswordChange const& change) {
        return refusal([&] { return school->change_password(actor, change); });
    };
    CHECK(outcome(ada, {.old_password = "wrong password", .new_password = other_password}) ==
          invalid("old_password", "wrong"));
    CHECK(outcome(ada, {.old_password = good_password, .new_password = "short"}) ==
          invalid("new_password", "too_short", limits::password_bytes_min));
    CHECK(outcome(ada, {.old_password = std::string(limits::password_bytes_max + 1, 'x'),
                        .new_password = other_password}) ==
          invalid("old_password", "too_long", limits::password_bytes_max));
    PasswordChange const good{.old_password = good_password, .new_password = other_password};
    CHECK(outcome(Actor::guest(), good) == unauthenticated("actor", "guest"));
    CHECK(outcome(Actor::system(), good) == precondition("actor", "not_a_user"));
    CHECK(refusal([&] {
              school.storage.write(
                  [&](auto&) { static_cast<void>(school->change_password(ada, good)); });
          }) == precondition("transaction", "not_allowed_inside"));
    CHECK(signs_in(school, good_password));
}

TEST_CASE("an account without password has none to change", "[accounts]") {
    School school;
    auto const user =
        school->register_user(Actor::guest(), {.email = "ada@example.org", .display_name = "Ada"});
    CHECK(refusal([&] {
              return school->change_password(Actor{user.id},
                                             {.old_password = "", .new_password = other_password});
          }) == precondition("old_password", "not_set"));
}

TEST_CASE("guesses at the old password are throttled", "[accounts]") {
    School school;
    Actor const ada{school.learner("ada").id};
    auto const guess = [&] {
        return refusal([&] {
            return school->change_password(
                ada, {.old_password = "wrong password", .new_password = other_password});
        });
    };
    for (int i = 0; i < 10; ++i)
        CHECK(guess() == invalid("old_password", "wrong"));
    CHECK(guess() == Refusal{ErrorCode::resource_exhausted, {"old_password", "throttled", 900}});
    CHECK_FALSE(signs_in(school, good_password));
    school.clock.advance(15min);
    CHECK(guess() == invalid("old_password", "wrong"));
}

TEST_CASE("a reset token sets a password once", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const in = school.sign_in("ada");
    auto const token = token_for_ada(school);
    auto const mail = school.mailer.sent().back();
    CHECK(mail.kind == MailKind::password_reset);
    CHECK(mail.to == "ada@example.org");
    CHECK(mail.display_name == "ada");
    CHECK(mail.token_expires_at == school.clock.now() + 1h);

    school->reset_password({.token = token, .new_password = other_password});
    CHECK(signs_in(school, other_password));
    CHECK_FALSE(school->resume(in.token));
    CHECK(refusal([&] {
              school->reset_password({.token = token, .new_password = good_password});
          }) == invalid("token", "invalid"));
    CHECK(school.journal_of(ada.uid) == std::vector<std::string>{"user.registered",
                                                                 "user.password_reset_requested",
                                                                 "user.password_reset"});
}

TEST_CASE("one reset makes all other tokens of the user void", "[accounts]") {
    School school;
    school.learner("ada");
    auto const first = token_for_ada(school);
    auto const second = token_for_ada(school);
    school->reset_password({.token = first, .new_password = other_password});
    CHECK(refusal([&] {
              school->reset_password({.token = second, .new_password = good_password});
          }) == invalid("token", "invalid"));
}

TEST_CASE("a reset token ends after its hour", "[accounts]") {
    School school;
    school.learner("ada");
    auto const token = token_for_ada(school);
    school.clock.advance(1h - 1us);
    auto const kept = token_for_ada(school);
    school.clock.advance(1us);
    CHECK(refusal([&] {
              school->reset_password({.token = token, .new_password = other_password});
          }) == invalid("token", "invalid"));
    school->reset_password({.token = kept, .new_password = other_password});
    CHECK(signs_in(school, other_password));
}

TEST_CASE("a reset names all that is wrong with it", "[accounts]") {
    School school;
    CHECK(broken_rules([&] {
              school->reset_password({.token = "x", .new_password = "short"});
              return 0;
          }) == std::vector<std::string>{"token: invalid", "new_password: too_short"});
}

TEST_CASE("a request for an unknown address sends nothing and says nothing", "[accounts]") {
    School school;
    CHECK_NOTHROW(school->request_password_reset({.email = "nobody@example.org"}));
    CHECK(school.mailer.sent().empty());
    CHECK(refusal([&] { school->request_password_reset({.email = "nobody"}); }) ==
          invalid("email", "malformed"));
    auto const ada = school.learner("ada");
    school->suspend(*school.admin, ada.id, "");
    CHECK_NOTHROW(school->request_password_reset({.email = "ada@example.org"}));
    CHECK(school.mailer.sent().empty());
}

TEST_CASE("requests are throttled by address, known or not, and by source", "[accounts]") {
    AccountOptions options;
    options.throttle_source_failures_max = 15;
    School school{options};
    school.learner("ada");
    for (auto const* email : {"ada@example.org", "nobody@example.org"}) {
        for (int i = 0; i < 10; ++i)
            school->request_password_reset({.email = email});
        CHECK(refusal([&] { school->request_password_reset({.email = email}); }) ==
              Refusal{ErrorCode::resource_exhausted, {"email", "throttled", 900}});
    }
    CHECK(school.mailer.sent().size() == 10);
    // To ask for a reset is no guess at the password.
    CHECK(signs_in(school, good_password));
    for (int i = 0; i < 15; ++i) {
        school->request_password_reset(
            {.email = std::to_string(i) + "@example.org", .source = "192.0.2.1"});
    }
    CHECK(refusal([&] {
              school->request_password_reset({.email = "x@example.org", .source = "192.0.2.1"});
          }) == Refusal{ErrorCode::resource_exhausted, {"source", "throttled", 900}});
}

TEST_CASE("a reset lifts the lock-out", "[accounts]") {
    School school;
    school.learner("ada");
    for (int i = 0; i < 11; ++i)
        CHECK_FALSE(signs_in(school, "wrong password"));
    auto const token = token_for_ada(school);
    school->reset_password({.token = token, .new_password = other_password});
    CHECK(signs_in(school, other_password));
}

TEST_CASE("suspension makes tokens void", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const token = token_for_ada(school);
    school->suspend(*school.admin, ada.id, "");
    school->reinstate(*school.admin, ada.id);
    CHECK(refusal([&] {
              school->reset_password({.token = token, .new_password = other_password});
          }) == invalid("token", "invalid"));
}

TEST_CASE("what hashes or sends is refused inside a write", "[accounts]") {
    School school;
    school.learner("ada");
    auto const token = token_for_ada(school);
    auto const inside = [&](auto&& call) {
        return refusal([&] { school.storage.write([&](auto&) { call(); }); });
    };
    Refusal const expected = precondition("transaction", "not_allowed_inside");
    CHECK(inside([&] { school->request_password_reset({.email = "ada@example.org"}); }) ==
          expected);
    CHECK(inside([&] {
              school->reset_password({.token = token, .new_password = other_password});
          }) == expected);
    CHECK(inside([&] { school->invite(*school.admin, school.admin->user()); }) == expected);
}

TEST_CASE("a password is the same in both forms of its characters", "[accounts]") {
    School school;
    school->register_user(
        Actor::guest(),
        {.email = "ada@example.org", .display_name = "Ada", .password = "ren\u00E9 descartes"});
    CHECK(signs_in(school, "rene\u0301 descartes"));
}

}  // namespace eduplat::test
