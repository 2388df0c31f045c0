#include "files.hpp"
#include "unit/core/refusal.hpp"

#include <catalog/catalog.hpp>
#include <support/catch.hpp>
#include <support/temp_dir.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace eduplat;
using namespace std::chrono_literals;
using test::invalid, test::refusal, test::Refusal, test::write_file;

namespace {

constexpr std::string_view front =
    "---\n"
    "slug: bread\n"
    "language: en\n"
    "level: beginner\n"
    "title.en: Bread\n"
    "summary.en: Flour, water: time.\n";

constexpr std::string_view body = "# One\n## First\nText.\n";

/// A course in English with further lines of front matter, and a body.
std::string course_text(std::string_view more, std::string_view sections = body) {
    return std::string{front} + std::string{more} + "---\n" + std::string{sections};
}

catalog::Course parsed(std::string const& text) {
    return catalog::parse("a.md", text);
}

Refusal refused(std::string const& text) {
    UNSCOPED_INFO(text);
    return refusal([&] { return parsed(text); });
}

/// How a body was refused, counting its lines from 1.
Refusal refused_body(std::string_view text) {
    auto out = refused(course_text("", text));
    auto const line = std::stoi(out.violation.field.substr(out.violation.field.find(':') + 1));
    out.violation.field = std::to_string(line - 7);
    return out;
}

std::string replaced(std::string text, std::string_view old, std::string_view by) {
    auto const at = text.find(old);
    REQUIRE(at != std::string::npos);
    return text.replace(at, old.size(), by);
}

/// A folder with a course for each slug, which requires the one after the colon.
std::vector<std::string> order(std::vector<std::string> const& slugs) {
    test::TempDir const folder;
    for (auto const& entry : slugs) {
        auto const slug = entry.substr(0, entry.find(':'));
        auto const required = entry.substr(std::min(slug.size() + 1, entry.size()));
        auto const line = required.empty() ? "" : "requires: " + required + "\n";
        write_file(folder.file(slug + ".md"), replaced(course_text(line), "bread", slug));
    }
    write_file(folder.file("notes.txt"), "not a course");
    std::vector<std::string> out;
    for (auto const& course : catalog::read_folder(folder.path()))
        out.push_back(course.slug);
    return out;
}

std::size_t lectures_of(catalog::Course const& course) {
    std::size_t out = 0;
    for (auto const& section : course.sections)
        out += section.lectures.size();
    return out;
}

void check_lecture(catalog::Course const& course, catalog::Lecture const& lecture) {
    INFO(course.slug << ": " << lecture.title.texts().begin()->second);
    for (auto const& language : course.languages) {
        CHECK(lecture.title.texts().contains(language));
        auto const& text = lecture.text.texts().at(language);
        CHECK(text.size() > 500);
        CHECK(text.size() < 4000);
    }
}

}  // namespace

TEST_CASE("the courses of the example are read", "[examples][catalog]") {
    auto const courses = catalog::read_folder(EDUPLAT_CATALOG_DIR);
    CHECK(courses.size() >= 6);
    std::map<std::size_t, int> by_languages;
    std::set<std::string> before;
    bool any_required = false;
    for (auto const& course : courses) {
        INFO(course.slug);
        ++by_languages[course.languages.size()];
        CHECK((lectures_of(course) >= 3 && lectures_of(course) <= 6));
        CHECK_FALSE(course.tags.empty());
        CHECK_FALSE(course.concepts.empty());
        for (auto const& section : course.sections) {
            for (auto const& lecture : section.lectures)
                check_lecture(course, lecture);
        }
        any_required = any_required || course.prerequisite;
        if (course.prerequisite) CHECK(before.contains(*course.prerequisite));
        before.insert(course.slug);
    }
    CHECK(any_required);
    CHECK(by_languages[1] >= 5);
    CHECK(by_languages[2] >= 1);
}

TEST_CASE("a course needs only a few keys", "[examples][catalog]") {
    auto const course = parsed(course_text(""));
    CHECK(course.slug == "bread");
    CHECK(course.languages == std::vector<std::string>{"en"});
    CHECK(course.level == catalog::Level::beginner);
    CHECK(course.title == LocalizedText{{"en", "Bread"}});
    CHECK(course.summary.best_for("en") == "Flour, water: time.");
    CHECK(course.tags.empty());
    CHECK(course.concepts.empty());
    CHECK_FALSE(course.price);
    CHECK_FALSE(course.access_days);
    CHECK_FALSE(course.capacity);
    CHECK_FALSE(course.prerequisite);
    REQUIRE(course.sections.size() == 1);
    CHECK(course.sections[0].title.best_for("en") == "One");
    REQUIRE(course.sections[0].lectures.size() == 1);
    auto const& lecture = course.sections[0].lectures[0];
    CHECK(lecture.title.best_for("en") == "First");
    CHECK(lecture.text.best_for("en") == "Text.");
    CHECK_FALSE(lecture.video);
    CHECK_FALSE(lecture.audio);
    CHECK_FALSE(lecture.preview);
}

