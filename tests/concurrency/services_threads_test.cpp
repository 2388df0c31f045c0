#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/course_rows.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

constexpr int threads_count = 16;

/// What went wrong in any thread.
class Failures {
  public:
    void add(std::string what) {
        std::lock_guard const lock{mutex_};
        all_.push_back(std::move(what));
    }
    [[nodiscard]] std::vector<std::string> const& all() const noexcept { return all_; }

  private:
    std::mutex mutex_;
    std::vector<std::string> all_;
};

/// Makes every service call once, each in a scene of its own, beginning with another call in each
/// thread.
void make_every_call(TestSchool& school, std::size_t first, Failures& failures) {
    auto const calls = service_calls();
    for (std::size_t i = 0; i < calls.size(); ++i) {
        auto const& call = calls[(first + i) % calls.size()];
        if (call.empty_school) continue;
        try {
            auto scene = allowed_scene(school, call, false);
            static_cast<void>(call.invoke(scene));
        } catch (std::exception const& error) {
            failures.add(std::string{call.member} + ": " + error.what());
        }
    }
}

/// Starts all threads at once and waits for their end.
template <class Work>
void in_threads(int count, Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&work, i] { work(i); });
    for (auto& thread : threads)
        thread.join();
}

struct Fixture {
    TempDir dir;
    std::string path = dir.file("school.db");
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};
    Failures failures;

    std::string one(std::string const& sql) const { return ask(path, sql).front(); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "sixteen threads make every service call on one school",
                 "[concurrency][services]") {
    static_cast<void>(school.person(Role::admin));
    in_threads(threads_count,
               [&](int i) { make_every_call(school, static_cast<std::size_t>(i) * 5, failures); });
    CHECK(failures.all() == std::vector<std::string>{});
    CHECK(storage->check().ok());

    // Nobody who may not act has a way in, and what is erased is gone.
    CHECK(one("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id "
              "WHERE u.state <> 'active'") == "0");
    CHECK(
        one("SELECT count(*) FROM users u WHERE state = 'erased' AND (email IS NOT NULL OR EXISTS "
            "(SELECT 1 FROM user_terms t WHERE t.user_id = u.id) OR EXISTS "
            "(SELECT 1 FROM personas p WHERE p.user_id = u.id))") == "0");
    // Everybody has the words he is found by.
    CHECK(one("SELECT count(*) FROM users u WHERE state <> 'erased' AND NOT EXISTS "
              "(SELECT 1 FROM user_terms t WHERE t.user_id = u.id)") == "0");
    // Each erasure and suspension is in the journal, once.
    CHECK(one("SELECT count(*) FROM users WHERE state = 'erased'") ==
          one("SELECT count(*) FROM journal WHERE action = 'user.erased'"));
    CHECK(one("SELECT count(DISTINCT object_uid) FROM journal WHERE action = 'user.erased'") ==
          std::to_string(threads_count));
    CHECK(one("SELECT count(*) FROM users u WHERE NOT EXISTS "
              "(SELECT 1 FROM journal j WHERE j.object_uid = u.uid)") == "0");
}

TEST_CASE_METHOD(Fixture, "of many who register one address one gets it",
                 "[concurrency][services]") {
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    in_threads(threads_count, [&](int /*i*/) {
        try {
            static_cast<void>(school.accounts.register_user(
                Actor::guest(), {.email = "ada@example.org", .display_name = "Ada"}));
            ++made;
        } catch (Error const& error) {
            if (error.code() == ErrorCode::already_exists) ++refused;
        }
    });
    CHECK(made == 1);
    CHECK(refused == threads_count - 1);
}

TEST_CASE_METHOD(Fixture, "a token that many use at once sets one password",
                 "[concurrency][services]") {
    auto const user = school.person();
    school.accounts.request_password_reset({.email = user.email});
    auto const token = school.mailer.sent().back().token;
    std::atomic<int> used = 0;
    in_threads(threads_count, [&](int i) {
        try {
            school.accounts.reset_password(
                {.token = token, .new_password = "pass phrase of thread " + std::to_string(i)});
            ++used;
        } catch (Error const& error) {
            if (error.code() != ErrorCode::invalid_argument) failures.add(error.what());
        }
    });
    CHECK(used == 1);
    CHECK(failures.all().empty());
}

TEST_CASE_METHOD(Fixture, "of two admins who erase each other one stays",
                 "[concurrency][services]") {
    auto const ada = school.person(Role::admin);
    auto const ben = school.person(Role::admin);
    std::atomic<int> erased = 0;
    in_threads(2, [&](int i) {
        auto const& one = i == 0 ? ada : ben;
        auto const& other = i == 0 ? ben : ada;
        try {
            static_cast<void>(school.accounts.erase_user(one.actor, other.id));
            ++erased;
        } catch (Error const&) {  // erased first
        }
    });
    CHECK(erased == 1);
    CHECK(one("SELECT count(*) FROM users WHERE roles & 8 AND state = 'active'") == "1");
}

