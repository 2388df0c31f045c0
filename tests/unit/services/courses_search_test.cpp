#include "courses_fixture.hpp"

#include <repositories/search_terms.hpp>

using namespace eduplat;
using namespace eduplat::test;

namespace {

std::vector<std::string> found(CourseSchool& school, std::string_view query,
                               SearchFilter const& filter = {}) {
    std::vector<std::string> result;
    for (auto const& hit : school->search(Actor::guest(), query, filter).items)
        result.push_back(hit.title);
    return result;
}

using Titles = std::vector<std::string>;

/// A course of one lecture with a text.
Course with_text(CourseSchool& school, NewCourse const& course, LocalizedText const& title,
                 LocalizedText const& body) {
    auto const made = school->create(school.ada, course);
    school->add_lecture(school.ada,
                        {.course = made.id, .title = title, .items = {Text{.body = body}}});
    school->publish(school.ada, {.course = made.id});
    return made;
}

}  // namespace

TEST_CASE("texts and queries become terms as the search table takes them", "[search]") {
    using namespace repositories::search;
    CHECK(segmented("Hello, World 42") == "hello world 42");
    CHECK(segmented("学习C++") == "学习 习 c");
    CHECK(segmented("机器学习") == "机器 器学 学习 习");
    CHECK(segmented("我") == "我");
    CHECK(segmented("...").empty());

    CHECK(match_expression("Hello world") == R"("hello" "world")");
    CHECK(match_expression("学习") == R"("学习")");
    CHECK(match_expression("机器学") == R"("机器 器学")");
    CHECK(match_expression("学") == R"("学"*)");
    CHECK(match_expression("学 习惯 go") == R"("学"* "习惯" "go")");
    CHECK(match_expression("a A a") == R"("a")");
    CHECK(match_expression("\"' * () : ^ + -").empty());
}

TEST_CASE("published titles, summaries and texts are found in English and Chinese", "[search]") {
    CourseSchool school;
    with_text(school,
              {.title = {{"en", "Brewing Tea"}, {"zh-Hans", "茶的冲泡"}},
               .summary = {{"en", "Three things decide a cup."}}},
              {{"en", "One plant"}, {"zh-Hans", "一种植物"}},
              {{"en", "All tea comes from one plant."}, {"zh-Hans", "所有的茶都来自同一种植物。"}});
    CHECK(found(school, "TEA") == Titles{"Brewing Tea", "One plant"});
    CHECK(found(school, "cup") == Titles{"Brewing Tea"});
    CHECK(found(school, "植物") == Titles{"One plant"});
    CHECK(found(school, "同一种植物") == Titles{"One plant"});
    CHECK(found(school, "茶") == Titles{"Brewing Tea", "One plant"});
    CHECK(found(school, "冲泡") == Titles{"Brewing Tea"});
    CHECK(found(school, "plant cup").empty());  // never both in one text
    CHECK(found(school, "coffee").empty());
    CHECK(found(school, "物茶").empty());  // not side by side
}

TEST_CASE("what is found comes with its place, an excerpt and a score", "[search]") {
    CourseSchool school;
    auto const filler = std::string(300, 'x') + " ";
    auto const course = with_text(school, {.title = {{"en", "Databases"}}}, {{"en", "Indexes"}},
                                  {{"en", filler + "a B-tree keeps keys\nin order " + filler}});
    auto const page = school->search(Actor::guest(), "keys");
    REQUIRE(page.items.size() == 1);
    auto const& hit = page.items.front();
    CHECK(hit.course == course.id);
    CHECK(hit.slug == "databases");
    CHECK(hit.lecture.has_value());
    CHECK(hit.score > 0);
    CHECK(hit.excerpt.starts_with("…a B-tree keeps keys in order xxx"));
    CHECK(hit.excerpt.ends_with("…"));
}

TEST_CASE("only what is published is found, and as it is published", "[search]") {
    CourseSchool school;
    auto const course = school->create(school.ada, {.title = {{"en", "Rust"}}});
    auto const lecture = school->add_lecture(
        school.ada,
        {.course = course.id, .title = {{"en", "Borrowing"}}, .items = {Text{{{"en", "move"}}}}});
    CHECK(found(school, "rust").empty());
    school->publish(school.ada, {.course = course.id});
    CHECK(found(school, "move") == Titles{"Borrowing"});

    auto const changed =
        school->update_lecture(school.ada, {.lecture = lecture.id,
                                            .version = lecture.version,
                                            .items = std::vector<Item>{Text{{{"en", "copy"}}}}});
    CHECK(found(school, "move") == Titles{"Borrowing"});
    CHECK(found(school, "copy").empty());
    auto const first = school->publications(school.ada, course.id).items.front();
    school->publish(school.ada, {.course = course.id});
    CHECK(found(school, "move").empty());
    CHECK(found(school, "copy") == Titles{"Borrowing"});

    school->roll_back(school.ada, first.id);
    CHECK(found(school, "move") == Titles{"Borrowing"});

    auto const now = school->get_course(school.ada, course.id);
    school->update(
        school.ada,
        {.course = course.id, .version = now.version, .title = LocalizedText{{"en", "Oxide"}}});
    CHECK(found(school, "rust").empty());
    CHECK(found(school, "oxide") == Titles{"Oxide"});

    school->archive(school.ada, course.id);
    CHECK(found(school, "move").empty());
    CHECK(found(school, "oxide").empty());
    school->restore(school.ada, course.id);
    CHECK(found(school, "oxide") == Titles{"Oxide"});
    static_cast<void>(changed);
}

