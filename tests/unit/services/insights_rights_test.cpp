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

    std::vector<CourseId> many(limits::page_size_max, school.two_lectures);
    CHECK(insights.lecture_activity(system, {.courses = many}).courses.empty());
    many.push_back(school.two_lectures);
    CHECK(refusal([&] { return insights.lecture_activity(system, {.courses = many}); }) ==
          invalid("scope.courses", "too_many", limits::page_size_max));
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
