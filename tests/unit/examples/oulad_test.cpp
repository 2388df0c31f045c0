#include "files.hpp"
#include "unit/core/refusal.hpp"

#include <oulad/oulad.hpp>
#include <support/catch.hpp>
#include <support/temp_dir.hpp>

#include <string>

using namespace eduplat;
using namespace std::chrono_literals;
using test::invalid, test::refusal, test::Refusal, test::write_file, test::write_gz;

namespace {

template <class Record>
std::vector<Record> records(std::string_view file, std::string_view text) {
    test::TempDir const folder;
    write_file(folder.file(file), text);
    return oulad::read_all<Record>(folder.path());
}

constexpr std::string_view info_header =
    "code_module,code_presentation,id_student,gender,region,highest_education,imd_band,age_band,"
    "num_of_prev_attempts,studied_credits,disability,final_result\n";

std::vector<oulad::Learner> learners(std::string_view rows) {
    return records<oulad::Learner>("studentInfo.csv", std::string{info_header} + std::string{rows});
}

Refusal refused_click(std::string_view row) {
    INFO(row);
    return refusal([&] {
        return records<oulad::Click>(
            "studentVle.csv",
            "code_module,code_presentation,id_student,id_site,date,sum_click\n" + std::string{row});
    });
}

}  // namespace

TEST_CASE("presentations start in February or October", "[examples][oulad]") {
    CHECK(oulad::start_of("2013B") == 2013y / 2 / 1);
    CHECK(oulad::start_of("2013J") == 2013y / 10 / 1);
    CHECK(oulad::start_of("2014B") == 2014y / 2 / 1);
    CHECK(oulad::start_of("2014J") == 2014y / 10 / 1);
    for (auto const* bad : {"", "2013", "2013C", "2013BB", "201JB", "-013B", "B2013", "2013b"}) {
        INFO(bad);
        CHECK(refusal([&] { return oulad::start_of(bad); }) ==
              invalid("presentation", "malformed"));
    }
}

TEST_CASE("presentations are read", "[examples][oulad]") {
    auto const all = records<oulad::Presentation>(
        "courses.csv",
        "code_module,code_presentation,module_presentation_length\nAAA,2013J,268.0\n"
        "BBB,2013B,240\n");
    REQUIRE(all.size() == 2);
    CHECK(all[0].id == oulad::PresentationId{"AAA", "2013J"});
    CHECK(all[0].length_days == 268);
    CHECK(all[1].length_days == 240);
    CHECK(all[0].id < all[1].id);
}

TEST_CASE("learners are read", "[examples][oulad]") {
    auto const all = learners(
        "AAA,2013J,11391.0,M,East Anglian Region,HE Qualification,90-100%,55<=,0.0,240.0,N,Pass\n"
        "BBB,2014B,\"28400\",F,\"Scotland\",A Level or Equivalent,10-20,35-55,1,60,Y,Withdrawn\n"
        "BBB,2014B,7,F,Wales,No Formal quals,,0-35,0,60,N,Distinction\n"
        "BBB,2014B,8,F,Wales,No Formal quals,?,0-35,0,60,N,Fail\n");
    REQUIRE(all.size() == 4);
    CHECK(all[0].presentation == oulad::PresentationId{"AAA", "2013J"});
    CHECK(all[0].student == 11391);
    CHECK(all[0].gender == "M");
    CHECK(all[0].region == "East Anglian Region");
    CHECK(all[0].highest_education == "HE Qualification");
    CHECK(all[0].imd_band == "90-100%");
    CHECK(all[0].age_band == "55<=");
    CHECK(all[0].previous_attempts == 0);
    CHECK(all[0].studied_credits == 240);
    CHECK_FALSE(all[0].disability);
    CHECK(all[0].outcome == oulad::Outcome::pass);
    CHECK(all[1].student == 28400);
    CHECK(all[1].imd_band == "10-20%");
    CHECK(all[1].disability);
    CHECK(all[1].outcome == oulad::Outcome::withdrawn);
    CHECK(all[2].imd_band == std::nullopt);
    CHECK(all[2].outcome == oulad::Outcome::distinction);
    CHECK(all[3].imd_band == std::nullopt);
    CHECK(all[3].outcome == oulad::Outcome::fail);
}

TEST_CASE("a learner with an unknown word is refused", "[examples][oulad]") {
    CHECK(refusal([] { return learners("A,2013J,1,M,R,H,,0-35,0,60,N,Passed\n"); }) ==
          invalid("studentInfo.csv:2", "unknown"));
    CHECK(refusal([] { return learners("A,2013J,1,M,R,H,,0-35,0,60,maybe,Pass\n"); }) ==
          invalid("studentInfo.csv:2", "unknown"));
    CHECK(refusal([] { return learners("A,2013J,1,M,R,H,,0-35,0,60,N,\n"); }) ==
          invalid("studentInfo.csv:2", "required"));
}

