#include "courses_fixture.hpp"

#include <eduplat/services/enrollments.hpp>
#include <eduplat/services/jobs.hpp>

#include <repositories/search_terms.hpp>
#include <services/course_index.hpp>

#include <algorithm>

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
    auto const page = school->search(school.ada, "keys");
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

TEST_CASE("an excerpt shows nothing of a lecture that is closed to the asker", "[search]") {
    CourseSchool school;
    Enrollments enrollments{school.dependencies()};
    auto const course = school->create(
        school.ada, {.title = {{"en", "Keys"}}, .summary = {{"en", "About locks."}}});
    auto const lecture = [&](std::string_view title, NewLecture given) {
        given.course = course.id;
        given.title.set("en", title);
        given.items = {Text{{{"en", "the secret number is 7"}}}};
        return school->add_lecture(school.ada, given).id;
    };
    auto const open = lecture("open", {.course = course.id});
    lecture("free", {.course = course.id, .preview = true});
    lecture("later", {.course = course.id,
                      .release = {.rule = ReleaseRule::at, .at = school.clock.now() + 24h}});
    lecture("after", {.course = course.id, .prerequisites = {open}});
    school->publish(school.ada, {.course = course.id});

    // The lectures of whose texts something is shown.
    auto const shown_to = [&](Actor const& actor) {
        Titles titles;
        for (auto const& hit : school->search(actor, "secret").items) {
            bool const told = hit.excerpt.find("secret") != std::string::npos;
            if (told) titles.push_back(hit.title);
            if (!told) CHECK(hit.excerpt == "About locks.");
        }
        std::sort(titles.begin(), titles.end());
        return titles;
    };
    Titles const all{"after", "free", "later", "open"};
    CHECK(shown_to(Actor::guest()) == Titles{"free"});
    CHECK(shown_to(school.ben) == Titles{"free"});
    CHECK(shown_to(school.bob) == Titles{"free"});
    CHECK(shown_to(school.ada) == all);
    CHECK(shown_to(school.sue) == all);
    CHECK(shown_to(*school.admin) == all);

    auto const day = enrollments.give(
        school.sue,
        {.user = school.ben.user(), .course = course.id, .ends_at = school.clock.now() + 24h});
    CHECK(shown_to(school.ben) == Titles{"free", "open"});
    static_cast<void>(enrollments.suspend(school.sue, day.enrollment));
    CHECK(shown_to(school.ben) == Titles{"free"});
    static_cast<void>(enrollments.reinstate(school.sue, day.enrollment));
    CHECK(shown_to(school.ben) == Titles{"free", "open"});
    school.clock.advance(24h);
    CHECK(shown_to(school.ben) == Titles{"free"});

    auto const next = enrollments.give(
        school.sue,
        {.user = school.bob.user(), .course = course.id, .starts_at = school.clock.now() + 1h});
    CHECK(shown_to(school.bob) == Titles{"free"});
    school.clock.advance(1h);
    CHECK(shown_to(school.bob) == Titles{"free", "open"});
    static_cast<void>(enrollments.take_back(school.sue, next.id));
    CHECK(shown_to(school.bob) == Titles{"free"});
}

TEST_CASE("an excerpt is of the edition that a learner has", "[search]") {
    CourseSchool school;
    Enrollments enrollments{school.dependencies()};
    auto const course = with_text(school, {.title = {{"en", "Course"}}}, {{"en", "Lecture"}},
                                  {{"en", "old words"}});
    static_cast<void>(enrollments.give(school.sue, {school.ben.user(), course.id}));
    CHECK(school->search(school.ben, "words").items.at(0).excerpt == "old words");
    auto const lecture = school->outline(school.ada, course.id).lectures.at(0).id;
    school->update_lecture(school.ada, {.lecture = lecture,
                                        .version = school->get_draft(school.ada, lecture).version,
                                        .items = std::vector<Item>{Text{{{"en", "new words"}}}}});
    school->publish(school.ada, {.course = course.id, .kind = PublicationKind::edition});
    CHECK(school->search(school.ben, "words").items.at(0).excerpt.empty());
    auto const required = school.published("Required");
    static_cast<void>(enrollments.give(school.sue, {school.bob.user(), course.id}));
    CHECK(school->search(school.bob, "words").items.at(0).excerpt == "new words");
    school->update(school.ada, {.course = course.id,
                                .version = school->get_course(school.ada, course.id).version,
                                .prerequisites = std::vector{required.id}});
    CHECK(school->search(school.bob, "words").items.at(0).excerpt.empty());
}

