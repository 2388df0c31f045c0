#include "recommendations_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <set>

using namespace eduplat;
using namespace eduplat::test;
using Reason = RecommendationReason;

namespace {

using Fixture = RecommendationSchool;

/// Has a recommender that knows what is learned with what.
struct Crafts : RecommendationSchool {
    Crafts() {
        open_crafts();
        fill_crafts(20);
        recommendations = Recommendations{everything({.pairs_min = 10})};
        train();
    }

    CourseId first_but(CourseId viewed, Actor const& learner) {
        auto const found = courses_for(learner, 2);
        return found[0] == viewed ? found[1] : found[0];
    }
};

bool has(std::vector<CourseId> const& courses, CourseId course) {
    return std::find(courses.begin(), courses.end(), course) != courses.end();
}

}  // namespace

TEST_CASE("every reason has a name", "[recommendations]") {
    CHECK(name(Reason::learned_with) == "learned_with");
    CHECK(name(Reason::similar_content) == "similar_content");
    CHECK(name(Reason::interests) == "interests");
    CHECK(name(Reason::popular) == "popular");
    CHECK(name(static_cast<Reason>(99)).empty());
}

TEST_CASE_METHOD(Fixture, "an empty school recommends nothing", "[recommendations]") {
    CHECK(ask(Actor::guest()).empty());
    train();
    CHECK(ask(Actor::guest()).empty());
    CHECK(recommendations.quality(*admin)->courses == 0);
}

TEST_CASE_METHOD(Fixture, "guests and new learners get what many learn", "[recommendations]") {
    auto const few = course("Few");
    auto const many = course("Many");
    auto const none = course("None");
    enroll(with_role("ada", Role::learner), many);
    enroll(with_role("ben", Role::learner), many);
    enroll(with_role("cleo", Role::learner), few);
    auto const dora = with_role("dora", Role::learner);
    for (bool const trained : {false, true}) {
        CAPTURE(trained);
        if (trained) train();
        CHECK(courses_for(Actor::guest()) == std::vector{many, few, none});
        CHECK(ask(dora) == ask(Actor::guest()));
        auto const found = ask(dora);
        for (std::size_t i = 0; i < found.size(); ++i) {
            CHECK(found[i].because == Because{.reason = Reason::popular});
            if (i > 0) CHECK(found[i - 1].score > found[i].score);
        }
    }
}

TEST_CASE_METHOD(Fixture, "with few learners courses of the same content are recommended",
                 "[recommendations]") {
    open_crafts();
    train();
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, paintings.front());
    auto const found = ask(ben, 4);
    REQUIRE(found.size() == 4);
    for (auto const& each : found) {
        CHECK(has(paintings, each.course));
        CHECK(each.because ==
              Because{.reason = Reason::similar_content, .courses = {paintings.front()}});
    }
}

TEST_CASE_METHOD(Crafts, "what the learners of a course learned too is recommended",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, bakings[0]);
    enroll(ben, bakings[1]);
    auto const found = ask(ben, 3);
    REQUIRE(found.size() == 3);
    for (auto const& each : found) {
        CHECK(has(bakings, each.course));
        CHECK(each.because.reason == Reason::learned_with);
        CHECK(each.because.words.empty());
        std::set<CourseId> const from{each.because.courses.begin(), each.because.courses.end()};
        CHECK_FALSE(from.empty());
        for (auto const course : from)
            CHECK((course == bakings[0] || course == bakings[1]));
    }
}

TEST_CASE_METHOD(Crafts, "what a learner does counts at once", "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    CHECK(reason_for(ben, paintings[1])->reason == Reason::popular);
    record(ben, {Viewed{paintings[0]}});
    CHECK(has(paintings, first_but(paintings[0], ben)));
    auto const because = reason_for(ben, paintings[1]).value();
    CHECK(because.reason == Reason::learned_with);
    CHECK(because.courses == std::vector{paintings[0]});
    // More interest in the other craft turns it round.
    enroll(ben, bakings[0]);
    record(ben, {Opened{courses.outline(ben, bakings[0]).lectures.front().id}});
    CHECK(has(bakings, courses_for(ben, 1).front()));
}

