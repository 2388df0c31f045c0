#include "accounts_fixture.hpp"

#include <support/faulty_storage.hpp>

#include <algorithm>
#include <functional>
#include <stdexcept>

/// What happens while a call hashes, and what a call leaves behind that ends by an exception.
namespace eduplat::test {
namespace {

/// Does something once, when it is asked for a session's token: after the password was compared,
/// before the session is written.
class HookedRandom final : public Random {
  public:
    void fill(std::span<std::byte> bytes) override {
        if (hook) std::exchange(hook, nullptr)();
        random_.fill(bytes);
    }

    std::function<void()> hook;

  private:
    testing::SeededRandom random_{2};
};

struct Hooked {
    Hooked() {
        school.learner("ada");
        school.sign_in("ada");  // the school has its salt
    }

    Dependencies dependencies() {
        return {.storage = school.storage,
                .clock = school.clock,
                .random = random,
                .mailer = &school.mailer,
                .log = school.log,
                .accounts = school.options};
    }

    School school;
    HookedRandom random;
};

Credentials const ada{.email = "ada@example.org", .password = good_password};

std::int64_t failures(School& school) {
    static constexpr storage::Sql sql = "SELECT total(failures) FROM throttles";
    return school.storage.read([&](storage::Connection& connection) {
        auto row = connection.query(sql);
        row.step();
        return static_cast<std::int64_t>(row.real(0));
    });
}

class BrokenMailer final : public Mailer {
  public:
    void send(Mail const& mail) override { throw std::runtime_error{"no way to " + mail.to}; }
};

}  // namespace

TEST_CASE("a sign-in is right though another made its hash anew meanwhile", "[accounts]") {
    Hooked hooked;
    hooked.school.options.hash_cost.passes = 2;
    Accounts accounts{hooked.dependencies()};
    Accounts other{hooked.school.dependencies()};
    hooked.random.hook = [&] { CHECK(other.sign_in(ada)); };
    CHECK(accounts.sign_in(ada));
    CHECK_FALSE(hooked.random.hook);
}

TEST_CASE("a sign-in is wrong if the password was changed meanwhile", "[accounts]") {
    Hooked hooked;
    Accounts accounts{hooked.dependencies()};
    auto const id = hooked.school.sign_in("ada").actor.user();
    hooked.random.hook = [&] {
        static_cast<void>(hooked.school->change_password(
            Actor{id}, {.old_password = good_password, .new_password = other_password}));
    };
    CHECK(accounts.sign_in(ada).reason() == SignInFailure::wrong_credentials);
}

TEST_CASE("a sign-in does not compare for ever", "[accounts]") {
    Hooked hooked;
    Accounts accounts{hooked.dependencies()};
    std::function<void()> again = [&] {
        hooked.school.options.hash_cost.passes =
            hooked.school.options.hash_cost.passes == 1 ? 2 : 1;
        Accounts other{hooked.school.dependencies()};
        CHECK(other.sign_in(ada));
        hooked.random.hook = again;
    };
    hooked.random.hook = again;
    CHECK(refusal([&] { return accounts.sign_in(ada); }) == changed("password"));
}

TEST_CASE("a password is changed though its hash was made anew meanwhile", "[accounts]") {
    Hooked hooked;
    auto const in = hooked.school.sign_in("ada");
    hooked.school.options.hash_cost.passes = 2;
    Accounts accounts{hooked.dependencies()};
    Accounts other{hooked.school.dependencies()};
    hooked.random.hook = [&] { CHECK(other.sign_in(ada)); };
    CHECK(accounts.change_password(
        in.actor, {.old_password = good_password, .new_password = other_password}));
    CHECK_FALSE(accounts.sign_in(ada));
}

TEST_CASE("a sign-in that ends by an exception does not count", "[accounts]") {
    Hooked hooked;
    Accounts accounts{hooked.dependencies()};
    auto in = ada;
    in.source = "192.0.2.1";
    for (int i = 0; i < 12; ++i) {
        hooked.random.hook = [] { throw std::runtime_error{"no entropy"}; };
        CHECK_THROWS_AS(accounts.sign_in(in), std::runtime_error);
    }
    CHECK(failures(hooked.school) == 0);
    CHECK(accounts.sign_in(in));
}

TEST_CASE("who is refused because of attempts in flight waits for a second", "[accounts]") {
    Hooked hooked;
    hooked.school.options.throttle_account_failures_max = 1;
    Accounts accounts{hooked.dependencies()};
    hooked.random.hook = [&] {
        auto const beside = accounts.sign_in(ada);
        CHECK(beside.reason() == SignInFailure::throttled);
        CHECK(beside.retry_after() == 1s);
    };
    CHECK(accounts.sign_in(ada));
    auto wrong = ada;
    wrong.password = other_password;
    CHECK_FALSE(accounts.sign_in(wrong));
    CHECK(accounts.sign_in(ada).retry_after() == 15min);
}

TEST_CASE("a session is good though its use cannot be noted", "[accounts]") {
    School school;
    school.learner("ada");
    auto const in = school.sign_in("ada");
    FaultyStorage faulty{*school.engine};
    auto dependencies = Dependencies{.storage = faulty,
                                     .clock = school.clock,
                                     .random = school.random,
                                     .mailer = nullptr,
                                     .log = school.log,
                                     .accounts = school.options};
    Accounts accounts{dependencies};
    school.clock.advance(2min);
    int resumed = 0;
    int refused = 0;
    for (int call = 1;; ++call) {
        faulty.fail_at(call);
        try {
            auto const found = accounts.resume(in.token);
            if (!faulty.fired()) break;
            REQUIRE(found);
            CHECK(found->actor == in.actor);
            ++resumed;
        } catch (Error const&) {
            ++refused;
        }
    }
    CHECK(resumed >= 3);  // of the write
    CHECK(refused <= 2);  // of the read before it
}

TEST_CASE("a mailer that throws does not tell who has an account", "[accounts]") {
    School school;
    school.learner("ada");
    BrokenMailer mailer;
    auto dependencies = school.dependencies();
    Accounts accounts{Dependencies{.storage = dependencies.storage,
                                   .clock = dependencies.clock,
                                   .random = dependencies.random,
                                   .mailer = &mailer,
                                   .log = dependencies.log,
                                   .accounts = dependencies.accounts}};
    CHECK_NOTHROW(accounts.request_password_reset({.email = "ada@example.org"}));
    CHECK_NOTHROW(accounts.request_password_reset({.email = "nobody@example.org"}));
    CHECK(school.log.contains("mailer failed"));
    CHECK_FALSE(school.log.contains("ada"));
}

TEST_CASE("a wrong password takes its time for a hash made at another cost too", "[accounts]") {
    School school;
    school.learner("ada");
    school.options.hash_cost = {.memory_bytes = 32U << 20U, .passes = 2};
    Accounts dearer{school.dependencies()};
    auto const time_of = [&](std::string const& email) {
        auto best = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 3; ++i) {
            auto const begin = std::chrono::steady_clock::now();
            CHECK_FALSE(dearer.sign_in({.email = email, .password = other_password}));
            best = std::min(best, std::chrono::steady_clock::now() - begin);
        }
        return best;
    };
    CHECK(2 * time_of("ada@example.org") > time_of("nobody@example.org"));
}

