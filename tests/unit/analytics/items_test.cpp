#include "broken_rules.hpp"
#include "close.hpp"
#include "reference_values.hpp"

#include <eduplat/analytics/items.hpp>
#include <eduplat/core/limits.hpp>

#include <support/catch.hpp>

#include <cmath>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::broken_rules;
using eduplat::test::close;
namespace reference = eduplat::test::reference;

namespace {

constexpr Timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} +
                         std::chrono::hours{12}};

Answer answer(std::int64_t learner, int item, std::int64_t score, std::int64_t score_max = 1,
              int second = 0) {
    return {UserId{learner},
            {.lecture = LectureId{1}, .item = item},
            score,
            score_max,
            noon + std::chrono::seconds{second}};
}

template <std::size_t items>
std::vector<Answer> test_of(int const (&scores)[40][items], std::int64_t score_max) {
    std::vector<Answer> answers;
    for (int learner = 0; learner < 40; ++learner) {
        for (std::size_t item = 0; item < items; ++item)
            answers.push_back(
                answer(learner, static_cast<int>(item), scores[learner][item], score_max));
    }
    return answers;
}

}  // namespace

TEST_CASE("item statistics of a quiz are those of scipy", "[analytics][items]") {
    auto const answers = test_of(reference::quiz_scores, reference::quiz_score_max);
    for (auto const unanswered : {Unanswered::left_out, Unanswered::wrong}) {
        auto const analysis = item_analysis(answers, {.unanswered = unanswered});
        CHECK(analysis.learners == 40);
        CHECK(analysis.answers == 280);
        REQUIRE(analysis.items.size() == 7);
        for (std::size_t i = 0; i < 7; ++i) {
            auto const& item = analysis.items[i];
            CHECK(item.item.item == static_cast<int>(i));
            CHECK(close(item.facility, reference::quiz_facility[i]));
            CHECK(close(item.point_biserial, reference::quiz_item_rest[i]));
            CHECK(close(item.correct.share, reference::quiz_facility[i]));
            CHECK(item.first_correct == item.eventual_correct);
        }
        CHECK(close(analysis.reliability.alpha, reference::quiz_alpha));
        CHECK(close(analysis.reliability.kr20, reference::quiz_alpha));
        CHECK(analysis.reliability.learners == 40);
    }
}

TEST_CASE("item statistics of graded essays are those of scipy and numpy", "[analytics][items]") {
    auto const analysis =
        item_analysis(test_of(reference::essay_scores, reference::essay_score_max));
    REQUIRE(analysis.items.size() == 7);
    for (std::size_t i = 0; i < 7; ++i) {
        CHECK(close(analysis.items[i].facility, reference::essay_facility[i]));
        CHECK(close(analysis.items[i].point_biserial, reference::essay_item_rest[i]));
    }
    CHECK(close(analysis.reliability.alpha, reference::essay_alpha));
    CHECK_FALSE(analysis.reliability.kr20);
    CHECK(analysis.reliability.std_error.value() ==
          Approx(std::sqrt(*analysis.reliability.variance * (1 - reference::essay_alpha))));
}

TEST_CASE("first, best and eventual answers are told apart", "[analytics][items]") {
    std::vector<Answer> const answers{
        answer(1, 0, 2, 2, 9), answer(1, 0, 1, 2, 5),  // wrong first, whatever the order of rows
        answer(2, 0, 2, 2, 1), answer(2, 0, 0, 2, 2),
        answer(3, 0, 0, 2, 0), answer(3, 0, 0, 0, 1),  // not graded
    };
    auto const first = item_analysis(answers).items.at(0);
    CHECK(first.answers == 5);
    CHECK(first.learners == 3);
    CHECK(first.facility == 0.5);
    CHECK(first.correct == proportion(1, 3));
    CHECK(first.first_correct == proportion(1, 3));
    CHECK(first.eventual_correct == proportion(2, 3));
    auto const best = item_analysis(answers, {.attempt = Attempt::best}).items.at(0);
    CHECK(best.facility.value() == Approx(2.0 / 3));
    CHECK(best.correct == proportion(2, 3));
    CHECK(best.first_correct == proportion(1, 3));
    CHECK(item_analysis(answers).ungraded == 1);
}

