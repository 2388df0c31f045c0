#include "support/service_results.hpp"
#include "support/service_tables.hpp"

#include <array>
#include <string>
#include <vector>

namespace eduplat::test {
namespace {

using namespace std::chrono_literals;

// -- What calls need

/// A lecture of a video of ten minutes.
void make_lecture(Scene& scene) {
    auto& courses = scene.school.courses;
    scene.course =
        courses.create(Actor::system(), {.title = {{"en", scene.school.fresh("course")}}}).id;
    scene.lecture =
        courses
            .add_lecture(Actor::system(), {.course = *scene.course,
                                           .title = {{"en", "A lecture"}},
                                           .items = {Video{.address = "v", .duration = 10min}}})
            .id;
    static_cast<void>(courses.publish(Actor::system(), {.course = *scene.course}));
}

void learn(Scene& scene, UserId user) {
    static_cast<void>(
        scene.school.enrollments.give(Actor::system(), {.user = user, .course = *scene.course}));
    static_cast<void>(scene.school.learning.record(
        Actor{user},
        {.batch = scene.school.fresh("batch"),
         .events = {
             Opened{*scene.lecture}, Watched{*scene.lecture, 0s, 10s},
             Answered{
                 .lecture = *scene.lecture, .score = 1, .max_score = 2, .text = "an answer"}}}));
}

/// The call is about a course that the target teaches and others learn.
void make_taught_course(Scene& scene) {
    make_lecture(scene);
    learn(scene, scene.school.person().id);
    learn(scene, scene.school.person().id);
    auto const& target = scene.target;
    static_cast<void>(scene.school.accounts.grant_role(Actor::system(), target.id, Role::teacher));
    static_cast<void>(scene.school.courses.add_teacher(Actor::system(), *scene.course,
                                                       {.user = target.id, .share = 1}));
}

void make_busy_target(Scene& scene) {
    make_lecture(scene);
    learn(scene, scene.target.id);
}

InsightScope scope_of(Scene const& scene) {
    return {.courses = {*scene.course}};
}

/// Two days before and after the school's opening.
std::vector<Timestamp> days(Scene const& scene) {
    auto const today = std::chrono::floor<std::chrono::days>(scene.school.clock.now());
    std::vector<Timestamp> edges;
    for (int day = -2; day <= 2; ++day)
        edges.emplace_back(today + std::chrono::days{day});
    return edges;
}

// -- The calls

std::string text(std::int64_t number) {
    return std::to_string(number) + ' ';
}

std::string activity(Scene& s) {
    std::string shown;
    auto const buckets = s.school.insights.activity(s.actor, {scope_of(s), days(s)});
    for (auto const& bucket : buckets)
        shown += text(bucket.learners) + text(bucket.events);
    return shown;
}

std::string stickiness(Scene& s) {
    std::string shown;
    auto const buckets = s.school.insights.stickiness(s.actor, {scope_of(s), days(s), 2});
    for (auto const& bucket : buckets)
        shown += text(bucket.active) + text(bucket.active_in_window.value_or(-1));
    return shown;
}

std::string sessions(Scene& s) {
    auto const total = s.school.insights.sessions(s.actor, {scope_of(s)}).total;
    return text(total.sessions) + text(total.length.count());
}

std::string habits(Scene& s) {
    std::string shown;
    auto const cells = s.school.insights.habits(s.actor, {scope_of(s), days(s), {0, 1, 0, 1}});
    for (auto const& cell : cells)
        shown += text(cell.learners);
    return shown;
}

std::string activity_percentiles(Scene& s) {
    std::string shown;
    auto const buckets = s.school.insights.activity_percentiles(s.actor, {scope_of(s), days(s)});
    for (auto const& bucket : buckets)
        shown += text(bucket.percentiles.front().value.value_or(-1));
    return shown;
}

std::string idle_learners(Scene& s) {
    auto const idle = s.school.insights.idle_learners(s.actor, {.scope = scope_of(s)});
    return text(idle.learners) + text(std::ssize(idle.idle));
}

std::string lecture_activity(Scene& s) {
    auto const activity = s.school.insights.lecture_activity(s.actor, scope_of(s));
    return text(activity.lectures.front().events) + text(activity.courses.front().learners);
}

std::string cohorts(Scene& s) {
    std::string shown;
    auto const cohorts = s.school.insights.cohorts(
        s.actor, {.scope = scope_of(s), .edges = days(s), .by = CohortsBy::enrollment});
    for (auto const& cohort : cohorts)
        shown += text(cohort.size);
    return shown;
}

std::string survival(Scene& s) {
    auto const survival = s.school.insights.survival(s.actor, {.scope = scope_of(s)});
    return text(survival.groups.front().curve.subjects);
}

std::string hazard(Scene& s) {
    auto const periods =
        s.school.insights.hazard(s.actor, {.scope = scope_of(s), .edges = {0, 1, 2}});
    return text(periods.front().at_risk);
}

std::string funnel(Scene& s) {
    std::string shown;
    auto const steps = s.school.insights.funnel(s.actor, {.scope = scope_of(s)});
    for (auto const& step : steps)
        shown += step.name + ' ' + text(step.learners);
    return shown;
}

std::string progress(Scene& s) {
    auto const courses = s.school.insights.progress(s.actor, {.scope = scope_of(s)});
    return text(courses.front().enrolled) + text(courses.front().completed);
}

std::string lateness(Scene& s) {
    auto const now = s.school.clock.now();
    auto const lectures =
        s.school.insights.lateness(s.actor, {.scope = scope_of(s), .due = {{*s.lecture, now}}});
    return text(std::ssize(lectures));
}

std::string video(Scene& s) {
    auto const curves = s.school.insights.video(s.actor, {.lecture = *s.lecture});
    return text(std::ssize(curves.front().learners)) + text(curves.front().watched_ms.front());
}

std::string lecture_difficulty(Scene& s) {
    auto const lectures = s.school.insights.lecture_difficulty(s.actor, {scope_of(s)});
    return text(lectures.front().learners);
}

std::string items(Scene& s) {
    auto const analysis = s.school.insights.items(s.actor, {scope_of(s)});
    return text(analysis.learners) + text(analysis.answers);
}

std::string distractors(Scene& s) {
    auto const items = s.school.insights.distractors(s.actor, {.course = *s.course});
    return items.front().choices.front().choice;
}

std::string revenue(Scene& s) {
    auto const revenue = s.school.insights.revenue(s.actor, {scope_of(s), days(s)});
    return text(std::ssize(revenue.buckets));
}

std::string cohort_revenue(Scene& s) {
    auto const cohorts = s.school.insights.cohort_revenue(s.actor, {scope_of(s), days(s)});
    return text(std::ssize(cohorts));
}

std::string monthly_recurring(Scene& s) {
    auto const moments = s.school.insights.monthly_recurring(s.actor, {scope_of(s), days(s)});
    return text(std::ssize(moments));
}

std::string lifetime_value(Scene& s) {
    auto const lifetime = s.school.insights.lifetime_value(
        s.actor, {.scope = scope_of(s), .margin = Money{100, Currency::named("EUR")}});
    return text(lifetime.curve.subjects) + text(lifetime.value.periods);
}

std::string my_activity(Scene& s) {
    auto const mine = s.school.insights.my_activity(s.actor, {.edges = days(s)});
    return text(mine.sessions.events) + text(std::ssize(mine.lectures.courses));
}

std::string status(Scene& s) {
    auto const status = s.school.insights.status(s.actor);
    return text(status.events) + text(status.learners);
}

std::string show(EventsPiece const& piece) {
    return text(static_cast<std::int64_t>(piece.table.rows())) + text(piece.after.value_or(-1));
}

std::string export_events(Scene& s) {
    return show(s.school.insights.export_events(s.actor, {.scope = scope_of(s)}));
}

std::string export_my_events(Scene& s) {
    return show(s.school.insights.export_my_events(s.actor, {}));
}

std::string labels(Scene& s) {
    auto const labels = s.school.insights.labels(s.actor, {.courses = {*s.course}});
    return labels.course(*s.course) + labels.lecture(*s.lecture);
}

std::string anonymous_learners(Scene& s) {
    auto const anonymous =
        s.school.insights.anonymous_learners(s.actor, {.course = *s.course, .k = 2});
    return text(static_cast<std::int64_t>(anonymous.table.rows())) +
           text(static_cast<std::int64_t>(anonymous.smallest_group));
}

constexpr ServiceCall of_course(Call call, std::string_view member, std::string (*invoke)(Scene&)) {
    return {.call = call,
            .member = member,
            .about = Subject::user,
            .prepare = make_taught_course,
            .invoke = invoke};
}

constexpr ServiceCall of_oneself(Call call, std::string_view member,
                                 std::string (*invoke)(Scene&)) {
    return {.call = call,
            .member = member,
            .about = Subject::self,
            .prepare = make_busy_target,
            .invoke = invoke};
}

constexpr std::array table{
    of_course(Call::insights_activity, "Insights::activity", activity),
    of_course(Call::insights_stickiness, "Insights::stickiness", stickiness),
    of_course(Call::insights_sessions, "Insights::sessions", sessions),
    of_course(Call::insights_habits, "Insights::habits", habits),
    of_course(Call::insights_activity_percentiles, "Insights::activity_percentiles",
              activity_percentiles),
    of_course(Call::insights_idle_learners, "Insights::idle_learners", idle_learners),
    of_course(Call::insights_lecture_activity, "Insights::lecture_activity", lecture_activity),
    of_course(Call::insights_cohorts, "Insights::cohorts", cohorts),
    of_course(Call::insights_survival, "Insights::survival", survival),
    of_course(Call::insights_hazard, "Insights::hazard", hazard),
    of_course(Call::insights_funnel, "Insights::funnel", funnel),
    of_course(Call::insights_progress, "Insights::progress", progress),
    of_course(Call::insights_lateness, "Insights::lateness", lateness),
    of_course(Call::insights_video, "Insights::video", video),
    of_course(Call::insights_lecture_difficulty, "Insights::lecture_difficulty",
              lecture_difficulty),
    of_course(Call::insights_items, "Insights::items", items),
    of_course(Call::insights_distractors, "Insights::distractors", distractors),
    of_course(Call::insights_revenue, "Insights::revenue", revenue),
    of_course(Call::insights_cohort_revenue, "Insights::cohort_revenue", cohort_revenue),
    of_course(Call::insights_monthly_recurring, "Insights::monthly_recurring", monthly_recurring),
    of_course(Call::insights_lifetime_value, "Insights::lifetime_value", lifetime_value),
    of_oneself(Call::insights_my_activity, "Insights::my_activity", my_activity),
    ServiceCall{.call = Call::insights_status, .member = "Insights::status", .invoke = status},
    of_course(Call::insights_export_events, "Insights::export_events", export_events),
    of_oneself(Call::insights_export_my_events, "Insights::export_my_events", export_my_events),
    of_course(Call::insights_labels, "Insights::labels", labels),
    ServiceCall{.call = Call::insights_anonymous_learners,
                .member = "Insights::anonymous_learners",
                .prepare = make_taught_course,
                .invoke = anonymous_learners},
};

}  // namespace

std::span<ServiceCall const> insights_calls() {
    return table;
}

}  // namespace eduplat::test
