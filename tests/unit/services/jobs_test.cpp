#include "services/job_runner.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

/// What the jobs under test do. They are plain functions, so it lies here.
std::function<JobStep()> what_a_does;
std::function<JobStep()> what_b_does;

JobStep do_a(Dependencies const& /*dependencies*/) {
    return what_a_does();
}
JobStep do_b(Dependencies const& /*dependencies*/) {
    return what_b_does();
}

/// One whose steps may take long.
std::function<JobStep(KeepLease)> what_long_does;

JobStep do_long(Dependencies const& /*dependencies*/, KeepLease keep) {
    return what_long_does(keep);
}

constexpr std::array long_job{Job{"long", 1h, nullptr, do_long}};
constexpr std::array two_jobs{Job{"a", 1h, do_a}, Job{"b", std::nullopt, do_b}};

/// A school on file with a runner of the two jobs; b is never due by itself.
struct Fixture {
    TempDir dir;
    std::string path = dir.file("school.db");
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = path});
    testing::FakeClock clock{Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}}};
    testing::SeededRandom random{1};
    testing::MemoryLog log;
    Dependencies dependencies{
        .storage = *storage, .clock = clock, .random = random, .mailer = nullptr, .log = log};
    JobRunner runner{dependencies, two_jobs};
    int a_steps = 0;
    int b_steps = 0;

    Fixture() {
        what_a_does = [this] { return ++a_steps, JobStep::finished; };
        what_b_does = [this] { return ++b_steps, JobStep::finished; };
    }

    std::vector<std::string> ask_job(std::string const& column, std::string const& name) const {
        return ask(path, "SELECT " + column + " FROM jobs WHERE name = '" + name + "'");
    }
};

JobReport report(int ran, int remaining, int failed) {
    return {.ran = ran, .remaining = remaining, .failed = failed};
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a job runs at once and then once a period", "[jobs]") {
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(runner.run_due(1s) == report(0, 0, 0));
    clock.advance(1h - 1us);
    CHECK(runner.run_due(1s) == report(0, 0, 0));
    clock.advance(1us);
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(a_steps == 2);
    CHECK(b_steps == 0);
}

TEST_CASE_METHOD(Fixture, "a job without a period runs when it is made due", "[jobs]") {
    static_cast<void>(runner.run_due(1s));
    CHECK(b_steps == 0);
    storage->write([&](storage::Connection& connection) {
        connection.execute("UPDATE jobs SET due_at = ?1 WHERE name = 'b'", clock.now());
    });
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    clock.advance(std::chrono::hours{24 * 365 * 100});
    static_cast<void>(runner.run_due(1s));
    CHECK(b_steps == 1);
}

TEST_CASE_METHOD(Fixture, "with a clock that stands still everything due is done", "[jobs]") {
    what_a_does = [this] { return ++a_steps < 1000 ? JobStep::more : JobStep::finished; };
    CHECK(runner.run_due(0ms) == report(1, 0, 0));
    CHECK(a_steps == 1000);
}

TEST_CASE_METHOD(Fixture, "a job stops when the budget is used up, and goes on the next time",
                 "[jobs]") {
    what_a_does = [this] {
        clock.advance(1s);
        return ++a_steps < 5 ? JobStep::more : JobStep::finished;
    };
    CHECK(runner.run_due(0ms) == report(0, 1, 0));
    CHECK(a_steps == 1);  // at least one step
    CHECK(runner.run_due(2s) == report(0, 1, 0));
    CHECK(a_steps == 4);
    CHECK(runner.run_due(2s) == report(1, 0, 0));
}

TEST_CASE_METHOD(Fixture, "a job that fails is logged, told of, and tried again later", "[jobs]") {
    what_a_does = [this]() -> JobStep {
        ++a_steps;
        throw Error{ErrorCode::unavailable, "out of order"};
    };
    CHECK(runner.run_due(1s) == report(0, 0, 1));
    CHECK(log.contains("job a failed"));
    CHECK(ask_job("last_error", "a").front().find("out of order") != std::string::npos);
    CHECK(runner.run_due(1s) == report(0, 0, 0));
    clock.advance(JobRunner::retry_after);
    what_a_does = [this] { return ++a_steps, JobStep::finished; };
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(ask_job("last_error", "a") == std::vector<std::string>{"NULL"});
    CHECK(a_steps == 2);
}

