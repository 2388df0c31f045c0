#include "courses_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;

namespace {

using Titles = std::vector<std::string>;

Section section(CourseSchool& school, CourseId course, std::string_view title) {
    return school->add_section(school.ada, {.course = course, .title = {{"en", title}}});
}

Titles sections(CourseSchool& school, CourseId course) {
    Titles result;
    for (auto const& one : school->draft_outline(school.ada, course).sections)
        result.emplace_back(one.title.best_for("en"));
    return result;
}

Titles lectures(CourseSchool& school, CourseId course) {
    return titles(school->draft_outline(school.ada, course));
}

Uid media_of(Lecture const& lecture, std::size_t item = 0) {
    return std::get<Video>(lecture.draft.items.at(item)).media.value();
}

}  // namespace

TEST_CASE("sections stand where they are put, without gaps", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const a = section(school, course.id, "a");
    auto const b = section(school, course.id, "b");
    auto const c = section(school, course.id, "c");
    school->add_section(school.ada,
                        {.course = course.id, .title = {{"en", "first"}}, .position = 0});
    CHECK(sections(school, course.id) == Titles{"first", "a", "b", "c"});

    CHECK(school->move_section(school.ada, c.id, 1).position == 1);
    CHECK(sections(school, course.id) == Titles{"first", "c", "a", "b"});
    school->move_section(school.ada, c.id, 3);
    CHECK(sections(school, course.id) == Titles{"first", "a", "b", "c"});
    auto const there = school->move_section(school.ada, a.id, 1);
    CHECK(there.version == a.version);

    CHECK(refusal([&] { return school->move_section(school.ada, a.id, 4); }) ==
          invalid("position", "too_large", 3));
    CHECK(refusal([&] { return school->move_section(school.ada, a.id, -1); }) ==
          invalid("position", "too_small", 0));
    CHECK(refusal([&] {
              return school->add_section(school.ada, {course.id, {{"en", "x"}}, 5});
          }) == invalid("position", "too_large", 4));

    CHECK(refusal([&] {
              school->remove_section(school.ada, b.id, b.version + 1);
              return 0;
          }) == changed("version"));
    school->remove_section(school.ada, b.id, b.version);
    CHECK(sections(school, course.id) == Titles{"first", "a", "c"});
    CHECK(refusal([&] { return school->move_section(school.ada, b.id, 0); }) == missing("section"));
    CHECK(school->move_section(school.ada, c.id, 0).position == 0);
    CHECK(sections(school, course.id) == Titles{"c", "first", "a"});
}

TEST_CASE("two editors of a section do not overwrite each other", "[courses]") {
    CourseSchool school;
    auto const one = section(school, school.course().id, "one");
    SectionUpdate const update{.section = one.id, .version = one.version, .title = {{"en", "two"}}};
    auto const now = school->update_section(school.ada, update);
    CHECK(now.title == LocalizedText{{"en", "two"}});
    CHECK(now.version == one.version + 1);
    CHECK(refusal([&] { return school->update_section(school.sue, update); }) ==
          changed("version"));
    CHECK(school->update_section(school.ada, {one.id, now.version, {{"en", "two"}}}) == now);
}

TEST_CASE("lectures move within and between sections, without gaps", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const part = section(school, course.id, "part");
    std::vector<LectureId> ids;
    for (auto const* const title : {"a", "b", "c", "d"})
        ids.push_back(school.lecture(course.id, title).id);
    auto const move = [&](std::size_t lecture, std::optional<SectionId> to, int position) {
        return school->move_lecture(school.ada, {ids[lecture], to, position});
    };
    move(0, std::nullopt, 2);
    CHECK(lectures(school, course.id) == Titles{"b", "c", "a", "d"});
    move(3, std::nullopt, 0);
    CHECK(lectures(school, course.id) == Titles{"d", "b", "c", "a"});
    CHECK(move(1, part.id, 0).section == part.id);
    move(0, part.id, 0);
    CHECK(lectures(school, course.id) == Titles{"d", "c", "a", "b"});
    auto const outline = school->draft_outline(school.ada, course.id);
    CHECK(outline.lectures[1].section == std::nullopt);
    CHECK(outline.lectures[2].section == part.id);
    CHECK(school->get_draft(school.ada, ids[2]).position == 1);
    CHECK(school->get_draft(school.ada, ids[1]).position == 1);
    move(1, std::nullopt, 1);
    CHECK(lectures(school, course.id) == Titles{"d", "b", "c", "a"});

    CHECK(refusal([&] { return move(0, part.id, 1); }) == invalid("position", "too_large", 0));
    CHECK(refusal([&] { return move(0, std::nullopt, 4); }) == invalid("position", "too_large", 3));
    CHECK(refusal([&] {
              school->remove_section(school.ada, part.id, part.version);
              return 0;
          }) == precondition("section", "not_empty"));
    auto const elsewhere = section(school, school.course("Other").id, "x");
    CHECK(refusal([&] { return move(0, elsewhere.id, 0); }) == missing("section"));

    school->remove_lecture(school.ada, ids[1], school->get_draft(school.ada, ids[1]).version);
    CHECK(lectures(school, course.id) == Titles{"d", "c", "a"});
    CHECK(school->get_draft(school.ada, ids[2]).position == 1);
    CHECK(refusal([&] { return move(1, std::nullopt, 0); }) == missing("lecture"));
}

