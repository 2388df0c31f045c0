#include <eduplat/core/money_literals.hpp>
#include <eduplat/domain/course.hpp>
#include <eduplat/domain/lecture.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

TEST_CASE("states, levels and rules of courses have names that read back", "[domain]") {
    for (auto const state : {CourseState::draft, CourseState::in_review, CourseState::published,
                             CourseState::archived, CourseState::removed}) {
        CHECK(parse_course_state(name(state)) == state);
    }
    for (auto const level : {Level::beginner, Level::intermediate, Level::advanced})
        CHECK(parse_level(name(level)) == level);
    for (auto const rule :
         {CompletionRule::opened, CompletionRule::covered, CompletionRule::marked}) {
        CHECK(parse_completion_rule(name(rule)) == rule);
    }
    for (auto const rule : {ReleaseRule::at_once, ReleaseRule::at, ReleaseRule::after_enrollment,
                            ReleaseRule::after_previous}) {
        CHECK(parse_release_rule(name(rule)) == rule);
    }
    for (auto const kind : {PublicationKind::correction, PublicationKind::edition})
        CHECK(parse_publication_kind(name(kind)) == kind);
    CHECK(name(static_cast<CourseState>(99)).empty());
    CHECK_FALSE(parse_course_state("Draft"));
    CHECK_FALSE(parse_level(""));
}

TEST_CASE("a course changes its state as the table says and in no other way", "[domain]") {
    using enum CourseState;
    std::vector<CourseTransition> const allowed{
        {draft, in_review},    {in_review, draft},    {draft, published}, {in_review, published},
        {published, archived}, {archived, published}, {draft, removed},   {in_review, removed}};
    for (auto const from : {draft, in_review, published, archived, removed}) {
        for (auto const to : {draft, in_review, published, archived, removed}) {
            CAPTURE(name(from), name(to));
            auto const is_allowed = std::find(allowed.begin(), allowed.end(),
                                              CourseTransition{from, to}) != allowed.end();
            auto const answer = refusal([&] {
                check_transition(from, to);
                return 0;
            });
            CHECK((answer.code == ErrorCode::internal) == is_allowed);
            if (is_allowed) continue;
            CHECK(answer.code == ErrorCode::failed_precondition);
            CHECK(answer.violation.rule == name(from));
        }
    }
    CHECK(course_transitions().size() == allowed.size());
}

TEST_CASE("prices are found by currency and period", "[domain]") {
    Prices const prices{{49'00_eur}, {5'00_eur, 30}, {55'00_usd}};
    CHECK(prices.find(Currency::named("EUR")) == Price{49'00_eur});
    CHECK(prices.find(Currency::named("EUR"), 30) == Price{5'00_eur, 30});
    CHECK_FALSE(prices.find(Currency::named("USD"), 30));
    CHECK_FALSE(prices.find(Currency::named("CNY")));
    CHECK(Prices{}.empty());
}

TEST_CASE("items are counted, and recordings decide how a lecture is completed", "[domain]") {
    using namespace std::chrono_literals;
    std::vector<Item> const items{
        Video{.duration = 1min}, Audio{.duration = 30s}, Text{}, File{}, Embed{}, Text{}};
    CHECK(totals(items) == ItemTotals{1, 1, 2, 1, 1, 90s});
    CHECK(default_completion(items) == Completion{CompletionRule::covered, 80});
    CHECK(default_completion({Text{}}) == Completion{CompletionRule::opened, 0});
    CHECK(default_completion({}) == Completion{});
    CHECK(kind_name(items[0]) == "video");
    CHECK(kind_name(items[4]) == "embed");
}