TEST_CASE("upper and lower groups share those who tie at their border", "[analytics][items]") {
    // Totals in item 0 and 1 together: 1, 1/2 (two learners), 0: groups of 1.
    std::vector<Answer> const four{answer(1, 0, 1), answer(1, 1, 1), answer(2, 0, 1),
                                   answer(2, 1, 0), answer(3, 0, 0), answer(3, 1, 1),
                                   answer(4, 0, 0), answer(4, 1, 0)};
    auto const apart = item_analysis(four).items.at(0);
    CHECK(apart.upper == ItemGroup{1, 1});
    CHECK(apart.lower == ItemGroup{1, 0});
    CHECK(apart.discrimination == 1.0);

    // Six learners: two of 1, of whom one is right in item 0 ... groups of 2, where three tie.
    std::vector<Answer> six;
    int const marks[6][2] = {{1, 1}, {1, 0}, {0, 1}, {1, 0}, {0, 0}, {0, 0}};
    for (int learner = 0; learner < 6; ++learner) {
        for (int item = 0; item < 2; ++item)
            six.push_back(answer(learner, item, marks[learner][item]));
    }
    auto const tied = item_analysis(six).items.at(0);
    REQUIRE(tied.upper);
    CHECK(tied.upper->size == 2);
    // The first, and a third of each of the three with one total: two of them are right.
    CHECK(tied.upper->facility == Approx((1 + 2.0 / 3) / 2));
    CHECK(tied.lower->facility == 0);
}

TEST_CASE("unanswered items are left out or wrong", "[analytics][items]") {
    std::vector<Answer> const answers{answer(1, 0, 1), answer(1, 1, 1), answer(2, 0, 0)};
    auto const left_out = item_analysis(answers);
    CHECK(left_out.items[1].learners == 1);
    CHECK(left_out.items[1].facility == 1.0);
    CHECK(left_out.items[0].pairs == 1);
    CHECK(left_out.reliability.learners == 1);
    CHECK_FALSE(left_out.reliability.alpha);

    auto const wrong = item_analysis(answers, {.unanswered = Unanswered::wrong});
    CHECK(wrong.items[1].learners == 2);
    CHECK(wrong.items[1].facility == 0.5);
    CHECK(wrong.items[1].first_correct == proportion(1, 1));
    CHECK(wrong.reliability.learners == 2);
    CHECK(wrong.reliability.kr20 == 1.0);
}

TEST_CASE("what does not vary has no correlation", "[analytics][items]") {
    CHECK(item_analysis({}).items.empty());
    CHECK_FALSE(item_analysis({}).reliability.mean);

    auto const one = item_analysis(std::vector{answer(1, 0, 1)});
    REQUIRE(one.items.size() == 1);
    CHECK(one.items[0].facility == 1.0);
    CHECK_FALSE(one.items[0].point_biserial);
    CHECK_FALSE(one.items[0].discrimination);
    CHECK_FALSE(one.reliability.alpha);
    CHECK(one.reliability.variance == 0.0);

    std::vector<Answer> thirds;  // whose sums round differently
    for (int learner = 0; learner < 9; ++learner) {
        for (int item = 0; item < 4; ++item)
            thirds.push_back(answer(learner, item, (learner + item) % 2 == 0 ? 1 : 2, 3));
    }
    auto const same = item_analysis(thirds);
    CHECK_FALSE(same.items[0].discrimination);
    CHECK_FALSE(same.reliability.alpha);
    CHECK(same.items[0].point_biserial.value() == Approx(-1));
}

