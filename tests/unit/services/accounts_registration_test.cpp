#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {
namespace {

NewUser ada() {
    return {.email = "Ada@Example.org", .display_name = "Ada", .password = good_password};
}

}  // namespace

TEST_CASE("a guest registers and becomes an active learner", "[accounts]") {
    School school;
    auto const user = school->register_user(Actor::guest(), ada());
    CHECK(user.state == UserState::active);
    CHECK(user.roles == Roles{Role::learner});
    CHECK(user.display_name == "Ada");
    CHECK(user.email == "Ada@Example.org");
    CHECK_FALSE(user.source);
    CHECK(user.version == 1);
    CHECK(user.created_at == school.clock.now());
    CHECK(school->get_user(Actor{user.id}, user.id) == user);
    CHECK(school.journal_of(user.uid) == std::vector<std::string>{"user.registered"});
}

TEST_CASE("an address in another case is the same account", "[accounts]") {
    School school;
    school->register_user(Actor::guest(), ada());
    for (auto const* email : {"Ada@Example.org", "ada@example.org", " ADA@EXAMPLE.ORG "}) {
        auto user = ada();
        user.email = email;
        CHECK(refusal([&] { school->register_user(Actor::guest(), user); }) == taken("email"));
    }
}

TEST_CASE("all broken rules of a registration are told at once", "[accounts]") {
    School school;
    auto const rules = broken_rules([&] {
        return school->register_user(Actor::guest(),
                                     {.email = "ada", .display_name = " ", .password = "short"});
    });
    CHECK(rules == std::vector<std::string>{"display_name: required", "email: malformed",
                                            "password: too_short"});
}

TEST_CASE("the length of a display name is limited", "[accounts]") {
    School school;
    constexpr auto most = limits::display_name_bytes_max;
    for (auto const length : {most - 1, most}) {
        auto user = ada();
        user.email = std::to_string(length) + "@example.org";
        user.display_name = std::string(length, 'x');
        CHECK(school->register_user(Actor::guest(), user).display_name.size() == length);
    }
    auto user = ada();
    user.display_name = std::string(most + 1, 'x');
    CHECK(refusal([&] { school->register_user(Actor::guest(), user); }) ==
          invalid("display_name", "too_long", most));
    user.display_name = "A\xFF";
    CHECK(refusal([&] { school->register_user(Actor::guest(), user); }) ==
          invalid("display_name", "utf8"));
    user.display_name = "A\nda";
    CHECK(refusal([&] { school->register_user(Actor::guest(), user); }) ==
          invalid("display_name", "control_character"));
}

TEST_CASE("the length of a password is limited", "[accounts]") {
    School school;
    auto const outcome = [&](std::size_t length) {
        auto user = ada();
        user.email = std::to_string(length) + "@example.org";
        user.password = "Zq" + std::string(length - 2, 'x');
        return refusal([&] { school->register_user(Actor::guest(), user); });
    };
    constexpr auto least = limits::password_bytes_min;
    constexpr auto most = limits::password_bytes_max;
    CHECK(outcome(least - 1) == invalid("password", "too_short", least));
    for (auto length : {least, least + 1, most - 1, most}) {
        CHECK(outcome(length).violation.rule == "not refused");
    }
    CHECK(outcome(most + 1) == invalid("password", "too_long", most));
    auto user = ada();
    user.password = "password";
    CHECK(refusal([&] { school->register_user(Actor::guest(), user); }) ==
          invalid("password", "common"));
}

TEST_CASE("a password is optional, and no sign-in guesses a missing one", "[accounts]") {
    School school;
    auto user = ada();
    user.password.reset();
    school->register_user(Actor::guest(), user);
    auto const in = school->sign_in({.email = "ada@example.org", .password = ""});
    REQUIRE_FALSE(in);
    CHECK(in.reason() == SignInFailure::wrong_credentials);
}

