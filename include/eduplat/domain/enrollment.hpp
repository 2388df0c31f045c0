#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eduplat {

/// Where an enrollment stands. Whether it has expired is not a state: it follows from its grants
/// and the time.
enum class EnrollmentState : std::uint8_t {
    pending,    ///< known, but without a grant yet: from an import
    active,     ///< learning
    completed,  ///< fulfilled the course's rule of completion, for good
    suspended,  ///< shut out by the school, for a time
    revoked,    ///< none of its grants is left; a new grant makes it active again
};

[[nodiscard]] std::string_view name(EnrollmentState state) noexcept;
[[nodiscard]] std::optional<EnrollmentState> parse_enrollment_state(std::string_view text) noexcept;

struct EnrollmentTransition {
    EnrollmentState from;
    EnrollmentState to;

    friend bool operator==(EnrollmentTransition const&, EnrollmentTransition const&) = default;
};

/// Every change of state that may happen; any other is failed_precondition.
[[nodiscard]] std::span<EnrollmentTransition const> enrollment_transitions() noexcept;
[[nodiscard]] bool can_change(EnrollmentState from, EnrollmentState to) noexcept;

/// A learner in a course: one for each pair, whatever happens.
struct Enrollment {
    EnrollmentId id;
    Uid uid;
    std::optional<std::string> source = std::nullopt;
    std::optional<std::string> source_id = std::nullopt;
    UserId user;
    CourseId course;
    EnrollmentState state;
    int edition;  ///< of the course's content that the learner sees: the newest one as he enrolled
    std::optional<Timestamp> activated_at =
        std::nullopt;  ///< when a grant let the learner in first
    std::optional<Timestamp> completed_at = std::nullopt;  ///< stays through later states
    std::int64_t version;
    Timestamp created_at;
    Timestamp updated_at;

    friend bool operator==(Enrollment const&, Enrollment const&) = default;
};

/// One change of state, in order.
struct EnrollmentChange {
    int number;
    Timestamp at;
    std::optional<EnrollmentState> from = std::nullopt;  ///< none: the enrollment was made
    EnrollmentState to;
    std::string cause;  ///< "purchase", "gift", "refund", "completed" ...
    ActorKind actor_kind;
    std::optional<Uid> actor = std::nullopt;

    friend bool operator==(EnrollmentChange const&, EnrollmentChange const&) = default;
};

enum class GrantKind : std::uint8_t { purchase, gift, staff, free, imported };

[[nodiscard]] std::string_view name(GrantKind kind) noexcept;  ///< "import" for imported
[[nodiscard]] std::optional<GrantKind> parse_grant_kind(std::string_view text) noexcept;

/// One reason why a learner may enter a course. A learner can have several for one course, and
/// taking one back leaves the others.
struct Grant {
    GrantId id;
    Uid uid;
    EnrollmentId enrollment;
    GrantKind kind;
    Timestamp starts_at;
    std::optional<Timestamp> ends_at = std::nullopt;  ///< none: for good
    std::optional<Timestamp> revoked_at = std::nullopt;

    [[nodiscard]] bool covers(Timestamp at) const noexcept {
        return !revoked_at && starts_at <= at && (!ends_at || at < *ends_at);
    }

    friend bool operator==(Grant const&, Grant const&) = default;
};

/// Why access is given or not.
enum class AccessReason : std::uint8_t {
    // given
    preview,   ///< the lecture is open to everybody
    enrolled,  ///< a grant covers this moment
    teacher,   ///< teaches the course
    staff,     ///< is staff, an admin or the system
    // denied
    unpublished,          ///< not among the published lectures that the learner sees
    not_enrolled,         ///< no enrollment, or one without a grant yet
    not_started,          ///< no grant covers this moment, but one begins later
    expired,              ///< every grant has ended
    suspended,            ///< the enrollment is suspended
    revoked,              ///< the enrollment is revoked
    not_released,         ///< the lecture's schedule says later
    previous_incomplete,  ///< the schedule waits for the previous lecture
    lecture_required,     ///< a lecture has to be completed first
    course_required,      ///< a course has to be completed first
};

[[nodiscard]] std::string_view name(AccessReason reason) noexcept;

/// The answer to "may this actor see this lecture at this moment".
struct LectureAccess {
    bool allowed = false;
    AccessReason reason = AccessReason::unpublished;
    /// The next moment at which time alone may change the answer; none: it will not.
    std::optional<Timestamp> changes_at = std::nullopt;
    std::optional<LectureId> required_lecture = std::nullopt;  ///< what has to be completed first
    std::optional<CourseId> required_course = std::nullopt;
    std::optional<EnrollmentId> enrollment = std::nullopt;  ///< of the asking learner

    friend bool operator==(LectureAccess const&, LectureAccess const&) = default;
};

}  // namespace eduplat
