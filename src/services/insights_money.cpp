#include "services/insights_enrollments.hpp"
#include "services/insights_events.hpp"

#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace eduplat {

namespace rows = repositories::insights_rows;
using analytics::EventFrame;
using storage::Connection;

namespace {

/// What comes back of a refund that failed after all is not paid again.
analytics::RevenueRow revenue_row(rows::Moved const& moved) {
    bool const paid = moved.captured && moved.amount.minor_units() > 0;
    return {.user = moved.user,
            .course = moved.course,
            .at = moved.at,
            .kind = paid ? analytics::RevenueKind::payment : analytics::RevenueKind::refund,
            .amount = paid ? moved.amount : -moved.amount};
}

/// Calls all(course) for each course, or once without one, for who looks after sales; and
/// share(course, teacher) for who teaches, who has named courses.
template <class All, class Share>
void for_each_sold(Asker const& asker, Call call, std::vector<CourseId> const& courses, All all,
                   Share share) {
    bool const sees_all = asker.may(call, Relation::none);
    for_each_course(courses, [&](std::optional<CourseId> course) {
        if (sees_all) return all(course);
        share(course.value(), asker.user.value());
    });
}

/// What came from sales.
std::vector<analytics::RevenueRow> revenue_rows(Connection& connection, Asker const& asker,
                                                Call call, std::vector<CourseId> const& courses) {
    std::vector<analytics::RevenueRow> found;
    auto const take = [&](rows::Moved const& moved) {
        if (moved.amount.minor_units() != 0) found.push_back(revenue_row(moved));
    };
    for_each_sold(
        asker, call, courses,
        [&](std::optional<CourseId> course) { rows::moved(connection, course, take); },
        [&](CourseId course, UserId teacher) {
            rows::moved_of(connection, course, teacher, take);
        });
    return found;
}

/// What was bought for a time, and not paid back.
std::vector<analytics::PeriodRow> period_rows(Connection& connection, Asker const& asker,
                                              std::vector<CourseId> const& courses) {
    std::vector<analytics::PeriodRow> found;
    auto const take = [&](rows::BoughtPeriod const& bought) {
        if (bought.amount.minor_units() <= 0) return;
        found.push_back(
            {bought.user, bought.amount, bought.starts_at, bought.ends_at, bought.revoked_at});
    };
    for_each_sold(
        asker, Call::insights_monthly_recurring, courses,
        [&](std::optional<CourseId> course) { rows::periods(connection, course, take); },
        [&](CourseId course, UserId teacher) {
            rows::periods_of(connection, course, teacher, take);
        });
    return found;
}

// -- Births

using Births = std::vector<analytics::Birth>;

Births by_payment(std::vector<analytics::RevenueRow> const& moved) {
    Births births;
    for (auto const& row : moved) {
        if (row.kind == analytics::RevenueKind::payment) births.push_back({row.user, row.at});
    }
    return births;
}

Births by_activity(EventFrame const& frame, std::vector<CourseId> const& courses) {
    std::vector<bool> wanted;
    for (auto const& subject : frame.subjects()) {
        wanted.push_back(courses.empty() ||
                         (subject.course && std::find(courses.begin(), courses.end(),
                                                      *subject.course) != courses.end()));
    }
    Births births;
    for_each_event(
        frame,
        [&](LearningKind kind, std::size_t subject) {
            return analytics::is_of_learner(kind) && wanted[subject];
        },
        [&](UserId user, std::size_t, Timestamp at) {
            if (births.empty() || births.back().user != user) births.push_back({user, at});
        });
    return births;
}

}  // namespace

Revenue Insights::revenue(Actor const& actor, RevenueRequest const& request) const {
    check_edges(request.edges);
    auto const [held, moved] = impl_->look_at(
        actor, Call::insights_revenue, request.scope,
        [&](Connection& connection, Viewpoint const& view) {
            return std::pair{view.held, revenue_rows(connection, view.asker, Call::insights_revenue,
                                                     request.scope.courses)};
        });
    std::vector<std::int64_t> audience;
    for (auto const& bucket : analytics::active_learners(
             held->frame, {.courses = request.scope.courses}, request.edges, impl_->control()))
        audience.push_back(bucket.learners);
    return {analytics::revenue(moved, request.edges, audience),
            analytics::revenue_by_course(moved, request.edges.front(), request.edges.back())};
}

std::vector<analytics::RevenueCohort> Insights::cohort_revenue(
    Actor const& actor, CohortRevenueRequest const& request) const {
    Validation validation;
    check_scope(validation, request.scope);
    check_arguments(validation, [&] { return analytics::cohort_revenue({}, {}, request.edges); });
    validation.check("the revenue of cohorts");

    constexpr auto call = Call::insights_cohort_revenue;
    auto const& courses = request.scope.courses;
    if (request.by == RevenueCohortsBy::first_payment) {
        auto const moved = impl_->read_at(actor, call, request.scope,
                                          [&](Connection& connection, Asker const& asker) {
                                              return revenue_rows(connection, asker, call, courses);
                                          });
        return analytics::cohort_revenue(moved, by_payment(moved), request.edges);
    }
    struct Found {
        InsightFrames::Held held;
        std::vector<analytics::RevenueRow> moved;
        Births births;
    };
    auto found = impl_->look_at(
        actor, call, request.scope, [&](Connection& connection, Viewpoint const& view) {
            Found read{view.held, revenue_rows(connection, view.asker, call, courses), {}};
            if (request.by == RevenueCohortsBy::enrollment)
                read.births = births_of(connection, view, courses);
            return read;
        });
    if (request.by == RevenueCohortsBy::first_activity)
        found.births = by_activity(found.held->frame, courses);
    return analytics::cohort_revenue(found.moved, found.births, request.edges);
}

std::vector<analytics::MonthlyRecurring> Insights::monthly_recurring(
    Actor const& actor, RecurringRequest const& request) const {
    Validation validation;
    check_scope(validation, request.scope);
    check_arguments(validation, [&] { return analytics::monthly_recurring({}, request.moments); });
    validation.check("the recurring revenue");
    auto const periods =
        impl_->read_at(actor, Call::insights_monthly_recurring, request.scope,
                       [&](Connection& connection, Asker const& asker) {
                           return period_rows(connection, asker, request.scope.courses);
                       });
    return analytics::monthly_recurring(periods, request.moments);
}

}  // namespace eduplat