TEST_CASE("all keys of the front matter are read", "[examples][catalog]") {
    auto const course =
        parsed(course_text("tags: craft, home baking\nconcepts: gluten\nprice: 49.00 EUR\n"
                           "access_days: 90\ncapacity: 12\nrequires: flour-101\npreview: 3\n",
                           "# One\n## A\nx\n## B\nx\n# Two\n## C\nx\n## D\nx\n"));
    CHECK(course.tags == std::vector<std::string>{"craft", "home baking"});
    CHECK(course.concepts == std::vector<std::string>{"gluten"});
    CHECK(course.price == Money{4900, Currency::named("EUR")});
    CHECK(course.access_days == 90);
    CHECK(course.capacity == 12);
    CHECK(course.prerequisite == "flour-101");
    std::vector<bool> previews;
    for (auto const& section : course.sections) {
        for (auto const& lecture : section.lectures)
            previews.push_back(lecture.preview);
    }
    CHECK(previews == std::vector<bool>{false, false, true, false});
}

TEST_CASE("lectures have media, and code that holds headings", "[examples][catalog]") {
    auto const course = parsed(course_text(
        "",
        "\n# One\r\n\n## First\nvideo: 12:30\n\naudio: 4:05\n\nText.\n\n"
        "```\n# a comment\n## another\n```\nvideo: 1:00 is text\n\n## Second\n\nMore\n"));
    auto const& lectures = course.sections.at(0).lectures;
    REQUIRE(lectures.size() == 2);
    CHECK(lectures[0].video == 12min + 30s);
    CHECK(lectures[0].audio == 4min + 5s);
    CHECK(lectures[0].text.best_for("en") ==
          "Text.\n\n```\n# a comment\n## another\n```\nvideo: 1:00 is text");
    CHECK(lectures[1].text.best_for("en") == "More");
}

TEST_CASE("a course may be in two languages", "[examples][catalog]") {
    auto const text =
        replaced(course_text("title.zh-Hans: 面包\nsummary.zh-Hans: 面粉和水。\n",
                             "# One | 一\n## First | 第一课\nvideo: 1:00\nText.\n[1]\n\n[zh-hans]\n"
                             "[zh-Hans]\n正文。\n## Second | 第二课\n[zh-Hans]\n二\n[en]\ntwo\n"),
                 "language: en", "language: en, ZH-hans");
    auto const course = parsed(text);
    CHECK(course.languages == std::vector<std::string>{"en", "zh-Hans"});
    CHECK(course.title == LocalizedText{{"en", "Bread"}, {"zh-Hans", "面包"}});
    auto const& section = course.sections.at(0);
    CHECK(section.title == LocalizedText{{"en", "One"}, {"zh-Hans", "一"}});
    REQUIRE(section.lectures.size() == 2);
    CHECK(section.lectures[0].title.best_for("zh") == "第一课");
    CHECK(section.lectures[0].video == 1min);
    CHECK(section.lectures[0].text ==
          LocalizedText{{"en", "Text.\n[1]\n\n[zh-hans]"}, {"zh-Hans", "正文。"}});
    CHECK(section.lectures[1].text == LocalizedText{{"en", "two"}, {"zh-Hans", "二"}});

    CHECK(refused(replaced(text, "title.zh-Hans: 面包\n", "")) == invalid("a.md:8", "required"));
    CHECK(refused(replaced(text, "第一课", "")) == invalid("a.md:11", "titles"));
    CHECK(refused(replaced(text, " | 第一课", "")) == invalid("a.md:11", "titles"));
    CHECK(refused(replaced(text, "正文。\n", "")) == invalid("a.md:11", "empty"));
}