TEST_CASE("a search is filtered by language, level and tag", "[search]") {
    CourseSchool school;
    LocalizedText const body{{"en", "common"}};
    with_text(school, {.title = {{"en", "One"}}, .level = Level::beginner, .tags = {"Art"}},
              {{"en", "First"}}, body);
    with_text(school, {.title = {{"de", "Two"}}, .level = Level::advanced}, {{"en", "Second"}},
              body);
    CHECK(found(school, "common").size() == 2);
    CHECK(found(school, "common", {.language = "EN"}) == Titles{"First"});
    CHECK(found(school, "common", {.level = Level::advanced}) == Titles{"Second"});
    CHECK(found(school, "common", {.tag = "ART"}) == Titles{"First"});
    CHECK(found(school, "common", {.level = Level::advanced, .tag = "art"}).empty());
}

TEST_CASE("pages of a search hold every hit once", "[search]") {
    CourseSchool school;
    for (int i = 0; i < 23; ++i) {
        with_text(school, {.title = {{"en", "Course " + std::to_string(i)}}},
                  {{"en", "Lecture " + std::to_string(i)}},
                  {{"en", std::string(static_cast<std::size_t>(i % 5) * 3, 'y') + " common"}});
    }
    auto const all = school->search(Actor::guest(), "common", {}, {.limit = 200}).items;
    CHECK(all.size() == 23);
    std::vector<SearchHit> paged;
    PageRequest request{.limit = 5};
    for (;;) {
        auto page = school->search(Actor::guest(), "common", {}, request);
        paged.insert(paged.end(), page.items.begin(), page.items.end());
        if (!page.next) break;
        request.after = page.next;
    }
    CHECK(paged == all);
    auto const first = school->search(Actor::guest(), "common", {}, {.limit = 5});
    CHECK(refusal([&] {
              return school->search(Actor::guest(), "other", {}, {.after = first.next});
          }) == invalid("after", "other_list"));
}

TEST_CASE("whatever stands in a query is words", "[search]") {
    CourseSchool school;
    with_text(school, {.title = {{"en", "Operators"}}}, {{"en", "AND or NEAR"}},
              {{"en", "not a column: title"}});
    for (auto const* const query :
         {"\"",  "'",  "*",  "AND",   "OR", "NOT", "NEAR(a b)",  "title:x",
          "a*",  "^a", "-a", "a + b", "(",  ")",   "{title}: x", "\"a\" AND",
          ";--", "\\", "%_", "\n",    "",   "   ", "、。"}) {
        CAPTURE(query);
        CHECK_NOTHROW(school->search(Actor::guest(), query));
    }
    CHECK(found(school, "and NEAR") == Titles{"AND or NEAR"});
    CHECK(found(school, "\"title\"") == Titles{"AND or NEAR"});
    CHECK(found(school, "...").empty());
    std::string const longest(limits::search_query_bytes_max, 'a');
    CHECK_NOTHROW(school->search(Actor::guest(), longest));
    CHECK(refusal([&] { return school->search(Actor::guest(), longest + "a"); }) ==
          invalid("query", "too_long", limits::search_query_bytes_max));
    CHECK(refusal([&] { return school->search(Actor::guest(), "\xff"); }) ==
          invalid("query", "utf8"));
}

TEST_CASE("texts cut by another segmenter are cut anew", "[search]") {
    CourseSchool school;
    auto const first = school.published("Alpha");
    auto const second = school.published("Beta");
    static constexpr storage::Sql spoil = "UPDATE search_documents SET segmenter = 0";
    static constexpr storage::Sql forget = "INSERT INTO search (search) VALUES ('delete-all')";
    school.storage.write([](storage::Connection& connection) {
        connection.execute(spoil);
        connection.execute(forget);
    });
    CHECK(found(school, "beta").empty());
    school->archive(school.ada, first.id);
    CHECK(found(school, "alpha").empty());
    CHECK(found(school, "beta") == Titles{"Beta"});
    CHECK(found(school, "raii") == Titles{"RAII"});
    static_cast<void>(second);
}

TEST_CASE("the index holds exactly what the documents say, after any change", "[search]") {
    CourseSchool school;
    auto const course = school.published("Gamma");
    school->archive(school.ada, course.id);
    school->restore(school.ada, course.id);
    static constexpr storage::Sql check =
        "INSERT INTO search (search, rank) VALUES ('integrity-check', 0)";
    static constexpr storage::Sql terms =
        "SELECT count(*) FROM search WHERE search MATCH '\"gamma\"'";
    school.storage.write([](storage::Connection& connection) { connection.execute(check); });
    auto const hits = school.storage.read([](storage::Connection& connection) {
        auto row = connection.query(terms);
        row.step();
        return row.int64(0);
    });
    CHECK(hits == 1);
}