TEST_CASE("impossible scores are named", "[analytics][items]") {
    std::vector<Answer> const answers{answer(1, 0, 2, 1), answer(1, 0, -1, 1), answer(1, 0, 0, -1)};
    CHECK(broken_rules([&] { (void)item_analysis(answers, {.confidence = 0}); }) ==
          "answers[0].score:out_of_range answers[1].score:out_of_range "
          "answers[2].score_max:negative confidence:out_of_range ");
    std::vector<Answer> many;
    for (int i = 0; i < 3200; ++i)
        many.push_back(answer(i, i, 1));
    CHECK(broken_rules([&] { (void)item_analysis(many, {.unanswered = Unanswered::wrong}); }) ==
          "answers:too_many ");
    CHECK(item_analysis(many).items.size() == 3200);
}

TEST_CASE("distractors are counted by what was chosen first", "[analytics][items]") {
    std::vector<GivenChoice> choices;
    // Item 0: "a" is right; who chooses "c" knows the rest badly, who chooses "b" well.
    char const* const chosen[] = {"a", "a", "b", "c", "c", "c"};
    int const rest[] = {1, 1, 1, 0, 0, 1};
    for (int learner = 0; learner < 6; ++learner) {
        auto const* const text = chosen[learner];
        choices.push_back({answer(learner, 0, *text == 'a' ? 1 : 0), text});
        choices.push_back({answer(learner, 0, 1, 1, 7), "a"});  // later
        choices.push_back({answer(learner, 1, rest[learner]), rest[learner] == 1 ? "x" : "y"});
    }
    auto const found = distractors(choices);
    REQUIRE(found.size() == 2);
    CHECK(found[0].learners == 6);
    REQUIRE(found[0].choices.size() == 3);
    CHECK(found[0].choices[0].choice == "c");
    CHECK_FALSE(found[0].choices[0].correct);
    CHECK(found[0].choices[0].learners == proportion(3, 6));
    // 0/1 against 0/1: phi = (1 * 0 - 2 * 3) / sqrt(3 * 3 * 4 * 2)
    CHECK(found[0].choices[0].point_biserial.value() == Approx(-6 / std::sqrt(72.0)));
    CHECK(found[0].choices[1].choice == "a");
    CHECK(found[0].choices[1].correct);
    CHECK(found[0].choices[1].point_biserial.value() == Approx(0.5));
    CHECK(distractors({}).empty());
    CHECK(broken_rules([&] {
              choices[2].answer.score = 5;
              (void)distractors(choices);
          }) == "choices[2].score:out_of_range ");
}

TEST_CASE("answers of a frame are those selected", "[analytics][items]") {
    auto const event = [](std::int64_t user, int second, std::int64_t lecture,
                          std::optional<std::int64_t> question) {
        return Event{.user = UserId{user},
                     .at = noon + std::chrono::seconds{second},
                     .kind = LearningKind::answered,
                     .subject = {CourseId{1}, LectureId{lecture}},
                     .item = 3,
                     .a = 2,
                     .b = 5,
                     .c = question};
    };
    auto const frame = EventFrame{}.with(
        std::vector{event(2, 0, 7, 1), event(1, 5, 7, std::nullopt), event(1, 1, 8, 0)}, 3);
    auto const all = answers(frame, {});
    REQUIRE(all.size() == 3);
    CHECK(all[0].learner == UserId{1});
    CHECK(all[0].item == ItemKey{LectureId{8}, 3, 0});
    CHECK(all[1].item == ItemKey{LectureId{7}, 3, std::nullopt});
    CHECK(all[2].score == 2);
    CHECK(all[2].score_max == 5);
    CHECK(all[2].at == noon);
    CHECK(answers(frame, {.lectures = {LectureId{8}}}).size() == 1);
    CHECK(answers(frame, {.from = noon + std::chrono::seconds{2}}).size() == 1);
    CHECK(answers(frame, {.kinds = {LearningKind::opened}}).empty());
    CHECK(broken_rules([&] { (void)answers(frame, {.from = noon, .to = Timestamp{}}); }) ==
          "to:reversed ");
}
