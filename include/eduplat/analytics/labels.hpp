#pragma once

#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <functional>
#include <string>

namespace eduplat::analytics {

/// How a report calls what has an id. Without a function the id's number stands there.
struct Labels {
    std::function<std::string(UserId)> user = {};
    std::function<std::string(CourseId)> course = {};
    std::function<std::string(LectureId)> lecture = {};
};

}  // namespace eduplat::analytics
