#pragma once

#include "accounts_fixture.hpp"

#include <eduplat/services/courses.hpp>
#include <eduplat/services/enrollments.hpp>
#include <eduplat/services/jobs.hpp>
#include <eduplat/services/learning.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

inline constexpr auto video_length = std::chrono::minutes{10};

inline Video video(std::string address = "video") {
    return {.address = std::move(address), .duration = video_length};
}

/// A school with Courses, Enrollments and Learning over it.
struct LearningSchool : School {
    /// A published course of lectures that are completed each in its way.
    CourseId course(std::vector<Completion> const& completions, NewCourse made = {}) {
        if (made.title.empty()) made.title = {{"en", "A course"}};
        auto const id = courses.create(Actor::system(), made).id;
        lectures.clear();
        for (auto const& completion : completions)
            lectures.push_back(add_lecture(id, completion));
        publish(id);
        return id;
    }

    LectureId add_lecture(CourseId course, Completion completion, std::vector<Item> items = {}) {
        if (items.empty()) items = {video()};
        return courses
            .add_lecture(Actor::system(), {.course = course,
                                           .title = {{"en", "A lecture"}},
                                           .items = std::move(items),
                                           .completion = completion})
            .id;
    }

    void change(LectureUpdate update) {
        update.version = courses.get_draft(Actor::system(), update.lecture).version;
        courses.update_lecture(Actor::system(), update);
    }

    void remove(LectureId lecture) {
        auto const version = courses.get_draft(Actor::system(), lecture).version;
        courses.remove_lecture(Actor::system(), lecture, version);
    }

    void publish(CourseId course, PublicationKind kind = PublicationKind::correction) {
        courses.publish(Actor::system(), {.course = course, .kind = kind});
    }

    EnrollmentId enroll(Actor const& learner, CourseId course) {
        return enrollments.give(Actor::system(), {.user = learner.user(), .course = course})
            .enrollment;
    }

    Actor enrolled(std::string_view name, CourseId course) {
        auto const actor = with_role(name, Role::learner);
        enroll(actor, course);
        return actor;
    }

    Actor teacher_of(CourseId course, std::string_view name) {
        auto const actor = with_role(name, Role::teacher);
        courses.add_teacher(Actor::system(), course, {.user = actor.user()});
        return actor;
    }

    /// Under a key of its own.
    Recorded record(Actor const& actor, std::vector<Reported> events) {
        return learning.record(
            actor, {.batch = "batch " + std::to_string(++batches), .events = std::move(events)});
    }

    std::vector<std::string> kinds_of(Actor const& learner, CourseId course) {
        std::vector<std::string> kinds;
        for (auto const& event : learning.events(Actor::system(), learner.user(), course).items) {
            kinds.emplace_back(name(event.kind));
        }
        return kinds;
    }

    /// All rows of what the log makes, as text.
    std::string progress_tables();

    Learning with_options(LearningOptions const& pace) {
        auto given = dependencies();
        given.learning = pace;
        return Learning{given};
    }

    std::vector<LectureId> lectures;
    int batches = 0;
    Courses courses{dependencies()};
    Enrollments enrollments{dependencies()};
    Learning learning{dependencies()};
    Jobs jobs{dependencies()};
};

inline constexpr Completion by_opening{CompletionRule::opened};
inline constexpr Completion by_marking{CompletionRule::marked};
inline constexpr Completion covered(int percent) {
    return {CompletionRule::covered, percent};
}

}  // namespace eduplat::test
