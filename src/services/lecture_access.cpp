#include "repositories/lecture_access.hpp"

#include "services/enrollment_core.hpp"

#include <algorithm>

namespace eduplat {

namespace access = repositories::lecture_access;
using enum AccessReason;
using access::Schedule;
using storage::Connection;

namespace {

LectureAccess given(AccessReason reason, std::optional<EnrollmentId> enrollment = std::nullopt) {
    return {.allowed = true, .reason = reason, .enrollment = enrollment};
}

LectureAccess denied(AccessReason reason, std::optional<EnrollmentId> enrollment = std::nullopt) {
    return {.reason = reason, .enrollment = enrollment};
}

bool covers(access::Span const& span, Timestamp at) {
    return span.starts_at <= at && (!span.ends_at || at < *span.ends_at);
}

/// What the grants say of one moment.
struct Coverage {
    bool covered = false;
    bool later = false;                   ///< not covered, but some grant begins later
    std::optional<Timestamp> changes_at;  ///< when that ends; none: never
};

/// When a time that is covered at `at` ends: grants that follow one another are one time.
std::optional<Timestamp> end_of_cover(std::vector<access::Span> const& grants, Timestamp at) {
    for (;;) {
        auto end = at;
        for (auto const& grant : grants) {
            if (!covers(grant, at)) continue;
            if (!grant.ends_at) return std::nullopt;
            end = std::max(end, *grant.ends_at);
        }
        if (end == at) return end;
        at = end;
    }
}

Coverage coverage(std::vector<access::Span> const& grants, Timestamp at) {
    Coverage result;
    for (auto const& grant : grants) {
        if (covers(grant, at)) return {true, false, end_of_cover(grants, at)};
        if (grant.starts_at <= at) continue;
        result.later = true;
        result.changes_at = std::min(result.changes_at.value_or(grant.starts_at), grant.starts_at);
    }
    return result;
}

/// Whether one with this enrollment sees the course as its learners do.
bool belongs(std::optional<access::Membership> const& enrollment) {
    return enrollment && enrollment->state != EnrollmentState::pending &&
           enrollment->state != EnrollmentState::revoked;
}

/// Why one with this enrollment may not enter the course, whatever the lecture; nothing if he may.
std::optional<AccessReason> shut_out(access::Facts const& facts, Coverage const& cover) {
    if (!facts.enrollment) return not_enrolled;
    if (facts.enrollment->state == EnrollmentState::suspended) return suspended;
    if (facts.enrollment->state == EnrollmentState::revoked) return revoked;
    if (cover.covered) return std::nullopt;
    if (facts.grants.empty()) return not_enrolled;
    return cover.later ? not_started : expired;
}

/// What the schedule says of a lecture: open from a moment on, or waiting for the previous one.
struct Release {
    std::optional<Timestamp> at;         ///< none: at once
    std::optional<LectureId> waits_for;  ///< not yet completed
};

Release release_of(Connection& connection, access::Place const& place,
                   access::Membership const& enrollment) {
    switch (place.schedule) {
        case Schedule::at_once:
            return {};
        case Schedule::at:
            return {.at = place.release_at, .waits_for = std::nullopt};
        case Schedule::after_enrollment:
            if (!enrollment.activated_at) return {};
            return {.at = *enrollment.activated_at + place.release_days, .waits_for = std::nullopt};
        case Schedule::after_previous:
            break;
    }
    auto const previous = access::previous(connection, place, enrollment.id);
    if (!previous) return {};
    if (!previous->completed_at) return {.at = std::nullopt, .waits_for = previous->lecture};
    return {.at = *previous->completed_at + place.release_days, .waits_for = std::nullopt};
}

/// The earlier of two moments; none counts as never.
std::optional<Timestamp> earlier(std::optional<Timestamp> one, Timestamp other) {
    return one ? std::min(*one, other) : other;
}

/// For one whose grants cover the moment: what he has to do or to wait for before this lecture.
LectureAccess learner_access(Connection& connection, LectureId lecture, access::Facts const& facts,
                             Coverage const& cover, Timestamp at) {
    auto answer = denied(enrolled, facts.enrollment->id);
    answer.changes_at = cover.changes_at;
    auto const refused = [&](AccessReason reason) {
        answer.reason = reason;
        return answer;
    };
    if ((answer.required_course = facts.required_course)) return refused(course_required);

    auto const release = release_of(connection, *facts.place, *facts.enrollment);
    if ((answer.required_lecture = release.waits_for)) return refused(previous_incomplete);
    if (release.at && at < *release.at) {
        answer.changes_at = earlier(answer.changes_at, *release.at);
        return refused(not_released);
    }
    if (facts.place->has_prerequisites) {
        answer.required_lecture = access::required_lecture(connection, facts.place->publication,
                                                           lecture, facts.enrollment->id);
    }
    if (answer.required_lecture) return refused(lecture_required);
    answer.allowed = true;
    return answer;
}

}  // namespace

LectureAccess lecture_access(Connection& connection, Asker const& asker, LectureId lecture,
                             Timestamp at) {
    auto const facts = access::find(connection, lecture, asker.user);
    if (!facts) return denied(unpublished);
    bool const looks_after_all =
        asker.kind == ActorKind::system || asker.roles.intersects(privileged_roles);
    if (looks_after_all) return given(staff);
    if (facts->teaches) return given(teacher);

    auto const enrollment = facts->enrollment ? std::optional{facts->enrollment->id} : std::nullopt;
    bool const visible = facts->place && (facts->course_is_published || belongs(facts->enrollment));
    if (!visible) return denied(unpublished, enrollment);
    if (facts->place->preview) return given(preview, enrollment);

    auto const cover = coverage(facts->grants, at);
    if (auto const reason = shut_out(*facts, cover)) {
        auto answer = denied(*reason, enrollment);
        if (reason == not_started) answer.changes_at = cover.changes_at;
        return answer;
    }
    return learner_access(connection, lecture, *facts, cover, at);
}

}  // namespace eduplat
