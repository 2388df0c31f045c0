#include <eduplat/core/error.hpp>
#include <eduplat/platform.hpp>

#include <support/catch.hpp>
#include <support/temp_dir.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

constexpr int trainings = 8;
constexpr int servers = 4;
constexpr int learners_count = 12;

/// One school, opened twice as two processes would.
struct Fixture {
    Fixture() {
        for (int i = 0; i < 12; ++i)
            courses.push_back(publish("Course " + std::to_string(i)));
        for (int i = 0; i < learners_count; ++i) {
            auto const name = "learner" + std::to_string(i);
            auto const user = one.accounts().register_user(
                Actor::system(), {.email = name + "@example.org", .display_name = name});
            learners.push_back(one.accounts().actor_for(user.id));
            for (std::size_t j = 0; j < 4; ++j)
                enroll(learners.back(), courses[(static_cast<std::size_t>(i) + j * 3) % 12]);
        }
    }

    Platform open() {
        return Platform::open({.path = path, .recommendations = {.pairs_min = 10, .factors = 8}});
    }

    CourseId publish(std::string const& title) {
        auto const id = one.courses().create(Actor::system(), {.title = {{"en", title}}}).id;
        static_cast<void>(one.courses().add_lecture(
            Actor::system(), {.course = id, .title = {{"en", "A lecture"}}}));
        static_cast<void>(one.courses().publish(Actor::system(), {.course = id}));
        return id;
    }

    void enroll(Actor const& learner, CourseId course) {
        static_cast<void>(
            one.enrollments().give(Actor::system(), {.user = learner.user(), .course = course}));
    }

    /// Runs a part of the work on a thread, and notes what it threw.
    void start(std::function<void()> work) {
        threads.emplace_back([this, work = std::move(work)] {
            try {
                work();
            } catch (std::exception const& error) {
                std::lock_guard const lock{mutex};
                failures.emplace_back(error.what());
            }
        });
    }

    void join() {
        for (auto& thread : threads)
            thread.join();
        threads.clear();
        CHECK(failures == std::vector<std::string>{});
    }

    TempDir dir;
    std::string path = dir.file("school.db");
    Platform one = open();
    Platform other = open();
    std::vector<CourseId> courses;
    std::vector<Actor> learners;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::vector<std::string> failures;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "trainings go on while recommendations are served",
                 "[concurrency][recommendations]") {
    std::atomic<bool> done = false;
    std::atomic<int> answers = 0;
    start([&] {
        for (int i = 0; i < trainings; ++i)
            static_cast<void>((i % 2 == 0 ? one : other)
                                  .recommendations()
                                  .train(Actor::system(), {.num_threads = 2}));
        done = true;
    });
    start([&] {
        for (int i = 0; !done; ++i) {
            auto const& learner = learners[static_cast<std::size_t>(i) % learners.size()];
            static_cast<void>(one.learning().record(
                learner, {.batch = "batch " + std::to_string(i),
                          .events = {Viewed{courses[static_cast<std::size_t>(i) % 12]}}}));
        }
    });
    for (int i = 0; i < servers; ++i) {
        start([&, i] {
            auto& school = i % 2 == 0 ? one : other;
            do {
                for (auto const& learner : learners) {
                    auto const found = school.recommendations().for_user(learner, 100);
                    answers += found.size() == 8 ? 1 : 1'000'000;
                    static_cast<void>(
                        school.recommendations().similar_courses(learner, courses.front()));
                }
            } while (!done);
        });
    }
    join();
    CHECK(answers >= learners_count * servers);
    CHECK(answers < 1'000'000);
    CHECK(one.check().ok());
    // Both serve the newest.
    for (auto const& learner : learners) {
        CHECK(one.recommendations().for_user(learner, 100) ==
              other.recommendations().for_user(learner, 100));
    }
}

TEST_CASE_METHOD(Fixture, "of two hosts that run jobs one trains",
                 "[concurrency][recommendations]") {
    start([&] { one.run_due(1s); });
    start([&] { other.run_due(1s); });
    join();
    int trained = 0;
    for (auto const& entry : one.journal().changes_since(Actor::system(), 0, 200))
        trained += entry.action == "recommender.trained" ? 1 : 0;
    CHECK(trained == 1);
}
