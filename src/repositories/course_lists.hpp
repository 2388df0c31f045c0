#pragma once

#include <eduplat/domain/course.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Lists of courses.
namespace eduplat::repositories::course_lists {

/// Empty texts and what is none do not filter.
struct Filter {
    CourseState state = CourseState::published;
    std::string language = {};
    std::optional<Level> level = std::nullopt;
    std::string tag = {};
    std::optional<UserId> teacher = std::nullopt;
    std::optional<bool> free = std::nullopt;
};

/// The place after which a page begins: the keys of the course before it. Courses that are not
/// published go by their ids alone, with 0 as time.
struct Before {
    std::int64_t published_at;
    std::int64_t id;
};

/// At most `limit` courses, newest first. Five statements.
[[nodiscard]] std::vector<CourseSummary> page(storage::Connection& connection, Filter const& filter,
                                              Before const& before, int limit);

}  // namespace eduplat::repositories::course_lists
