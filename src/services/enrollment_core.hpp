#pragma once

#include "repositories/rows.hpp"
#include "services/access.hpp"
#include "services/job_runner.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

/// What Enrollments, Payments and Learning share: seats, grants and access, inside a transaction of
/// the caller's. None of these asks for rights.
namespace eduplat {

/// Takes one seat of a course; learners whose time is over give theirs up for it. False if all are
/// taken.
[[nodiscard]] bool take_seat(storage::Connection& connection, CourseId course, Timestamp now);
/// Gives one back.
void free_seat(storage::Connection& connection, CourseId course);

/// Gives back the seats of learners whose last grant has ended, of one course if it is given: a
/// bounded number of them. Returns how many. Their enrollments stay as they are.
int free_ended_seats(storage::Connection& connection, Timestamp now,
                     std::optional<CourseId> course = std::nullopt);
/// A job that does so.
inline constexpr std::string_view free_seats_job = "enrollments_free_seats";
[[nodiscard]] JobStep free_ended_seats(Dependencies const& dependencies);

struct NewGrant {
    UserId user;
    CourseId course;
    GrantKind kind;
    Timestamp starts_at;
    std::optional<Timestamp> ends_at = std::nullopt;
    std::optional<OrderLineId> line = std::nullopt;  ///< for a purchase: the paid line
    /// The caller holds a seat for the learner already (an order's): it becomes the enrollment's,
    /// or is given back if the learner has one. Of an open order it is taken without being told.
    bool seat_held = false;
};

/// Two uids, for the enrollment and the grant: taken before the transaction, because a transaction
/// may run twice.
struct GrantUids {
    Uid enrollment;
    Uid grant;
};

/// Makes the grant, and the enrollment if there is none; a pending or revoked one becomes active
/// again, completed if it was; a suspended one stays so. Writes history and journal. Nothing if the
/// course has no seat left or is unknown. Given twice for one line, the second time it changes
/// nothing and tells the first grant.
[[nodiscard]] std::optional<Grant> give_grant(storage::Connection& connection, Asker const& asker,
                                              NewGrant const& grant, GrantUids const& uids,
                                              Timestamp now);

/// Takes back one grant; the enrollment is revoked, and its seat freed, when it was the last that
/// is neither taken back nor over. Progress stays. `cause` is a word for the history, which never
/// changes: it holds nothing of a person; `digest` is of what the journal's details say more.
/// Returns the number of the journal's entry; taken back twice, the second time changes nothing and
/// returns none. Errors: not_found (field "grant").
std::optional<std::int64_t> take_back_grant(
    storage::Connection& connection, Asker const& asker, GrantId grant, std::string_view cause,
    Timestamp now, std::optional<repositories::Digest> const& digest = std::nullopt);

/// Gives back a grant that was taken back, as it was; the enrollment becomes active again,
/// completed if it was. False if the course has no seat left. Of one that was not taken back it
/// changes nothing. `cause` as above. Errors: not_found (field "grant").
[[nodiscard]] bool restore_grant(storage::Connection& connection, Asker const& asker, GrantId grant,
                                 std::string_view cause, Timestamp now);

/// The grant that a paid line gave.
[[nodiscard]] std::optional<Grant> grant_of_line(storage::Connection& connection, OrderLineId line);

struct StateChange {
    EnrollmentState to;
    std::string_view cause;                                     ///< a word for the history
    std::string_view action;                                    ///< the journal's
    std::optional<repositories::Digest> digest = std::nullopt;  ///< of the journal's detail
    std::optional<Timestamp> completed_at = std::nullopt;       ///< if not now
};

/// Changes the state of an enrollment. Returns the number of the journal's entry. Errors:
/// failed_precondition (field "state", rule: the state's name) where the table of transitions has
/// no such change.
std::int64_t change_state(storage::Connection& connection, Asker const& asker,
                          Enrollment const& enrollment, StateChange const& change, Timestamp now);

/// Marks an enrollment completed at `completed_at`, if it is active; the books say that of now.
void complete_enrollment(storage::Connection& connection, Asker const& asker,
                         EnrollmentId enrollment, Timestamp completed_at, Timestamp now);

/// The question every read path of lecture content asks. A lecture that is unknown is
/// `unpublished`. What was completed and granted counts as it is now, whatever `at` is. One
/// statement; one more where the schedule waits for the previous lecture, and one where lectures
/// have to be completed first.
[[nodiscard]] LectureAccess lecture_access(storage::Connection& connection, Asker const& asker,
                                           LectureId lecture, Timestamp at);

/// Whether the user teaches the course.
[[nodiscard]] bool teaches(storage::Connection& connection, UserId user, CourseId course);

}  // namespace eduplat
