#include "repositories/enrollments.hpp"

#include "repositories/grants.hpp"
#include "repositories/journal.hpp"
#include "repositories/users.hpp"
#include "services/enrollments_impl.hpp"
#include "services/tokens.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace eduplat {

namespace table = repositories::enrollments;
namespace grants_table = repositories::grants;
namespace journal = repositories::journal;
using storage::Connection;

Enrollments::Enrollments(Dependencies const& dependencies)
    : impl_(std::make_unique<Impl>(dependencies)) {}
Enrollments::Enrollments(Enrollments&&) noexcept = default;
Enrollments& Enrollments::operator=(Enrollments&&) noexcept = default;
Enrollments::~Enrollments() = default;

bool is_writable(Timestamp at) noexcept {
    constexpr Timestamp first{};
    constexpr Timestamp past_last = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
    return at >= first && at < past_last;
}

Timestamp Enrollments::Impl::now() const {
    auto const now = dependencies.clock.now();
    if (!is_writable(now)) fail(ErrorCode::failed_precondition, "clock", "out_of_range");
    return now;
}

Uid Enrollments::Impl::new_uid(Timestamp now) const {
    std::array<std::byte, 8> entropy{};
    dependencies.random.fill(entropy);
    return Uid::v7(now, entropy);
}

GrantUids Enrollments::Impl::new_uids(Timestamp now) const {
    auto const enrollment = new_uid(now);
    return {.enrollment = enrollment, .grant = new_uid(now)};
}

void require_teacher(Connection& connection, Asker const& asker, Call call, CourseId course) {
    if (asker.may(call, Relation::other)) return;
    bool const own = asker.user && teaches(connection, *asker.user, course);
    require(asker, call, own ? Relation::own : Relation::other);
}

Asker authorize_teacher(Connection& connection, Actor const& actor, Call call, CourseId course,
                        Timestamp now) {
    auto asker = identify(connection, actor, now);
    require_teacher(connection, asker, call, course);
    return asker;
}

namespace {

/// A reason that is given for a change: it goes when its person goes.
struct Reason {
    std::string text;
    std::array<std::byte, 16> salt;
    TokenHash digest;
};

Reason checked_reason(std::string_view text, Random& random, std::string_view what) {
    Validation validation;
    Reason reason{};
    reason.text = validation.text(
        "reason", text, {.max_bytes = limits::enrollment_reason_bytes_max, .multiline = true});
    validation.check(what);
    random.fill(reason.salt);
    reason.digest = salted_hash(reason.salt, reason.text);
    return reason;
}

/// The enrollment, for one who teaches its course or looks after all.
std::pair<Asker, Enrollment> authorize_enrollment(Connection& connection, Actor const& actor,
                                                  Call call, EnrollmentId id, Timestamp now) {
    auto asker = identify(connection, actor, now);
    auto enrollment = table::find(connection, id);
    if (!enrollment) {
        require(asker, call, Relation::other);
        fail(ErrorCode::not_found, "enrollment", "unknown");
    }
    require_teacher(connection, asker, call, enrollment->course);
    return {asker, *std::move(enrollment)};
}

/// Where a learner who asks may enroll himself. `before` is his enrollment, if he has one.
void check_open(Connection& connection, Asker const& asker, CourseId course,
                std::optional<Enrollment> const& before) {
    auto const terms = table::course_terms(connection, course);
    if (!terms) fail(ErrorCode::not_found, "course", "unknown");
    if (terms->state != CourseState::published) {
        bool const sees_it = asker.roles.intersects(privileged_roles) || before ||
                             teaches(connection, *asker.user, course);
        if (!sees_it) fail(ErrorCode::not_found, "course", "unknown");
        fail(ErrorCode::failed_precondition, "state", name(terms->state));
    }
    if (before && before->state == EnrollmentState::revoked) {
        fail(ErrorCode::failed_precondition, "state", name(before->state));
    }
    if (terms->has_price) fail(ErrorCode::failed_precondition, "price", "required");
}

void check_learner(Connection& connection, UserId user) {
    auto const found = repositories::users::find(connection, user);
    if (!found) fail(ErrorCode::not_found, "user", "unknown");
    if (found->state != UserState::erased) return;
    fail(ErrorCode::failed_precondition, "state", name(found->state));
}

/// Gives the grant. Errors: resource_exhausted (field "course", rule "full").
Grant give_or_fail(Connection& connection, Asker const& asker, NewGrant const& grant,
                   GrantUids const& uids, Timestamp now) {
    auto given = give_grant(connection, asker, grant, uids, now);
    if (!given) fail(ErrorCode::resource_exhausted, "course", "full");
    return *given;
}

NewGrant checked(GiveRequest const& request, Timestamp now) {
    auto const starts_at = request.starts_at.value_or(now);
    Validation validation;
    bool const may_be_given = request.kind == GrantKind::gift || request.kind == GrantKind::staff;
    if (!may_be_given) validation.add("kind", "not_allowed");
    if (!is_writable(starts_at)) validation.add("starts_at", "out_of_range");
    if (request.ends_at && !is_writable(*request.ends_at)) {
        validation.add("ends_at", "out_of_range");
    } else if (request.ends_at && *request.ends_at <= starts_at) {
        validation.add("ends_at", "too_early");
    }
    validation.check("give");
    return {.user = request.user,
            .course = request.course,
            .kind = request.kind,
            .starts_at = starts_at,
            .ends_at = request.ends_at};
}

}  // namespace

