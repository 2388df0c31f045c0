#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {
namespace {

Credentials of_ada(std::string_view password, std::string_view source = {}) {
    return {.email = "ada@example.org",
            .password = std::string{password},
            .source = std::string{source}};
}

void fail_times(School& school, int times, std::string_view source = {}) {
    for (int i = 0; i < times; ++i) {
        auto const in = school->sign_in(of_ada("wrong password", source));
        REQUIRE_FALSE(in);
        REQUIRE(in.reason() == SignInFailure::wrong_credentials);
    }
}

}  // namespace

TEST_CASE("a sign-in opens a session", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const in = school->sign_in(
        {.email = "ADA@example.org", .password = good_password, .label = " Firefox "});
    REQUIRE(in);
    CHECK(in->actor.user() == ada.id);
    CHECK(in->actor.session() == in->session.id);
    CHECK(in->session.label == "Firefox");
    CHECK(in->session.user == ada.id);
    CHECK(in->session.created_at == school.clock.now());
    CHECK(in->session.expires_at == school.clock.now() + 14 * 24h);
    CHECK(school->get_user(in->actor, ada.id) == ada);
    CHECK(school->resume(in->token)->actor == in->actor);
    CHECK(school.journal_of(in->session.uid) == std::vector<std::string>{"session.opened"});
}

TEST_CASE("a wrong password and an unknown address are answered alike", "[accounts]") {
    School school;
    school.learner("ada");
    auto const wrong = school->sign_in(of_ada("wrong password"));
    auto const unknown =
        school->sign_in({.email = "eve@example.org", .password = "wrong password"});
    for (auto const* in : {&wrong, &unknown}) {
        CHECK_FALSE(*in);
        CHECK(in->reason() == SignInFailure::wrong_credentials);
        CHECK(in->retry_after() == 0s);
        CHECK(refusal([&] { return (*in)->token; }) ==
              precondition("sign_in", "wrong_credentials"));
    }
}

TEST_CASE("a password of any characters lets its owner in, and can be changed", "[accounts]") {
    School school;
    auto const password = std::string{" tab\there, bell\a and a\0zero "};
    auto const ada = school->register_user(
        Actor::guest(), {.email = "ada@example.org", .display_name = "Ada", .password = password});
    auto const in = school->sign_in(of_ada(password));
    REQUIRE(in);
    CHECK(in->actor.user() == ada.id);
    CHECK(school->change_password(
        in->actor, {.old_password = password, .new_password = std::string{good_password}}));
    CHECK_FALSE(school->sign_in(of_ada(password)));
    CHECK(school->sign_in(of_ada(good_password)));
}

TEST_CASE("bad input of a sign-in is refused, at once and by name", "[accounts]") {
    School school;
    auto const rules = broken_rules([&] {
        return school->sign_in({.email = "ada",
                                .password = std::string(limits::password_bytes_max + 1, 'x'),
                                .source = std::string(limits::throttle_source_bytes_max + 1, 'x'),
                                .label = std::string(limits::session_label_bytes_max + 1, 'x')});
    });
    CHECK(rules == std::vector<std::string>{"email: malformed", "source: too_long",
                                            "label: too_long", "password: too_long"});
    for (auto less : {0U, 1U}) {
        CHECK_FALSE(
            school->sign_in({.email = "ada@example.org",
                             .password = std::string(limits::password_bytes_max - less, 'x'),
                             .source = std::string(limits::throttle_source_bytes_max - less, 'x'),
                             .label = std::string(limits::session_label_bytes_max - less, 'x')}));
    }
}

TEST_CASE("a suspended user learns it only with the right password", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    school->suspend(*school.admin, ada.id, "");
    CHECK(school->sign_in(of_ada(good_password)).reason() == SignInFailure::suspended);
    CHECK(school->sign_in(of_ada("wrong password")).reason() == SignInFailure::wrong_credentials);
    school->reinstate(*school.admin, ada.id);
    CHECK(school->sign_in(of_ada(good_password)));
}

