#pragma once

#include <eduplat/core/money_literals.hpp>
#include <eduplat/services/courses.hpp>

#include <unit/services/accounts_fixture.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

using namespace eduplat::literals;

/// A school with a teacher, who made a course, and others who did not.
struct CourseSchool : School {
    explicit CourseSchool(CourseOptions given = {})
        : courses([&] {
              auto with = dependencies();
              with.courses = given;
              return with;
          }()) {}

    Courses* operator->() { return &courses; }

    Course course(std::string_view title = "C++ by example") {
        return courses.create(ada, {.title = {{"en", title}}});
    }

    Lecture lecture(CourseId course, std::string_view title = "RAII") {
        return courses.add_lecture(
            ada, {.course = course, .title = {{"en", title}}, .items = {Video{.duration = 12min}}});
    }

    /// A course with one lecture, in the catalog.
    Course published(std::string_view title = "C++ by example") {
        auto const made = course(title);
        lecture(made.id);
        courses.publish(ada, {.course = made.id});
        return courses.get_course(ada, made.id);
    }

    Courses courses;
    Actor ada = with_role("ada", Role::teacher);
    Actor bob = with_role("bob", Role::teacher);  // of other courses
    Actor sue = with_role("sue", Role::staff);
    Actor ben = with_role("ben", Role::learner);
};

inline std::vector<std::string> titles(Outline const& outline) {
    std::vector<std::string> result;
    for (auto const& lecture : outline.lectures)
        result.emplace_back(lecture.title.best_for("en"));
    return result;
}

}  // namespace eduplat::test