TEST_CASE("a registration with a password is refused inside a write", "[accounts]") {
    School school;
    auto const inside = [&](NewUser const& user) {
        return refusal([&] {
            school.storage.write([&](auto&) { school->register_user(Actor::guest(), user); });
        });
    };
    CHECK(inside(ada()) == precondition("transaction", "not_allowed_inside"));
    auto without = ada();
    without.password.reset();
    CHECK(inside(without).violation.rule == "not refused");
    CHECK(school->find_user_by_email(*school.admin, "ada@example.org"));
}

TEST_CASE("there is one first admin", "[accounts]") {
    School school;
    auto const root = school->get_user(*school.admin, school.admin->user());
    CHECK(root.roles == Roles{Role::admin});
    CHECK(school.journal_of(root.uid) == std::vector<std::string>{"user.bootstrapped"});
    NewAdmin const second{.email = "root2@example.org", .password = good_password};
    CHECK(refusal([&] { school->bootstrap_admin(second); }) == precondition("admin", "exists"));
}

TEST_CASE("the first admin needs a good address and password and no name", "[accounts]") {
    testing::FakeClock clock{parse_timestamp("2026-03-01T09:30:00Z")};
    testing::SeededRandom random{1};
    testing::MemoryLog log;
    auto const storage = storage::open_sqlite({.path = ":memory:"});
    AccountOptions options;
    options.hash_cost = {.memory_bytes = 8 * 1024, .passes = 1};
    Accounts accounts{{.storage = *storage,
                       .clock = clock,
                       .random = random,
                       .mailer = nullptr,
                       .log = log,
                       .accounts = options}};
    CHECK(broken_rules([&] {
              return accounts.bootstrap_admin(
                  {.email = "root", .password = "short", .display_name = "Root"});
          }) == std::vector<std::string>{"email: malformed", "password: too_short"});
    auto const admin =
        accounts.bootstrap_admin({.email = "root@example.org", .password = good_password});
    CHECK(accounts.get_user(admin, admin.user()).display_name == "root");
    // Without a mailer nothing can be sent.
    CHECK(refusal([&] { accounts.request_password_reset({.email = "nobody@example.org"}); }) ==
          precondition("mailer", "missing"));
    CHECK(refusal([&] { accounts.invite(admin, admin.user()); }) ==
          precondition("mailer", "missing"));
}

TEST_CASE("staff register others, who become learners", "[accounts]") {
    School school;
    auto const staff = school.with_role("sam", Role::staff);
    auto const user = school->register_user(staff, ada());
    CHECK(user.roles == Roles{Role::learner});
}

TEST_CASE("an admin who may not act is no reason against the first one", "[accounts]") {
    School school;
    auto const engine = storage::open_sqlite({.path = ":memory:"});
    auto const given = school.dependencies();
    Accounts accounts{Dependencies{.storage = *engine,
                                   .clock = given.clock,
                                   .random = given.random,
                                   .mailer = nullptr,
                                   .log = given.log,
                                   .accounts = given.accounts}};
    ImportedUser const row{.display_name = "Root", .roles = Role::admin};
    CHECK(accounts.import_users(Actor::system(), {&row, 1}).created == 1);
    NewAdmin const root{.email = "root@example.org", .password = good_password};
    auto const made = accounts.bootstrap_admin(root);
    CHECK(accounts.get_user(made, made.user()).display_name == "root");
    CHECK(refusal([&] { accounts.bootstrap_admin(root); }) == precondition("admin", "exists"));
}

TEST_CASE("no name is made of a broken address", "[accounts]") {
    School school;
    for (auto const* email : {"", "@", " @x", "root"}) {
        auto const rules = broken_rules(
            [&] { return school->bootstrap_admin({.email = email, .password = good_password}); });
        REQUIRE(rules.size() == 1);
        CHECK(rules.front().starts_with("email: "));
    }
}

}  // namespace eduplat::test
