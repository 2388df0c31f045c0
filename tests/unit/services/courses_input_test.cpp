#include "courses_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <functional>

using namespace eduplat;
using namespace eduplat::test;

namespace {

std::string text_of(std::size_t bytes) {
    return std::string(bytes, 'a');
}

std::int64_t as_limit(std::size_t max) {
    return static_cast<std::int64_t>(max);
}

/// What becomes of a course that `change` makes of a good one.
Refusal of_course(CourseSchool& school, std::function<void(NewCourse&)> const& change) {
    NewCourse course{.title = {{"en", "Good"}}};
    change(course);
    return refusal([&] { return school->create(school.ada, course); });
}

Refusal of_lecture(CourseSchool& school, CourseId course,
                   std::function<void(NewLecture&)> const& change) {
    NewLecture lecture{.course = course, .title = {{"en", "Good"}}};
    change(lecture);
    return refusal([&] { return school->add_lecture(school.ada, lecture); });
}

Refusal const fine{ErrorCode::internal, {"", "not refused", std::nullopt}};

}  // namespace

TEST_CASE("texts of a course are bounded", "[courses][limits]") {
    CourseSchool school;
    auto const title = [&](std::size_t bytes) {
        return of_course(school, [&](NewCourse& course) {
            course.title = {{"en", text_of(bytes)}};
        });
    };
    constexpr auto max = limits::title_bytes_max;
    CHECK(title(max - 1) == fine);
    CHECK(title(max) == fine);
    CHECK(title(max + 1) == invalid("title.en", "too_long", as_limit(max)));
    CHECK(title(0) == invalid("title", "required"));

    auto const summary = [&](std::size_t bytes) {
        return of_course(school, [&](NewCourse& course) {
            course.summary = {{"de", text_of(bytes)}};
        });
    };
    constexpr auto summary_max = limits::course_summary_bytes_max;
    CHECK(summary(summary_max - 1) == fine);
    CHECK(summary(summary_max) == fine);
    CHECK(summary(summary_max + 1) == invalid("summary.de", "too_long", as_limit(summary_max)));
}

TEST_CASE("a slug is small letters, digits and single hyphens", "[courses][limits]") {
    CourseSchool school;
    auto const slug = [&](std::string const& text) {
        return of_course(school, [&](NewCourse& course) { course.slug = text; });
    };
    constexpr auto max = limits::slug_bytes_max;
    CHECK(slug("a-1") == fine);
    CHECK(slug(text_of(max - 1)) == fine);
    CHECK(slug(text_of(max)) == fine);
    CHECK(slug(text_of(max + 1)) == invalid("slug", "too_long", as_limit(max)));
    CHECK(slug("") == invalid("slug", "required"));
    for (auto const* const text : {"A", "a b", "a--b", "-a", "a-", "ä", "a_b", "a/b"}) {
        CAPTURE(text);
        CHECK(slug(text) == invalid("slug", "malformed"));
    }
    CHECK(slug("a-1") == taken("slug"));
}

TEST_CASE("slugs are made from titles", "[courses]") {
    CourseSchool school;
    CHECK(school.course("Über die Kunst, 2. Teil!").slug == "uber-die-kunst-2-teil");
    CHECK(school.course("Tea").slug == "tea");
    CHECK(school.course("Tea").slug == "tea-2");
    CHECK(school.course("TEA").slug == "tea-3");
    for (int i = 4; i <= 9; ++i)
        CHECK(school.course("tea").slug == "tea-" + std::to_string(i));
    auto const many = school.course("tea");
    CHECK(many.slug == "tea-" + to_string(many.uid).substr(24));
    auto const chinese = school.course("茶的冲泡");
    CHECK(chinese.slug == "course-" + to_string(chinese.uid).substr(24));
    auto const longest = school.course(text_of(limits::title_bytes_max)).slug;
    CHECK(longest.size() < limits::slug_bytes_max);
}