TEST_CASE_METHOD(Fixture, "one job's failure does not keep the others from running", "[jobs]") {
    constexpr std::array both{Job{"a", 1h, do_a}, Job{"b", 1h, do_b}};
    what_a_does = []() -> JobStep { throw Error{ErrorCode::internal, "broken"}; };
    CHECK(JobRunner{dependencies, both}.run_due(1s) == report(1, 0, 1));
    CHECK(b_steps == 1);
}

TEST_CASE_METHOD(Fixture, "a job that has to wait counts as remaining and rests a while",
                 "[jobs]") {
    what_a_does = [this] { return ++a_steps, JobStep::later; };
    CHECK(runner.run_due(1s) == report(0, 1, 0));
    CHECK(runner.run_due(1s) == report(0, 0, 0));
    clock.advance(JobRunner::retry_after);
    CHECK(runner.run_due(1s) == report(0, 1, 0));
    CHECK(a_steps == 2);
}

TEST_CASE_METHOD(Fixture, "a job that one runner has is left alone by another", "[jobs]") {
    auto const second = storage::open_sqlite({.path = path});
    Dependencies const others{
        .storage = *second, .clock = clock, .random = random, .mailer = nullptr, .log = log};
    what_a_does = [&] {
        ++a_steps;
        if (a_steps == 1) CHECK(JobRunner{others, two_jobs}.run_due(1s) == report(0, 0, 0));
        return JobStep::finished;
    };
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(a_steps == 1);
}

TEST_CASE_METHOD(Fixture, "the job of a runner that died is taken over when its lease ends",
                 "[jobs]") {
    static_cast<void>(runner.run_due(1s));
    clock.advance(1h);
    auto const until = clock.now() + JobRunner::lease;
    storage->write([&](storage::Connection& connection) {
        connection.execute("UPDATE jobs SET leased_until = ?1, due_at = ?1 WHERE name = 'a'",
                           until);
    });
    CHECK(runner.run_due(1s) == report(0, 0, 0));
    clock.set(until);
    CHECK(runner.run_due(1s) == report(1, 0, 0));
}

TEST_CASE_METHOD(Fixture, "a long job keeps its lease", "[jobs]") {
    auto const second = storage::open_sqlite({.path = path});
    Dependencies const others{
        .storage = *second, .clock = clock, .random = random, .mailer = nullptr, .log = log};
    what_a_does = [&] {
        clock.advance(JobRunner::lease * 2 / 3);
        CHECK(JobRunner{others, two_jobs}.run_due(1s) == report(0, 0, 0));
        return ++a_steps < 10 ? JobStep::more : JobStep::finished;
    };
    CHECK(runner.run_due(24h) == report(1, 0, 0));
    CHECK(a_steps == 10);
}

TEST_CASE_METHOD(Fixture, "a runner that lost its lease does not end the other's run", "[jobs]") {
    what_a_does = [&] {
        ++a_steps;
        clock.advance(JobRunner::lease * 2);
        if (a_steps == 1) {
            auto const until = clock.now() + JobRunner::lease;
            storage->write([&](storage::Connection& connection) {
                connection.execute(
                    "UPDATE jobs SET leased_until = ?1, due_at = ?1 WHERE name = 'a'", until);
            });
        }
        return JobStep::more;
    };
    CHECK(runner.run_due(24h).ran == 0);
    CHECK(a_steps == 1);
    CHECK(ask_job("leased_until", "a") != std::vector<std::string>{"NULL"});
}

TEST_CASE_METHOD(Fixture, "a job that is made due while it runs, runs again", "[jobs]") {
    what_b_does = [this] {
        if (++b_steps == 1) {
            storage->write([&](storage::Connection& connection) {
                connection.execute("UPDATE jobs SET due_at = ?1 WHERE name = 'b'", clock.now());
            });
        }
        return JobStep::finished;
    };
    static_cast<void>(runner.run_due(1s));
    storage->write([&](storage::Connection& connection) {
        connection.execute("UPDATE jobs SET due_at = ?1 WHERE name = 'b'", clock.now());
    });
    CHECK(runner.run_due(1s) == report(2, 0, 0));
    CHECK(b_steps == 2);
}

