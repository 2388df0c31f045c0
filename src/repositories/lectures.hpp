#pragma once

#include <eduplat/domain/lecture.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Lectures as their authors see them. Their positions in a section, or before all sections, are
/// 0, 1, 2 ... at every moment.
namespace eduplat::repositories::lectures {

struct NewRow {
    Uid uid;
    std::optional<std::string> source = std::nullopt;
    std::optional<std::string> source_id = std::nullopt;
    CourseId course;
    std::optional<SectionId> section = std::nullopt;
    int position = 0;
    bool preview = false;
    bool required = true;
    Completion completion = {};
    Release release = {};
};

/// Where lectures stand: in a section, or before all.
struct Place {
    CourseId course;
    std::optional<SectionId> section = std::nullopt;
};

/// The whole record with its draft; one that was removed has no position.
[[nodiscard]] std::optional<Lecture> find(storage::Connection& connection, LectureId lecture);
/// The course that a lecture is or was of.
[[nodiscard]] std::optional<CourseId> course_of(storage::Connection& connection, LectureId lecture);

/// Whether there is a lecture by this name of another system.
[[nodiscard]] bool has_source(storage::Connection& connection, std::string_view source,
                              std::string_view source_id);

/// How many lectures stand there, and in the whole course.
[[nodiscard]] int count(storage::Connection& connection, Place const& place);
[[nodiscard]] int count(storage::Connection& connection, CourseId course);

/// Makes room at its position. Until set_draft() the transaction cannot end.
[[nodiscard]] LectureId insert(storage::Connection& connection, NewRow const& row, Timestamp at);
/// The same behind the last one, without a look for others.
[[nodiscard]] LectureId append(storage::Connection& connection, NewRow const& row, Timestamp at);
void set_draft(storage::Connection& connection, LectureId lecture, LectureVersionId version);

/// Writes preview, required, completion and release; raises the version.
void set_rules(storage::Connection& connection, Lecture const& lecture, Timestamp at);
void set_prerequisites(storage::Connection& connection, LectureId lecture,
                       std::span<LectureId const> prerequisites);
/// Whether another lecture of the draft has it as prerequisite.
[[nodiscard]] bool is_required(storage::Connection& connection, LectureId lecture);

/// One statement. `lecture` has a position.
void move(storage::Connection& connection, Lecture const& lecture, std::optional<SectionId> section,
          int position, Timestamp at);
void remove(storage::Connection& connection, Lecture const& lecture, Timestamp at);

/// Puts one that was removed at the end of a place.
void restore(storage::Connection& connection, LectureId lecture, Place const& place, Timestamp at);
/// It waits no more for lectures that were removed.
void drop_gone_prerequisites(storage::Connection& connection, Lecture const& lecture);
/// Those of a publication that the draft has no more, in its order.
[[nodiscard]] std::vector<LectureId> removed_since(storage::Connection& connection,
                                                   PublicationId publication);

}  // namespace eduplat::repositories::lectures
