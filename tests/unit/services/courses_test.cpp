#include "courses_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;

TEST_CASE("a course is made, filled, published and found", "[courses]") {
    CourseSchool school;
    auto const cpp =
        school->create(school.ada, {.title = {{"en", "C++ by example"}}, .price = 49'00_eur});
    CHECK(cpp.slug == "c-by-example");
    CHECK(cpp.language == "en");
    CHECK(cpp.state == CourseState::draft);
    CHECK(cpp.prices.find(Currency::named("EUR")) == Price{49'00_eur});
    CHECK(cpp.teachers == std::vector{Teacher{school.ada.user()}});
    CHECK_FALSE(school->find_course(Actor::guest(), cpp.id));

    auto const raii = school->add_lecture(
        school.ada,
        {.course = cpp.id, .title = {{"en", "RAII"}}, .items = {Video{.duration = 12min}}});
    CHECK(raii.completion == Completion{CompletionRule::covered, 80});
    CHECK(raii.position == 0);
    CHECK(std::get<Video>(raii.draft.items.at(0)).media.has_value());

    auto const publication = school->publish(school.ada, {.course = cpp.id});
    CHECK(publication.edition == 1);
    auto const found = school->find_course(Actor::guest(), "c-by-example").value();
    CHECK(found.state == CourseState::published);
    CHECK(found.publication == publication.id);
    CHECK(found.published_at == school.clock.now());
    CHECK(school->find_course(Actor::guest(), cpp.uid) == found);
    CHECK(school.journal_of(cpp.uid) ==
          std::vector<std::string>{"course.created", "course.published"});
}