TEST_CASE_METHOD(Fixture, "a job that ended while the clock was ahead is due", "[jobs]") {
    auto const real = clock.now();
    clock.advance(std::chrono::hours{24 * 365});
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    clock.set(real);
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(runner.run_due(1s) == report(0, 0, 0));
    clock.advance(1h);
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(b_steps == 0);  // never due by itself, however far ahead that lies
}

TEST_CASE_METHOD(Fixture, "a job that failed while the clock was ahead is tried again", "[jobs]") {
    auto const real = clock.now();
    static_cast<void>(runner.run_due(1s));
    clock.advance(std::chrono::hours{24 * 365});
    what_b_does = [this]() -> JobStep {
        ++b_steps;
        throw Error{ErrorCode::unavailable, "out of order"};
    };
    storage->write([&](storage::Connection& connection) {
        connection.execute("UPDATE jobs SET due_at = ?1 WHERE name = 'b'", clock.now());
    });
    CHECK(runner.run_due(1s) == report(1, 0, 1));
    clock.set(real);
    CHECK(runner.run_due(1s).failed == 1);
    CHECK(b_steps == 2);
}

TEST_CASE_METHOD(Fixture, "a lease from while the clock was ahead holds nobody back", "[jobs]") {
    static_cast<void>(runner.run_due(1s));
    auto const lease_until = [&](Timestamp until) {
        storage->write([&](storage::Connection& connection) {
            connection.execute("UPDATE jobs SET leased_until = ?1, due_at = ?1", until);
        });
    };
    lease_until(clock.now() + 2 * JobRunner::lease);
    CHECK(runner.run_due(1s) == report(0, 0, 0));
    lease_until(clock.now() + 2 * JobRunner::lease + 1us);
    CHECK(runner.run_due(1s) == report(2, 0, 0));
    CHECK(a_steps == 2);
    CHECK(b_steps == 1);
}

TEST_CASE_METHOD(Fixture, "a holder keeps its lease when the clock is set back", "[jobs]") {
    auto const second = storage::open_sqlite({.path = path});
    Dependencies const others{
        .storage = *second, .clock = clock, .random = random, .mailer = nullptr, .log = log};
    clock.advance(1h);
    what_a_does = [&] {
        if (++a_steps == 1) clock.advance(-1h);
        if (a_steps == 2) CHECK(JobRunner{others, two_jobs}.run_due(1s) == report(0, 0, 0));
        return a_steps < 3 ? JobStep::more : JobStep::finished;
    };
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(a_steps == 3);
}

TEST_CASE_METHOD(Fixture, "any budget does, at any time", "[jobs]") {
    using std::chrono::milliseconds;
    CHECK(runner.run_due(milliseconds::max()) == report(1, 0, 0));
    clock.advance(1h);
    CHECK(runner.run_due(milliseconds::min()) == report(1, 0, 0));
    clock.set(Timestamp::max() - 1us);
    CHECK(runner.run_due(milliseconds::max()).ran == 1);
}

TEST_CASE_METHOD(Fixture, "a job that throws anything at all is given back", "[jobs]") {
    what_a_does = [this]() -> JobStep {
        ++a_steps;
        throw 42;  // NOLINT(*-exception-baseclass)
    };
    CHECK(runner.run_due(1s) == report(0, 0, 1));
    CHECK(log.contains("job a failed"));
    CHECK(ask_job("leased_until", "a") == std::vector<std::string>{"NULL"});
    clock.advance(JobRunner::retry_after);
    what_a_does = [this] { return ++a_steps, JobStep::finished; };
    CHECK(runner.run_due(1s) == report(1, 0, 0));
}

