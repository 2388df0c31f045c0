#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>

#include <optional>
#include <string>
#include <variant>

/// What Enrollments takes and gives. Texts are trimmed and kept in NFC; their bounds are in
/// core/limits.hpp.
namespace eduplat {

/// A grant that the school gives. Purchases give theirs through Payments.
struct GiveRequest {
    UserId user;
    CourseId course;
    GrantKind kind = GrantKind::gift;                   ///< gift or staff
    std::optional<Timestamp> starts_at = std::nullopt;  ///< none: now
    std::optional<Timestamp> ends_at = std::nullopt;    ///< none: for good; not covered itself
};

struct RosterFilter {
    std::optional<EnrollmentState> state = std::nullopt;  ///< none: all
};

struct RosterEntry {
    Enrollment enrollment;
    std::string display_name;  ///< of the learner; empty once erased

    friend bool operator==(RosterEntry const&, RosterEntry const&) = default;
};

/// A user by the name he has in the system he was imported from.
struct SourceName {
    std::string source = {};
    std::string source_id = {};

    friend bool operator==(SourceName const&, SourceName const&) = default;
};

/// What another system knows of a learner in a course. Whoever is not pending gets one grant of
/// kind imported, which begins at `enrolled_at`.
struct ImportedEnrollment {
    std::string source = {};     ///< the system the row comes from,
    std::string source_id = {};  ///< and its name there
    std::variant<UserId, SourceName> user;
    CourseId course;
    EnrollmentState state = EnrollmentState::active;  ///< any but suspended
    Timestamp enrolled_at;
    /// Of an active or completed one: when access ends; of a revoked one, which must have it: when
    /// it was revoked.
    std::optional<Timestamp> ended_at = std::nullopt;
    /// A completed one must have it; a revoked one may.
    std::optional<Timestamp> completed_at = std::nullopt;
};

}  // namespace eduplat