TEST_CASE("prices are positive, bounded and one for each currency and period",
          "[courses][limits]") {
    CourseSchool school;
    auto const price = [&](Prices const& prices) {
        return of_course(school, [&](NewCourse& course) { course.price = prices; });
    };
    auto const eur = Currency::named("EUR");
    constexpr auto max = limits::price_minor_max;
    CHECK(price(Money{1, eur}) == fine);
    CHECK(price(Money{max - 1, eur}) == fine);
    CHECK(price(Money{max, eur}) == fine);
    CHECK(price(Money{max + 1, eur}) == invalid("price[0].amount", "too_large", max));
    CHECK(price(Money{0, eur}) == invalid("price[0].amount", "too_small", 1));
    CHECK(price(Money{-100, eur}) == invalid("price[0].amount", "too_small", 1));
    auto const period = [&](int days) { return price(Price{1'00_eur, days}); };
    CHECK(period(limits::access_days_max) == fine);
    CHECK(period(limits::access_days_max + 1) ==
          invalid("price[0].period_days", "too_large", limits::access_days_max));
    CHECK(period(-1) == invalid("price[0].period_days", "too_small", 0));
    CHECK(price({{1'00_eur}, {1'00_usd}, {2'00_eur, 30}}) == fine);
    CHECK(price({{1'00_eur}, {2'00_eur}}) == invalid("price[1]", "duplicate"));

    std::vector<Price> many;
    for (int i = 0; i <= static_cast<int>(limits::prices_max); ++i)
        many.push_back({1'00_eur, i});
    CHECK(price(Prices{many}) == invalid("price", "too_many", as_limit(limits::prices_max)));
    many.pop_back();
    CHECK(price(Prices{many}) == fine);
}

TEST_CASE("languages, levels and labels are checked", "[courses][limits]") {
    CourseSchool school;
    auto const language = [&](std::string const& tag) {
        return of_course(school, [&](NewCourse& course) { course.language = tag; });
    };
    CHECK(language("ZH-hans") == fine);
    CHECK(language("not a tag") == invalid("language", "malformed"));
    CHECK(of_course(school, [](NewCourse& course) { course.level = static_cast<Level>(7); }) ==
          invalid("level", "unknown"));

    auto const tag = [&](std::string const& text) {
        return of_course(school, [&](NewCourse& course) { course.tags = {"ok", text}; });
    };
    constexpr auto max = limits::label_bytes_max;
    CHECK(tag(text_of(max)) == fine);
    CHECK(tag(text_of(max + 1)) == invalid("tags[1]", "too_long", as_limit(max)));
    CHECK(tag(" ") == invalid("tags[1]", "required"));
    auto const tags = [&](std::size_t count) {
        return of_course(school, [&](NewCourse& course) {
            for (std::size_t i = 0; i < count; ++i)
                course.concepts.push_back(std::to_string(i));
        });
    };
    CHECK(tags(limits::labels_max) == fine);
    CHECK(tags(limits::labels_max + 1) ==
          invalid("concepts", "too_many", as_limit(limits::labels_max)));
    auto const made =
        school->create(school.ada, {.title = {{"en", "Labels"}}, .tags = {"SQL", "art", "sql"}});
    CHECK(made.tags == std::vector<std::string>{"art", "sql"});
}

TEST_CASE("numbers of a course are bounded", "[courses][limits]") {
    CourseSchool school;
    auto const capacity = [&](int seats) {
        return of_course(school, [&](NewCourse& course) { course.capacity = seats; });
    };
    constexpr auto seats_max = limits::course_capacity_max;
    CHECK(capacity(1) == fine);
    CHECK(capacity(seats_max) == fine);
    CHECK(capacity(seats_max + 1) == invalid("capacity", "too_large", seats_max));
    CHECK(capacity(0) == invalid("capacity", "too_small", 1));
    auto const needed = [&](int lectures) {
        return of_course(school, [&](NewCourse& course) { course.lectures_needed = lectures; });
    };
    CHECK(needed(static_cast<int>(limits::lectures_max)) == fine);
    CHECK(needed(static_cast<int>(limits::lectures_max) + 1) ==
          invalid("lectures_needed", "too_large", as_limit(limits::lectures_max)));
    CHECK(needed(0) == invalid("lectures_needed", "too_small", 1));

    auto const share = [&](int weight) {
        return of_course(school, [&](NewCourse& course) {
            course.teachers = {{school.ada.user(), weight}};
        });
    };
    CHECK(share(0) == fine);
    CHECK(share(limits::teacher_share_max) == fine);
    CHECK(share(limits::teacher_share_max + 1) ==
          invalid("teachers[0].share", "too_large", limits::teacher_share_max));
    CHECK(share(-1) == invalid("teachers[0].share", "too_small", 0));
    CHECK(of_course(school, [&](NewCourse& course) {
              course.teachers = {{school.ada.user()}, {school.ada.user()}};
          }) == invalid("teachers[1]", "duplicate"));
    CHECK(of_course(school, [](NewCourse& course) { course.teachers = {{UserId{999}}}; }) ==
          missing("teachers"));
    CHECK(of_course(school, [](NewCourse& course) { course.prerequisites = {CourseId{999}}; }) ==
          missing("prerequisites"));
}

TEST_CASE("all broken rules of a course come at once and nothing is made", "[courses]") {
    CourseSchool school;
    CHECK(broken_rules([&] {
              return school->create(school.ada, {.slug = "A",
                                                 .language = "?",
                                                 .tags = {""},
                                                 .price = Money{0, Currency::named("EUR")},
                                                 .capacity = 0});
          }) == std::vector<std::string>{"title: required", "slug: malformed",
                                         "language: malformed", "tags[0]: required",
                                         "price[0].amount: too_small", "capacity: too_small"});
    CHECK(school->catalog(school.sue, {.state = CourseState::draft}).items.empty());
}

TEST_CASE("items of a lecture are bounded", "[courses][limits]") {
    CourseSchool school;
    auto const course = school.course().id;
    auto const item = [&](Item const& one) {
        return of_lecture(school, course, [&](NewLecture& lecture) { lecture.items = {one}; });
    };
    auto const max = std::chrono::milliseconds{limits::item_duration_max};
    CHECK(item(Video{.duration = 1ms}) == fine);
    CHECK(item(Video{.duration = max}) == fine);
    CHECK(item(Video{.duration = max + 1ms}) ==
          invalid("items[0].duration", "too_large", max.count()));
    CHECK(item(Audio{.duration = 0ms}) == invalid("items[0].duration", "too_small", 1));
    CHECK(item(Audio{.duration = -5ms}) == invalid("items[0].duration", "too_small", 1));
    constexpr auto address_max = limits::item_address_bytes_max;
    CHECK(item(Embed{text_of(address_max)}) == fine);
    CHECK(item(Embed{text_of(address_max + 1)}) ==
          invalid("items[0].address", "too_long", as_limit(address_max)));
    CHECK(item(Embed{}) == invalid("items[0].address", "required"));
    constexpr auto name_max = limits::item_name_bytes_max;
    CHECK(item(File{"a", text_of(name_max)}) == fine);
    CHECK(item(File{"a", text_of(name_max + 1)}) ==
          invalid("items[0].name", "too_long", as_limit(name_max)));
    constexpr auto type_max = limits::media_type_bytes_max;
    CHECK(item(File{"a", "", text_of(type_max)}) == fine);
    CHECK(item(File{"a", "", text_of(type_max + 1)}) ==
          invalid("items[0].media_type", "too_long", as_limit(type_max)));
    CHECK(item(File{"a", "", "", -1}) == invalid("items[0].size_bytes", "too_small", 0));
    CHECK(item(Text{}) == invalid("items[0].body", "required"));

    auto const count = [&](std::size_t items) {
        return of_lecture(school, course,
                          [&](NewLecture& lecture) { lecture.items.assign(items, Embed{"a"}); });
    };
    CHECK(count(limits::items_max) == fine);
    CHECK(count(limits::items_max + 1) ==
          invalid("items", "too_many", as_limit(limits::items_max)));
    auto const bodies = [&](std::size_t extra) {
        return of_lecture(school, course, [&](NewLecture& lecture) {
            Text const million{{{"en", text_of(1'000'000)}}};
            lecture.items.assign(4, million);
            if (extra > 0) lecture.items.emplace_back(Text{{{"en", text_of(extra)}}});
        });
    };
    CHECK(bodies(0) == fine);
    CHECK(bodies(1) == invalid("items", "too_long", as_limit(limits::lecture_text_bytes_max)));
}

TEST_CASE("rules of a lecture are checked", "[courses][limits]") {
    CourseSchool school;
    auto const course = school.course().id;
    auto const completion = [&](Completion given) {
        return of_lecture(school, course, [&](NewLecture& lecture) { lecture.completion = given; });
    };
    using enum CompletionRule;
    CHECK(completion({covered, 1}) == fine);
    CHECK(completion({covered, 100}) == fine);
    CHECK(completion({covered, 101}) == invalid("completion.percent", "too_large", 100));
    CHECK(completion({covered, 0}) == invalid("completion.percent", "too_small", 1));
    CHECK(completion({opened, 1}) == invalid("completion.percent", "too_large", 0));
    CHECK(completion({static_cast<CompletionRule>(9)}) == invalid("completion.rule", "unknown"));

    auto const release = [&](Release given) {
        return of_lecture(school, course, [&](NewLecture& lecture) { lecture.release = given; });
    };
    using enum ReleaseRule;
    auto const now = school.clock.now();
    CHECK(release({at, now}) == fine);
    CHECK(release({at}) == invalid("release.at", "required"));
    CHECK(release({at_once, now}) == invalid("release.at", "not_allowed"));
    CHECK(release({after_enrollment, std::nullopt, limits::release_days_max}) == fine);
    CHECK(release({after_enrollment, std::nullopt, limits::release_days_max + 1}) ==
          invalid("release.days", "too_large", limits::release_days_max));
    CHECK(release({after_previous, std::nullopt, -1}) == invalid("release.days", "too_small", 0));
    CHECK(release({at_once, std::nullopt, 1}) == invalid("release.days", "too_large", 0));
    CHECK(of_lecture(school, course, [](NewLecture& lecture) { lecture.position = -1; }) ==
          invalid("position", "too_small", 0));
    CHECK(of_lecture(school, course, [](NewLecture& lecture) {
              lecture.section = SectionId{999};
          }) == missing("section"));
    CHECK(of_lecture(school, course, [](NewLecture& lecture) {
              lecture.prerequisites.assign(1, LectureId{999});
          }) == missing("prerequisites"));
}
