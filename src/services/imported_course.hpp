#pragma once

#include "services/courses_impl.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One course of an import: checked before the transaction, made in it.
namespace eduplat {

struct PlannedSection {
    std::string source_id;
    LocalizedText title;
};

struct PlannedLecture {
    std::string source_id;
    std::optional<std::size_t> section;      ///< place among the sections
    int position;                            ///< in it
    NewLecture lecture;                      ///< normalized; its prerequisites count for nothing
    std::vector<std::size_t> prerequisites;  ///< places among the lectures
};

struct PlannedCourse {
    std::string source;
    std::string source_id;
    NewCourse course;
    std::vector<std::string> prerequisites;  ///< source ids of courses
    std::vector<PlannedSection> sections;
    std::vector<PlannedLecture> lectures;
    bool publish = false;
    /// For the course, its publication, sections, lectures and versions, then for recordings.
    std::vector<Uid> uids = {};

    [[nodiscard]] std::size_t uids_needed() const noexcept;
};

/// Checks all of it. Broken rules go to `validation`; `path` stands before the names of fields.
[[nodiscard]] PlannedCourse planned_course(Validation& validation, std::string const& path,
                                           ImportedCourse const& course);

/// Makes the course with its lectures; false if it is known by its source. Errors, about the row:
/// not_found, already_exists, invalid_argument and failed_precondition, as Courses::create and
/// publish; already_exists (field "source_id" of a section or lecture, rule "taken").
[[nodiscard]] bool insert_planned(storage::Connection& connection, Asker const& asker,
                                  PlannedCourse const& plan, Timestamp now);

}  // namespace eduplat
