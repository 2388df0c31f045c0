#pragma once

#include <eduplat/services/courses_types.hpp>

#include <optional>
#include <string>
#include <vector>

/// What Courses::import_courses takes.
namespace eduplat {

struct ImportedLecture {
    std::string source_id = {};
    LocalizedText title = {};
    std::vector<Item> items = {};
    std::vector<std::string> concepts = {};
    bool preview = false;
    bool required = true;
    std::optional<Completion> completion = std::nullopt;  ///< none: default_completion()
    Release release = {};
    std::vector<std::string> prerequisites = {};  ///< source ids of lectures of the same course
};

struct ImportedSection {
    std::string source_id = {};
    LocalizedText title = {};
    std::vector<ImportedLecture> lectures = {};
};

/// A whole course of another system. All its ids are of one source.
struct ImportedCourse {
    std::string source = {};
    std::string source_id = {};
    NewCourse course = {};
    std::vector<std::string> prerequisites = {};  ///< source ids of courses; besides course's own
    std::vector<ImportedLecture> lectures = {};   ///< before all sections
    std::vector<ImportedSection> sections = {};
    bool publish = false;
};

}  // namespace eduplat
