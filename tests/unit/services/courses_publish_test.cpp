#include "courses_fixture.hpp"

#include <eduplat/services/enrollments.hpp>

using namespace eduplat;
using namespace eduplat::test;

namespace {

using Titles = std::vector<std::string>;

struct PublishSchool : CourseSchool {
    using CourseSchool::CourseSchool;

    Lecture rename(Lecture const& lecture, std::string_view title) {
        return courses.update_lecture(ada, {.lecture = lecture.id,
                                            .version = lecture.version,
                                            .title = LocalizedText{{"en", title}}});
    }
    Publication publish(CourseId course, PublicationKind kind = PublicationKind::correction) {
        return courses.publish(ada, {.course = course, .kind = kind});
    }
    Titles seen_by(Actor const& actor, CourseId course) {
        return titles(courses.outline(actor, course));
    }

    Enrollments enrollments{dependencies()};
};

}  // namespace

TEST_CASE("a correction reaches all learners, an edition only those who come after", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    auto const lecture = school.lecture(course.id, "one");
    auto const first = school.publish(course.id);
    CHECK(first.kind == PublicationKind::edition);
    static_cast<void>(school.enrollments.give(school.sue, {school.ben.user(), course.id}));

    auto const two = school.rename(lecture, "two");
    CHECK(school.seen_by(school.ben, course.id) == Titles{"one"});
    auto const second = school.publish(course.id);
    CHECK(second.edition == 1);
    CHECK(second.kind == PublicationKind::correction);
    CHECK(school.seen_by(school.ben, course.id) == Titles{"two"});

    school.rename(two, "three");
    school.lecture(course.id, "four");
    auto const third = school.publish(course.id, PublicationKind::edition);
    CHECK(third.edition == 2);
    CHECK(school.seen_by(school.ben, course.id) == Titles{"two"});
    CHECK(school.seen_by(Actor::guest(), course.id) == Titles{"three", "four"});
    CHECK(school->get_lecture(school.ben, lecture.id).content.title.best_for("en") == "two");
    CHECK(school->outline(school.ben, course.id).edition == 1);
    CHECK(school->publications(school.ada, course.id).items == std::vector{third, second, first});
}

TEST_CASE("publishing without a change changes nothing", "[courses]") {
    PublishSchool school;
    auto const course = school.published();
    auto const newest = school->publications(school.ada, course.id).items.at(0);
    auto const journal = school.journal_of(course.uid);
    CHECK(school.publish(course.id) == newest);
    CHECK(school.publish(course.id, PublicationKind::edition) == newest);
    CHECK(school->get_course(school.ada, course.id) == course);
    CHECK(school.journal_of(course.uid) == journal);
}

TEST_CASE("a roll-back shows an older publication again, and its lectures are drafts again",
          "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    auto const one = school.lecture(course.id, "one");
    auto const gone = school.lecture(course.id, "gone");
    auto const first = school.publish(course.id);
    auto const two = school.rename(one, "two");
    school->remove_lecture(school.ada, gone.id, gone.version);
    CHECK(school.seen_by(Actor::guest(), course.id) == Titles{"one", "gone"});
    school.publish(course.id);
    CHECK(school.seen_by(Actor::guest(), course.id) == Titles{"two"});

    auto const back = school->roll_back(school.ada, first.id, "too early");
    CHECK(back.restored == first.id);
    CHECK(back.note == "too early");
    CHECK(school.seen_by(Actor::guest(), course.id) == Titles{"one", "gone"});
    auto const draft = school->get_draft(school.ada, one.id);
    CHECK(draft.draft == two.draft);
    CHECK(draft.published == one.draft.id);
    CHECK(school->roll_back(school.ada, first.id) == back);
    CHECK(titles(school->draft_outline(school.ada, course.id)) == Titles{"two", "gone"});
    CHECK(school->get_draft(school.ada, gone.id).draft == gone.draft);

    CHECK(refusal([&] { return school->discard_draft(school.ada, one.id, one.version); }) ==
          changed("version"));
    auto const discarded = school->discard_draft(school.ada, one.id, draft.version);
    CHECK(discarded.draft == one.draft);
    CHECK(discarded.version == draft.version + 1);
    CHECK(school->discard_draft(school.ada, one.id, discarded.version) == discarded);
    CHECK(refusal([&] { return school->roll_back(school.sue, PublicationId{999}); }) ==
          missing("publication"));
}

