#include "repositories/insights_rows.hpp"
#include "services/insights_impl.hpp"
#include "services/insights_options.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <string>

namespace eduplat {

namespace rows = repositories::insights_rows;
using analytics::EventFrame;
using storage::Connection;

namespace {

Dependencies const& checked(Dependencies const& given) {
    check_options(given.insights);
    return given;
}

std::string at_place(std::string_view field, std::size_t place) {
    return std::string{field} + '[' + std::to_string(place) + ']';
}

bool check_size(Validation& validation, std::string_view field, std::size_t size, std::size_t max) {
    if (size > max) validation.add(field, "too_many", static_cast<std::int64_t>(max));
    return size <= max;
}

/// What happened in a course would count as often as it is named.
void check_courses(Validation& validation, std::vector<CourseId> const& courses) {
    if (!check_size(validation, "scope.courses", courses.size(), limits::page_size_max)) return;
    for (auto course = courses.begin(); course != courses.end(); ++course) {
        if (std::find(courses.begin(), course, *course) == course) continue;
        auto const place = static_cast<std::size_t>(course - courses.begin());
        validation.add(at_place("scope.courses", place), "duplicate");
    }
}

}  // namespace

void check_scope(Validation& validation, InsightScope const& scope) {
    check_courses(validation, scope.courses);
    check_size(validation, "scope.lectures", scope.lectures.size(), limits::lectures_max);
    check_size(validation, "scope.kinds", scope.kinds.size(), all_learning_kinds().size());
    if (scope.from && scope.to && *scope.to < *scope.from) validation.add("to", "reversed");
}

void check_scope(InsightScope const& scope) {
    Validation validation;
    check_scope(validation, scope);
    validation.check("the scope of a report");
}

void check_edges(std::vector<Timestamp> const& edges) {
    static_cast<void>(analytics::active_learners(EventFrame{}, {}, edges));
}

analytics::Selection selection_of(InsightScope const& scope) {
    return {.from = scope.from,
            .to = scope.to,
            .courses = scope.courses,
            .lectures = scope.lectures,
            .kinds = scope.kinds};
}

Asker authorize_courses(Connection& connection, Actor const& actor, Call call,
                        std::vector<CourseId> const& courses, Timestamp now,
                        std::string_view field) {
    auto asker = identify(connection, actor, now);
    if (courses.empty()) {
        require(asker, call, Relation::none);
        return asker;
    }
    auto const known = rows::standings(connection, courses, asker.user);
    auto const standing = [&](CourseId course) {
        return std::find_if(known.begin(), known.end(),
                            [&](auto const& each) { return each.course == course; });
    };
    bool const own = std::all_of(courses.begin(), courses.end(), [&](CourseId course) {
        auto const found = standing(course);
        return found != known.end() && found->teaches;
    });
    require(asker, call, own ? Relation::own : Relation::other);
    for (std::size_t i = 0; i < courses.size(); ++i) {
        if (standing(courses[i]) != known.end()) continue;
        auto const place = field == "scope.courses" ? at_place(field, i) : std::string{field};
        fail(ErrorCode::not_found, place, "unknown");
    }
    return asker;
}

Insights::Insights(Dependencies const& dependencies)
    : impl_(std::make_unique<Impl>(checked(dependencies))) {}
Insights::Insights(Insights&&) noexcept = default;
Insights& Insights::operator=(Insights&&) noexcept = default;
Insights::~Insights() = default;

std::vector<analytics::ActiveBucket> Insights::activity(Actor const& actor,
                                                        ActivityRequest const& request) const {
    auto const selection = selection_of(request.scope);
    return impl_->scan(actor, Call::insights_activity, request.scope, [&](EventFrame const& frame) {
        return analytics::active_learners(frame, selection, request.edges, impl_->control());
    });
}

std::vector<analytics::StickinessBucket> Insights::stickiness(
    Actor const& actor, StickinessRequest const& request) const {
    auto const selection = selection_of(request.scope);
    return impl_->scan(actor, Call::insights_stickiness, request.scope,
                       [&](EventFrame const& frame) {
                           return analytics::stickiness(frame, selection, request.edges,
                                                        request.window_buckets, impl_->control());
                       });
}

analytics::Sessions Insights::sessions(Actor const& actor, SessionsRequest const& request) const {
    auto const selection = selection_of(request.scope);
    return impl_->scan(actor, Call::insights_sessions, request.scope, [&](EventFrame const& frame) {
        return analytics::sessions(frame, selection, request.options, impl_->control());
    });
}

std::vector<analytics::HabitCell> Insights::habits(Actor const& actor,
                                                   HabitsRequest const& request) const {
    auto const selection = selection_of(request.scope);
    return impl_->scan(actor, Call::insights_habits, request.scope, [&](EventFrame const& frame) {
        return analytics::habit_map(frame, selection, request.edges, request.cells,
                                    impl_->control());
    });
}

std::vector<analytics::ActivityPercentiles> Insights::activity_percentiles(
    Actor const& actor, ActivityPercentilesRequest const& request) const {
    auto const selection = selection_of(request.scope);
    return impl_->scan(
        actor, Call::insights_activity_percentiles, request.scope, [&](EventFrame const& frame) {
            return analytics::activity_percentiles(frame, selection, request.edges,
                                                   request.probabilities, impl_->control());
        });
}

analytics::IdleLearners Insights::idle_learners(Actor const& actor,
                                                IdleRequest const& request) const {
    auto const selection = selection_of(request.scope);
    auto const at = request.at.value_or(impl_->now());
    return impl_->scan(
        actor, Call::insights_idle_learners, request.scope, [&](EventFrame const& frame) {
            return analytics::idle_learners(frame, selection, at, request.idle, impl_->control());
        });
}

analytics::LectureActivity Insights::lecture_activity(Actor const& actor,
                                                      InsightScope const& scope) const {
    auto const selection = selection_of(scope);
    return impl_->scan(actor, Call::insights_lecture_activity, scope, [&](EventFrame const& frame) {
        return analytics::lecture_activity(frame, selection, impl_->control());
    });
}

MyActivity Insights::my_activity(Actor const& actor, MyActivityRequest const& request) const {
    check_scope({.courses = request.courses});
    analytics::Selection selection{.courses = request.courses};
    auto const metrics = [&](EventFrame const& frame) {
        return MyActivity{analytics::active_learners(frame, selection, request.edges),
                          analytics::sessions(frame, selection, {.gap = request.session_gap}).total,
                          analytics::lecture_activity(frame, selection)};
    };
    static_cast<void>(metrics(EventFrame{}));
    auto const view = impl_->look(
        [&](Connection& connection) {
            return authorize_own(connection, actor, Call::insights_my_activity, impl_->now());
        },
        [](Connection&, Viewpoint const& seen) { return seen; });
    selection.users = {view.asker.user.value()};
    return metrics(view.held->frame);
}

FrameStatus Insights::status(Actor const& actor) const {
    return impl_->look_at(actor, Call::insights_status, {}, [](Connection&, Viewpoint const& view) {
        auto const& frame = view.held->frame;
        return FrameStatus{.seq = frame.seq(),
                           .events = std::ssize(frame),
                           .learners = static_cast<std::int64_t>(frame.learners()),
                           .bytes = static_cast<std::int64_t>(frame.memory_bytes())};
    });
}

}  // namespace eduplat
