#pragma once

#include <eduplat/core/validation.hpp>
#include <eduplat/services/courses_types.hpp>

#include <string>
#include <string_view>
#include <vector>

/// The rules of what Courses is given: each function returns the normal form, and adds to
/// `validation` what is broken. `path` stands before the names of fields: "rows[3].".
namespace eduplat {

[[nodiscard]] NewCourse normalized(Validation& validation, std::string_view path,
                                   NewCourse const& course);
[[nodiscard]] CourseUpdate normalized(Validation& validation, CourseUpdate const& update);
[[nodiscard]] NewLecture normalized(Validation& validation, std::string_view path,
                                    NewLecture const& lecture);
[[nodiscard]] LectureUpdate normalized(Validation& validation, LectureUpdate const& update);

/// A title of a course, section or lecture: in one language at least.
[[nodiscard]] LocalizedText normalized_title(Validation& validation, std::string const& field,
                                             LocalizedText const& title);
[[nodiscard]] std::string normalized_label(Validation& validation, std::string const& field,
                                           std::string_view label);
[[nodiscard]] std::string normalized_language(Validation& validation, std::string const& field,
                                              std::string_view language);
void check_position(Validation& validation, int position);
void check_level(Validation& validation, std::string const& field, std::optional<Level> level);
void check_share(Validation& validation, std::string const& field, Teacher const& teacher);

/// A slug from a title, in ASCII; empty if nothing of the title is.
[[nodiscard]] std::string slug_of(std::string_view title);

}  // namespace eduplat
