#include "courses_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;

namespace {

ImportedLecture lecture(std::string const& id) {
    return {.source_id = id, .title = {{"en", "Lecture " + id}}};
}

ImportedCourse course(std::string const& id) {
    return {.source = "lms",
            .source_id = id,
            .course = {.title = {{"en", "Course " + id}}},
            .lectures = {lecture(id + "-0")},
            .sections = {{id + "-s", {{"en", "Part"}}, {lecture(id + "-1"), lecture(id + "-2")}}},
            .publish = true};
}

ImportReport import(CourseSchool& school, std::vector<ImportedCourse> const& rows) {
    return school->import_courses(school.sue, rows);
}

std::vector<std::string> broken(ImportReport const& report) {
    std::vector<std::string> result;
    for (auto const& row : report.rejected) {
        for (auto const& violation : row.violations)
            result.push_back(violation.field + ": " + violation.rule);
    }
    return result;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("courses are imported with their lectures, once", "[courses]") {
    CourseSchool school;
    auto first = course("a");
    first.sections[0].lectures[1].prerequisites = {"a-0"};
    auto second = course("b");
    second.prerequisites = {"a"};
    second.publish = false;
    CHECK(import(school, {first, second}).created == 2);
    auto const a = school->find_course(school.sue, "course-a").value();
    CHECK(a.source_id == "a");
    auto const outline = school->outline(Actor::guest(), a.id);
    CHECK(titles(outline) == Words{"Lecture a-0", "Lecture a-1", "Lecture a-2"});
    CHECK(outline.lectures[2].prerequisites == std::vector{outline.lectures[0].id});
    CHECK(outline.lectures[1].section == outline.sections.at(0).id);
    auto const b = school->find_course(school.sue, "course-b").value();
    CHECK(b.state == CourseState::draft);
    CHECK(b.prerequisites == std::vector{a.id});
    CHECK(school->get_draft(school.sue, outline.lectures[2].id).source_id == "a-2");
    CHECK(school->search(Actor::guest(), "lecture").items.size() == 3);

    auto const again = import(school, {first, second, course("c")});
    CHECK(again.unchanged == 2);
    CHECK(again.created == 1);
    CHECK(school->get_course(school.sue, a.id) == a);
}

TEST_CASE("an imported slug that is taken gets a number", "[courses]") {
    CourseSchool school;
    auto one = course("a");
    auto two = course("b");
    one.course.slug = two.course.slug = "same";
    CHECK(import(school, {one, two}).created == 2);
    CHECK(school->find_course(Actor::guest(), "same-2"));
}

TEST_CASE("courses that break a rule are reported and leave nothing", "[courses]") {
    CourseSchool school;
    auto bad = course("bad");
    bad.source.clear();
    bad.course.title = {};
    bad.sections[0].lectures[0].items = {Video{}};
    bad.sections[0].lectures[1].source_id = "bad-0";
    bad.lectures[0].prerequisites = {"nowhere"};
    auto circle = course("circle");
    circle.lectures[0].prerequisites = {"circle-1"};
    circle.sections[0].lectures[0].prerequisites = {"circle-0"};
    auto unknown = course("unknown");
    unknown.prerequisites = {"nowhere"};
    auto empty = course("empty");
    empty.lectures.clear();
    empty.sections.clear();
    auto taken = course("taken");
    taken.lectures[0].source_id = "good-0";
    auto const report = import(school, {bad, course("good"), circle, unknown, empty, taken});
    CHECK(report.created == 1);
    CHECK(broken(report) == Words{"rows[0].source: required", "rows[0].title: required",
                                  "rows[0].sections[0].lectures[0].items[0].duration: too_small",
                                  "rows[0].sections[0].lectures[1].source_id: duplicate",
                                  "rows[0].lectures[0].prerequisites: unknown",
                                  "rows[2].prerequisites: cycle", "rows[3].prerequisites: unknown",
                                  "rows[4].lectures: required",
                                  "rows[5].lectures.source_id: taken"});
    CHECK(school->catalog(school.sue).items.size() == 1);
    CHECK(school->catalog(school.sue, {.state = CourseState::draft}).items.empty());
}

TEST_CASE("an import is no part of a host's transaction", "[courses]") {
    CourseSchool school;
    school.storage.write([&](storage::Connection&) {
        CHECK(refusal([&] { return import(school, {}); }) ==
              precondition("transaction", "not_allowed_inside"));
    });
    CHECK(refusal([&] { return school->import_courses(school.ada, {}); }) ==
          denied("actor", "courses_import_courses"));
}