TEST_CASE_METHOD(Fixture, "guesses made side by side do not slip through the throttle",
                 "[concurrency][services]") {
    auto const user = school.person();
    AccountOptions options = quick_options();
    options.throttle_account_failures_max = 5;
    Accounts strict{{.storage = *storage,
                     .clock = school.clock,
                     .random = school.random,
                     .mailer = nullptr,
                     .log = school.log,
                     .accounts = options}};
    std::atomic<int> compared = 0;
    in_threads(threads_count, [&](int /*i*/) {
        for (int n = 0; n < 3; ++n) {
            auto const in = strict.sign_in({.email = user.email, .password = "a wrong guess"});
            if (in.reason() == SignInFailure::wrong_credentials) ++compared;
        }
    });
    CHECK(compared == 5);
}

TEST_CASE_METHOD(Fixture, "each job that is due is run by one of many", "[concurrency][services]") {
    std::atomic<int> ran = 0;
    in_threads(threads_count, [&](int /*i*/) {
        ran += school.jobs.run_due(Actor::system(), std::chrono::seconds{1}).ran;
    });
    auto const other_storage = storage::open_sqlite({.path = ":memory:"});
    TestSchool other{*other_storage};
    auto const due = other.jobs.run_due(Actor::system(), std::chrono::seconds{1}).ran;
    CHECK(due > 1);
    CHECK(ran == due);  // all that are due in a new school
}

namespace {

/// What became of calls that want one thing: made, or refused because it is gone.
struct Tally {
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;

    template <class Call>
    void count(Failures& failures, Call&& call) {
        try {
            call();
            ++made;
        } catch (Error const& error) {
            if (error.code() == ErrorCode::resource_exhausted) {
                ++refused;
            } else {
                failures.add(error.what());
            }
        }
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "of 64 who want one of 20 seats exactly 20 get one",
                 "[concurrency][services]") {
    constexpr int learners = 64;
    constexpr int seats = 20;
    CourseRows rows{*storage, school.random};
    auto const course = rows.course({.capacity = seats});
    std::vector<Person> people;
    for (int i = 0; i < learners; ++i)
        people.push_back(school.person());
    Tally tally;
    in_threads(learners, [&](int i) {
        auto const& person = people[static_cast<std::size_t>(i)];
        tally.count(failures, [&] {
            if (i % 2 == 0) {
                static_cast<void>(school.enrollments.enroll(person.actor, course));
            } else {
                static_cast<void>(school.enrollments.give(Actor::system(),
                                                          {.user = person.id, .course = course}));
            }
        });
    });
    CHECK(failures.all() == std::vector<std::string>{});
    CHECK(tally.made == seats);
    CHECK(tally.refused == learners - seats);
    CHECK(one("SELECT taken FROM course_seats") == std::to_string(seats));
    CHECK(one("SELECT count(*) FROM enrollments WHERE state = 'active'") == std::to_string(seats));
}

TEST_CASE_METHOD(Fixture, "seats that come and go are never oversold and all come back",
                 "[concurrency][services]") {
    constexpr int seats = 5;
    CourseRows rows{*storage, school.random};
    auto const course = rows.course({.capacity = seats});
    std::vector<Person> people;
    for (int i = 0; i < threads_count; ++i)
        people.push_back(school.person());
    in_threads(threads_count, [&](int i) {
        auto const user = people[static_cast<std::size_t>(i)].id;
        Tally tally;
        for (int n = 0; n < 20; ++n) {
            tally.count(failures, [&] {
                auto const grant =
                    school.enrollments.give(Actor::system(), {.user = user, .course = course});
                static_cast<void>(school.enrollments.take_back(Actor::system(), grant.id));
            });
        }
    });
    CHECK(failures.all() == std::vector<std::string>{});
    CHECK(one("SELECT taken FROM course_seats") == "0");
}

TEST_CASE_METHOD(Fixture, "one learner who enrolls everywhere at once is enrolled once",
                 "[concurrency][services]") {
    CourseRows rows{*storage, school.random};
    auto const course = rows.course({.capacity = 3});
    auto const person = school.person();
    std::mutex mutex;
    std::set<EnrollmentId> seen;
    in_threads(threads_count, [&](int /*i*/) {
        try {
            auto const enrollment = school.enrollments.enroll(person.actor, course);
            std::lock_guard const lock{mutex};
            seen.insert(enrollment.id);
        } catch (std::exception const& error) {
            failures.add(error.what());
        }
    });
    CHECK(failures.all() == std::vector<std::string>{});
    CHECK(seen.size() == 1);
    CHECK(one("SELECT count(*) FROM grants") == "1");
    CHECK(one("SELECT taken FROM course_seats") == "1");
}