TEST_CASE("the order of a publication and its sections stay as they were", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    auto const part = school->add_section(school.ada, {course.id, {{"en", "Part"}}});
    auto const empty = school->add_section(school.ada, {course.id, {{"en", "Empty"}}, 0});
    auto const a = school.lecture(course.id, "a");
    auto const b = school.lecture(course.id, "b");
    school->move_lecture(school.ada, {a.id, part.id, 0});
    school.publish(course.id);
    school->move_lecture(school.ada, {a.id, empty.id, 0});
    school->remove_section(school.ada, part.id, part.version);
    auto const outline = school->outline(Actor::guest(), course.id);
    CHECK(titles(outline) == Titles{"b", "a"});
    REQUIRE(outline.sections.size() == 1);
    CHECK(outline.sections[0].id == part.id);
    CHECK(outline.lectures[1].section == part.id);
    static_cast<void>(b);
}

TEST_CASE("what cannot be learned is not published", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    CHECK(refusal([&] { return school.publish(course.id); }) ==
          precondition("lectures", "required"));
    auto const lecture = school.lecture(course.id);
    auto const needing = school->update(
        school.ada,
        {.course = course.id, .version = course.version, .lectures_needed = std::optional<int>{2}});
    CHECK(refusal([&] { return school.publish(course.id); }) ==
          Refusal{ErrorCode::failed_precondition, {"lectures_needed", "too_large", 1}});
    school->update(school.ada, {.course = course.id,
                                .version = needing.version,
                                .lectures_needed = std::optional<int>{1}});
    CHECK(school.publish(course.id).lectures_needed == 1);
    CHECK(refusal([&] {
              return school->publish(
                  school.ada, {.course = course.id, .note = "x", .expected = PublicationId{999}});
          }) == changed("expected"));
    CHECK(broken_rules([&] {
              return school->publish(
                  school.ada, {.course = course.id,
                               .note = std::string(limits::publication_note_bytes_max + 1, 'x')});
          }) == Titles{"note: too_long"});
    static_cast<void>(lecture);
}

TEST_CASE("a schedule that a move has closed is not published", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    auto const a = school.lecture(course.id, "a");
    auto const b = school->add_lecture(school.ada,
                                       {.course = course.id,
                                        .title = {{"en", "b"}},
                                        .release = {.rule = ReleaseRule::after_previous, .days = 1},
                                        .prerequisites = {a.id}});
    school->add_lecture(school.ada, {.course = course.id,
                                     .title = {{"en", "c"}},
                                     .release = {.rule = ReleaseRule::after_previous}});
    CHECK_NOTHROW(school.publish(course.id));
    // The first lecture has none before it to wait for.
    school->move_lecture(school.ada, {b.id, std::nullopt, 0});
    CHECK_NOTHROW(school.publish(course.id));
    auto const last = school->get_draft(school.ada, a.id);
    CHECK(refusal([&] {
              return school->update_lecture(school.ada,
                                            {.lecture = a.id,
                                             .version = last.version,
                                             .release = Release{.rule = ReleaseRule::at_once},
                                             .prerequisites = std::vector{b.id}});
          }) == invalid("prerequisites", "cycle"));
    school->move_lecture(school.ada, {a.id, std::nullopt, 0});
    auto const first = school->get_draft(school.ada, a.id);
    school->update_lecture(school.ada, {.lecture = a.id,
                                        .version = first.version,
                                        .release = Release{.rule = ReleaseRule::after_previous}});
    school->move_lecture(school.ada, {a.id, std::nullopt, 2});
    CHECK(refusal([&] { return school.publish(course.id); }) == invalid("release", "cycle"));
}

