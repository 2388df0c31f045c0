#include "learning_batch.hpp"

#include <eduplat/platform.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <array>
#include <chrono>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

/// A school in a file, with learners in a course of one recording.
struct Fixture {
    Fixture() {
        auto school = open();
        auto const system = Actor::system();
        auto const course = school.courses().create(system, {.title = {{"en", "A course"}}}).id;
        lecture = school.courses()
                      .add_lecture(
                          system, {.course = course,
                                   .title = {{"en", "A lecture"}},
                                   .items = {Video{.address = "v", .duration = crash_video_length}},
                                   .completion = Completion{CompletionRule::covered, 5}})
                      .id;
        school.courses().publish(system, {.course = course});
        for (int i = 0; i < crash_learners; ++i) {
            auto const name = "learner" + std::to_string(i);
            auto const user = school.accounts().register_user(
                system, {.email = name + "@example.org", .display_name = name});
            school.enrollments().give(system, {.user = user.id, .course = course});
            learners.push_back(user.id);
        }
    }

    [[nodiscard]] Platform open() const {
        return Platform::open(
            {.path = path, .busy_timeout = 60s, .learning = {.grace = std::chrono::hours{24}}});
    }

    /// Batches until one is killed; the number of the last that was acknowledged.
    std::int64_t learn_and_kill(std::int64_t next, int enough, std::chrono::microseconds rest) {
        std::vector<std::string> command{EDUPLAT_PROCESS_LEARNING_VICTIM, path,
                                         std::to_string(next), std::to_string(lecture.value())};
        for (auto const learner : learners)
            command.push_back(std::to_string(learner.value()));
        ChildProcess process{command};
        auto last = next - 1;
        auto const hear = [&](std::string const& line) {
            if (line == "ready") return;
            REQUIRE(line.find_first_not_of("0123456789") == std::string::npos);
            last = std::stol(line);
        };
        for (int heard = 0; heard <= enough; ++heard) {
            if (auto const line = process.read_line()) hear(*line);
        }
        std::this_thread::sleep_for(rest);
        process.kill();
        for (auto const& line : process.read_lines())
            hear(line);
        CHECK(process.wait() < 0);
        return last;
    }

    /// All acknowledged batches are there, once, perhaps with one more; progress is what the log
    /// says. Returns the next number.
    std::int64_t judge(std::int64_t last) {
        auto school = open();
        CHECK(school.check().ok());
        auto const batches = std::stol(ask(path, "SELECT count(*) FROM learning_batches").front());
        CHECK(batches >= last);
        CHECK(batches <= last + 1);
        CHECK(ask(path, "SELECT count(*) FROM learning_events WHERE kind = 3").front() ==
              std::to_string(batches));
        CHECK(ask(path, "SELECT count(*) FROM learning_details").front() ==
              std::to_string(batches));
        // The client, who may not have heard the answer, sends again.
        if (last > 0) {
            auto const learner = static_cast<std::size_t>(last % crash_learners);
            auto const again =
                school.learning().record(Actor{learners.at(learner)}, crash_batch(last, lecture));
            CHECK(again.accepted == 3);
            CHECK(again.credits.size() == 1);
        }
        constexpr std::array<std::string_view, 1> without{"jobs"};
        auto const before = dump(path, without);
        school.learning().rebuild(Actor::system());
        CHECK(dump(path, without) == before);
        return batches + 1;
    }

    TempDir dir;
    std::string path = dir.file("school.db");
    LectureId lecture{0};
    std::vector<UserId> learners;
};

}  // namespace

TEST_CASE("a school killed while it learns keeps what it acknowledged, and progress is its log's",
          "[crash][learning]") {
    auto const seed =
        environment_number("EDUPLAT_CRASH_SEED", static_cast<long>(std::random_device{}() >> 1U));
    std::cout << "kills while learning: EDUPLAT_CRASH_SEED=" << seed << '\n';
    std::mt19937_64 random{static_cast<std::uint64_t>(seed)};
    auto const kills = environment_number("EDUPLAT_CRASH_KILLS", 100) / 5;
    Fixture school;
    std::int64_t next = 1;
    for (long kill = 0; kill < kills; ++kill) {
        CAPTURE(kill);
        auto const enough = static_cast<int>(random() % 40);
        auto const rest = std::chrono::microseconds{random() % 5000};
        next = school.judge(school.learn_and_kill(next, enough, rest));
    }
    CHECK(next > kills);
    CHECK(ask(school.path, "SELECT count(*) FROM certificates").front() ==
          ask(school.path, "SELECT count(*) FROM enrollments WHERE state = 'completed'").front());
}
