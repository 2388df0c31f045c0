#include <eduplat/core/error.hpp>
#include <eduplat/platform.hpp>
#include <eduplat/storage/sqlite.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/memory_log.hpp>
#include <eduplat/testing/seeded_random.hpp>

#include <support/catch.hpp>
#include <support/forwarding_storage.hpp>
#include <support/temp_dir.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

constexpr int writers = 3;
constexpr int readers = 3;
constexpr int rounds = 25;

/// One school, opened twice as two processes would.
struct Fixture {
    Fixture() {
        course = one.courses().create(Actor::system(), {.title = {{"en", "A course"}}}).id;
        lecture =
            one.courses()
                .add_lecture(Actor::system(), {.course = course, .title = {{"en", "A lecture"}}})
                .id;
        static_cast<void>(one.courses().publish(Actor::system(), {.course = course}));
        for (int i = 0; i < writers; ++i)
            learners.push_back(learner("learner" + std::to_string(i)));
    }

    Actor learner(std::string const& name) {
        auto const user = one.accounts().register_user(
            Actor::system(), {.email = name + "@example.org", .display_name = name});
        static_cast<void>(
            one.enrollments().give(Actor::system(), {.user = user.id, .course = course}));
        return one.accounts().actor_for(user.id);
    }

    Platform& school(int number) { return number % 2 == 0 ? one : other; }

    void open(Platform& in, Actor const& who, std::string const& batch) const {
        in.learning().record(who, {.batch = batch, .events = {Opened{lecture}}});
    }

    /// Lectures opened by a learner, as the learner is told.
    [[nodiscard]] std::int64_t opened(Platform& in, Actor const& who) const {
        auto const now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
        auto const mine = in.insights().my_activity(
            who, {.edges = {now - std::chrono::days{1}, now + std::chrono::days{2}}});
        return mine.buckets.front().events;
    }

    [[nodiscard]] std::int64_t events(Platform& in) const {
        auto const courses = in.insights().lecture_activity(Actor::system(), {}).courses;
        return courses.empty() ? 0 : courses.front().events;
    }

    /// Runs a part of the work on a thread, and notes what it threw.
    template <class Work>
    void start(Work work) {
        threads.emplace_back([this, work] {
            try {
                work();
            } catch (std::exception const& error) {
                note(error.what());
            }
        });
    }

    void note(std::string failure) {
        std::lock_guard const lock{mutex};
        failures.push_back(std::move(failure));
    }

    void join() {
        for (auto& thread : threads)
            thread.join();
        threads.clear();
        CHECK(failures == std::vector<std::string>{});
    }

    TempDir dir;
    std::string path = dir.file("school.db");
    Platform one = Platform::open({.path = path});
    Platform other = Platform::open({.path = path});
    CourseId course{0};
    LectureId lecture{0};
    std::vector<Actor> learners;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::vector<std::string> failures;
};

/// Holds up the second read of each thread, and counts.
class HeldUp final : public ForwardingStorage {
  public:
    using ForwardingStorage::ForwardingStorage;

    /// Returns when that many first reads are over and a second one waits.
    void await(int first_reads) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return first_ == first_reads && waiting_ > 0; });
    }
    void let_go() {
        std::lock_guard const lock{mutex_};
        is_open_ = true;
        changed_.notify_all();
    }
    [[nodiscard]] int waiting() {
        std::lock_guard const lock{mutex_};
        return waiting_;
    }

  protected:
    void run_read(FunctionRef<void(storage::Connection&)> fn) override {
        inner_.read([&](storage::Connection& connection) {
            if (!is_first()) hold_up();
            fn(connection);
        });
        std::lock_guard const lock{mutex_};
        ++first_;
        changed_.notify_all();
    }

  private:
    bool is_first() {
        std::lock_guard const lock{mutex_};
        return threads_.insert(std::this_thread::get_id()).second;
    }
    void hold_up() {
        std::unique_lock lock{mutex_};
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return is_open_; });
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::thread::id> threads_;
    int first_ = 0;  ///< reads that are over, of which only first ones can be before it is open
    int waiting_ = 0;
    bool is_open_ = false;
};

}  // namespace

TEST_CASE("while one thread makes the frame the others wait without a reader", "[insights]") {
    Fixture f;
    f.open(f.one, f.learners[0], "before");
    auto const inner = storage::open_sqlite({.path = f.path, .readers_max = 2});
    HeldUp storage{*inner};
    testing::FakeClock clock{
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())};
    testing::SeededRandom random{1};
    testing::MemoryLog log;
    Insights const insights{Dependencies{
        .storage = storage, .clock = clock, .random = random, .mailer = nullptr, .log = log}};
    constexpr int callers = 5;
    for (int i = 0; i < callers; ++i) {
        f.start([&] {
            if (insights.status(Actor::system()).events == 0) f.note("an event was missed");
        });
    }
    storage.await(callers);
    CHECK(storage.waiting() == 1);
    CHECK(inner->read([](storage::Connection&) { return true; }));  // by the other reader
    storage.let_go();
    f.join();
}

TEST_CASE("each thread sees what it recorded, and never less than before", "[insights]") {
    Fixture f;
    std::atomic<int> writing{writers};
    for (int i = 0; i < writers; ++i) {
        f.start([&, i] {
            auto const& who = f.learners[static_cast<std::size_t>(i)];
            auto& school = f.school(i);
            for (int round = 1; round <= rounds; ++round) {
                f.open(school, who, "b" + std::to_string(round));
                if (f.opened(school, who) != round) f.note("an event of its own was missed");
            }
            --writing;
        });
    }
    for (int i = 0; i < readers; ++i) {
        f.start([&, i] {
            std::int64_t last = 0;
            while (writing > 0) {
                auto const now = f.events(f.school(i));
                if (now < last) f.note("events were lost");
                last = now;
            }
        });
    }
    f.join();
    CHECK(f.events(f.one) == writers * rounds);
    CHECK(f.events(f.other) == writers * rounds);
}

TEST_CASE("frames are kept, undone work is forgotten and users are erased while others ask",
          "[insights]") {
    Fixture f;
    auto const gone = f.learner("gone");
    f.open(f.one, gone, "before");
    std::atomic<int> working{3};
    f.start([&] {
        for (int round = 1; round <= rounds; ++round)
            f.open(f.one, f.learners[0], "b" + std::to_string(round));
        static_cast<void>(f.one.accounts().erase_user(Actor::system(), gone.user()));
        --working;
    });
    f.start([&] {
        for (int round = 0; round < rounds; ++round) {
            try {
                f.other.atomically([&](Platform& tx) {
                    auto const before = f.events(tx);
                    f.open(tx, f.learners[1], "undone");
                    if (f.events(tx) != before + 1) f.note("its own event was missed");
                    throw std::runtime_error{"undone"};
                });
            } catch (std::runtime_error const& error) {
                if (std::string{error.what()} != "undone") f.note(error.what());
            }
        }
        --working;
    });
    f.start([&] {
        for (int round = 0; round < 4; ++round)
            static_cast<void>(f.one.run_due(1h));
        --working;
    });
    f.start([&] {
        while (working > 0) {
            if (f.opened(f.other, f.learners[1]) != 0) f.note("undone work was seen");
        }
    });
    f.join();
    CHECK(f.events(f.one) == rounds);
    CHECK(f.events(f.other) == rounds);
    auto third = Platform::open({.path = f.path});
    CHECK(std::filesystem::exists(f.path + ".frame"));
    CHECK(f.events(third) == rounds);
}
