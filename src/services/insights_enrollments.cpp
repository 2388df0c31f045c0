#include "services/insights_enrollments.hpp"

#include <string>
#include <utility>

namespace eduplat {

namespace rows = repositories::insights_rows;
using analytics::EventFrame;
using storage::Connection;

void add_enrollment(Enrollments& to, Viewpoint const& view, rows::Enrolled enrolled) {
    if (view.held->is_erased(enrolled.user)) return;
    for (auto* const later : {&enrolled.completed_at, &enrolled.ended_at}) {
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

std::vector<analytics::Birth> births_of(Connection& connection, Viewpoint const& view,
                                        std::vector<CourseId> const& courses) {
    std::vector<analytics::Birth> births;
    for (auto const& enrolled : enrollments_of(connection, view, courses))
        births.push_back({enrolled.user, enrolled.at});
    return births;
}

namespace {

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

/// Without the empty run of Impl::scan(), which would cost as much as the full one: the metric
/// itself finds what is wrong with its arguments.
std::vector<analytics::Cohort> Insights::cohorts(Actor const& actor,
                                                 CohortsRequest const& request) const {
    auto const selection = selection_of(request.scope);
    bool const by_enrollment = request.by == CohortsBy::enrollment;
    auto const [held, births] =
        impl_->look_at(actor, Call::insights_cohorts, request.scope,
                       [&](Connection& connection, Viewpoint const& view) {
                           std::vector<analytics::Birth> found;
                           if (by_enrollment)
                               found = births_of(connection, view, request.scope.courses);
                           return std::pair{view.held, std::move(found)};
                       });
    auto const control = impl_->control();
    if (by_enrollment) {
        return analytics::cohorts(held->frame, selection, request.edges, births, request.options,
                                  control);
    }
    return analytics::cohorts(held->frame, selection, request.edges, request.options, control);
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
    Validation validation;
    check_scope(validation, request.scope);
    check_arguments(validation,
                    [&] { return analytics::course_progress({}, at, request.confidence); });
    validation.check("the progress");
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
                           .ended_at = each.ended_at,
                           .completed_at = each.completed_at,
                           .lectures = each.lectures});
    }
    return analytics::course_progress(columns, at, request.confidence);
}

}  // namespace eduplat