TEST_CASE_METHOD(Crafts, "a course that was only looked at does not speak for itself",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    record(ben, {Viewed{paintings[0]}, Clicked{"word", paintings[0]}});
    auto const found = ask(ben);
    REQUIRE(found.size() == 10);
    for (auto const& each : found) {
        CHECK(each.score <= 1.01);
        CHECK(each.score >= 0);
        CHECK_FALSE(has(each.because.courses, each.course));
    }
    CHECK(reason_for(ben, paintings[0])->reason == Reason::popular);
    record(ben, {Viewed{paintings[1]}});
    CHECK(reason_for(ben, paintings[0])->courses == std::vector{paintings[1]});
}

TEST_CASE_METHOD(Crafts, "reasons name no course that the learner cannot see",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    auto const cleo = with_role("cleo", Role::learner);
    record(ben, {Viewed{paintings[0]}});
    enroll(cleo, paintings[0]);
    static_cast<void>(courses.archive(Actor::system(), paintings[0]));
    CHECK(reason_for(ben, paintings[1]) == Because{.reason = Reason::popular});
    CHECK(reason_for(cleo, paintings[1])->courses == std::vector{paintings[0]});
}

TEST_CASE_METHOD(Crafts, "what nobody learned together is not told to be so", "[recommendations]") {
    // Learned by many, but by none of the others' learners.
    auto const walls = course("Painting oil chalk glass silk");
    for (int i = 0; i < 20; ++i)
        enroll(with_role("builder" + std::to_string(i), Role::learner), walls);
    train();
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, walls);
    for (auto const& each : ask(ben))
        CHECK(each.because.reason != Reason::learned_with);
    for (auto const& each : recommendations.similar_courses(Actor::guest(), walls))
        CHECK(each.because.reason == Reason::similar_content);
}

TEST_CASE_METHOD(Crafts, "a popular course is not similar for that", "[recommendations]") {
    auto const all = course("Arithmetic");
    for (int i = 0; i < 60; ++i)
        enroll(with_role("all" + std::to_string(i), Role::learner), all);
    train();
    auto const found = recommendations.similar_courses(Actor::guest(), bakings[0], 100);
    REQUIRE(found.size() >= 4);
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].course != all);
        CHECK(found[i].score > 0);
        if (i > 0) CHECK(found[i - 1].score >= found[i].score);
    }
}

TEST_CASE_METHOD(Crafts, "words are for those who may read the persona",
                 "[recommendations][privacy]") {
    auto const ben = with_role("ben", Role::learner);
    auto const teacher = with_role("teacher", Role::teacher);
    auto const staff = with_role("staff", Role::staff);
    auto const colleague = with_role("colleague", Role::staff);
    for (auto const& actor : {ben, teacher, colleague, *admin})
        set_interests(actor, {"silk"});
    auto const words = [&](Actor const& asker, Actor const& of) {
        return recommendations.for_learner(asker, of.user()).front().because;
    };
    Because const silk{.reason = Reason::interests, .words = {"silk"}};
    CHECK(words(staff, ben) == silk);
    CHECK(words(staff, teacher) == silk);
    CHECK(words(*admin, colleague) == silk);
    CHECK(words(teacher, teacher) == silk);
    for (auto const& hidden : {colleague, *admin}) {
        CHECK(refusal([&] { return accounts->get_persona(staff, hidden.user()); }) ==
              denied("actor", "accounts_get_persona"));
        CHECK(words(staff, hidden) == Because{.reason = Reason::interests});
    }
}

TEST_CASE_METHOD(Crafts, "a bad review speaks against what is like it", "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, bakings[0]);
    CHECK(has(bakings, courses_for(ben, 1).front()));
    record(ben, {Viewed{paintings[0]}});
    static_cast<void>(courses.review(ben, {.course = bakings[0], .rating = 1}));
    CHECK(has(paintings, first_but(paintings[0], ben)));
}

