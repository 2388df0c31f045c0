#include "insights_fixture.hpp"
#include "payments_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <string>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

Answered answer(LectureId lecture, int question, std::int64_t score, std::string text) {
    return {.lecture = lecture,
            .question = question,
            .score = score,
            .max_score = 1,
            .text = std::move(text)};
}

template <class Value>
std::vector<Value> const& values(analytics::Table const& table, std::string_view column) {
    return std::get<std::vector<Value>>(table.find(column)->values);
}

}  // namespace

TEST_CASE("a recording's curve is that of its lecture alone", "[insights]") {
    InsightSchool school;
    auto const ada = school.enrolled("ada", school.two_lectures);
    auto const ben = school.enrolled("ben", school.two_lectures);
    school.record(ada, {Opened{school.first}, Watched{school.first, 0s, 30s}});
    school.record(ben, {Opened{school.first}, Watched{school.first, 10s, 20s}});
    school.record(ben, {Watched{school.second, 0s, 5s}});
    auto const curves =
        school.insights.video(Actor::system(), {.lecture = school.first, .options = {.bin = 10s}});
    REQUIRE(curves.size() == 1);
    auto const& curve = curves[0];
    CHECK(curve.recording.duration == video_length);
    REQUIRE(curve.bin_ms.size() == 60);
    CHECK(curve.watched_ms[0] == 10'000);
    CHECK(curve.watched_ms[1] == 20'000);
    CHECK(curve.viewers[1] == 2);
    CHECK(curve.learners.size() == 2);
}

TEST_CASE("questions are told by how hard they are", "[insights]") {
    InsightSchool school;
    auto const ada = school.enrolled("ada", school.two_lectures);
    auto const ben = school.enrolled("ben", school.two_lectures);
    school.record(ada, {answer(school.first, 1, 1, "A"), answer(school.first, 2, 1, "B")});
    school.record(ben, {answer(school.first, 1, 0, "C"), answer(school.first, 2, 1, "B")});
    auto const analysis = school.insights.items(Actor::system(), {school.scope()});
    REQUIRE(analysis.items.size() == 2);
    CHECK(analysis.learners == 2);
    CHECK(analysis.items[0].facility == 0.5);
    CHECK(analysis.items[1].facility == 1.0);

    auto const chosen =
        school.insights.distractors(Actor::system(), {.course = school.two_lectures});
    REQUIRE(chosen.size() == 2);
    REQUIRE(chosen[0].choices.size() == 2);
    CHECK(chosen[0].choices[0].choice == "A");
    CHECK(chosen[0].choices[0].correct);
    CHECK(chosen[0].choices[1].learners.count == 1);

    auto const hard = school.insights.lecture_difficulty(Actor::system(), {school.scope()});
    REQUIRE(hard.size() == 1);
    CHECK(hard[0].first_correct.count == 3);
    CHECK(hard[0].first_correct.of == 4);

    static_cast<void>(school.accounts->erase_user(Actor::system(), ben.user()));
    CHECK(school.insights.items(Actor::system(), {}).items[0].facility == 1.0);
    CHECK(school.insights.distractors(Actor::system(), {.course = school.two_lectures})[0]
              .choices.size() == 1);
}

TEST_CASE("questions asked about lectures are the caller's to count", "[insights]") {
    InsightSchool school;
    auto const ada = school.enrolled("ada", school.two_lectures);
    auto const ben = school.enrolled("ben", school.two_lectures);
    for (auto const lecture : {school.first, school.second}) {
        school.record(ada, {answer(lecture, 1, 1, "A")});
        school.record(ben, {answer(lecture, 1, 1, "A")});
    }
    auto const ask = [&](std::vector<analytics::LectureQuestions> questions) {
        return school.insights.lecture_difficulty(
            Actor::system(), {.scope = school.scope(), .questions = std::move(questions)});
    };
    CHECK_FALSE(ask({}).at(0).questions.mean);
    auto const hard = ask({{school.first, 6}});
    REQUIRE(hard.size() == 2);
    CHECK(hard[0].questions.mean == 3.0);
    CHECK(hard[1].questions.mean == 0.0);
    CHECK(hard[0].difficulty == Approx(1));  // nothing else tells them apart
    CHECK(hard[1].difficulty == Approx(-1));

    CHECK(refusal([&] {
              return ask({{school.first, -1}});
          }) == invalid("questions[0].questions", "negative", 0));
    CHECK(refusal([&] {
              return ask({{school.first, 1}, {school.first, 1}});
          }) == invalid("questions[1].lecture", "duplicate"));
    std::vector<analytics::LectureQuestions> many;
    for (std::size_t i = 0; i < limits::lectures_max; ++i)
        many.push_back({LectureId{static_cast<std::int64_t>(i) + 1}, 0});
    CHECK(ask(many).size() == 2);
    many.push_back({LectureId{1'000'000}, 0});
    CHECK(refusal([&] { return ask(many); }) ==
          invalid("questions", "too_many", static_cast<std::int64_t>(limits::lectures_max)));
}

TEST_CASE("staff see what sales brought, a teacher his share", "[insights]") {
    PaymentSchool school{{.platform_fee_bp = 1000}};
    Insights const insights{school.dependencies()};
    auto const buyer = school.with_role("buyer", Role::learner);
    auto const other = school.with_role("other", Role::learner);
    static_cast<void>(school.sell(buyer));
    auto const payment = school.sell(other).payment;
    static_cast<void>(school.pay_back(payment));
    auto const now = std::chrono::floor<std::chrono::days>(school.clock.now());
    std::vector<Timestamp> const edges{now, now + std::chrono::days{1}};
    InsightScope const scope{.courses = {school.course}};

    auto const all = insights.revenue(*school.admin, {scope, edges});
    REQUIRE(all.buckets.size() == 1);
    CHECK(all.buckets[0].takings.gross == 98'00_eur);
    CHECK(all.buckets[0].takings.refunds == 49'00_eur);
    CHECK(all.buckets[0].takings.net == 49'00_eur);
    CHECK(all.buckets[0].takings.payers == 2);
    CHECK(!all.buckets[0].net_per_user);  // nobody did anything
    REQUIRE(all.courses.size() == 1);
    CHECK(all.courses[0].course == school.course);
    CHECK(insights.revenue(*school.admin, {.edges = edges}).buckets[0].takings.net == 49'00_eur);

    auto const teacher = school.teacher.id;
    auto const share = insights.revenue(Actor{teacher}, {scope, edges});
    CHECK(share.buckets.at(0).takings.gross == 88'20_eur);  // less the platform's tenth
    CHECK(share.buckets[0].takings.net == 44'10_eur);
    CHECK(refusal([&] { return insights.revenue(Actor{teacher}, {.edges = edges}); }).code ==
          ErrorCode::permission_denied);
}

TEST_CASE("the log is exported in pieces, by uids", "[insights]") {
    InsightSchool school;
    auto const ada = school.learner("ada");
    school.enroll(Actor{ada.id}, school.two_lectures);
    for (int i = 0; i < 5; ++i)
        school.record(Actor{ada.id}, {Opened{school.first, 2}});
    school.record(Actor{ada.id}, {Marked{school.second}});

    std::vector<std::string> users;
    std::vector<std::string> kinds;
    std::vector<std::int64_t> numbers;
    EventsRequest request{.rows = 3};
    int pieces = 0;
    while (true) {
        auto const piece = school.insights.export_events(Actor::system(), request);
        analytics::check(piece.table);
        CHECK(piece.table.rows() <= 3);
        for (auto const& user : values<std::string>(piece.table, "user"))
            users.push_back(user);
        for (auto const& kind : values<std::string>(piece.table, "kind"))
            kinds.push_back(kind);
        for (auto const number : values<std::int64_t>(piece.table, "a"))
            numbers.push_back(number);
        ++pieces;
        if (!piece.after) break;
        CHECK(*piece.after > request.after);
        request.after = *piece.after;
    }
    CHECK(pieces > 2);
    CHECK(users == std::vector<std::string>(6, to_string(ada.uid)));
    CHECK(kinds ==
          std::vector<std::string>{"opened", "opened", "opened", "opened", "opened", "marked"});
    CHECK(numbers == std::vector<std::int64_t>{2, 2, 2, 2, 2, 1});

    request = {.scope = {.kinds = {LearningKind::marked}}};
    auto const marked = school.insights.export_events(Actor::system(), request);
    REQUIRE(marked.table.rows() == 1);
    CHECK(marked.table.find("b")->is_absent(0));  // a user's number would say too much
}

TEST_CASE("reports call things by titles and uids", "[insights]") {
    InsightSchool school;
    auto const ada = school.learner("ada");
    school.enroll(Actor{ada.id}, school.two_lectures);
    auto const labels = school.insights.labels(Actor::system(), {.courses = {school.two_lectures}});
    CHECK(labels.course(school.two_lectures) == "A course");
    CHECK(labels.lecture(school.first) == "A lecture");
    CHECK(labels.user(ada.id) == to_string(ada.uid));
    CHECK(labels.user(UserId{4711}) == "4711");
    auto const all = school.insights.labels(Actor::system(), {});
    CHECK(all.course(school.two_lectures) == "A course");
}

TEST_CASE("a table for a third party hides each learner among k", "[insights]") {
    InsightSchool school;
    for (int i = 0; i < 6; ++i) {
        auto const learner = school.enrolled("learner" + std::to_string(i), school.two_lectures);
        school.record(learner, {Opened{school.first}, Watched{school.first, 0s, 3s}});
        school.clock.advance(1h);
    }
    AnonymousRequest request{.course = school.two_lectures};
    auto const anonymous = school.insights.anonymous_learners(Actor::system(), request);
    CHECK(anonymous.table.rows() == 6);
    CHECK(anonymous.smallest_group >= 5);
    CHECK(values<std::int64_t>(anonymous.table, "events") == std::vector<std::int64_t>(6, 2));
    CHECK(values<std::int64_t>(anonymous.table, "opens") == std::vector<std::int64_t>(6, 1));
    CHECK(values<double>(anonymous.table, "watched_s") == std::vector<double>(6, 3.0));

    auto const names = values<std::string>(anonymous.table, "learner");
    request.key = anonymous.key;
    auto const again = school.insights.anonymous_learners(Actor::system(), request);
    CHECK(values<std::string>(again.table, "learner") == names);
    request.key = std::nullopt;
    auto const unlinked = school.insights.anonymous_learners(Actor::system(), request);
    CHECK(values<std::string>(unlinked.table, "learner") != names);

    request.k = 7;
    auto const refused =
        refusal([&] { return school.insights.anonymous_learners(Actor::system(), request); });
    CHECK(refused.code == ErrorCode::failed_precondition);
    CHECK(refused.violation.rule == "not_k_anonymous");
}