TEST_CASE_METHOD(Fixture, "a job of a newer build is left to it", "[jobs]") {
    storage->write([&](storage::Connection& connection) {
        connection.execute("INSERT INTO jobs (name, due_at) VALUES ('newer', 0)");
    });
    CHECK(runner.run_due(1s) == report(1, 0, 0));
    CHECK(ask_job("due_at", "newer") == std::vector<std::string>{"0"});
}

TEST_CASE("run_due removes what has ended and nothing else", "[jobs]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};
    auto const gone = school.person();
    school.accounts.request_password_reset({.email = gone.email, .source = "192.0.2.1"});
    school.clock.advance(std::chrono::days{15});
    auto const stays = school.person();
    school.accounts.request_password_reset({.email = stays.email, .source = "192.0.2.1"});

    CHECK(school.jobs.run_due(Actor::system(), 1s).ran >= 1);
    CHECK(ask(path, "SELECT user_id FROM sessions") ==
          std::vector{std::to_string(stays.id.value())});
    CHECK(ask(path, "SELECT user_id FROM password_tokens") ==
          std::vector{std::to_string(stays.id.value())});
    CHECK(ask(path, "SELECT count(*) FROM throttles") == std::vector<std::string>{"2"});
    CHECK_NOTHROW(school.accounts.get_user(stays.actor, stays.id));
}

TEST_CASE("more expired rows than one step takes are all removed", "[jobs]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};
    auto const user = school.person();
    // Then no other job is due.
    school.jobs.run_due(Actor::system(), 1s);
    storage->write([&](storage::Connection& connection) {
        connection.execute("UPDATE jobs SET due_at = 0 WHERE name = 'session_cleanup'");
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
            "INSERT INTO password_tokens (token_hash, user_id, kind, expires_at) "
            "SELECT randomblob(32), ?1, 'password_reset', i FROM n",
            user.id);
    });
    auto const writes = storage->statistics().writes;
    CHECK(school.jobs.run_due(Actor::system(), 1s).ran == 1);
    CHECK(ask(path, "SELECT count(*) FROM password_tokens") == std::vector<std::string>{"0"});
    CHECK(storage->statistics().writes - writes == 5);  // lease, three steps, return
}

TEST_CASE("run_due inside a write is refused", "[jobs]") {
    auto const storage = storage::open_sqlite({.path = ":memory:"});
    TestSchool school{*storage};
    storage->write([&](storage::Connection& /*connection*/) {
        try {
            static_cast<void>(school.jobs.run_due(Actor::system(), 1s));
            FAIL("not refused");
        } catch (Error const& error) {
            CHECK(error.code() == ErrorCode::failed_precondition);
            CHECK(error.violations().front() ==
                  Violation{"transaction", "not_allowed_inside", std::nullopt});
        }
    });
}

TEST_CASE_METHOD(Fixture, "a long step keeps its job as long as it says so", "[jobs]") {
    JobRunner holder{dependencies, long_job};
    JobRunner other{dependencies, long_job};
    int steps = 0;
    what_long_does = [&](KeepLease keep) {
        ++steps;
        for (int i = 0; i < 10; ++i) {
            clock.advance(JobRunner::lease * 3 / 4);
            CHECK(keep());
            CHECK(other.run_due(1s) == report(0, 0, 0));
        }
        return JobStep::finished;
    };
    CHECK(holder.run_due(1s) == report(1, 0, 0));
    CHECK(steps == 1);
    CHECK(ask_job("leased_until", "long") == std::vector<std::string>{"NULL"});
}

TEST_CASE_METHOD(Fixture, "a long step is told that another has its job", "[jobs]") {
    JobRunner holder{dependencies, long_job};
    JobRunner other{dependencies, long_job};
    int steps = 0;
    what_long_does = [&](KeepLease keep) {
        if (++steps == 2) return JobStep::finished;
        clock.advance(JobRunner::lease + 1us);
        CHECK(other.run_due(1s) == report(1, 0, 0));
        clock.advance(JobRunner::lease);
        CHECK_FALSE(keep());
        return JobStep::more;
    };
    CHECK(holder.run_due(1s).ran == 0);
    CHECK(steps == 2);
    CHECK(ask_job("last_error", "long") == std::vector<std::string>{"NULL"});
}
