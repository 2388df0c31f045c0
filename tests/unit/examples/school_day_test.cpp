#include <eduplat/core/error.hpp>
#include <eduplat/core/money_literals.hpp>

#include <school_day/catalog_rows.hpp>
#include <school_day/options.hpp>
#include <school_day/oulad_rows.hpp>
#include <school_day/report.hpp>
#include <support/catch.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

using namespace school_day;
using namespace eduplat::literals;
using std::chrono::days;

namespace {

oulad::PresentationId const october{"AAA", "2013J"};
oulad::PresentationId const february{"BBB", "2014B"};
Term const term{.start = edu::parse_timestamp("2013-10-01T00:00:00Z"),
                .end = edu::parse_timestamp("2014-06-26T00:00:00Z")};

Options parse(std::vector<char const*> arguments) {
    arguments.insert(arguments.begin(), "school_day");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

/// What a refused command line says is wrong.
std::vector<edu::Violation> refusal(std::vector<char const*> const& arguments) {
    try {
        static_cast<void>(parse(arguments));
    } catch (edu::Error const& e) {
        return {e.violations().begin(), e.violations().end()};
    }
    return {};
}

edu::ImportedEnrollment enrolled(std::optional<std::int32_t> came, std::optional<std::int32_t> left,
                                 oulad::Outcome outcome) {
    return enrollment_row({october, 11391, came, left}, outcome, edu::CourseId{7}, term);
}

}  // namespace

TEST_CASE("The command line names files and tasks") {
    auto const none = parse({});
    CHECK(none.folder == ".");
    CHECK_FALSE(none.oulad);
    CHECK_FALSE(none.fresh);
    auto const all = parse({"--oulad", "data", "--folder", "kept", "--catalog", "c", "--fresh"});
    CHECK(all.oulad == "data");
    CHECK(all.folder == "kept");
    CHECK(all.catalog == "c");
    CHECK(all.fresh);
    CHECK(parse({"--summary"}).summary);
    CHECK(parse({"--help"}).help);
}

TEST_CASE("What the command line does not know is refused") {
    using Violations = std::vector<edu::Violation>;
    CHECK(refusal({"--fast"}) == Violations{{"--fast", "unknown", std::nullopt}});
    CHECK(refusal({"data"}) == Violations{{"data", "unknown", std::nullopt}});
    CHECK(refusal({"--oulad"}) == Violations{{"--oulad", "required", std::nullopt}});
}

TEST_CASE("Registrations become enrollments by how they ended") {
    auto const passed = enrolled(-20, std::nullopt, oulad::Outcome::pass);
    CHECK(passed.source_id == "AAA-2013J-11391");
    CHECK(passed.enrolled_at == term.start - days{20});
    CHECK(passed.state == edu::EnrollmentState::completed);
    CHECK(passed.completed_at == term.end);
    CHECK_FALSE(passed.ended_at);

    CHECK(enrolled(0, std::nullopt, oulad::Outcome::distinction).state ==
          edu::EnrollmentState::completed);
    auto const failed = enrolled(0, std::nullopt, oulad::Outcome::fail);
    CHECK(failed.state == edu::EnrollmentState::active);
    CHECK_FALSE(failed.completed_at);

    auto const left = enrolled(-20, 30, oulad::Outcome::withdrawn);
    CHECK(left.state == edu::EnrollmentState::revoked);
    CHECK(left.ended_at == term.start + days{30});
}

TEST_CASE("An enrollment never ends before it begins") {
    CHECK(enrolled(10, 5, oulad::Outcome::withdrawn).ended_at == term.start + days{10});
    CHECK(enrolled(std::nullopt, std::nullopt, oulad::Outcome::fail).enrolled_at == term.start);
    auto const unknown = enrolled(std::nullopt, -30, oulad::Outcome::withdrawn);
    CHECK(unknown.enrolled_at == term.start - days{30});
    CHECK(unknown.ended_at == unknown.enrolled_at);
    auto const late = enrolled(400, std::nullopt, oulad::Outcome::pass);
    CHECK(late.completed_at == late.enrolled_at);
}

TEST_CASE("A presentation becomes a course with a section for each activity, by week") {
    std::vector<oulad::Material> const materials{{30, october, "quiz", 2, 3},
                                                 {20, october, "quiz", std::nullopt, std::nullopt},
                                                 {40, october, "forumng", 1, 1},
                                                 {50, february, "quiz", 1, 1},
                                                 {10, october, "quiz", 2, std::nullopt}};
    auto const course = course_row({october, 268}, materials, edu::UserId{1});
    CHECK(course.source == "oulad");
    CHECK(course.source_id == "AAA-2013J");
    CHECK(course.course.slug == "aaa-2013j");
    CHECK(course.publish);
    REQUIRE(course.sections.size() == 2);
    CHECK(course.sections[0].title.best_for("en") == "Forums");
    REQUIRE(course.sections[1].lectures.size() == 3);
    CHECK(course.sections[1].lectures[0].source_id == "20");
    CHECK(course.sections[1].lectures[1].source_id == "10");
    CHECK(course.sections[1].lectures[2].title.best_for("en") == "quiz 30");
}

TEST_CASE("A material opens when its week begins, the first with the presentation") {
    std::vector<oulad::Material> const materials{{1, october, "quiz", std::nullopt, std::nullopt},
                                                 {2, october, "quiz", 1, 1},
                                                 {3, october, "quiz", 5, 6}};
    auto const course = course_row({october, 268}, materials, edu::UserId{1});
    auto const& lectures = course.sections.at(0).lectures;
    CHECK(lectures[0].release == edu::Release{});
    CHECK(lectures[1].release.at == term.start);
    CHECK(lectures[2].release.at == term.start + days{28});
}

TEST_CASE("A presentation without materials stays a draft") {
    CHECK_FALSE(course_row({october, 268}, {}, edu::UserId{1}).publish);
}

TEST_CASE("Assessments go by type and number, in the order in which they are due") {
    using enum oulad::AssessmentType;
    std::vector<oulad::Assessment> const rows{{7, october, exam, std::nullopt, 100},
                                              {3, october, tutor_marked, 90, 20},
                                              {4, october, computer_marked, 20, 5},
                                              {9, february, tutor_marked, 10, 20},
                                              {5, october, tutor_marked, 20, 10}};
    auto const own = assessments_of(october, rows);
    std::vector<std::string> titles;
    titles.reserve(own.size());
    for (auto const& each : own)
        titles.push_back(each.title);
    CHECK(titles == std::vector<std::string>{"TMA 1", "CMA 1", "TMA 2", "Exam"});
    CHECK(own[0].assessment.id == 5);
    CHECK(own[2].assessment.id == 3);
    CHECK(assessments_of({"CCC", "2014B"}, rows).empty());
    auto const two =
        assessments_of(october, {{1, october, exam, 5, 50}, {2, october, exam, 9, 50}});
    CHECK(two.at(1).title == "Exam 2");
}

TEST_CASE("An assessment is a lecture that says when it is due and is not required") {
    auto const lecture = assessment_row({{3, october, oulad::AssessmentType::exam, 90, 20}, "Exam"},
                                        edu::CourseId{5}, edu::SectionId{6});
    CHECK(lecture.course == edu::CourseId{5});
    CHECK(lecture.section == edu::SectionId{6});
    CHECK(in_english(lecture.title) == "Exam");
    CHECK_FALSE(lecture.required);
    CHECK(lecture.release == edu::Release{});
    CHECK(in_english(std::get<edu::Text>(lecture.items.at(0)).body) ==
          "Due on day 90 of the course.");
    auto const exam =
        assessment_row({{3, october, oulad::AssessmentType::exam, std::nullopt, 100}, "Exam"},
                       edu::CourseId{5}, edu::SectionId{6});
    CHECK(in_english(std::get<edu::Text>(exam.items.at(0)).body) ==
          "Due at the end of the course.");
}

TEST_CASE("What was handed in is an answer, what was carried over is none") {
    oulad::Submission row{3, 11391, 18, false, 77.5};
    auto const answer = answer_row(row, edu::UserId{1}, edu::LectureId{2}, term.start);
    REQUIRE(answer);
    CHECK(answer->user == edu::UserId{1});
    CHECK(answer->lecture == edu::LectureId{2});
    CHECK(answer->at == term.start + days{18});
    CHECK(answer->count == 1);
    CHECK(answer->answer.value().score == 78);
    CHECK(answer->answer->max_score == 100);
    row.score.reset();
    CHECK(answer_row(row, edu::UserId{1}, edu::LectureId{2}, term.start)->answer->max_score == 0);
    row.banked = true;
    CHECK_FALSE(answer_row(row, edu::UserId{1}, edu::LectureId{2}, term.start));
}

TEST_CASE("Numbers are told as people read them") {
    CHECK(with_decimals(12.345, 1) == "12.3");
    CHECK(in_percent(0.1234) == "12.3 %");
    CHECK(in_percent(std::nullopt) == "-");
    CHECK(small_curve({0, 0.5, 1, 2, -1}, 1) == " ▄██ ");
    CHECK(small_curve({1, 2}, 0) == "  ");
}

TEST_CASE("People come once, as they were the last time") {
    oulad::Learner first;
    first.student = 5;
    first.presentation = october;
    first.age_band = "0-35";
    auto later = first;
    later.presentation = february;
    later.age_band = "35-55";
    auto const rows = people_rows({{october, 268}, {february, 241}}, {first, later});
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].source_id == teachers_name("AAA"));
    CHECK(rows[1].roles.has(edu::Role::teacher));
    CHECK(rows[2].source_id == "5");
    CHECK(rows[2].persona.value().age_band == "35-55");
}