TEST_CASE_METHOD(Crafts, "interests speak for courses whose words they are", "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    set_interests(ben, {"gardening", "cakes", "painting"});
    CHECK(courses_for(ben, 1) == std::vector{bakings[1]});
    CHECK(reason_for(ben, bakings[1]) == Because{.reason = Reason::interests, .words = {"cakes"}});
    CHECK(reason_for(ben, paintings[0]) ==
          Because{.reason = Reason::interests, .words = {"painting"}});
    CHECK(reason_for(ben, bakings[2])->words.empty());
}

TEST_CASE_METHOD(Crafts, "goals come before interests, and those before searches",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    record(ben, {Searched{"oil painting"}, Searched{"paint oil"}, Searched{"painting oil"}});
    CHECK(reason_for(ben, paintings[0]) ==
          Because{.reason = Reason::interests,
                  .words = {"painting oil", "paint oil", "oil painting"}});
    set_interests(ben, {"oil"});
    auto persona = accounts->get_persona(ben, ben.user());
    persona.goals = {"painting"};
    static_cast<void>(accounts->set_persona(ben, ben.user(), persona));
    CHECK(reason_for(ben, paintings[0])->words ==
          std::vector<std::string>{"painting", "oil", "painting oil"});
}

TEST_CASE_METHOD(Fixture, "interests are found in Chinese, tags and concepts",
                 "[recommendations]") {
    auto const chinese = course("机器学习入门");
    auto const tagged = course("Course one", {.tags = {"statistics"}});
    auto const with_concept = course("Course two", {.concepts = {"regression"}});
    course("Course three");
    train();
    auto const ben = with_role("ben", Role::learner);
    set_interests(ben, {"学习"});
    CHECK(courses_for(ben, 1) == std::vector{chinese});
    CHECK(reason_for(ben, chinese)->words == std::vector<std::string>{"学习"});
    set_interests(ben, {"Statistics"});
    CHECK(courses_for(ben, 1) == std::vector{tagged});
    CHECK(reason_for(ben, tagged)->words == std::vector<std::string>{"Statistics"});
    set_interests(ben, {"regression"});
    CHECK(courses_for(ben, 1) == std::vector{with_concept});
}

TEST_CASE_METHOD(Crafts, "interests stand beside what was done", "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, bakings[0]);
    enroll(ben, bakings[1]);
    set_interests(ben, {"silk"});
    CHECK(reason_for(ben, paintings[3]) == Because{.reason = Reason::interests, .words = {"silk"}});
    CHECK(reason_for(ben, bakings[2])->reason == Reason::learned_with);
}

TEST_CASE_METHOD(Crafts, "similar courses say what they are like", "[recommendations]") {
    auto const found = recommendations.similar_courses(Actor::guest(), bakings[0], 3);
    REQUIRE(found.size() == 3);
    for (auto const& each : found) {
        CHECK(has(bakings, each.course));
        CHECK(each.because == Because{.reason = Reason::learned_with, .courses = {bakings[0]}});
    }
    auto const late = course("Painting walls");
    auto const like_late = recommendations.similar_courses(Actor::guest(), late, 3);
    REQUIRE(like_late.size() == 3);
    for (auto const& each : like_late) {
        CHECK(has(paintings, each.course));
        CHECK(each.because == Because{.reason = Reason::similar_content, .courses = {late}});
    }
}

TEST_CASE_METHOD(Fixture, "without a recommender no course is known to be similar",
                 "[recommendations]") {
    open_crafts();
    CHECK(recommendations.similar_courses(Actor::guest(), bakings[0]).empty());
    train();
    for (auto const& each : recommendations.similar_courses(Actor::guest(), bakings[0])) {
        CHECK(each.because == Because{.reason = Reason::similar_content, .courses = {bakings[0]}});
    }
}

TEST_CASE_METHOD(Crafts, "the newest of a learner's doings count, so many of them",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    record(ben, {Viewed{paintings[0]}});
    std::vector<Reported> searches(limits::learning_events_per_batch_max, Searched{"words"});
    record(ben, searches);
    searches.pop_back();
    record(ben, searches);
    CHECK(reason_for(ben, paintings[1])->reason == Reason::learned_with);
    record(ben, {Searched{"words"}});
    CHECK(reason_for(ben, paintings[1])->reason == Reason::popular);
}
