#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

constexpr int threads_count = 16;
constexpr int reports_a_thread = 10;

template <class Work>
void in_threads(Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < threads_count; ++i)
        threads.emplace_back([&work, i] { work(i); });
    for (auto& thread : threads)
        thread.join();
}

/// A learner in a course of one recording of an hour, all of which is to be watched.
struct Fixture {
    Fixture() {
        auto const id = school.courses.create(Actor::system(), {.title = {{"en", "A course"}}}).id;
        lecture = school.courses
                      .add_lecture(Actor::system(),
                                   {.course = id,
                                    .title = {{"en", "A lecture"}},
                                    .items = {Video{.address = "video", .duration = 1h}},
                                    .completion = Completion{CompletionRule::covered, 100}})
                      .id;
        school.courses.publish(Actor::system(), {.course = id});
        school.enrollments.give(Actor::system(), {.user = learner.id, .course = id});
        course = id;
    }

    [[nodiscard]] std::string sum(std::string const& sql) const { return ask(path, sql).front(); }

    TempDir dir;
    std::string path = dir.file("school.db");
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};
    Person learner = school.person();
    CourseId course{0};
    LectureId lecture{0};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "sixteen tabs of one learner get no more credit than one",
                 "[concurrency][learning]") {
    school.learning.record(learner.actor, {.batch = "first", .events = {Opened{lecture}}});
    school.clock.advance(10min);  // 20 minutes, and 2 of grace, may be credited
    std::atomic<std::int64_t> credited_ms{0};
    in_threads([&](int thread) {
        for (int i = 0; i < reports_a_thread; ++i) {
            auto const from = std::chrono::minutes{(thread * 7 + i * 5) % 55};
            auto const recorded = school.learning.record(
                learner.actor, {.batch = std::to_string(thread) + '/' + std::to_string(i),
                                .events = {Watched{lecture, from, from + 5min}}});
            credited_ms += recorded.credits.at(0).credited.count();
        }
    });
    CHECK(std::chrono::milliseconds{credited_ms} == 22min);
    CHECK(sum("SELECT covered_ms FROM media_progress") == std::to_string(credited_ms));
    CHECK(sum("SELECT credited_ms FROM viewing_sessions") == std::to_string(credited_ms));
    CHECK(sum("SELECT count(*) FROM learning_events WHERE kind = 3") ==
          std::to_string(threads_count * reports_a_thread));
    auto const before = dump(path);
    school.learning.rebuild(Actor::system());
    CHECK(dump(path) == before);
}

TEST_CASE_METHOD(Fixture, "a batch that sixteen threads send counts once",
                 "[concurrency][learning]") {
    school.learning.record(learner.actor, {.batch = "first", .events = {Opened{lecture}}});
    school.clock.advance(30min);
    EventBatch const batch{.batch = "same", .events = {Watched{lecture, 0s, 1h}}};
    std::vector<Recorded> answers(threads_count);
    in_threads([&](int thread) {
        answers[static_cast<std::size_t>(thread)] = school.learning.record(learner.actor, batch);
    });
    for (auto const& answer : answers) {
        CHECK(answer == answers.front());
        CHECK(answer.certificates.size() == 1);
    }
    CHECK(sum("SELECT count(*) FROM learning_events WHERE kind = 3") == "1");
    CHECK(sum("SELECT count(*) FROM certificates") == "1");
}

TEST_CASE_METHOD(Fixture, "learning goes on while progress is made anew",
                 "[concurrency][learning]") {
    std::atomic<bool> done{false};
    std::thread rebuilding{[&] {
        while (!done)
            school.learning.rebuild(Actor::system());
    }};
    for (int i = 0; i < 60; ++i) {
        school.clock.advance(30s);
        auto const from = std::chrono::seconds{60 * i};
        school.learning.record(learner.actor, {.batch = std::to_string(i),
                                               .events = {Watched{lecture, from, from + 1min}}});
    }
    done = true;
    rebuilding.join();
    CHECK(school.learning.progress(learner.actor, course).percent == 100);
    auto const before = dump(path);
    school.learning.rebuild(Actor::system());
    CHECK(dump(path) == before);
}