TEST_CASE("A course of the catalog keeps its order, prices and media") {
    catalog::Course course;
    course.slug = "tea";
    course.languages = {"en"};
    course.price = 12'00_eur;
    course.access_days = 90;
    course.prerequisite = "water";
    course.sections.resize(2);
    course.sections[0].lectures.resize(1);
    course.sections[1].lectures.resize(2);
    course.sections[1].lectures[1].video = std::chrono::minutes{4};
    auto const rows = course_rows({course}, edu::UserId{3});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].source_id == "tea");
    CHECK(rows[0].prerequisites == std::vector<std::string>{"water"});
    CHECK(rows[0].course.price.find(edu::Currency::named("EUR"), 90).value().amount == 12'00_eur);
    CHECK(rows[0].sections[1].lectures[1].source_id == "tea.2.2");
    CHECK(rows[0].sections[1].lectures[1].items.size() == 2);
    CHECK(rows[0].sections[1].lectures[0].items.size() == 1);
}

TEST_CASE("Numbers are shown in groups of three") {
    CHECK(counted(0) == "0");
    CHECK(counted(999) == "999");
    CHECK(counted(1000) == "1,000");
    CHECK(counted(7'035'828) == "7,035,828");
    CHECK(counted(-123) == "-123");
    CHECK(counted(-123'456) == "-123,456");
    CHECK(in_seconds(12.34) == "12.3 s");
    CHECK(in_seconds(0.96) == "1.0 s");
}
