#include "repositories/insights_rows.hpp"
#include "services/insights_impl.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>

namespace eduplat {

namespace rows = repositories::insights_rows;
using analytics::EventFrame;
using storage::Connection;

namespace {

using Enrollments = std::vector<rows::Enrolled>;

/// Of courses, or of the whole school; without those of erased users. Nothing comes before the
/// enrollment: what an import says otherwise happened with it.
void add_enrollment(Enrollments& to, Viewpoint const& view, rows::Enrolled enrolled) {
    if (view.held->is_erased(enrolled.user)) return;
    for (auto* const later : {&enrolled.completed_at, &enrolled.revoked_at}) {
        if (*later) *later = std::max(**later, enrolled.at);
    }
    to.push_back(enrolled);
}

Enrollments enrollments_of(Connection& connection, Viewpoint const& view,
                           std::vector<CourseId> const& courses) {
    Enrollments enrollments;
    for_each_course(courses, [&](std::optional<CourseId> course) {
        rows::enrollments(connection, course, [&](rows::Enrolled const& enrolled) {
            add_enrollment(enrollments, view, enrolled);
        });
    });
    return enrollments;
}

/// What comes was not observed yet.
Timestamp observed_until(std::optional<Timestamp> at, Timestamp now) {
    return std::min(at.value_or(now), now);
}

// -- Survival

constexpr double us_a_day = 86'400e6;

/// Columns of a curve.
struct Stays {
    std::vector<double> days = {};
    std::vector<std::uint8_t> observed = {};
};

bool within(rows::Enrolled const& enrolled, InsightScope const& scope, Timestamp at) {
    return enrolled.at <= at && (!scope.from || enrolled.at >= *scope.from) &&
           (!scope.to || enrolled.at < *scope.to);
}

/// Up to what comes first: completion, withdrawal, or the end of the observation.
void add_stay(Stays& stays, rows::Enrolled const& enrolled, SurvivalUntil until, Timestamp at) {
    auto const before = [](std::optional<Timestamp> const& moment, Timestamp end) {
        return moment && *moment <= end;
    };
    bool const withdrew = before(enrolled.revoked_at, at);
    auto const latest = withdrew ? *enrolled.revoked_at : at;
    bool const completed = before(enrolled.completed_at, latest);
    auto const end = completed ? *enrolled.completed_at : latest;
    auto const stayed = static_cast<double>((end - enrolled.at).count());
    stays.days.push_back(stayed / us_a_day);
    stays.observed.push_back(until == SurvivalUntil::completion ? completed
                                                                : withdrew && !completed);
}

/// Groups by what their curves are told apart by, in order.
using GroupKey =
    std::tuple<std::optional<CourseId>, std::optional<Timestamp>, std::optional<Timestamp>>;

std::optional<GroupKey> group_of(rows::Enrolled const& enrolled, SurvivalRequest const& request) {
    switch (request.groups) {
        case SurvivalGroups::none:
            break;
        case SurvivalGroups::course:
            return GroupKey{enrolled.course, std::nullopt, std::nullopt};
        case SurvivalGroups::enrollment_period: {
            auto const& edges = request.edges;
            auto const end = std::upper_bound(edges.begin(), edges.end(), enrolled.at);
            if (end == edges.begin() || end == edges.end()) return std::nullopt;
            return GroupKey{std::nullopt, *(end - 1), *end};
        }
    }
    return GroupKey{};
}

Survival survival_of(std::map<GroupKey, Stays> const& groups, double confidence) {
    Survival survival;
    std::vector<analytics::Durations> compared;
    for (auto const& [key, stays] : groups) {
        auto const& [course, from, to] = key;
        survival.groups.push_back(
            {course, from, to, analytics::kaplan_meier(stays.days, stays.observed, confidence)});
        compared.push_back({stays.days, stays.observed});
    }
    if (compared.size() > 1 && compared.size() <= limits::analytics_groups_max)
        survival.log_rank = analytics::log_rank(compared);
    return survival;
}

// -- Funnels

analytics::FunnelStep moments_step(std::string name) {
    analytics::FunnelStep step{.name = std::move(name)};
    step.moments.emplace();
    return step;
}

/// Enrolled, opened, answered, completed.
std::vector<analytics::FunnelStep> usual_steps(Enrollments const& enrollments) {
    std::vector steps{moments_step("enrolled"),
                      analytics::FunnelStep{.name = "opened", .kinds = {LearningKind::opened}},
                      analytics::FunnelStep{.name = "answered", .kinds = {LearningKind::answered}},
                      moments_step("completed")};
    for (auto const& enrolled : enrollments) {
        steps.front().moments->push_back({enrolled.user, enrolled.at});
        if (enrolled.completed_at)
            steps.back().moments->push_back({enrolled.user, *enrolled.completed_at});
    }
    return steps;
}

}  // namespace

std::vector<analytics::Cohort> Insights::cohorts(Actor const& actor,
                                                 CohortsRequest const& request) const {
    auto const selection = selection_of(request.scope);
    auto const control = impl_->control();
    if (request.by == CohortsBy::first_activity) {
        return impl_->scan(actor, Call::insights_cohorts, request.scope,
                           [&](EventFrame const& frame) {
                               return analytics::cohorts(frame, selection, request.edges,
                                                         request.options, control);
                           });
    }
    std::vector<analytics::Birth> births;
    auto const metric = [&](EventFrame const& frame) {
        return analytics::cohorts(frame, selection, request.edges, births, request.options,
                                  control);
    };
    static_cast<void>(metric(EventFrame{}));
    auto const held = impl_->look_at(
        actor, Call::insights_cohorts, request.scope,
        [&](Connection& connection, Viewpoint const& view) {
            births.clear();
            for (auto const& each : enrollments_of(connection, view, request.scope.courses))
                births.push_back({each.user, each.at});
            return view.held;
        });
    return metric(held->frame);
}

Survival Insights::survival(Actor const& actor, SurvivalRequest const& request) const {
    if (request.groups == SurvivalGroups::enrollment_period) check_edges(request.edges);
    static_cast<void>(analytics::kaplan_meier({}, {}, request.confidence));
    auto const at = observed_until(request.at, impl_->now());
    auto const enrollments =
        impl_->look_at(actor, Call::insights_survival, request.scope,
                       [&](Connection& connection, Viewpoint const& view) {
                           return enrollments_of(connection, view, request.scope.courses);
                       });
    std::map<GroupKey, Stays> groups;
    for (auto const& enrolled : enrollments) {
        if (!within(enrolled, request.scope, at)) continue;
        if (auto const key = group_of(enrolled, request))
            add_stay(groups[*key], enrolled, request.until, at);
    }
    return survival_of(groups, request.confidence);
}

std::vector<analytics::FunnelStepResult> Insights::funnel(Actor const& actor,
                                                          FunnelRequest const& request) const {
    auto selection = selection_of(request.scope);
    auto const control = impl_->control();
    if (!request.steps.empty()) {
        return impl_->scan(
            actor, Call::insights_funnel, request.scope, [&](EventFrame const& frame) {
                return analytics::funnel(frame, selection, request.steps, request.options, control);
            });
    }
    selection.kinds.clear();
    auto const metric = [&](EventFrame const& frame, Enrollments const& enrollments) {
        return analytics::funnel(frame, selection, usual_steps(enrollments), request.options,
                                 control);
    };
    static_cast<void>(metric(EventFrame{}, {}));
    auto const [held, enrollments] = impl_->look_at(
        actor, Call::insights_funnel, request.scope,
        [&](Connection& connection, Viewpoint const& view) {
            return std::pair{view.held, enrollments_of(connection, view, request.scope.courses)};
        });
    return metric(held->frame, enrollments);
}

std::vector<analytics::CourseProgress> Insights::progress(Actor const& actor,
                                                          ProgressRequest const& request) const {
    auto const at = observed_until(request.at, impl_->now());
    static_cast<void>(analytics::course_progress({}, at, request.confidence));
    auto const enrollments = impl_->look_at(
        actor, Call::insights_progress, request.scope,
        [&](Connection& connection, Viewpoint const& view) {
            Enrollments found;
            for_each_course(request.scope.courses, [&](std::optional<CourseId> course) {
                rows::progress(connection, course, at, [&](rows::Enrolled const& enrolled) {
                    add_enrollment(found, view, enrolled);
                });
            });
            return found;
        });
    std::vector<analytics::EnrollmentRow> columns;
    columns.reserve(enrollments.size());
    for (auto const& each : enrollments) {
        columns.push_back({.user = each.user,
                           .course = each.course,
                           .enrolled_at = each.at,
                           .ended_at = each.revoked_at,
                           .completed_at = each.completed_at,
                           .lectures = each.lectures});
    }
    return analytics::course_progress(columns, at, request.confidence);
}

}  // namespace eduplat
