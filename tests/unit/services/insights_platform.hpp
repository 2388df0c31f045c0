#pragma once

#include <eduplat/core/error.hpp>
#include <eduplat/platform.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/memory_log.hpp>

#include <support/catch.hpp>
#include <support/temp_dir.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace eduplat::test {

using namespace std::chrono_literals;

/// A school in a file, opened as often as a test likes.
struct FileSchool {
    FileSchool() {
        auto school = open();
        course = school.courses().create(Actor::system(), {.title = {{"en", "A course"}}}).id;
        lecture =
            school.courses()
                .add_lecture(Actor::system(), {.course = course, .title = {{"en", "A lecture"}}})
                .id;
        static_cast<void>(school.courses().publish(Actor::system(), {.course = course}));
    }

    Platform open(std::string_view name = "school.db", InsightOptions insights = {}) const {
        return Platform::open(
            {.path = dir.file(name), .clock = clock, .log = log, .insights = std::move(insights)});
    }

    Actor learner(Platform& school, std::string const& name) const {
        auto const user = school.accounts().register_user(
            Actor::system(), {.email = name + "@example.org", .display_name = name});
        static_cast<void>(
            school.enrollments().give(Actor::system(), {.user = user.id, .course = course}));
        return school.accounts().actor_for(user.id);
    }

    /// A minute later, the lecture is opened.
    void learn(Platform& school, Actor const& learner) {
        clock->advance(1min);
        school.learning().record(
            learner, {.batch = "batch" + std::to_string(++batches), .events = {Opened{lecture}}});
    }

    /// Of learners: opened lectures, as all metrics count them.
    static std::int64_t events(Platform const& school) {
        auto const courses = school.insights().lecture_activity(Actor::system(), {}).courses;
        return courses.empty() ? 0 : courses.front().events;
    }

    /// Runs jobs as an hour later, so that the frame is kept.
    void run_jobs(Platform& school) const {
        clock->advance(2h);
        CHECK(school.run_due(1h).failed == 0);
    }

    std::string frame() const { return dir.file("school.db.frame"); }
    bool told() const { return log->contains("stored frame of events"); }

    TempDir dir;
    std::shared_ptr<testing::FakeClock> clock =
        std::make_shared<testing::FakeClock>(parse_timestamp("2026-03-01T09:30:00Z"));
    std::shared_ptr<testing::MemoryLog> log = std::make_shared<testing::MemoryLog>();
    CourseId course{0};
    LectureId lecture{0};
    int batches = 0;
};

}  // namespace eduplat::test
