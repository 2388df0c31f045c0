#pragma once

#include <eduplat/domain/lecture.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Sections of courses. Their positions in a course are 0, 1, 2 ... at every moment.
namespace eduplat::repositories::sections {

struct NewRow {
    Uid uid;
    std::optional<std::string> source = std::nullopt;
    std::optional<std::string> source_id = std::nullopt;
    CourseId course;
    LocalizedText title = {};
    int position = 0;
};

/// Nothing for one that was removed. Two statements.
[[nodiscard]] std::optional<Section> find(storage::Connection& connection, SectionId section);
/// The course that a section is or was of.
[[nodiscard]] std::optional<CourseId> course_of(storage::Connection& connection, SectionId section);
/// Whether there is a section by this name of another system.
[[nodiscard]] bool has_source(storage::Connection& connection, std::string_view source,
                              std::string_view source_id);
[[nodiscard]] int count(storage::Connection& connection, CourseId course);
/// By position.
[[nodiscard]] std::vector<Section> of_course(storage::Connection& connection, CourseId course);

/// Those from its position on move up by one.
[[nodiscard]] SectionId insert(storage::Connection& connection, NewRow const& row);
void set_title(storage::Connection& connection, SectionId section, LocalizedText const& title);
/// One statement. `section` has a position.
void move(storage::Connection& connection, Section const& section, int position);
void remove(storage::Connection& connection, Section const& section);

}  // namespace eduplat::repositories::sections