TEST_CASE("after ten failures an account is locked for the rest of the window", "[accounts]") {
    School school;
    school.learner("ada");
    school.learner("ben");
    fail_times(school, 9);
    school.clock.advance(5min);
    fail_times(school, 1);
    auto const locked = school->sign_in(of_ada(good_password));
    REQUIRE_FALSE(locked);
    CHECK(locked.reason() == SignInFailure::throttled);
    CHECK(locked.retry_after() == 10min);
    CHECK(school.sign_in("ben").token.size() > 20);

    school.clock.advance(10min - 1us);
    CHECK(school->sign_in(of_ada(good_password)).retry_after() == 1s);
    school.clock.advance(1us);
    CHECK(school->sign_in(of_ada(good_password)));
}

TEST_CASE("a sign-in ends the count of the account", "[accounts]") {
    School school;
    school.learner("ada");
    for (int i = 0; i < 3; ++i) {
        fail_times(school, 9);
        CHECK(school->sign_in(of_ada(good_password)));
    }
}

TEST_CASE("an unknown address is locked like a known one", "[accounts]") {
    School school;
    fail_times(school, 10);
    CHECK(school->sign_in(of_ada("wrong password")).reason() == SignInFailure::throttled);
    CHECK(school->sign_in({.email = "ADA@EXAMPLE.ORG", .password = "x"}).reason() ==
          SignInFailure::throttled);
}

TEST_CASE("failures from one source lock that source", "[accounts]") {
    AccountOptions options;
    options.throttle_source_failures_max = 12;
    School school{options};
    school.learner("ada");
    school.learner("ben");
    fail_times(school, 9, "192.0.2.1");
    // What succeeds does not count against the source.
    for (int i = 0; i < 5; ++i)
        CHECK(school->sign_in(of_ada(good_password, "192.0.2.1")));
    fail_times(school, 3, "192.0.2.1");
    Credentials const ben{
        .email = "ben@example.org", .password = good_password, .source = "192.0.2.1"};
    CHECK(school->sign_in(ben).reason() == SignInFailure::throttled);
    CHECK(school->sign_in(ben).retry_after() == 15min);
    CHECK(school->sign_in(of_ada(good_password, "192.0.2.2")));
    school.clock.advance(15min);
    CHECK(school->sign_in(ben));
}

TEST_CASE("names in the table of attempts are hashed", "[accounts]") {
    School school;
    fail_times(school, 1, "192.0.2.1");
    static constexpr storage::Sql sql = "SELECT kind, key FROM throttles ORDER BY kind, key";
    school.storage.read([&](storage::Connection& connection) {
        auto rows = connection.query(sql);
        int count = 0;
        for (; rows.step(); ++count)
            CHECK(rows.blob(1).size() == 32);
        CHECK(count == 2);
    });
}

TEST_CASE("hashes made at another cost are made anew at the next sign-in", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const hash = [&] {
        static constexpr storage::Sql sql = "SELECT password_hash FROM users WHERE id = ?1";
        return school.storage.read([&](storage::Connection& connection) {
            auto row = connection.query(sql, ada.id);
            row.step();
            return row.string(0);
        });
    };
    auto const before = hash();
    school.sign_in("ada");
    CHECK(hash() == before);
    school.options.hash_cost.passes = 2;
    Accounts dearer{school.dependencies()};
    CHECK(dearer.sign_in(of_ada(good_password)));
    CHECK(hash() != before);
    CHECK(dearer.sign_in(of_ada(good_password)));
}

TEST_CASE("a sign-in is refused inside a write", "[accounts]") {
    School school;
    school.learner("ada");
    CHECK(refusal([&] {
              school.storage.write(
                  [&](auto&) { static_cast<void>(school->sign_in(of_ada(good_password))); });
          }) == precondition("transaction", "not_allowed_inside"));
}

TEST_CASE("the reasons of a failed sign-in have names", "[accounts]") {
    CHECK(name(SignInFailure::wrong_credentials) == "wrong_credentials");
    CHECK(name(SignInFailure::throttled) == "throttled");
    CHECK(name(SignInFailure::suspended) == "suspended");
}

}  // namespace eduplat::test
