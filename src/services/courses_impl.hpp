#pragma once

#include "repositories/courses.hpp"
#include "services/access.hpp"

#include <eduplat/core/validation.hpp>
#include <eduplat/services/courses.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace eduplat {

/// What the parts of Courses share.
class Courses::Impl {
  public:
    explicit Impl(Dependencies given) : dependencies(std::move(given)) {}

    [[nodiscard]] storage::Storage& storage() const noexcept { return dependencies.storage; }
    [[nodiscard]] Timestamp now() const { return dependencies.clock.now(); }
    [[nodiscard]] Uid new_uid() const;
    [[nodiscard]] std::vector<Uid> new_uids(std::size_t count) const;

    /// Takes a course from one state to another. Errors: failed_precondition (field "state").
    [[nodiscard]] Course change_state(Actor const& actor, Call call, CourseId course,
                                      CourseTransition change, std::string_view action) const;

    Dependencies dependencies;
};

/// Who asks, and what the course is to him.
struct CourseAccess {
    Asker asker;
    repositories::courses::Standing course;
};
struct SectionAccess {
    CourseAccess of;
    Section section;
};
struct DraftAccess {
    CourseAccess of;
    Lecture lecture;
};

/// What a call does with a draft. While a course is in review, only those edit it who look after
/// it.
enum class Use : std::uint8_t { read, edit };

/// For calls of those who teach a course or look after it. Others are refused before it is looked
/// for, so that the answer does not tell whether there is one. Errors: as require(); not_found;
/// failed_precondition (field "state", rule "in_review").
[[nodiscard]] CourseAccess authorize_course(storage::Connection& connection, Actor const& actor,
                                            Call call, CourseId course, Timestamp now,
                                            Use use = Use::read);
/// For edits of a section.
[[nodiscard]] SectionAccess authorize_section(storage::Connection& connection, Actor const& actor,
                                              Call call, SectionId section, Timestamp now);
/// The lecture may have been removed.
[[nodiscard]] DraftAccess authorize_lecture(storage::Connection& connection, Actor const& actor,
                                            Call call, LectureId lecture, Timestamp now,
                                            Use use = Use::read);
/// For edits of a lecture that the draft has.
[[nodiscard]] DraftAccess authorize_edit(storage::Connection& connection, Actor const& actor,
                                         Call call, LectureId lecture, Timestamp now);

/// Errors: conflict (field "version", rule "changed") if `read` is not what there `is`.
void check_version(std::int64_t is, std::int64_t read);

/// For calls that guests may make: nothing if the course is unknown, or hidden from the asker.
[[nodiscard]] std::optional<CourseAccess> visible_course(storage::Connection& connection,
                                                         Asker const& asker, Call call,
                                                         CourseId course);
/// Errors: as identify(); not_found.
[[nodiscard]] CourseAccess see_course(storage::Connection& connection, Actor const& actor,
                                      Call call, CourseId course, Timestamp now);

/// Makes a draft of a normalized course. Errors: as Courses::create; with `renamed` a slug that is
/// taken gets a number instead.
[[nodiscard]] CourseId insert_course(storage::Connection& connection, Asker const& asker,
                                     NewCourse const& course, repositories::courses::NewRow row,
                                     bool renamed, Timestamp now);

/// Journal entries about a course and about one of its lectures.
void record_course(storage::Connection& connection, CourseAccess const& access, Timestamp now,
                   std::string_view action);
void record_lecture(storage::Connection& connection, CourseAccess const& access, Timestamp now,
                    std::string_view action, Uid const& lecture);

/// Errors: not_found (field "course") if it is gone.
[[nodiscard]] Course course_now(storage::Connection& connection, CourseId course);
/// Errors: not_found (field "lecture").
[[nodiscard]] Lecture lecture_now(storage::Connection& connection, LectureId lecture);

[[noreturn]] void fail_unknown(std::string_view field);

}  // namespace eduplat
