#include "insights_fixture.hpp"

#include <eduplat/core/limits.hpp>

using namespace eduplat;
using namespace eduplat::test;

namespace {

Refusal denied(std::string_view call) {
    return {ErrorCode::permission_denied, {"actor", std::string{call}, std::nullopt}};
}

}  // namespace

TEST_CASE("teachers see courses that they teach, and only all of them", "[insights]") {
    InsightSchool school;
    auto const other = school.course({by_opening});
    auto const teacher = school.teacher_of(school.two_lectures, "teacher");
    auto const ask = [&](std::vector<CourseId> courses) {
        return school.insights.activity(teacher, {{.courses = std::move(courses)}, school.days(1)});
    };
    CHECK(ask({school.two_lectures}).size() == 1);
    CHECK(refusal([&] { return ask({other}); }) == denied("insights_activity"));
    CHECK(refusal([&] {
              return ask({school.two_lectures, other});
          }) == denied("insights_activity"));
    CHECK(refusal([&] { return ask({}); }) == denied("insights_activity"));
    // Whether there is such a course is not told.
    CHECK(refusal([&] { return ask({CourseId{4711}}); }) == denied("insights_activity"));
    CHECK(refusal([&] { return school.insights.video(teacher, {.lecture = LectureId{4711}}); }) ==
          denied("insights_video"));
    auto const lecture = school.lectures.at(0);
    CHECK(refusal([&] { return school.insights.video(teacher, {.lecture = lecture}); }) ==
          denied("insights_video"));
    CHECK(school.insights.video(teacher, {.lecture = school.first}).size() == 1);
}

TEST_CASE("a teacher does not see what his learners do elsewhere", "[insights]") {
    InsightSchool school;
    auto const other = school.course({by_opening});
    auto const elsewhere = school.lectures.at(0);
    auto const teacher = school.teacher_of(school.two_lectures, "teacher");
    auto const ada = school.enrolled("ada", school.two_lectures);
    school.enroll(ada, other);
    school.open_at(ada, elsewhere, school.day(0) + 1h);
    CHECK(school.insights.activity(teacher, {school.scope(), school.days(1)})[0].events == 0);
    CHECK(school.insights.lecture_activity(teacher, school.scope()).courses.empty());
    CHECK(school.insights.export_events(teacher, {.scope = school.scope()}).table.rows() == 0);
    auto const steps = school.insights.funnel(
        teacher, {.scope = school.scope(),
                  .steps = {{.kinds = {LearningKind::opened}, .courses = {other}}}});
    CHECK(steps.at(0).learners == 0);
}

TEST_CASE("learners and guests get no reports", "[insights]") {
    InsightSchool school;
    auto const ada = school.enrolled("ada", school.two_lectures);
    CHECK(refusal([&] { return school.insights.status(ada); }) == denied("insights_status"));
    CHECK(refusal([&] {
              return school.insights.activity(ada, {school.scope(), school.days(1)});
          }) == denied("insights_activity"));
    CHECK(refusal([&] { return school.insights.export_events(ada, {}); }) ==
          denied("insights_export_events"));
    CHECK(refusal([&] {
              return school.insights.my_activity(Actor::guest(), {.edges = school.days(1)});
          }).code == ErrorCode::unauthenticated);
}

TEST_CASE("rights are read before a report takes memory", "[insights]") {
    InsightSchool school;
    auto const ada = school.enrolled("ada", school.two_lectures);
    auto const& insights = school.insights;
    // What is wrong with the edges only a run of the metric finds.
    CHECK(refusal([&] { return insights.cohorts(ada, {.scope = school.scope()}); }) ==
          denied("insights_cohorts"));
    CHECK(refusal([&] {
              return insights.cohorts(
                  ada, {.scope = school.scope(), .edges = {}, .by = CohortsBy::enrollment});
          }) == denied("insights_cohorts"));
    CHECK(refusal([&] {
              return insights.activity_percentiles(ada, {school.scope(), {}});
          }) == denied("insights_activity_percentiles"));
    CHECK(refusal([&] { return insights.cohorts(Actor::system(), {}); }) ==
          invalid("edges", "too_few", 2));
}

TEST_CASE("unknown courses and bad arguments are named", "[insights]") {
    InsightSchool school;
    auto const& insights = school.insights;
    auto const system = Actor::system();
    CHECK(refusal([&] {
              return insights.activity(
                  system, {{.courses = {school.two_lectures, CourseId{4711}}}, school.days(1)});
          }) == Refusal{ErrorCode::not_found, {"scope.courses[1]", "unknown", std::nullopt}});
    CHECK(refusal([&] { return insights.distractors(system, {.course = CourseId{4711}}); }) ==
          Refusal{ErrorCode::not_found, {"course", "unknown", std::nullopt}});
    CHECK(refusal([&] { return insights.video(system, {.lecture = LectureId{4711}}); }) ==
          Refusal{ErrorCode::not_found, {"lecture", "unknown", std::nullopt}});
    auto const removed = school.courses.create(system, {.title = {{"en", "A draft"}}});
    auto const lecture = school.add_lecture(removed.id, by_opening);
    school.courses.remove_draft(system, removed.id,
                                school.courses.get_course(system, removed.id).version);
    CHECK(refusal([&] { return insights.video(system, {.lecture = lecture}); }) ==
          Refusal{ErrorCode::not_found, {"lecture", "unknown", std::nullopt}});

    CHECK(refusal([&] { return insights.activity(system, {}); }).violation.rule == "too_few");
    CHECK(refusal([&] {
              return insights.activity(system, {{}, {school.day(1), school.day(0)}});
          }).violation.rule == "not_ascending");
    CHECK(refusal([&] {
              return insights.lecture_activity(system,
                                               {.from = school.day(1), .to = school.day(0)});
          }) == invalid("to", "reversed"));
    CHECK(refusal([&] {
              return insights.survival(system,
                                       {.scope = {.from = school.day(1), .to = school.day(0)}});
          }) == invalid("to", "reversed"));
    CHECK(refusal([&] {
              return insights.survival(system, {.groups = SurvivalGroups::enrollment_period});
          }).violation.field == "edges");
}

