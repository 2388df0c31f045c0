#include "support/service_results.hpp"
#include "support/service_tables.hpp"

#include <array>
#include <string>
#include <vector>

namespace eduplat::test {
namespace {

// -- Results as text

std::string text_of(Course const& course) {
    return to_string(course.uid) + ' ' + course.slug + ' ' + std::string{name(course.state)} +
           " v" + std::to_string(course.version);
}
std::string text_of(CourseSummary const& course) {
    return to_string(course.uid) + ' ' + course.slug;
}
std::string text_of(Section const& section) {
    return to_string(section.uid) + ' ' + std::to_string(section.position.value_or(-1));
}
std::string text_of(Lecture const& lecture) {
    return to_string(lecture.uid) + ' ' + std::to_string(lecture.position.value_or(-1)) + " v" +
           std::to_string(lecture.version);
}
std::string text_of(LectureVersionSummary const& version) {
    return to_string(version.uid) + ' ' + std::to_string(version.number);
}
std::string text_of(Publication const& publication) {
    return to_string(publication.uid) + ' ' + std::string{name(publication.kind)};
}
std::string text_of(Outline const& outline) {
    return std::to_string(outline.edition) + ' ' + std::to_string(outline.lectures.size());
}
std::string text_of(LectureView const& view) {
    return to_string(view.content.uid) + ' ' + std::string{name(view.access.reason)};
}
std::string text_of(Review const& review) {
    return review.display_name + ' ' + std::to_string(review.rating);
}
std::string text_of(SearchHit const& hit) {
    return hit.slug + ' ' + hit.title;
}
template <class T>
std::string text_of(std::optional<T> const& value) {
    return value ? text_of(*value) : "nothing";
}
template <class T>
std::string text_of(Page<T> const& page) {
    std::string text;
    for (auto const& item : page.items)
        text += text_of(item) + '\n';
    return text;
}

// -- What calls need

/// A draft that the target teaches, with a section and a lecture outside of it.
void make_draft(Scene& scene) {
    auto& courses = scene.school.courses;
    auto const system = Actor::system();
    auto const course =
        courses.create(system, {.title = {{"en", scene.school.fresh("Course ")}},
                                .teachers = {{scene.target.id}, {scene.school.person().id}}});
    scene.course = course.id;
    scene.note = course.slug;
    scene.other = scene.school.person().id;
    scene.section = courses.add_section(system, {course.id, {{"en", "Part"}}}).id;
    static_cast<void>(courses.add_section(system, {course.id, {{"en", "Last"}}}));
    scene.lecture = courses
                        .add_lecture(system, {.course = course.id,
                                              .title = {{"en", "Lecture"}},
                                              .items = {Video{.duration = std::chrono::minutes{5}},
                                                        Text{{{"en", "Words to be found"}}}},
                                              .preview = true})
                        .id;
}

void make_shared(Scene& scene) {
    make_draft(scene);
    static_cast<void>(
        scene.school.courses.add_teacher(Actor::system(), *scene.course, {*scene.other}));
}

void make_published(Scene& scene) {
    make_draft(scene);
    scene.publication = scene.school.courses.publish(Actor::system(), {.course = *scene.course}).id;
}

void make_removed(Scene& scene) {
    make_draft(scene);
    scene.school.courses.remove_lecture(Actor::system(), *scene.lecture, 1);
}

void make_changed(Scene& scene) {
    make_published(scene);
    static_cast<void>(scene.school.courses.update_lecture(
        Actor::system(),
        {.lecture = *scene.lecture, .version = 1, .title = LocalizedText{{"en", "New title"}}}));
}

void make_republished(Scene& scene) {
    make_changed(scene);
    static_cast<void>(scene.school.courses.publish(Actor::system(), {.course = *scene.course}));
}

void make_reviewed(Scene& scene) {
    make_draft(scene);
    static_cast<void>(scene.school.courses.submit_for_review(Actor::system(), *scene.course));
}

void make_archived(Scene& scene) {
    make_published(scene);
    static_cast<void>(scene.school.courses.archive(Actor::system(), *scene.course));
}

void make_learner(Scene& scene) {
    make_published(scene);
    static_cast<void>(scene.school.enrollments.give(
        Actor::system(), {.user = scene.target.id, .course = *scene.course}));
}

void make_reviewer(Scene& scene) {
    make_learner(scene);
    static_cast<void>(
        scene.school.courses.review(Actor{scene.target.id}, {*scene.course, 4, "Good."}));
}

// -- The calls

std::string create(Scene& s) {
    return text_of(s.school.courses.create(s.actor, {.title = {{"en", s.school.fresh("New ")}}}));
}
std::string update(Scene& s) {
    return text_of(s.school.courses.update(
        s.actor, {.course = *s.course, .version = 1, .tags = std::vector<std::string>{"tag"}}));
}
std::string add_teacher(Scene& s) {
    return text_of(s.school.courses.add_teacher(s.actor, *s.course, {*s.other}));
}
std::string remove_teacher(Scene& s) {
    return text_of(s.school.courses.remove_teacher(s.actor, *s.course, s.target.id));
}
std::string hand_over(Scene& s) {
    return text_of(s.school.courses.hand_over(s.actor, *s.course, *s.other));
}
std::string submit_for_review(Scene& s) {
    return text_of(s.school.courses.submit_for_review(s.actor, *s.course));
}
std::string return_to_draft(Scene& s) {
    return text_of(s.school.courses.return_to_draft(s.actor, *s.course));
}
std::string archive(Scene& s) {
    return text_of(s.school.courses.archive(s.actor, *s.course));
}
std::string restore(Scene& s) {
    return text_of(s.school.courses.restore(s.actor, *s.course));
}
std::string remove_draft(Scene& s) {
    s.school.courses.remove_draft(s.actor, *s.course, 1);
    return {};
}
std::string add_section(Scene& s) {
    return text_of(s.school.courses.add_section(s.actor, {*s.course, {{"en", "More"}}, 0}));
}
std::string update_section(Scene& s) {
    return text_of(s.school.courses.update_section(s.actor, {*s.section, 1, {{"en", "Other"}}}));
}
std::string move_section(Scene& s) {
    return text_of(s.school.courses.move_section(s.actor, *s.section, 1));
}
std::string remove_section(Scene& s) {
    s.school.courses.remove_section(s.actor, *s.section, 1);
    return {};
}
std::string add_lecture(Scene& s) {
    return text_of(s.school.courses.add_lecture(
        s.actor, {.course = *s.course, .section = s.section, .title = {{"en", "Added"}}}));
}
std::string update_lecture(Scene& s) {
    return text_of(s.school.courses.update_lecture(
        s.actor, {.lecture = *s.lecture, .version = 1, .title = LocalizedText{{"en", "X"}}}));
}
std::string move_lecture(Scene& s) {
    return text_of(s.school.courses.move_lecture(s.actor, {*s.lecture, s.section, 0}));
}
std::string remove_lecture(Scene& s) {
    s.school.courses.remove_lecture(s.actor, *s.lecture, 1);
    return {};
}
std::string restore_lecture(Scene& s) {
    return text_of(s.school.courses.restore_lecture(s.actor, *s.lecture));
}
std::string discard_draft(Scene& s) {
    return text_of(s.school.courses.discard_draft(s.actor, *s.lecture, 2));
}
std::string get_draft(Scene& s) {
    return text_of(s.school.courses.get_draft(s.actor, *s.lecture, 1));
}
std::string draft_outline(Scene& s) {
    return text_of(s.school.courses.draft_outline(s.actor, *s.course));
}
std::string lecture_versions(Scene& s) {
    return text_of(s.school.courses.lecture_versions(s.actor, *s.lecture));
}
std::string publish(Scene& s) {
    return text_of(s.school.courses.publish(s.actor, {.course = *s.course}));
}
std::string roll_back(Scene& s) {
    return text_of(s.school.courses.roll_back(s.actor, *s.publication, "a reason"));
}
std::string publications(Scene& s) {
    return text_of(s.school.courses.publications(s.actor, *s.course));
}
std::string get_course(Scene& s) {
    return text_of(s.school.courses.get_course(s.actor, *s.course));
}
std::string find_course(Scene& s) {
    return text_of(s.school.courses.find_course(s.actor, *s.course));
}
std::string find_course_by_uid(Scene& s) {
    auto const course = s.school.courses.get_course(Actor::system(), *s.course);
    return text_of(s.school.courses.find_course(s.actor, course.uid));
}
std::string find_course_by_slug(Scene& s) {
    return text_of(s.school.courses.find_course(s.actor, s.note));
}
std::string catalog(Scene& s) {
    return text_of(s.school.courses.catalog(s.actor, {.teacher = s.target.id}));
}
std::string outline(Scene& s) {
    return text_of(s.school.courses.outline(s.actor, *s.course));
}
std::string get_lecture(Scene& s) {
    return text_of(s.school.courses.get_lecture(s.actor, *s.lecture));
}
std::string search(Scene& s) {
    return text_of(s.school.courses.search(s.actor, s.note));
}
std::string review(Scene& s) {
    return text_of(s.school.courses.review(s.actor, {*s.course, 5, "Very good."}));
}
std::string remove_review(Scene& s) {
    s.school.courses.remove_review(s.actor, *s.course, s.target.id);
    return {};
}
std::string reviews(Scene& s) {
    return text_of(s.school.courses.reviews(s.actor, *s.course));
}
std::string import_courses(Scene& s) {
    auto const id = s.school.fresh("course");
    ImportedLecture const lecture{.source_id = id + " 1", .title = {{"en", "First"}}};
    std::array const rows{
        ImportedCourse{.source = "lms",
                       .source_id = id,
                       .course = {.title = {{"en", id}}},
                       .sections = {{id + " a", {{"en", "Part"}}, {lecture}}},
                       .publish = true},
        ImportedCourse{.source = "lms", .source_id = id + " without title"},
    };
    return show(s.school.courses.import_courses(s.actor, rows));
}

using enum Subject;

// Of calls about a course, one's own are those one teaches.
constexpr std::array table{
    ServiceCall{.call = Call::courses_create,
                .member = "Courses::create",
                .writes = true,
                .invoke = create},
    ServiceCall{.call = Call::courses_update,
                .member = "Courses::update",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = update},
    ServiceCall{.call = Call::courses_add_teacher,
                .member = "Courses::add_teacher",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = add_teacher},
    ServiceCall{.call = Call::courses_remove_teacher,
                .member = "Courses::remove_teacher",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = remove_teacher},
    ServiceCall{.call = Call::courses_hand_over,
                .member = "Courses::hand_over",
                .writes = true,
                .prepare = make_shared,
                .invoke = hand_over},
    ServiceCall{.call = Call::courses_submit_for_review,
                .member = "Courses::submit_for_review",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = submit_for_review},
    ServiceCall{.call = Call::courses_return_to_draft,
                .member = "Courses::return_to_draft",
                .about = user,
                .writes = true,
                .prepare = make_reviewed,
                .invoke = return_to_draft},
    ServiceCall{.call = Call::courses_archive,
                .member = "Courses::archive",
                .about = user,
                .writes = true,
                .prepare = make_published,
                .invoke = archive},
    ServiceCall{.call = Call::courses_restore,
                .member = "Courses::restore",
                .about = user,
                .writes = true,
                .prepare = make_archived,
                .invoke = restore},
    ServiceCall{.call = Call::courses_remove_draft,
                .member = "Courses::remove_draft",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = remove_draft},
    ServiceCall{.call = Call::courses_add_section,
                .member = "Courses::add_section",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = add_section},
    ServiceCall{.call = Call::courses_update_section,
                .member = "Courses::update_section",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = update_section},
    ServiceCall{.call = Call::courses_move_section,
                .member = "Courses::move_section",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = move_section},
    ServiceCall{.call = Call::courses_remove_section,
                .member = "Courses::remove_section",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = remove_section},
    ServiceCall{.call = Call::courses_add_lecture,
                .member = "Courses::add_lecture",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = add_lecture},
    ServiceCall{.call = Call::courses_update_lecture,
                .member = "Courses::update_lecture",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = update_lecture},
    ServiceCall{.call = Call::courses_move_lecture,
                .member = "Courses::move_lecture",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = move_lecture},
    ServiceCall{.call = Call::courses_remove_lecture,
                .member = "Courses::remove_lecture",
                .about = user,
                .writes = true,
                .prepare = make_draft,
                .invoke = remove_lecture},
    ServiceCall{.call = Call::courses_restore_lecture,
                .member = "Courses::restore_lecture",
                .about = user,
                .writes = true,
                .prepare = make_removed,
                .invoke = restore_lecture},
    ServiceCall{.call = Call::courses_discard_draft,
                .member = "Courses::discard_draft",
                .about = user,
                .writes = true,
                .prepare = make_changed,
                .invoke = discard_draft},
    ServiceCall{.call = Call::courses_get_draft,
                .member = "Courses::get_draft",
                .about = user,
                .prepare = make_published,
                .invoke = get_draft},
    ServiceCall{.call = Call::courses_draft_outline,
                .member = "Courses::draft_outline",
                .about = user,
                .prepare = make_published,
                .invoke = draft_outline},
    ServiceCall{.call = Call::courses_lecture_versions,
                .member = "Courses::lecture_versions",
                .about = user,
                .prepare = make_published,
                .invoke = lecture_versions},
    ServiceCall{.call = Call::courses_publish,
                .member = "Courses::publish",
                .about = user,
                .writes = true,
                .prepare = make_changed,
                .invoke = publish},
    ServiceCall{.call = Call::courses_roll_back,
                .member = "Courses::roll_back",
                .about = user,
                .writes = true,
                .prepare = make_republished,
                .invoke = roll_back},
    ServiceCall{.call = Call::courses_publications,
                .member = "Courses::publications",
                .about = user,
                .prepare = make_published,
                .invoke = publications},
    ServiceCall{.call = Call::courses_get_course,
                .member = "Courses::get_course",
                .prepare = make_published,
                .invoke = get_course},
    ServiceCall{.call = Call::courses_find_course,
                .member = "Courses::find_course",
                .prepare = make_published,
                .invoke = find_course},
    ServiceCall{.call = Call::courses_find_course,
                .member = "Courses::find_course",
                .prepare = make_published,
                .invoke = find_course_by_uid},
    ServiceCall{.call = Call::courses_find_course,
                .member = "Courses::find_course",
                .prepare = make_published,
                .invoke = find_course_by_slug},
    ServiceCall{.call = Call::courses_catalog,
                .member = "Courses::catalog",
                .prepare = make_published,
                .invoke = catalog},
    ServiceCall{.call = Call::courses_outline,
                .member = "Courses::outline",
                .prepare = make_published,
                .invoke = outline},
    ServiceCall{.call = Call::courses_get_lecture,
                .member = "Courses::get_lecture",
                .prepare = make_published,
                .invoke = get_lecture},
    ServiceCall{.call = Call::courses_search,
                .member = "Courses::search",
                .prepare = make_published,
                .invoke = search},
    ServiceCall{.call = Call::courses_review,
                .member = "Courses::review",
                .about = self,
                .writes = true,
                .prepare = make_learner,
                .invoke = review},
    ServiceCall{.call = Call::courses_remove_review,
                .member = "Courses::remove_review",
                .about = user,
                .writes = true,
                .prepare = make_reviewer,
                .invoke = remove_review},
    ServiceCall{.call = Call::courses_reviews,
                .member = "Courses::reviews",
                .prepare = make_reviewer,
                .invoke = reviews},
    ServiceCall{.call = Call::courses_import_courses,
                .member = "Courses::import_courses",
                .writes = true,
                .invoke = import_courses},
};

}  // namespace

std::span<ServiceCall const> courses_calls() {
    return table;
}

}  // namespace eduplat::test
