#pragma once

#include <eduplat/core/page.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/learning_types.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace eduplat {

/// What learners do and how far they are. Events go to a log, which is the truth; progress follows
/// from it, in the same transaction, and can be made anew from it to the same bytes.
///
/// Each call is one transaction; rights are read in it. Who teaches a course may see and mark its
/// learners.
///
/// Thread safety: all members may be called from any thread.
/// Errors, of every call: those of Storage; unauthenticated and permission_denied as in Accounts;
/// invalid_argument with all violations at once; failed_precondition (field "clock", rule
/// "out_of_range") if the clock is before 1970 or after 9000; not_found (field "user", "course",
/// "lecture", "enrollment" or "certificate", rule "unknown").
class Learning final {
  public:
    /// Errors: invalid_argument, fields "learning.max_rate_percent" and so on.
    explicit Learning(Dependencies const& dependencies);
    Learning(Learning&&) noexcept;
    Learning& operator=(Learning&&) noexcept;
    ~Learning();

    /// Takes in what the asking learner did, all or nothing. The same key with the same events
    /// gives the first result again and changes nothing.
    ///
    /// Watching is credited to one viewing session of the learner, whatever tabs and devices: it
    /// opens with the first Opened or Watched event when none is live, and a report at t credits no
    /// more than max_rate * (t - opening) + grace less what it has credited; the rest is cut from
    /// the stretch's end. Only what was not watched before costs credit. Stretches may overlap,
    /// come late or twice, in any order. Without an enrollment (a preview, a teacher's visit)
    /// events are logged, and nothing is credited. A lecture that waits for another one may be
    /// opened by the batch that completes this: each event sees what those before it did.
    ///
    /// Errors: already_exists (field "batch", rule "other_body"); not_found (field
    /// "events[3].lecture" or ".course"); permission_denied (field "events[3].lecture", rule: the
    /// name of the AccessReason); invalid_argument, fields "batch" and "events": "required",
    /// "too_long", "too_many"; "events[3].at": "in_future" (past limits::client_ahead_max);
    /// ".from", ".to": "negative", "reversed" (to before from), "past_end"; ".item": "not_media",
    /// ".media": "unknown" (the lecture never had it); ".count", ".item", ".score", ".max_score",
    /// ".question": "too_small", "too_large"; ".text" and ".what" as any text.
    Recorded record(Actor const& actor, EventBatch const& batch);

    /// Marks a lecture for a learner, or takes the mark back, by a teacher of the course. Errors:
    /// failed_precondition (field "enrollment", rule: the name of its state, if not active or
    /// completed).
    void mark(Actor const& actor, LectureMark const& mark);

    /// The progress of a learner; without `user`, of the asking one.
    [[nodiscard]] CourseProgress progress(Actor const& actor, CourseId course,
                                          std::optional<UserId> user = std::nullopt) const;

    /// The learners of a course in the order of enrollment, in a fixed number of statements.
    [[nodiscard]] Page<GradebookRow> gradebook(Actor const& actor, CourseId course,
                                               PageRequest const& request = {}) const;

    /// A learner's part of the log in a course, oldest first.
    [[nodiscard]] Page<LoggedEvent> events(Actor const& actor, UserId user, CourseId course,
                                           PageRequest const& request = {}) const;

    /// A user's certificates, oldest first.
    [[nodiscard]] Page<Certificate> certificates(Actor const& actor, UserId user,
                                                 PageRequest const& request = {}) const;

    /// What a code stands for, typed in either case and with hyphens; nothing for an unknown one.
    [[nodiscard]] std::optional<VerifiedCertificate> verify_certificate(
        Actor const& actor, std::string_view code) const;

    /// Revokes a certificate; revoked again it stays as it was.
    Certificate revoke_certificate(Actor const& actor, CertificateId certificate);

    /// Makes progress, and what is complete by it, anew from the log: of one course, or of all and
    /// with it the viewing sessions. Several transactions, each of which leaves some learners
    /// wholly done, so that learning goes on meanwhile. What is completed stays so; certificates
    /// stay. Who did enough, and is not through by the log, is left to the job completion_sweep.
    /// For hosts: system or admin. Errors: failed_precondition (field "transaction", rule
    /// "not_allowed_inside").
    RebuildReport rebuild(Actor const& actor, std::optional<CourseId> course = std::nullopt);

    /// Takes in events of the past, in chunks of limits::learning_import_chunk_rows, each a
    /// transaction: an import that broke off goes on where it ended when it is made again, and
    /// tells the rejected rows of the chunks that it adds. Enrollments are to be imported before:
    /// rows of unknown users or lectures, and of users who are not enrolled in the course, are
    /// reported and left out, as are those that are malformed. Errors: already_exists (field
    /// "batch", rule "other_body"), invalid_argument (field "batch"), failed_precondition (field
    /// "transaction", rule "not_allowed_inside").
    EventImportReport import_events(Actor const& actor, EventImport const& import);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
