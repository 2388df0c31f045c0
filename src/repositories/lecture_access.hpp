#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

/// What the answer to "may this user see this lecture" is computed from.
namespace eduplat::repositories::lecture_access {

enum class Schedule : std::uint8_t { at_once, at, after_enrollment, after_previous };

/// Where a lecture stands in the publication that the user sees, and the rules it has there.
struct Place {
    PublicationId publication;
    int position;
    bool preview;
    Schedule schedule;
    std::optional<Timestamp> release_at;
    std::chrono::days release_days;
    bool has_prerequisites;
};

struct Membership {
    EnrollmentId id;
    EnrollmentState state;
    std::optional<Timestamp> activated_at;
};

/// The time of a grant that is not taken back.
struct Span {
    Timestamp starts_at;
    std::optional<Timestamp> ends_at;
};

struct Facts {
    CourseId course;
    bool course_is_published;
    bool teaches;
    std::optional<Place> place;  ///< none: not among the lectures that the user sees
    std::optional<Membership> enrollment;
    std::optional<CourseId> required_course;  ///< the first that the user has yet to complete
    std::vector<Span> grants;
};

/// Nothing if there is no such lecture. `user` is none for a guest. One statement.
[[nodiscard]] std::optional<Facts> find(storage::Connection& connection, LectureId lecture,
                                        std::optional<UserId> user);

struct Previous {
    LectureId lecture;
    std::optional<Timestamp> completed_at;
};

/// The lecture before a place, and when the learner completed it; nothing for the first.
[[nodiscard]] std::optional<Previous> previous(storage::Connection& connection, Place const& place,
                                               EnrollmentId enrollment);

/// The first lecture that the learner has yet to complete before this one.
[[nodiscard]] std::optional<LectureId> required_lecture(storage::Connection& connection,
                                                        PublicationId publication,
                                                        LectureId lecture, EnrollmentId enrollment);

/// Those of a page's lectures that the user may open at a moment, as the newest publication has
/// them. Some that he may open are left out: those with a schedule or prerequisites, and those of a
/// learner of an older edition. One statement.
[[nodiscard]] std::set<LectureId> open_lectures(storage::Connection& connection,
                                                std::vector<LectureId> const& lectures, UserId user,
                                                Timestamp at);

[[nodiscard]] bool teaches(storage::Connection& connection, UserId user, CourseId course);
/// Whether the user teaches the lecture's course.
[[nodiscard]] bool teaches(storage::Connection& connection, UserId user, LectureId lecture);

}  // namespace eduplat::repositories::lecture_access