Enrollment Enrollments::enroll(Actor const& actor, CourseId course) {
    auto const now = impl_->now();
    auto const uids = impl_->new_uids(now);
    return impl_->storage().write([&](auto& connection) {
        auto const asker = authorize_own(connection, actor, Call::enrollments_enroll, now);
        auto before = table::find(connection, *asker.user, course);
        bool const needs_grant = !before || before->state == EnrollmentState::pending ||
                                 before->state == EnrollmentState::revoked;
        if (!needs_grant) return *std::move(before);
        check_open(connection, asker, course, before);
        NewGrant const grant{
            .user = *asker.user, .course = course, .kind = GrantKind::free, .starts_at = now};
        auto const given = give_or_fail(connection, asker, grant, uids, now);
        return *table::find(connection, given.enrollment);
    });
}

Grant Enrollments::give(Actor const& actor, GiveRequest const& request) {
    auto const now = impl_->now();
    auto const grant = checked(request, now);
    auto const uids = impl_->new_uids(now);
    return impl_->storage().write([&](auto& connection) {
        auto const asker =
            authorize_teacher(connection, actor, Call::enrollments_give, grant.course, now);
        auto const terms = table::course_terms(connection, grant.course);
        if (!terms) fail(ErrorCode::not_found, "course", "unknown");
        check_learner(connection, grant.user);
        if (terms->state == CourseState::archived) {
            fail(ErrorCode::failed_precondition, "state", name(terms->state));
        }
        return give_or_fail(connection, asker, grant, uids, now);
    });
}

Enrollment Enrollments::take_back(Actor const& actor, GrantId grant, std::string_view reason) {
    constexpr auto call = Call::enrollments_take_back;
    auto const why = checked_reason(reason, impl_->dependencies.random, "take_back");
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const asker = identify(connection, actor, now);
        auto const found = grants_table::find(connection, grant);
        if (!found) {
            require(asker, call, Relation::other);
            fail(ErrorCode::not_found, "grant", "unknown");
        }
        auto const enrollment = *table::find(connection, found->enrollment);
        require_teacher(connection, asker, call, enrollment.course);
        if (found->kind == GrantKind::purchase) {
            fail(ErrorCode::failed_precondition, "kind", name(found->kind));
        }
        auto const seq = take_back_grant(connection, asker, grant, "taken_back", now, why.digest);
        if (seq) {
            journal::append_detail(connection, *seq, {enrollment.user, why.salt, why.text});
        }
        return *table::find(connection, enrollment.id);
    });
}

Enrollment Enrollments::suspend(Actor const& actor, EnrollmentId enrollment,
                                std::string_view reason) {
    auto const why = checked_reason(reason, impl_->dependencies.random, "suspend");
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [asker, before] =
            authorize_enrollment(connection, actor, Call::enrollments_suspend, enrollment, now);
        auto const seq = change_state(connection, asker, before,
                                      {.to = EnrollmentState::suspended,
                                       .cause = "suspended",
                                       .action = "enrollment.suspended",
                                       .digest = why.digest},
                                      now);
        journal::append_detail(connection, seq, {before.user, why.salt, why.text});
        return *table::find(connection, enrollment);
    });
}

Enrollment Enrollments::reinstate(Actor const& actor, EnrollmentId enrollment) {
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [asker, before] =
            authorize_enrollment(connection, actor, Call::enrollments_reinstate, enrollment, now);
        if (before.state != EnrollmentState::suspended) {
            fail(ErrorCode::failed_precondition, "state", name(before.state));
        }
        auto const to = before.completed_at ? EnrollmentState::completed : EnrollmentState::active;
        change_state(connection, asker, before,
                     {.to = to, .cause = "reinstated", .action = "enrollment.reinstated"}, now);
        return *table::find(connection, enrollment);
    });
}

}  // namespace eduplat