TEST_CASE("malformed front matter is refused", "[examples][catalog]") {
    CHECK(refused("") == invalid("a.md:1", "front_matter"));
    CHECK(refused("# One\n") == invalid("a.md:1", "front_matter"));
    CHECK(refused("---\nslug: a\n") == invalid("a.md:2", "front_matter"));
    std::map<std::string, std::string> const rules{{"price 49 EUR", "malformed"},
                                                   {"price:", "malformed"},
                                                   {"", "malformed"},
                                                   {"cost: 1", "unknown_key"},
                                                   {"title: Bread", "unknown_key"},
                                                   {"price.en: 1 EUR", "unknown_key"},
                                                   {"title.en: Again", "duplicate_key"},
                                                   {"slug: again", "duplicate_key"},
                                                   {"price: free", "price"},
                                                   {"price: 49.0 EUR", "price"},
                                                   {"price: 49.00 EURO", "price"},
                                                   {"price: 49.00 EUR each", "price"},
                                                   {"access_days: 0", "number"},
                                                   {"access_days: 9 days", "number"},
                                                   {"capacity: many", "number"},
                                                   {"capacity: 9999999999", "number"},
                                                   {"requires: Bread 1", "slug"},
                                                   {"tags: a,,b", "malformed"},
                                                   {"preview: 2", "preview"},
                                                   {"preview: 0", "preview"}};
    for (auto const& [line, rule] : rules) {
        INFO(line);
        CHECK(refused(course_text(line + '\n')) == invalid("a.md:7", rule));
    }
}

TEST_CASE("what must be in the front matter is asked for", "[examples][catalog]") {
    for (auto const* line : {"slug: bread\n", "language: en\n", "level: beginner\n",
                             "title.en: Bread\n", "summary.en: Flour, water: time.\n"}) {
        INFO(line);
        CHECK(refused(replaced(course_text(""), line, "")) == invalid("a.md:6", "required"));
    }
    CHECK(refused(replaced(course_text(""), "beginner", "easy")) == invalid("a.md:4", "level"));
    CHECK(refused(replaced(course_text(""), ": en", ": e!")) == invalid("a.md:3", "language"));
    CHECK(refused(replaced(course_text(""), "bread", "a/b")) == invalid("a.md:2", "slug"));
    CHECK(refused(replaced(course_text(""), "Bread", "\xFF")) == invalid("a.md:5", "utf8"));
}

TEST_CASE("a malformed body is refused", "[examples][catalog]") {
    CHECK(refused_body("Text.\n# One\n") == invalid("1", "outside"));
    CHECK(refused_body("\n## First\n") == invalid("2", "outside"));
    CHECK(refused_body("# One\nText.\n") == invalid("2", "outside"));
    CHECK(refused_body("# One\n## First\nx\n# Two\n") == invalid("4", "empty"));
    CHECK(refused_body("# One\n# Two\n## First\nx\n") == invalid("1", "empty"));
    CHECK(refused_body("# One\n## First\n\n## Second\nx\n") == invalid("2", "empty"));
    CHECK(refused_body("# One\n## First\nx\n## Second\nvideo: 1:00\n") == invalid("4", "empty"));
    CHECK(refused_body("#  \n") == invalid("1", "titles"));
    CHECK(refused_body("# One\n## First\nx\n```\ncode\n") == invalid("5", "fence"));
    CHECK(refused_body("# One\n## First\nx\x01\n") == invalid("2", "control_character"));
    CHECK(refused_body("") == invalid("0", "empty"));
    for (auto const* bad :
         {"12", "12:3", "12:60", "1:00:00", "x:30", "12:3x", "-1:30", "1:-3", "0:00", ":30"}) {
        INFO(bad);
        CHECK(refused_body("# One\n## First\nvideo: " + std::string{bad} + "\nx\n") ==
              invalid("3", "duration"));
    }
}

TEST_CASE("courses stand behind what they require", "[examples][catalog]") {
    using Slugs = std::vector<std::string>;
    CHECK(order({"c", "a", "b"}) == Slugs{"a", "b", "c"});
    CHECK(order({"a:c", "b", "c:d", "d"}) == Slugs{"d", "c", "a", "b"});
    CHECK(order({}).empty());
    CHECK(refusal([] { return order({"a:z"}); }) == invalid("a.md", "prerequisite"));
    CHECK(refusal([] { return order({"a:a"}); }) == invalid("a.md", "cycle"));
    CHECK(refusal([] { return order({"a:b", "b:c", "c:b"}); }) == invalid("b.md", "cycle"));
}

TEST_CASE("a folder is refused that is not there, or whose file is misnamed",
          "[examples][catalog]") {
    test::TempDir const folder;
    CHECK(refusal([&] { return catalog::read_folder(folder.path() / "none"); }) ==
          Refusal{ErrorCode::not_found, {"folder", "missing", std::nullopt}});
    write_file(folder.file("cake.md"), course_text(""));
    CHECK(refusal([&] { return catalog::read_folder(folder.path()); }) ==
          invalid("cake.md", "slug"));
    write_file(folder.file("cake.md"), "cake");
    CHECK(refusal([&] { return catalog::read_folder(folder.path()); }) ==
          invalid("cake.md:1", "front_matter"));
}
