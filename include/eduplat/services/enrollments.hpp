#pragma once

#include <eduplat/core/page.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/services/accounts_types.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/enrollments_types.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace eduplat {

/// Who learns what, why, and whether it opens now.
///
/// A learner has one enrollment in a course, whatever happens, and one or more grants: the reasons
/// why he may enter. Access is computed from them for a moment and never stored, so nothing has to
/// run when a grant ends. Each call but import_enrollments() is one transaction; each change of
/// state is in the enrollment's history and in the journal. Teachers act on the courses that they
/// teach, staff on all.
///
/// Thread safety: all members may be called from any thread.
/// Errors, of every call: those of Storage; for the actor as Accounts; permission_denied (field
/// "actor", rule: the call's name) for who may not make it, whether or not there is such a thing;
/// not_found (field "enrollment", "grant", "course" or "user", rule "unknown"); invalid_argument
/// with all violations at once, under the names of the arguments; resource_exhausted (field
/// "course", rule "full") where a seat is wanted and none is left; failed_precondition (field
/// "clock", rule "out_of_range") outside the years 1970 to 9999.
class Enrollments final {
  public:
    explicit Enrollments(Dependencies const& dependencies);
    Enrollments(Enrollments&&) noexcept;
    Enrollments& operator=(Enrollments&&) noexcept;
    ~Enrollments();

    // -- Changes

    /// Enrolls the asking user in a free course of the catalog, with a grant of kind free. Who has
    /// an enrollment that is not pending or revoked gets that one, unchanged. What a course
    /// requires does not forbid to enroll: it keeps the lectures shut. Errors: not_found (field
    /// "course": also where it is a draft, or archived and the user has no part in it);
    /// failed_precondition (field "price", rule "required": it is not free; field "state", rule
    /// "revoked": the school revoked the enrollment, and gives it back by give(); rule "draft",
    /// "in_review" or "archived": the course's).
    Enrollment enroll(Actor const& actor, CourseId course);

    /// Gives a grant beside those there are. It makes the enrollment, or makes a pending or revoked
    /// one active again, completed if it was; a suspended one stays so. A course that was never
    /// published may be given: it opens when it is. Errors: invalid_argument (field "kind", rule
    /// "not_allowed"; field "starts_at" or "ends_at", rule "out_of_range": before 1970 or after
    /// 9999; field "ends_at", rule "too_early": not after the start); failed_precondition (field
    /// "state", rule "archived": the course's; rule "erased": the user's).
    Grant give(Actor const& actor, GiveRequest const& request);

    /// Takes one grant back; taken back before, nothing changes. With the last one the enrollment
    /// is revoked and its seat free; progress stays. Errors: failed_precondition (field "kind",
    /// rule "purchase": what was bought is taken back by Payments).
    Enrollment take_back(Actor const& actor, GrantId grant, std::string_view reason = {});

    /// Shuts a learner out for a time: the grants go on and lead nowhere. Errors:
    /// failed_precondition (field "state", rule: the state's name).
    Enrollment suspend(Actor const& actor, EnrollmentId enrollment, std::string_view reason = {});
    /// Undoes suspend(): active again, or completed if it was. Errors: as suspend().
    Enrollment reinstate(Actor const& actor, EnrollmentId enrollment);

    // -- Reading. Learners read what is theirs.

    [[nodiscard]] Enrollment get_enrollment(Actor const& actor, EnrollmentId enrollment) const;
    [[nodiscard]] std::optional<Enrollment> find_enrollment(Actor const& actor,
                                                            EnrollmentId enrollment) const;
    [[nodiscard]] std::optional<Enrollment> find_enrollment(Actor const& actor,
                                                            Uid const& enrollment) const;
    [[nodiscard]] std::optional<Enrollment> find_enrollment(Actor const& actor, UserId user,
                                                            CourseId course) const;

    /// The enrollments of a user, newest first.
    [[nodiscard]] Page<Enrollment> of_user(Actor const& actor, UserId user,
                                           PageRequest const& request = {}) const;
    /// The learners of a course in the order they enrolled.
    [[nodiscard]] Page<RosterEntry> roster(Actor const& actor, CourseId course,
                                           RosterFilter const& filter = {},
                                           PageRequest const& request = {}) const;
    /// Oldest first.
    [[nodiscard]] Page<EnrollmentChange> history(Actor const& actor, EnrollmentId enrollment,
                                                 PageRequest const& request = {}) const;
    /// Oldest first, those taken back as well.
    [[nodiscard]] Page<Grant> grants(Actor const& actor, EnrollmentId enrollment,
                                     PageRequest const& request = {}) const;

    // -- Access

    /// Whether the actor may see a lecture's content at a moment: the question that every call
    /// asks which shows some. What was granted and completed counts as it is now, only the time is
    /// `at`. An unknown lecture is `unpublished`; a refusal is an answer, not an error.
    [[nodiscard]] LectureAccess can_access(Actor const& actor, LectureId lecture,
                                           std::optional<Timestamp> at = std::nullopt) const;
    /// What can_access() answers a learner: for those who look after him.
    [[nodiscard]] LectureAccess learner_access(Actor const& actor, UserId user, LectureId lecture,
                                               std::optional<Timestamp> at = std::nullopt) const;

    // -- Import

    /// Brings enrollments along. Rows that break a rule, repeat another, name an unknown user or
    /// course, find the course full or the user enrolled from elsewhere are reported, not thrown
    /// ("rows[3].user": "unknown", "erased", "enrolled"; "rows[3].course": "unknown", "full"). A
    /// transaction for each limits::import_chunk_rows. After an error give the same rows again:
    /// those that are there by their source are left as they are. Errors: failed_precondition
    /// inside a write (field "transaction", rule "not_allowed_inside").
    [[nodiscard]] ImportReport import_enrollments(Actor const& actor,
                                                  std::span<ImportedEnrollment const> rows);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