TEST_CASE("a page of a search takes the same few statements, however long", "[search]") {
    CourseSchool school;
    for (int i = 0; i < 30; ++i) {
        with_text(school, {.title = {{"en", "Course"}}}, {{"en", "Lecture"}}, {{"en", "common"}});
    }
    auto const statements = [&](int limit) {
        auto const before = school.storage.statistics().statements;
        CHECK(school->search(school.ben, "common", {}, {.limit = limit}).items.size() ==
              static_cast<std::size_t>(limit));
        return school.storage.statistics().statements - before;
    };
    CHECK(statements(30) == statements(1));
    CHECK(statements(30) <= 3);
}

namespace {

/// As if another version of core/text had cut all texts, which knew one word only.
void spoil(CourseSchool& school) {
    static constexpr storage::Sql forget = "INSERT INTO search (search) VALUES ('delete-all')";
    static constexpr storage::Sql stale =
        "INSERT INTO search (rowid, title, summary, body) "
        "SELECT id, 'stale', '', '' FROM search_documents WHERE id > 0 ORDER BY id";
    static constexpr storage::Sql mark = "UPDATE search_documents SET segmenter = 99";
    school.storage.write([](storage::Connection& connection) {
        connection.execute(forget);
        connection.execute(stale);
        connection.execute(mark);
    });
}

/// How many texts have the term, whether or not there is a document of it.
std::int64_t with_term(CourseSchool& school, std::string_view term) {
    static constexpr storage::Sql sql = "SELECT count(*) FROM search WHERE search MATCH ?1";
    return school.storage.read([&](storage::Connection& connection) {
        auto row = connection.query(sql, term);
        row.step();
        return row.int64(0);
    });
}

}  // namespace

TEST_CASE("texts cut by another segmenter are cut anew by a job", "[search]") {
    CourseSchool school;
    Jobs jobs{school.dependencies()};
    jobs.run_due(*school.admin, 1h);
    auto const first = school.published("Alpha");
    auto const second = school.published("Beta");
    auto const third = school.published("Gamma");
    auto const fourth = school.published("Delta");
    spoil(school);
    CHECK(found(school, "beta").empty());

    // What authors do meanwhile touches their courses only.
    school->archive(school.ada, first.id);
    school->update(
        school.ada,
        {.course = third.id, .version = third.version, .title = LocalizedText{{"en", "Epsilon"}}});
    auto const before = school.storage.statistics().statements;
    school->update(
        school.ada,
        {.course = fourth.id, .version = fourth.version, .title = LocalizedText{{"en", "Zeta"}}});
    CHECK(school.storage.statistics().statements - before < 120);
    CHECK(found(school, "beta").empty());
    CHECK(found(school, "epsilon").empty());
    CHECK(with_term(school, "stale") == 8);

    school.clock.advance(5min);
    CHECK(jobs.run_due(*school.admin, 1h).failed == 0);
    CHECK(with_term(school, "stale") == 0);
    CHECK(found(school, "alpha").empty());
    CHECK(found(school, "beta") == Titles{"Beta"});
    CHECK(found(school, "gamma").empty());
    CHECK(found(school, "epsilon") == Titles{"Epsilon"});
    CHECK(found(school, "zeta") == Titles{"Zeta"});
    CHECK(found(school, "raii").size() == 3);
    CHECK(with_term(school, "raii") == 3);
    static_cast<void>(second);
}

TEST_CASE("terms are made anew step by step while authors go on", "[search]") {
    CourseSchool school;
    std::vector<CourseId> courses;
    for (int i = 0; i < 120; ++i)
        courses.push_back(school.published("Course " + std::to_string(i)).id);
    spoil(school);
    CHECK(rebuild_index(school.storage));
    CHECK(with_term(school, "stale") == 0);
    auto const half = with_term(school, "raii");
    CHECK(half > 0);
    CHECK(half < 120);
    // One that is done and one that is not.
    school->archive(school.ada, courses.front());
    school->archive(school.ada, courses.back());
    school.published("New");
    CHECK(found(school, "new") == Titles{"New"});
    int steps = 1;
    while (rebuild_index(school.storage))
        ++steps;
    CHECK(steps == 3);
    CHECK(with_term(school, "raii") == 119);
    CHECK(with_term(school, "course") == 118);
    CHECK_FALSE(rebuild_index(school.storage));
}

TEST_CASE("a new title of a course touches its own text only", "[search]") {
    CourseSchool school;
    auto const published_with = [&](int lectures) {
        auto const made = school.course("Course");
        for (int i = 0; i < lectures; ++i)
            school.lecture(made.id, "lecture");
        school->publish(school.ada, {.course = made.id});
        auto const now = school->get_course(school.ada, made.id);
        auto const before = school.storage.statistics().statements;
        school->update(
            school.ada,
            {.course = made.id, .version = now.version, .title = LocalizedText{{"en", "Renamed"}}});
        return school.storage.statistics().statements - before;
    };
    auto const one = published_with(1);
    CHECK(published_with(30) == one);
    CHECK(found(school, "renamed").size() == 2);
    CHECK(with_term(school, "lecture") == 31);
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