TEST_CASE("positions stay 0 to n-1 under any moves", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    std::vector<std::optional<SectionId>> places{std::nullopt};
    for (auto const* const title : {"p", "q"})
        places.emplace_back(section(school, course.id, title).id);
    std::vector<std::vector<LectureId>> model(3);
    for (int i = 0; i < 7; ++i)
        model[0].push_back(school.lecture(course.id, std::to_string(i)).id);

    std::uint64_t state = 42;
    auto const pick = [&](std::size_t below) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(state >> 33U) % below;
    };
    for (int round = 0; round < 60; ++round) {
        auto const from = pick(3);
        if (model[from].empty()) continue;
        auto const taken =
            model[from].begin() + static_cast<std::ptrdiff_t>(pick(model[from].size()));
        auto const lecture = *taken;
        model[from].erase(taken);
        auto const to = pick(3);
        auto const position = pick(model[to].size() + 1);
        model[to].insert(model[to].begin() + static_cast<std::ptrdiff_t>(position), lecture);
        school->move_lecture(school.ada, {lecture, places[to], static_cast<int>(position)});
        std::vector<LectureId> expected;
        for (auto const& place : model)
            expected.insert(expected.end(), place.begin(), place.end());
        std::vector<LectureId> seen;
        for (auto const& one : school->draft_outline(school.ada, course.id).lectures)
            seen.push_back(one.id);
        REQUIRE(seen == expected);
    }
    for (auto const& place : model) {
        for (std::size_t i = 0; i < place.size(); ++i)
            CHECK(school->get_draft(school.ada, place[i]).position == static_cast<int>(i));
    }
}

TEST_CASE("a change of content makes a version, a change of rules does not", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const first = school.lecture(course.id);
    auto const rules = school->update_lecture(
        school.ada, {.lecture = first.id, .version = first.version, .preview = true});
    CHECK(rules.preview);
    CHECK(rules.draft == first.draft);
    auto const second =
        school->update_lecture(school.ada, {.lecture = first.id,
                                            .version = rules.version,
                                            .title = LocalizedText{{"en", "Ownership"}}});
    CHECK(second.draft.number == 2);
    CHECK(second.draft.author == school.ada.user());
    CHECK(school->get_draft(school.ada, first.id, 1).draft == first.draft);
    CHECK(refusal([&] { return school->get_draft(school.ada, first.id, 3); }) == missing("number"));
    auto const versions = school->lecture_versions(school.ada, first.id, {.limit = 1});
    REQUIRE(versions.items.size() == 1);
    CHECK(versions.items[0].title == LocalizedText{{"en", "Ownership"}});
    CHECK(versions.items[0].items.duration == 12min);
    auto const older =
        school->lecture_versions(school.ada, first.id, {.after = versions.next, .limit = 1});
    CHECK(older.items.at(0).number == 1);
    CHECK_FALSE(older.next);

    CHECK(refusal([&] {
              return school->update_lecture(
                  school.sue, {.lecture = first.id, .version = first.version, .preview = false});
          }) == changed("version"));
    CHECK(school->update_lecture(school.ada, {.lecture = first.id,
                                              .version = second.version,
                                              .items = second.draft.items}) == second);
}

