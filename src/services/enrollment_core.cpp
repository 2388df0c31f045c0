#include "services/enrollment_core.hpp"

#include "repositories/enrollments.hpp"
#include "repositories/grants.hpp"
#include "repositories/journal.hpp"
#include "repositories/lecture_access.hpp"
#include "repositories/seats.hpp"
#include "services/learning_log.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace eduplat {

namespace enrollments = repositories::enrollments;
namespace grants = repositories::grants;
using storage::Connection;

namespace {

constexpr int seats_at_once = 50;

void note(Connection& connection, Asker const& asker, Enrollment const& enrollment,
          std::optional<EnrollmentState> from, std::string_view cause, Timestamp now) {
    enrollments::append_change(connection, enrollment.id,
                               {.from = from,
                                .to = enrollment.state,
                                .cause = cause,
                                .actor_kind = asker.kind,
                                .actor = asker.uid,
                                .at = now});
}

std::int64_t record_with(Connection& connection, Asker const& asker, Enrollment const& enrollment,
                         std::string_view action, std::optional<repositories::Digest> const& digest,
                         Timestamp now) {
    return repositories::journal::append(connection, {.at = now,
                                                      .actor_kind = asker.kind,
                                                      .actor = asker.uid,
                                                      .action = action,
                                                      .object_kind = "enrollment",
                                                      .object = enrollment.uid,
                                                      .digest = digest});
}

/// The state that a new grant leads to.
EnrollmentState with_grant(Enrollment const& enrollment) {
    switch (enrollment.state) {
        case EnrollmentState::pending:
        case EnrollmentState::revoked:
            return enrollment.completed_at ? EnrollmentState::completed : EnrollmentState::active;
        default:
            return enrollment.state;
    }
}

/// Whether the learner has a seat, or gets one, be it that of his own open order. What was held
/// beside it is given back.
bool seat_for(Connection& connection, NewGrant const& grant,
              std::optional<Enrollment> const& enrollment, Timestamp now) {
    bool const has_seat = enrollment && enrollments::holds_seat(connection, enrollment->id);
    if (has_seat && grant.seat_held) free_seat(connection, grant.course);
    return has_seat || grant.seat_held ||
           repositories::seats::take_from_order(connection, grant.user, grant.course) ||
           take_seat(connection, grant.course, now);
}

Enrollment enroll(Connection& connection, Asker const& asker, NewGrant const& grant, Uid const& uid,
                  Timestamp now) {
    auto const made = enrollments::insert(connection,
                                          {.uid = uid,
                                           .user = grant.user,
                                           .course = grant.course,
                                           .state = EnrollmentState::active,
                                           .activated_at = std::max(now, grant.starts_at),
                                           .seat_until = grant.ends_at},
                                          now);
    if (!made) fail(ErrorCode::not_found, "course", "unknown");
    note(connection, asker, *made, std::nullopt, name(grant.kind), now);
    log_enrolled(connection, made->user, made->course, made->id, made->edition, now);
    return *made;
}

/// The enrollment as the grant makes it: active, unless it was completed or is suspended.
Enrollment activate(Connection& connection, Asker const& asker, NewGrant const& grant,
                    Enrollment const& before, Timestamp now) {
    auto const let_in_at = std::max(now, grant.starts_at);
    auto const state = with_grant(before);
    bool const sooner = !before.activated_at || let_in_at < *before.activated_at;
    if (state == before.state && !sooner) return before;
    auto after = enrollments::set_activated(connection, before.id, state, let_in_at, now);
    if (state != before.state) {
        note(connection, asker, after, before.state, name(grant.kind), now);
        log_let_in(connection, before.id, now);
    }
    return after;
}

}  // namespace

bool take_seat(Connection& connection, CourseId course, Timestamp now) {
    if (repositories::seats::take(connection, course)) return true;
    bool const freed = free_ended_seats(connection, now, course) > 0;
    return freed && repositories::seats::take(connection, course);
}

void free_seat(Connection& connection, CourseId course) {
    repositories::seats::free(connection, course);
}

int free_ended_seats(Connection& connection, Timestamp now, std::optional<CourseId> course) {
    auto const ended = enrollments::ended_seats(connection, now, seats_at_once, course);
    for (auto const& seat : ended) {
        enrollments::give_up_seat(connection, seat.enrollment);
        free_seat(connection, seat.course);
    }
    return static_cast<int>(ended.size());
}

JobStep free_ended_seats(Dependencies const& dependencies) {
    auto const now = dependencies.clock.now();
    int const freed = dependencies.storage.write(
        [&](Connection& connection) { return free_ended_seats(connection, now); });
    return freed == seats_at_once ? JobStep::more : JobStep::finished;
}