TEST_CASE("with review, staff publishes what teachers submit", "[courses]") {
    PublishSchool school{CourseOptions{.review_required = true}};
    auto const course = school.course();
    school.lecture(course.id);
    CHECK(refusal([&] { return school.publish(course.id); }) == precondition("state", "draft"));
    CHECK(school->submit_for_review(school.ada, course.id).state == CourseState::in_review);
    CHECK(refusal([&] { return school.publish(course.id); }) == precondition("state", "in_review"));
    CHECK(refusal([&] { return school->submit_for_review(school.ada, course.id); }) ==
          precondition("state", "in_review"));
    school->return_to_draft(school.sue, course.id);
    school->submit_for_review(school.ada, course.id);
    CHECK_NOTHROW(school->publish(school.sue, {.course = course.id}));
    school.lecture(course.id, "more");
    CHECK_NOTHROW(school.publish(course.id));
}

TEST_CASE("an archived course stays for its learners alone", "[courses]") {
    PublishSchool school;
    auto const course = school.published();
    static_cast<void>(school.enrollments.give(school.sue, {school.ben.user(), course.id}));
    CHECK(school->archive(school.ada, course.id).state == CourseState::archived);
    CHECK(school.seen_by(school.ben, course.id) == Titles{"RAII"});
    CHECK_FALSE(school->find_course(Actor::guest(), course.id));
    CHECK_FALSE(school->find_course(school.bob, course.slug));
    CHECK(school->find_course(school.sue, course.id));
    CHECK(refusal([&] { return school->outline(Actor::guest(), course.id); }) == missing("course"));
    CHECK(refusal([&] { return school.publish(course.id); }) == precondition("state", "archived"));
    CHECK(school->restore(school.ada, course.id).state == CourseState::published);
    CHECK(school->find_course(Actor::guest(), course.id));
}

TEST_CASE("a draft that nobody knows can be removed", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    school.lecture(course.id);
    auto const other =
        school->create(school.ada, {.title = {{"en", "Next"}}, .prerequisites = {course.id}});
    auto const remove = [&](CourseId id, std::int64_t version) {
        return refusal([&] {
            school->remove_draft(school.ada, id, version);
            return 0;
        });
    };
    CHECK(remove(course.id, course.version + 1) == changed("version"));
    school->remove_draft(school.ada, course.id, course.version);
    // What required it does so no more.
    auto const next = school->get_course(school.ada, other.id);
    CHECK(next.prerequisites.empty());
    CHECK(next.version == other.version + 1);
    CHECK_FALSE(school->find_course(school.sue, course.id));
    CHECK_FALSE(school->find_course(school.sue, course.slug));
    CHECK(refusal([&] { return school->get_course(school.sue, course.id); }) == missing("course"));
    CHECK(school.course().slug == course.slug);
    auto const shown = school.published("Shown");
    CHECK(remove(shown.id, shown.version) == precondition("state", "published"));
}

TEST_CASE("a lecture is read by those who have access, as the reason says", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    auto const lecture = school.lecture(course.id);
    auto const free = school->add_lecture(
        school.ada, {.course = course.id, .title = {{"en", "Free"}}, .preview = true});
    auto const read = [&](Actor const& actor, LectureId id) {
        return refusal([&] { return school->get_lecture(actor, id); });
    };
    CHECK(read(school.ben, lecture.id) == missing("lecture"));
    CHECK(school->get_lecture(school.ada, lecture.id).access.reason == AccessReason::teacher);
    school.publish(course.id);
    CHECK(read(school.ben, lecture.id) == denied("lecture", "not_enrolled"));
    CHECK(read(Actor::guest(), lecture.id) == unauthenticated("lecture", "not_enrolled"));
    CHECK(read(school.ben, LectureId{999}) == missing("lecture"));
    CHECK(school->get_lecture(Actor::guest(), free.id).access.reason == AccessReason::preview);
    static_cast<void>(school.enrollments.give(school.sue, {school.ben.user(), course.id}));
    auto const view = school->get_lecture(school.ben, lecture.id);
    CHECK(view.content == lecture.draft);
    CHECK(view.access.reason == AccessReason::enrolled);
}