TEST_CASE("registrations and materials are read, with what is empty as none", "[examples][oulad]") {
    auto const registrations = records<oulad::Registration>(
        "studentRegistration.csv",
        "code_module,code_presentation,id_student,date_registration,date_unregistration\n"
        "AAA,2013J,11391.0,-159.0,\nAAA,2013J,30268.0,,12.0\n");
    REQUIRE(registrations.size() == 2);
    CHECK(registrations[0].student == 11391);
    CHECK(registrations[0].registered_day == -159);
    CHECK(registrations[0].unregistered_day == std::nullopt);
    CHECK(registrations[1].registered_day == std::nullopt);
    CHECK(registrations[1].unregistered_day == 12);

    auto const materials = records<oulad::Material>(
        "vle.csv",
        "id_site,code_module,code_presentation,activity_type,week_from,week_to\n"
        "546943.0,AAA,2013J,resource,,\n546732,AAA,2013J,oucontent,2.0,3.0\n");
    REQUIRE(materials.size() == 2);
    CHECK(materials[0].site == 546943);
    CHECK(materials[0].presentation.module == "AAA");
    CHECK(materials[0].activity_type == "resource");
    CHECK(materials[0].week_from == std::nullopt);
    CHECK(materials[1].week_from == 2);
    CHECK(materials[1].week_to == 3);
}

TEST_CASE("assessments and submissions are read", "[examples][oulad]") {
    auto const assessments = records<oulad::Assessment>(
        "assessments.csv",
        "code_module,code_presentation,id_assessment,assessment_type,date,weight\n"
        "AAA,2013J,1752.0,TMA,19.0,12.5\nAAA,2013J,1757,Exam,?,100\nBBB,2013J,9,CMA,54,0\n");
    REQUIRE(assessments.size() == 3);
    CHECK(assessments[0].id == 1752);
    CHECK(assessments[0].type == oulad::AssessmentType::tutor_marked);
    CHECK(assessments[0].due_day == 19);
    CHECK(assessments[0].weight_percent == 12.5);
    CHECK(assessments[1].type == oulad::AssessmentType::exam);
    CHECK(assessments[1].due_day == std::nullopt);
    CHECK(assessments[2].type == oulad::AssessmentType::computer_marked);
    CHECK(assessments[2].presentation.module == "BBB");

    auto const submissions =
        records<oulad::Submission>("studentAssessment.csv",
                                   "id_assessment,id_student,date_submitted,is_banked,score\n"
                                   "1752.0,11391.0,18.0,0.0,78.0\n1752,28400,-1,1,\n");
    REQUIRE(submissions.size() == 2);
    CHECK(submissions[0].assessment == 1752);
    CHECK(submissions[0].student == 11391);
    CHECK(submissions[0].day == 18);
    CHECK_FALSE(submissions[0].banked);
    CHECK(submissions[0].score == 78.0);
    CHECK(submissions[1].day == -1);
    CHECK(submissions[1].banked);
    CHECK(submissions[1].score == std::nullopt);
}

TEST_CASE("clicks are read from a compressed file", "[examples][oulad]") {
    test::TempDir const folder;
    write_gz(folder.file("studentVle.csv.gz"),
             "code_module,code_presentation,id_student,id_site,date,sum_click\n"
             "AAA,2013J,11391,546614,-5,7\nAAA,2013J,11391.0,546652.0,10.0,1.0\n");
    oulad::Reader<oulad::Click> reader{folder.path()};
    oulad::Click click;
    REQUIRE(reader.next(click));
    CHECK(click.presentation == oulad::PresentationId{"AAA", "2013J"});
    CHECK(click.student == 11391);
    CHECK(click.site == 546614);
    CHECK(click.day == -5);
    CHECK(click.clicks == 7);
    REQUIRE(reader.next(click));
    CHECK(reader.line() == 3);
    CHECK(click.site == 546652);
    CHECK(click.day == 10);
    CHECK(click.clicks == 1);
    CHECK_FALSE(reader.next(click));
    CHECK(reader.progress() == 1.0);
}

TEST_CASE("malformed clicks are refused with their line", "[examples][oulad]") {
    auto const with_good = [](std::string_view bad) {
        return "A,2013J,1,2,3,4\n\n" + std::string{bad} + "\n";
    };
    CHECK(refused_click(with_good("A,2013J,1,2,3,x")) == invalid("studentVle.csv:4", "number"));
    CHECK(refused_click(with_good("A,2013J,1,2,3,")) == invalid("studentVle.csv:4", "required"));
    CHECK(refused_click(with_good(",2013J,1,2,3,4")) == invalid("studentVle.csv:4", "required"));
    CHECK(refused_click(with_good("A,2013J,1,2,3")) == invalid("studentVle.csv:4", "fields"));
    CHECK(refused_click(with_good("A,2013J,1,2,3000000000,4")) ==
          invalid("studentVle.csv:4", "range"));
    CHECK(refusal([] {
              return records<oulad::Click>("studentVle.csv", "code_module,code_presentation\n");
          }) == invalid("studentVle.csv:1", "missing_column"));
}

TEST_CASE("a folder without the file is refused, the plain file comes first", "[examples][oulad]") {
    test::TempDir const folder;
    CHECK(refusal([&] { return oulad::read_all<oulad::Presentation>(folder.path()); }) ==
          Refusal{ErrorCode::not_found, {"file", "missing", std::nullopt}});
    std::string const header = "code_module,code_presentation,module_presentation_length\n";
    write_gz(folder.file("courses.csv.gz"), header + "GZ,2013J,1\n");
    CHECK(oulad::read_all<oulad::Presentation>(folder.path()).at(0).id.module == "GZ");
    write_file(folder.file("courses.csv"), header + "CSV,2013J,1\n");
    CHECK(oulad::read_all<oulad::Presentation>(folder.path()).at(0).id.module == "CSV");
}