TEST_CASE("a recording stays itself from version to version", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const first =
        school->add_lecture(school.ada, {.course = course.id,
                                         .title = {{"en", "Two"}},
                                         .items = {Video{.address = "a", .duration = 1min},
                                                   Video{.address = "a", .duration = 1min}}});
    CHECK(media_of(first, 0) != media_of(first, 1));
    auto const second = school->update_lecture(
        school.ada,
        {.lecture = first.id,
         .version = first.version,
         .items = std::vector<Item>{Text{{{"en", "new"}}},
                                    Video{.address = "a", .duration = 1min, .name = "renamed"},
                                    Video{.address = "a", .duration = 2min}}});
    CHECK(media_of(second, 1) == media_of(first, 0));
    CHECK(media_of(second, 2) != media_of(first, 1));
    auto const third = school->update_lecture(
        school.ada, {.lecture = first.id,
                     .version = second.version,
                     .items = std::vector<Item>{Video{
                         .address = "moved", .duration = 3min, .media = media_of(first, 0)}}});
    CHECK(media_of(third) == media_of(first, 0));
}

TEST_CASE("what a lecture holds comes back as it was given", "[courses]") {
    CourseSchool school;
    auto const made = school->add_lecture(
        school.ada, {.course = school.course().id,
                     .title = {{"en", "All"}, {"zh-Hans", "全部"}},
                     .items = {Audio{.address = "a.ogg", .duration = 90s, .name = "Song"},
                               Text{{{"en", "one\ntwo"}, {"zh-Hans", "一"}}},
                               File{"f.pdf", "Paper", "application/pdf", 12345},
                               Embed{"https://example.org", "Site"}},
                     .concepts = {"Sets", "maps", "sets"},
                     .preview = true,
                     .required = false,
                     .completion = Completion{CompletionRule::marked},
                     .release = {.rule = ReleaseRule::after_enrollment, .days = 7}});
    auto const read = school->get_draft(school.sue, made.id);
    CHECK(read == made);
    CHECK(made.draft.concepts == Titles{"maps", "sets"});
    CHECK(std::get<Text>(made.draft.items.at(1)).body.texts().at("zh-Hans") == "一");
    CHECK(std::get<File>(made.draft.items.at(2)).size_bytes == 12345);
    auto const outline = school->draft_outline(school.ada, made.course);
    auto const& totals = outline.lectures.at(0).items;
    CHECK(totals == ItemTotals{.audios = 1, .texts = 1, .files = 1, .embeds = 1, .duration = 90s});
    CHECK(outline.lectures.at(0).release == made.release);
}

TEST_CASE("a lecture waits for lectures of its course, never for itself", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const a = school.lecture(course.id, "a");
    auto const b = school->add_lecture(
        school.ada, {.course = course.id, .title = {{"en", "b"}}, .prerequisites = {a.id, a.id}});
    CHECK(b.prerequisites == std::vector{a.id});
    auto const require = [&](Lecture const& lecture, LectureId required) {
        return school->update_lecture(school.ada, {.lecture = lecture.id,
                                                   .version = lecture.version,
                                                   .prerequisites = std::vector{required}});
    };
    CHECK(refusal([&] { return require(a, b.id); }) == invalid("prerequisites", "cycle"));
    CHECK(refusal([&] { return require(a, a.id); }) == invalid("prerequisites", "cycle"));
    CHECK(refusal([&] { return require(a, LectureId{999}); }) == missing("prerequisites"));
    auto const foreign = school.lecture(school.course("Other").id);
    CHECK(refusal([&] { return require(a, foreign.id); }) == missing("prerequisites"));
    CHECK(refusal([&] {
              school->remove_lecture(school.ada, a.id, a.version);
              return 0;
          }) == precondition("lecture", "required"));

    // b comes after a; a may not wait for b by the schedule either.
    auto const c = school.lecture(course.id, "c");
    auto const late = school->update_lecture(
        school.ada, {.lecture = c.id,
                     .version = c.version,
                     .release = Release{.rule = ReleaseRule::after_previous, .days = 1}});
    auto const waiting = school->get_draft(school.ada, b.id);
    CHECK(refusal([&] { return require(waiting, late.id); }) == invalid("release", "cycle"));
}