TEST_CASE("a lecture that is to be watched has something to watch", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    auto const lecture = school.lecture(course.id);
    auto const text = school->update_lecture(
        school.ada, {.lecture = lecture.id,
                     .version = lecture.version,
                     .items = std::vector<Item>{Text{{{"en", "Read this."}}}}});
    CHECK(refusal([&] { return school.publish(course.id); }) ==
          invalid("completion", "no_recording", lecture.id.value()));
    school->update_lecture(school.ada, {.lecture = lecture.id,
                                        .version = text.version,
                                        .completion = Completion{CompletionRule::opened}});
    CHECK_NOTHROW(school.publish(course.id));
}

TEST_CASE("while staff reviews a course its teachers leave it alone", "[courses]") {
    PublishSchool school{CourseOptions{.review_required = true}};
    auto const course = school.course();
    auto const lecture = school.lecture(course.id);
    auto const part = school->add_section(school.ada, {course.id, {{"en", "Part"}}});
    auto const gone = school.lecture(course.id, "gone");
    school->remove_lecture(school.ada, gone.id, gone.version);
    auto const now = school->submit_for_review(school.ada, course.id);
    auto const frozen = precondition("state", "in_review");
    auto const nothing = [](auto call) {
        return refusal([&] {
            call();
            return 0;
        });
    };
    auto& courses = school.courses;
    auto const& ada = school.ada;
    CourseUpdate const update{.course = course.id, .version = now.version, .certificate = false};
    CHECK(refusal([&] { return courses.update(ada, update); }) == frozen);
    CHECK(refusal([&] { return courses.add_section(ada, {course.id, {{"en", "x"}}}); }) == frozen);
    CHECK(refusal([&] {
              return courses.update_section(ada, {part.id, part.version, {{"en", "x"}}});
          }) == frozen);
    CHECK(refusal([&] { return courses.move_section(ada, part.id, 0); }) == frozen);
    CHECK(nothing([&] { courses.remove_section(ada, part.id, part.version); }) == frozen);
    CHECK(refusal([&] { return school.lecture(course.id); }) == frozen);
    CHECK(refusal([&] { return school.rename(lecture, "x"); }) == frozen);
    CHECK(refusal([&] { return courses.move_lecture(ada, {lecture.id}); }) == frozen);
    CHECK(nothing([&] { courses.remove_lecture(ada, lecture.id, lecture.version); }) == frozen);
    CHECK(refusal([&] { return courses.restore_lecture(ada, gone.id); }) == frozen);
    CHECK(refusal([&] { return courses.discard_draft(ada, lecture.id, 1); }) == frozen);
    CHECK(nothing([&] { courses.remove_draft(ada, course.id, now.version); }) == frozen);
    CHECK(courses.get_draft(ada, lecture.id) == lecture);

    CHECK_FALSE(courses.update(school.sue, update).certificate);
    courses.return_to_draft(ada, course.id);
    CHECK_NOTHROW(school.rename(lecture, "x"));
}

TEST_CASE("one whose enrollment was revoked sees what a guest sees", "[courses]") {
    PublishSchool school;
    auto const course = school.course();
    auto const lecture = school.lecture(course.id, "one");
    school->add_lecture(school.ada,
                        {.course = course.id, .title = {{"en", "Free"}}, .preview = true});
    school.publish(course.id);
    auto const grant = school.enrollments.give(school.sue, {school.ben.user(), course.id});
    static_cast<void>(school.enrollments.take_back(school.sue, grant.id));
    school.rename(lecture, "two");
    auto const free = school->add_lecture(
        school.ada, {.course = course.id, .title = {{"en", "New"}}, .preview = true});
    school.publish(course.id, PublicationKind::edition);

    CHECK(school.seen_by(school.ben, course.id) == Titles{"two", "Free", "New"});
    CHECK(school->get_lecture(school.ben, free.id).access.reason == AccessReason::preview);
    CHECK(refusal([&] { return school->get_lecture(school.ben, lecture.id); }) ==
          denied("lecture", "revoked"));
    school->archive(school.ada, course.id);
    CHECK_FALSE(school->find_course(school.ben, course.id));
    CHECK(refusal([&] { return school->get_lecture(school.ben, free.id); }) == missing("lecture"));
}