TEST_CASE("who may not register costs no hash", "[accounts]") {
    School school;
    auto const eve = school.learner("eve");
    school->suspend(*school.admin, eve.id, "");
    school.options.hash_cost = {.memory_bytes = 64U << 20U, .passes = 3};
    Accounts dearer{school.dependencies()};
    auto const time_of = [](auto&& call) {
        auto const begin = std::chrono::steady_clock::now();
        call();
        return std::chrono::steady_clock::now() - begin;
    };
    NewUser const user{
        .email = "ada@example.org", .display_name = "Ada", .password = good_password};
    auto const refused = time_of([&] {
        CHECK(refusal([&] { return dearer.register_user(Actor{eve.id}, user); }) ==
              denied("actor", "suspended"));
    });
    CHECK(2 * refused < time_of([&] { dearer.register_user(Actor::guest(), user); }));
}

TEST_CASE("where the clock is out of range nothing is counted", "[accounts]") {
    School school;
    school.learner("ada");
    for (auto const* at : {"1969-12-31T23:59:59Z", "9950-01-01T00:00:00Z"}) {
        school.clock.set(parse_timestamp(at));
        CHECK(refusal([&] { return school->sign_in(ada); }) ==
              precondition("clock", "out_of_range"));
        CHECK(failures(school) == 0);
    }
}

}  // namespace eduplat::test