std::optional<Grant> give_grant(Connection& connection, Asker const& asker, NewGrant const& grant,
                                GrantUids const& uids, Timestamp now) {
    if (grant.line) {
        if (auto given = grants::find(connection, *grant.line)) return given;
    }
    auto const before = enrollments::find(connection, grant.user, grant.course);
    if (!seat_for(connection, grant, before, now)) return std::nullopt;
    auto const enrollment = before ? activate(connection, asker, grant, *before, now)
                                   : enroll(connection, asker, grant, uids.enrollment, now);
    auto given = grants::insert(connection,
                                {.uid = uids.grant,
                                 .enrollment = enrollment.id,
                                 .kind = grant.kind,
                                 .starts_at = grant.starts_at,
                                 .ends_at = grant.ends_at,
                                 .line = grant.line},
                                now);
    if (before) enrollments::keep_seat(connection, enrollment.id);
    record(connection, asker, now, "enrollment.granted", "enrollment", enrollment.uid);
    return given;
}

std::optional<std::int64_t> take_back_grant(Connection& connection, Asker const& asker,
                                            GrantId grant, std::string_view cause, Timestamp now,
                                            std::optional<repositories::Digest> const& digest) {
    auto const given = grants::find(connection, grant);
    if (!given) fail(ErrorCode::not_found, "grant", "unknown");
    if (given->revoked_at) return std::nullopt;
    grants::revoke(connection, grant, now);
    auto const enrollment = *enrollments::find(connection, given->enrollment);
    bool const holds_seat = enrollments::holds_seat(connection, enrollment.id);
    if (grants::has_standing(connection, enrollment.id, now)) {
        if (holds_seat) enrollments::keep_seat(connection, enrollment.id);
        return record_with(connection, asker, enrollment, "enrollment.grant_taken_back", digest,
                           now);
    }
    if (holds_seat) {
        enrollments::give_up_seat(connection, enrollment.id);
        free_seat(connection, enrollment.course);
    }
    return change_state(connection, asker, enrollment,
                        {.to = EnrollmentState::revoked,
                         .cause = cause,
                         .action = "enrollment.revoked",
                         .digest = digest},
                        now);
}

bool restore_grant(Connection& connection, Asker const& asker, GrantId grant,
                   std::string_view cause, Timestamp now) {
    auto const given = grants::find(connection, grant);
    if (!given) fail(ErrorCode::not_found, "grant", "unknown");
    if (!given->revoked_at) return true;
    auto const before = *enrollments::find(connection, given->enrollment);
    bool const has_seat = enrollments::holds_seat(connection, before.id);
    if (!has_seat && !take_seat(connection, before.course, now)) return false;
    grants::restore(connection, grant);
    auto const state = with_grant(before);
    if (state == EnrollmentState::completed && before.state != state) {
        auto const after = enrollments::set_state(connection, before.id, state, now);
        note(connection, asker, after, before.state, cause, now);
    }
    if (state == EnrollmentState::active && before.state != state) {
        change_state(connection, asker, before,
                     {.to = state, .cause = cause, .action = "enrollment.restored"}, now);
    } else {
        record(connection, asker, now, "enrollment.restored", "enrollment", before.uid);
    }
    enrollments::keep_seat(connection, before.id);
    return true;
}

std::optional<Grant> grant_of_line(Connection& connection, OrderLineId line) {
    return grants::find(connection, line);
}

std::int64_t change_state(Connection& connection, Asker const& asker, Enrollment const& enrollment,
                          StateChange const& change, Timestamp now) {
    if (!can_change(enrollment.state, change.to)) {
        fail(ErrorCode::failed_precondition, "state", name(enrollment.state));
    }
    auto const after = change.to == EnrollmentState::completed
                           ? enrollments::set_completed(connection, enrollment.id,
                                                        change.completed_at.value_or(now), now)
                           : enrollments::set_state(connection, enrollment.id, change.to, now);
    note(connection, asker, after, enrollment.state, change.cause, now);
    if (change.to == EnrollmentState::active) log_let_in(connection, enrollment.id, now);
    return record_with(connection, asker, enrollment, change.action, change.digest, now);
}

void complete_enrollment(Connection& connection, Asker const& asker, EnrollmentId enrollment,
                         Timestamp completed_at, Timestamp now) {
    auto const found = enrollments::find(connection, enrollment);
    if (!found || found->state != EnrollmentState::active) return;
    change_state(connection, asker, *found,
                 {.to = EnrollmentState::completed,
                  .cause = "completed",
                  .action = "enrollment.completed",
                  .completed_at = completed_at},
                 now);
}

bool teaches(Connection& connection, UserId user, CourseId course) {
    return repositories::lecture_access::teaches(connection, user, course);
}

}  // namespace eduplat