TEST_CASE("a scope names so many courses, lectures and kinds", "[insights]") {
    InsightSchool school;
    auto const ask = [&](InsightScope const& scope) {
        return refusal([&] { return school.insights.lecture_activity(Actor::system(), scope); });
    };
    InsightScope scope;
    for (int i = 0; i < limits::page_size_max; ++i)
        scope.courses.emplace_back(i + 4711);
    CHECK(ask(scope).code == ErrorCode::not_found);  // but not too many
    scope.courses.emplace_back(1);
    CHECK(ask(scope) == invalid("scope.courses", "too_many", limits::page_size_max));

    auto const kinds = all_learning_kinds();
    scope = {.lectures = std::vector<LectureId>(limits::lectures_max, school.first),
             .kinds = {kinds.begin(), kinds.end()}};
    CHECK(school.insights.lecture_activity(Actor::system(), scope).courses.empty());
    CHECK(school.insights.export_events(Actor::system(), {.scope = scope}).table.rows() == 0);
    scope.kinds.push_back(LearningKind::opened);
    CHECK(ask(scope) == invalid("scope.kinds", "too_many", std::ssize(kinds)));
    scope.lectures.push_back(school.first);
    scope.kinds.clear();
    CHECK(ask(scope) ==
          invalid("scope.lectures", "too_many", static_cast<std::int64_t>(limits::lectures_max)));
    CHECK(refusal([&] {
              return school.insights.export_events(Actor::system(), {.scope = scope});
          }).violation.field == "scope.lectures");
}

TEST_CASE("a course is named once, so that nothing counts twice", "[insights]") {
    InsightSchool school;
    auto const& insights = school.insights;
    auto const system = Actor::system();
    InsightScope const scope{.courses = {school.two_lectures, school.two_lectures}};
    auto const twice = invalid("scope.courses[1]", "duplicate");
    auto const days = school.days(1);
    CHECK(refusal([&] { return insights.revenue(system, {scope, days}); }) == twice);
    CHECK(refusal([&] { return insights.progress(system, {.scope = scope}); }) == twice);
    CHECK(refusal([&] { return insights.survival(system, {.scope = scope}); }) == twice);
    CHECK(refusal([&] { return insights.funnel(system, {.scope = scope}); }) == twice);
    CHECK(refusal([&] { return insights.lateness(system, {.scope = scope}); }) == twice);
    CHECK(refusal([&] {
              return insights.hazard(system, {.scope = scope, .edges = {0, 1}});
          }) == twice);
    CHECK(refusal([&] { return insights.activity(system, {scope, days}); }) == twice);
    CHECK(refusal([&] { return insights.labels(system, {.courses = scope.courses}); }) == twice);
    CHECK(refusal([&] { return insights.export_events(system, {.scope = scope}); }) == twice);
}

TEST_CASE("teachers get no table that hides learners, whom they could find in it", "[insights]") {
    InsightSchool school;
    auto const teacher = school.teacher_of(school.two_lectures, "teacher");
    for (auto const* const name : {"ada", "ben"})
        static_cast<void>(school.enrolled(name, school.two_lectures));
    AnonymousRequest request{.course = school.two_lectures, .k = 2};
    CHECK(refusal([&] { return school.insights.anonymous_learners(teacher, request); }) ==
          denied("insights_anonymous_learners"));
    auto const staff = school.with_role("staff", Role::staff);
    CHECK(school.insights.anonymous_learners(staff, request).table.rows() == 2);
    request.course = CourseId{4711};
    CHECK(refusal([&] { return school.insights.anonymous_learners(staff, request); }) ==
          Refusal{ErrorCode::not_found, {"course", "unknown", std::nullopt}});
}

TEST_CASE("a piece of the log has bounds", "[insights]") {
    InsightSchool school;
    constexpr int rows_max = limits::learning_import_chunk_rows;
    auto const ask = [&](int rows) {
        return school.insights.export_events(Actor::system(), {.rows = rows});
    };
    CHECK(refusal([&] { return ask(0); }) == invalid("rows", "too_small", 1));
    CHECK(ask(1).table.rows() <= 1);
    CHECK(!ask(rows_max).after);
    CHECK(refusal([&] { return ask(rows_max + 1); }) == invalid("rows", "too_large", rows_max));
}

TEST_CASE("options of insights have bounds", "[insights]") {
    InsightSchool school;
    auto const make = [&](int threads) {
        auto given = school.dependencies();
        given.insights.num_threads = threads;
        return Insights{given};
    };
    CHECK(refusal([&] { return make(0); }) == invalid("insights.num_threads", "too_small", 1));
    CHECK(refusal([&] { return make(limits::threads_max + 1); }) ==
          invalid("insights.num_threads", "too_large", limits::threads_max));
    auto const ada = school.enrolled("ada", school.two_lectures);
    school.open_at(ada, school.first, school.day(0) + 1h);
    auto const wide = make(limits::threads_max);
    CHECK(wide.activity(Actor::system(), {{}, school.days(1)})[0].learners == 1);
    CHECK(make(1).activity(Actor::system(), {{}, school.days(1)})[0].learners == 1);
}