TEST_CASE("a removed lecture can be read and comes back", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const part = section(school, course.id, "part");
    auto const a = school.lecture(course.id, "a");
    auto const b = school->add_lecture(
        school.ada,
        {.course = course.id, .section = part.id, .title = {{"en", "b"}}, .prerequisites = {a.id}});
    auto const remove = [&](Lecture const& lecture, std::int64_t version) {
        return refusal([&] {
            school->remove_lecture(school.ada, lecture.id, version);
            return 0;
        });
    };
    CHECK(school->restore_lecture(school.ada, b.id) == b);
    CHECK(remove(b, b.version + 1) == changed("version"));
    school->remove_lecture(school.ada, b.id, b.version);
    auto const removed = school->get_draft(school.ada, b.id);
    CHECK_FALSE(removed.position);
    CHECK(removed.draft == b.draft);
    CHECK(school->get_draft(school.ada, b.id, 1).draft == b.draft);
    CHECK(school->lecture_versions(school.ada, b.id).items.size() == 1);
    CHECK(remove(b, removed.version) == missing("lecture"));
    CHECK(refusal([&] {
              return school->update_lecture(
                  school.ada, {.lecture = b.id, .version = removed.version, .preview = true});
          }) == missing("lecture"));
    CHECK(refusal([&] { return school->restore_lecture(school.bob, b.id); }) ==
          denied("actor", "courses_restore_lecture"));
    CHECK(refusal([&] { return school->restore_lecture(school.sue, LectureId{999}); }) ==
          missing("lecture"));

    auto const c = school->add_lecture(
        school.ada, {.course = course.id, .section = part.id, .title = {{"en", "c"}}});
    auto const back = school->restore_lecture(school.ada, b.id);
    CHECK(back.section == part.id);
    CHECK(back.position == 1);
    CHECK(back.prerequisites == std::vector{a.id});
    CHECK(school.journal_of(b.uid) ==
          Titles{"lecture.added", "lecture.removed", "lecture.restored"});

    // Its section and what it waited for are gone.
    school->remove_lecture(school.ada, b.id, back.version);
    school->remove_lecture(school.ada, c.id, c.version);
    school->remove_lecture(school.ada, a.id, a.version);
    school->remove_section(school.ada, part.id, part.version);
    auto const alone = school->restore_lecture(school.ada, b.id);
    CHECK_FALSE(alone.section);
    CHECK(alone.position == 0);
    CHECK(alone.prerequisites.empty());
}

TEST_CASE("a lecture that waits for nothing is added whatever waits for whom", "[courses]") {
    CourseSchool school;
    auto const course = school.course();
    auto const a =
        school->add_lecture(school.ada, {.course = course.id,
                                         .title = {{"en", "a"}},
                                         .release = {.rule = ReleaseRule::after_previous}});
    auto const b = school->add_lecture(
        school.ada, {.course = course.id, .title = {{"en", "b"}}, .prerequisites = {a.id}});
    school->move_lecture(school.ada, {a.id, std::nullopt, 1});
    auto const closed = invalid("release", "cycle");
    CHECK(refusal([&] { return school->publish(school.ada, {.course = course.id}); }) == closed);
    auto const c = school.lecture(course.id, "c");
    CHECK(refusal([&] {
              return school->add_lecture(
                  school.ada,
                  {.course = course.id, .title = {{"en", "d"}}, .prerequisites = {c.id}});
          }) == closed);
    CHECK_NOTHROW(school->update_lecture(
        school.ada,
        {.lecture = b.id, .version = b.version, .prerequisites = std::vector<LectureId>{}}));
}

TEST_CASE("a course has a bounded number of lectures", "[courses][limits]") {
    CourseSchool school;
    auto const course = school.course();
    auto const first = school.lecture(course.id, "first");
    auto const gone = school.lecture(course.id, "gone");
    school->remove_lecture(school.ada, gone.id, gone.version);
    static constexpr storage::Sql more =
        "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ?2) "
        "INSERT INTO lectures (uid, course_id, position, draft_version_id, preview, required, "
        "completion, completion_percent, release, release_days, version, created_at, updated_at) "
        "SELECT randomblob(16), course_id, i, draft_version_id, 0, 1, 'opened', 0, 'at_once', 0, "
        "1, "
        "0, 0 FROM numbers JOIN lectures ON lectures.id = ?1 ORDER BY i";
    constexpr auto max = static_cast<int>(limits::lectures_max);
    school.storage.write(
        [&](storage::Connection& connection) { connection.execute(more, first.id, max - 2); });
    CHECK(school->restore_lecture(school.ada, gone.id).position == max - 1);
    Refusal const full{ErrorCode::resource_exhausted, {"lectures", "too_many", max}};
    CHECK(refusal([&] { return school.lecture(course.id); }) == full);
    auto const back = school->get_draft(school.ada, gone.id);
    school->remove_lecture(school.ada, gone.id, back.version);
    school.lecture(course.id);
    CHECK(refusal([&] { return school->restore_lecture(school.ada, gone.id); }) == full);
}
