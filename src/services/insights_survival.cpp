#include "services/insights_enrollments.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>

namespace eduplat {

namespace rows = repositories::insights_rows;
using storage::Connection;

namespace {

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

/// Up to what comes first: completion, withdrawal (access that ended, too), or the end of the
/// observation.
void add_stay(Stays& stays, rows::Enrolled const& enrolled, SurvivalUntil until, Timestamp at) {
    auto const before = [](std::optional<Timestamp> const& moment, Timestamp end) {
        return moment && *moment <= end;
    };
    bool const withdrew = before(enrolled.ended_at, at);
    auto const latest = withdrew ? *enrolled.ended_at : at;
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

/// In one group.
Stays stays_of(Enrollments const& enrollments, InsightScope const& scope, SurvivalUntil until,
               Timestamp at) {
    Stays stays;
    for (auto const& enrolled : enrollments) {
        if (within(enrolled, scope, at)) add_stay(stays, enrolled, until, at);
    }
    return stays;
}

void check(SurvivalRequest const& request) {
    Validation validation;
    check_scope(validation, request.scope);
    if (request.groups == SurvivalGroups::enrollment_period) {
        check_arguments(validation, [&] { check_edges(request.edges); });
    }
    check_arguments(validation,
                    [&] { return analytics::kaplan_meier({}, {}, request.confidence); });
    validation.check("the survival");
}

void check(HazardRequest const& request) {
    Validation validation;
    check_scope(validation, request.scope);
    check_arguments(validation, [&] {
        return analytics::discrete_hazard({}, {}, request.edges, request.confidence);
    });
    validation.check("the hazard");
}

void check(LifetimeRequest const& request) {
    Validation validation;
    check_scope(validation, request.scope);
    check_arguments(validation,
                    [&] { return analytics::kaplan_meier({}, {}, request.confidence); });
    check_arguments(validation,
                    [&] { return analytics::lifetime_value(request.margin, {}, request.options); });
    validation.check("the lifetime value");
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

/// Of the scope's courses. Insights keeps its Impl to itself: hence the template.
template <class Impl>
Enrollments visible_enrollments(Impl const& impl, Actor const& actor, Call call,
                                InsightScope const& scope) {
    return impl.look_at(actor, call, scope, [&](Connection& connection, Viewpoint const& view) {
        return enrollments_of(connection, view, scope.courses);
    });
}

}  // namespace

Survival Insights::survival(Actor const& actor, SurvivalRequest const& request) const {
    check(request);
    auto const at = observed_until(request.at, impl_->now());
    auto const enrollments =
        visible_enrollments(*impl_, actor, Call::insights_survival, request.scope);
    std::map<GroupKey, Stays> groups;
    for (auto const& enrolled : enrollments) {
        if (!within(enrolled, request.scope, at)) continue;
        if (auto const key = group_of(enrolled, request))
            add_stay(groups[*key], enrolled, request.until, at);
    }
    return survival_of(groups, request.confidence);
}

std::vector<analytics::HazardPeriod> Insights::hazard(Actor const& actor,
                                                      HazardRequest const& request) const {
    check(request);
    auto const at = observed_until(request.at, impl_->now());
    auto const enrollments =
        visible_enrollments(*impl_, actor, Call::insights_hazard, request.scope);
    auto const stays = stays_of(enrollments, request.scope, request.until, at);
    return analytics::discrete_hazard(stays.days, stays.observed, request.edges,
                                      request.confidence);
}

Lifetime Insights::lifetime_value(Actor const& actor, LifetimeRequest const& request) const {
    check(request);
    auto const at = observed_until(request.at, impl_->now());
    auto const enrollments =
        visible_enrollments(*impl_, actor, Call::insights_lifetime_value, request.scope);
    auto const stays = stays_of(enrollments, request.scope, SurvivalUntil::withdrawal, at);
    auto curve = analytics::kaplan_meier(stays.days, stays.observed, request.confidence);
    auto const value = analytics::lifetime_value(request.margin, curve, request.options);
    return {value, std::move(curve)};
}

}  // namespace eduplat
