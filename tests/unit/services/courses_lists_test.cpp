#include "courses_fixture.hpp"

#include <eduplat/services/enrollments.hpp>

using namespace eduplat;
using namespace eduplat::test;

namespace {

using Titles = std::vector<std::string>;

Titles titles_of(Page<CourseSummary> const& page) {
    Titles result;
    for (auto const& course : page.items)
        result.emplace_back(course.title.best_for("en"));
    return result;
}

Titles shown(CourseSchool& school, CatalogFilter const& filter, Actor const& actor) {
    return titles_of(school->catalog(actor, filter));
}

Course made(CourseSchool& school, NewCourse const& course) {
    auto const id = school->create(school.ada, course).id;
    school.lecture(id);
    school->publish(school.ada, {.course = id});
    school.clock.advance(1min);
    return school->get_course(school.ada, id);
}

}  // namespace

TEST_CASE("the catalog shows published courses, newest first, by what is asked", "[courses]") {
    CourseSchool school;
    made(school, {.title = {{"en", "One"}}, .level = Level::beginner, .tags = {"art", "sql"}});
    made(school, {.title = {{"en", "Two"}}, .language = "de", .price = 5'00_eur});
    made(school, {.title = {{"en", "Three"}},
                  .tags = {"art"},
                  .teachers = {{school.bob.user()}, {school.ada.user()}}});
    school.course("Draft");
    auto const guest = Actor::guest();
    CHECK(shown(school, {}, guest) == Titles{"Three", "Two", "One"});
    CHECK(shown(school, {.language = "DE"}, guest) == Titles{"Two"});
    CHECK(shown(school, {.level = Level::beginner}, guest) == Titles{"One"});
    CHECK(shown(school, {.tag = "ART"}, guest) == Titles{"Three", "One"});
    CHECK(shown(school, {.level = Level::beginner, .tag = "art"}, guest) == Titles{"One"});
    CHECK(shown(school, {.free = true}, guest) == Titles{"Three", "One"});
    CHECK(shown(school, {.free = false}, guest) == Titles{"Two"});
    CHECK(shown(school, {.teacher = school.bob.user()}, guest) == Titles{"Three"});
    CHECK(shown(school, {.tag = "art", .teacher = school.ada.user()}, guest) ==
          Titles{"Three", "One"});
    auto const three = school->catalog(guest).items.at(0);
    CHECK(three.tags == Titles{"art"});
    REQUIRE(three.teachers.size() == 2);
    CHECK(three.teachers[0].display_name == "bob");
    CHECK(school->catalog(guest).items.at(1).prices == Prices{5'00_eur});
}

TEST_CASE("what is not published is listed for staff and for its teachers", "[courses]") {
    CourseSchool school;
    school.course("Draft");
    CatalogFilter const drafts{.state = CourseState::draft};
    CHECK(shown(school, drafts, school.sue) == Titles{"Draft"});
    CatalogFilter const of_ada{.teacher = school.ada.user(), .state = CourseState::draft};
    CHECK(shown(school, of_ada, school.ada) == Titles{"Draft"});
    CHECK(refusal([&] { return school->catalog(school.ada, drafts); }) == denied("state", "draft"));
    CHECK(refusal([&] { return school->catalog(school.ben, of_ada); }) == denied("state", "draft"));
    CHECK(refusal([&] { return school->catalog(Actor::guest(), of_ada); }) ==
          unauthenticated("actor", "guest"));
    CHECK(refusal([&] { return school->catalog(school.sue, {.state = CourseState::removed}); }) ==
          invalid("state", "unknown"));
}

TEST_CASE("a page of the catalog takes the same few statements, however long", "[courses]") {
    CourseSchool school;
    for (int i = 0; i < 60; ++i) {
        made(school, {.title = {{"en", std::to_string(i)}, {"zh-Hans", "课"}},
                      .tags = {"a", "b"},
                      .price = {{1'00_eur}, {2'00_usd}}});
    }
    auto const statements = [&](int limit) {
        auto const before = school.storage.statistics().statements;
        CHECK(school->catalog(Actor::guest(), {}, {.limit = limit}).items.size() ==
              static_cast<std::size_t>(limit));
        return school.storage.statistics().statements - before;
    };
    CHECK(statements(50) == statements(1));
    CHECK(statements(50) <= 6);

    Titles paged;
    PageRequest request{.limit = 7};
    for (;;) {
        auto const page = school->catalog(Actor::guest(), {}, request);
        auto const some = titles_of(page);
        paged.insert(paged.end(), some.begin(), some.end());
        if (!page.next) break;
        request.after = page.next;
    }
    CHECK(paged == titles_of(school->catalog(Actor::guest(), {}, {.limit = 200})));
    CHECK(paged.size() == 60);
}

TEST_CASE("an outline takes three statements beside the one for who asks", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    for (int i = 0; i < 40; ++i)
        school.lecture(course.id, std::to_string(i));
    school->publish(school.ada, {.course = course.id});
    auto const before = school.storage.statistics().statements;
    CHECK(school->outline(Actor::guest(), course.id).lectures.size() == 40);
    CHECK(school.storage.statistics().statements - before <= 4);
}

TEST_CASE("two editors of a course do not overwrite each other", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const first = school->update(school.ada, {.course = course.id,
                                                   .version = course.version,
                                                   .level = Level::advanced,
                                                   .price = Prices{9'00_eur},
                                                   .capacity = std::optional<int>{10}});
    CHECK(first.level == Level::advanced);
    CHECK(first.capacity == 10);
    CHECK(first.version == course.version + 1);
    CHECK(refusal([&] {
              return school->update(
                  school.sue,
                  {.course = course.id, .version = course.version, .certificate = false});
          }) == changed("version"));
    auto const second = school->update(school.sue, {.course = course.id,
                                                    .version = first.version,
                                                    .level = std::optional<Level>{},
                                                    .capacity = std::optional<int>{}});
    CHECK_FALSE(second.level);
    CHECK_FALSE(second.capacity);
    CHECK(school->update(school.ada, {.course = course.id,
                                      .version = second.version,
                                      .title = second.title,
                                      .price = second.prices}) == second);
    auto const other = school.course("Other");
    CHECK(refusal([&] {
              return school->update(
                  school.ada, {.course = other.id, .version = other.version, .slug = course.slug});
          }) == taken("slug"));
}

TEST_CASE("courses do not require one another in a circle", "[courses]") {
    CourseSchool school;
    auto const a = school.course("a");
    auto const b = school->create(school.ada, {.title = {{"en", "b"}}, .prerequisites = {a.id}});
    auto const c = school->create(school.ada, {.title = {{"en", "c"}}, .prerequisites = {b.id}});
    auto const require = [&](CourseId required) {
        return refusal([&] {
            return school->update(
                school.ada,
                {.course = a.id, .version = a.version, .prerequisites = std::vector{required}});
        });
    };
    CHECK(require(c.id) == invalid("prerequisites", "cycle"));
    CHECK(require(a.id) == invalid("prerequisites", "cycle"));
    CHECK(require(CourseId{999}) == missing("prerequisites"));
    CHECK(school->get_course(school.ada, a.id) == a);
}

TEST_CASE("a course has its teachers, the last of whom stays", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const bob = school.bob.user();
    CHECK(refusal([&] { return school->archive(school.bob, course.id); }) ==
          denied("actor", "courses_archive"));
    auto const two = school->add_teacher(school.ada, course.id, {bob, 3});
    CHECK(two.teachers == std::vector<Teacher>{{school.ada.user(), 1}, {bob, 3}});
    CHECK(school->add_teacher(school.bob, course.id, {bob, 3}) == two);
    CHECK(school->add_teacher(school.ada, course.id, {bob, 5}).teachers[1].share == 5);
    CHECK(school->remove_teacher(school.ada, course.id, school.ada.user()).teachers.size() == 1);
    CHECK(refusal([&] { return school->remove_teacher(school.sue, course.id, bob); }) ==
          precondition("teachers", "last_teacher"));
    CHECK(refusal([&] { return school->remove_teacher(school.sue, course.id, UserId{999}); }) ==
          missing("user"));
    CHECK(refusal([&] { return school->add_teacher(school.sue, course.id, {UserId{999}}); }) ==
          missing("user"));
    CHECK(refusal([&] {
              return school->add_teacher(school.sue, course.id, {bob, -1});
          }) == invalid("share", "too_small", 0));
}

TEST_CASE("learners review a course once each, and its rating follows", "[courses][limits]") {
    CourseSchool school;
    Enrollments enrollments{school.dependencies()};
    auto const course = school.published();
    auto const id = course.id;
    auto const rating = [&] { return school->get_course(Actor::guest(), id).rating; };
    CHECK(refusal([&] {
              return school->review(school.ben, {id, 5, "x"});
          }) == denied("course", "not_enrolled"));
    static_cast<void>(enrollments.give(school.sue, {school.ben.user(), id}));
    auto const first = school->review(school.ben, {id, 2, "Too fast."});
    CHECK(first.display_name == "ben");
    CHECK(rating() == Rating{1, 2});
    school.clock.advance(1min);
    CHECK(school->review(school.ben, {id, 5, "Better."}).created_at == first.created_at);
    CHECK(rating() == Rating{1, 5});
    static_cast<void>(enrollments.give(school.sue, {school.bob.user(), id}));
    school->review(school.bob, {id, 1, ""});
    auto const page = school->reviews(Actor::guest(), id, {.limit = 1});
    CHECK(page.items.at(0).user == school.bob.user());
    CHECK(school->reviews(Actor::guest(), id, {.after = page.next}).items.at(0).body == "Better.");
    CHECK(refusal([&] {
              school->remove_review(school.ada, id, school.bob.user());
              return 0;
          }) == denied("actor", "courses_remove_review"));
    school->remove_review(school.sue, id, school.bob.user());
    CHECK(rating() == Rating{1, 5});
    CHECK(refusal([&] {
              school->remove_review(school.sue, id, school.bob.user());
              return 0;
          }) == missing("review"));

    CHECK(refusal([&] {
              return school->review(school.ben, {id, 0, ""});
          }) == invalid("rating", "too_small", 1));
    CHECK(refusal([&] {
              return school->review(school.ben, {id, 6, ""});
          }) == invalid("rating", "too_large", 5));
    constexpr auto max = limits::review_bytes_max;
    CHECK_NOTHROW(school->review(school.ben, {id, 3, std::string(max, 'a')}));
    CHECK(refusal([&] {
              return school->review(school.ben, {id, 3, std::string(max + 1, 'a')});
          }) == invalid("body", "too_long", max));
}

TEST_CASE("the first teacher decides on the others and their shares", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const id = course.id;
    auto const ada = school.ada.user();
    auto const bob = school.bob.user();
    auto const eve = school.with_role("eve", Role::teacher);
    school->add_teacher(school.ada, id, {bob, 1});
    school->add_teacher(school.ada, id, {eve.user(), 1});
    auto const not_first = denied("teachers", "not_first");
    CHECK(refusal([&] { return school->add_teacher(school.bob, id, {bob, 9}); }) == not_first);
    CHECK(refusal([&] { return school->add_teacher(school.bob, id, {ada, 0}); }) == not_first);
    CHECK(refusal([&] { return school->add_teacher(school.bob, id, {school.ben.user()}); }) ==
          not_first);
    CHECK(refusal([&] { return school->remove_teacher(school.bob, id, ada); }) == not_first);
    CHECK(refusal([&] { return school->remove_teacher(school.bob, id, eve.user()); }) == not_first);
    CHECK(refusal([&] { return school->hand_over(school.ada, id, bob); }) ==
          denied("actor", "courses_hand_over"));
    CHECK(refusal([&] { return school->hand_over(school.sue, id, school.ben.user()); }) ==
          missing("user"));
    CHECK(refusal([&] { return school->hand_over(school.sue, CourseId{999}, bob); }) ==
          missing("course"));

    auto const handed = school->hand_over(school.sue, id, eve.user());
    CHECK(handed.teachers == std::vector<Teacher>{{eve.user(), 1}, {ada, 1}, {bob, 1}});
    CHECK(school->hand_over(school.sue, id, eve.user()) == handed);
    CHECK(school.journal_of(course.uid).back() == "course.handed_over");
    CHECK(refusal([&] { return school->add_teacher(school.ada, id, {ada, 9}); }) == not_first);
    CHECK(school->add_teacher(school.sue, id, {bob, 2}).teachers[2].share == 2);
    CHECK(school->remove_teacher(school.bob, id, bob).teachers.size() == 2);
    CHECK(school->remove_teacher(eve, id, ada).teachers.size() == 1);
}

TEST_CASE("what is the authors' is not told to others", "[courses]") {
    CourseSchool school;
    auto const imported = ImportedCourse{
        .source = "lms",
        .source_id = "7",
        .course = {.title = {{"en", "Imported"}}, .teachers = {{school.ada.user(), 3}}},
        .lectures = {{.source_id = "7.1", .title = {{"en", "x"}}}},
        .publish = true};
    REQUIRE(school->import_courses(school.sue, {&imported, 1}).created == 1);
    for (auto const& actor : {school.ada, school.sue}) {
        auto const course = school->find_course(actor, "imported").value();
        CHECK(course.source_id == "7");
        CHECK(course.teachers == std::vector<Teacher>{{school.ada.user(), 3}});
    }
    for (auto const& actor : {Actor::guest(), school.ben, school.bob}) {
        auto const course = school->find_course(actor, "imported").value();
        CHECK_FALSE(course.source);
        CHECK_FALSE(course.source_id);
        CHECK(course.teachers == std::vector<Teacher>{{school.ada.user(), 0}});
        CHECK(school->get_course(actor, course.id) == course);
    }
}

TEST_CASE("a required course counts for those who come after", "[courses]") {
    CourseSchool school;
    Enrollments enrollments{school.dependencies()};
    auto const basics = school.published("Basics");
    auto const course = school.published("Next");
    auto const lecture = school->outline(school.ada, course.id).lectures.at(0).id;
    static_cast<void>(enrollments.give(school.sue, {school.ben.user(), course.id}));
    school.clock.advance(1min);
    auto const requiring = school->update(
        school.ada,
        {.course = course.id, .version = course.version, .prerequisites = std::vector{basics.id}});
    CHECK(school->get_lecture(school.ben, lecture).access.reason == AccessReason::enrolled);
    static_cast<void>(enrollments.give(school.sue, {school.bob.user(), course.id}));
    CHECK(refusal([&] { return school->get_lecture(school.bob, lecture); }) ==
          denied("lecture", "course_required"));

    // One that stays keeps its time.
    school.clock.advance(1min);
    auto const third = school.published("Third");
    school->update(school.ada, {.course = course.id,
                                .version = requiring.version,
                                .prerequisites = std::vector{basics.id, third.id}});
    CHECK(refusal([&] { return school->get_lecture(school.bob, lecture); }) ==
          denied("lecture", "course_required"));
    CHECK(school->get_lecture(school.ben, lecture).access.reason == AccessReason::enrolled);
}

TEST_CASE("only what others can complete is required of them", "[courses]") {
    CourseSchool school;
    auto const hidden = school.course("Hidden");
    auto const shown = school.published("Shown");
    auto const create = [&](Actor const& actor, CourseId required) {
        return school->create(actor, {.title = {{"en", "New"}}, .prerequisites = {required}});
    };
    CHECK(refusal([&] { return create(school.bob, hidden.id); }) == missing("prerequisites"));
    CHECK_NOTHROW(create(school.ada, hidden.id));
    CHECK_NOTHROW(create(school.sue, hidden.id));
    auto const next = create(school.bob, shown.id);
    auto const archive = [&] {
        return refusal([&] { return school->archive(school.ada, shown.id); });
    };
    school->add_lecture(school.bob, {.course = next.id, .title = {{"en", "x"}}});
    school->publish(school.bob, {.course = next.id});
    CHECK(archive() == precondition("prerequisites", "required_by"));
    school->archive(school.bob, next.id);
    school->archive(school.ada, shown.id);
    CHECK(refusal([&] { return school->restore(school.bob, next.id); }) ==
          precondition("prerequisites", "archived"));
    CHECK(refusal([&] { return create(school.ada, shown.id); }) ==
          precondition("prerequisites", "archived"));
    CHECK(refusal([&] { return create(school.bob, shown.id); }) == missing("prerequisites"));
    school->restore(school.ada, shown.id);
    auto const draft = create(school.bob, shown.id);
    school->add_lecture(school.bob, {.course = draft.id, .title = {{"en", "x"}}});
    school->archive(school.ada, shown.id);
    CHECK(refusal([&] { return school->publish(school.bob, {.course = draft.id}); }) ==
          precondition("prerequisites", "archived"));
}

TEST_CASE("whether a hidden course exists is not told by its reviews", "[courses]") {
    CourseSchool school;
    auto const hidden = school.course("Hidden");
    auto const ben = school.ben.user();
    for (auto const course : {hidden.id, CourseId{999}}) {
        CHECK(refusal([&] {
                  school->remove_review(school.ben, course, ben);
                  return 0;
              }) == missing("course"));
        CHECK(refusal([&] { return school->reviews(school.ben, course); }) == missing("course"));
    }
    Enrollments enrollments{school.dependencies()};
    auto const shown = school.published("Shown");
    auto const grant = enrollments.give(school.sue, {ben, shown.id});
    school->review(school.ben, {shown.id, 4, "Good."});
    static_cast<void>(enrollments.take_back(school.sue, grant.id));
    school->archive(school.ada, shown.id);
    // One's own goes, wherever it stands.
    school->remove_review(school.ben, shown.id, ben);
    CHECK(school->reviews(school.ada, shown.id).items.empty());
}
