#include "catalog_day.hpp"

#include "catalog_rows.hpp"
#include "day.hpp"

namespace school_day {

using namespace std::chrono_literals;

void run_catalog_day(Options const& options) {
    auto const file = options.folder / "school_day.db";
    remove_school(file);
    Day day{file};
    line("A day of a small school, Monday, " + day_of(day.now()));
    open_school(day, catalog::read_folder(options.catalog));
    write_a_course(day);
    look_around(day);
    sell_courses(day);
    learn(day);
    show_access(day);
    pay_back(day);
    close_books(day);
}

void open_school(Day& day, std::vector<catalog::Course> const& courses) {
    heading("The school opens");
    day.add_person("root", day.school().accounts().bootstrap_admin(
                               {.email = "root@example.org", .password = "a long pass phrase"}));
    day.register_person("Grace", edu::Role::teacher);
    day.register_person("Emmy", edu::Role::teacher);
    for (auto const* const name : {"Ada", "Ben", "Lena", "Omar", "Mia", "小明"})
        day.register_person(name);
    day.say("two teachers and six learners have come");

    auto const rows = course_rows(courses, day["Grace"].user());
    auto const first = day.school().courses().import_courses(day["root"], rows);
    auto const second = day.school().courses().import_courses(day["root"], rows);
    day.say(std::to_string(first.created) +
            " courses of the catalog are imported; once more: " + std::to_string(second.created) +
            " new, " + std::to_string(second.unchanged) + " as they were");

    Table table{"lllr", {"course", "level", "languages", "price"}};
    for (auto const& course : all_of([&](edu::PageRequest const& request) {
             return day.school().courses().catalog(edu::Actor::guest(), {}, request);
         })) {
        std::string languages;
        for (auto const& [language, title] : course.title.texts())
            languages += (languages.empty() ? "" : ", ") + language;
        table.add(
            {course.slug, std::string{course.level ? edu::name(*course.level) : "-"}, languages,
             course.prices.empty() ? "free" : edu::to_string(course.prices.all().front().amount)});
    }
    table.print();
}

void write_a_course(Day& day) {
    heading("Emmy writes a course");
    auto& courses = day.school().courses();
    auto const emmy = day["Emmy"];
    auto const maps = courses.create(emmy, {.title = {{"en", "Reading Maps"}},
                                            .summary = {{"en", "From contour lines to a walk."}},
                                            .slug = "reading-maps",
                                            .level = edu::Level::beginner,
                                            .tags = {"outdoors"}});
    auto const contours = courses.add_lecture(
        emmy,
        {.course = maps.id,
         .title = {{"en", "Contour lines"}},
         .items = {edu::Text{.body = {{"en", "Where lines lie close, the slope is stepe."}}}}});
    auto const walk = courses.add_lecture(
        emmy, {.course = maps.id,
               .title = {{"en", "A walk on paper"}},
               .items = {edu::Text{.body = {{"en", "Draw the profile of your way."}}}},
               .completion = edu::Completion{.rule = edu::CompletionRule::marked},
               .release = {.rule = edu::ReleaseRule::after_enrollment, .days = 7}});
    courses.publish(emmy, {.course = maps.id});
    day.say("two lectures, the second a week after enrollment: published");

    courses.update_lecture(
        emmy, {.lecture = contours.id,
               .version = contours.version,
               .items = std::vector<edu::Item>{
                   edu::Text{.body = {{"en", "Where lines lie close, the slope is steep."}}}}});
    auto const correction = courses.publish(emmy, {.course = maps.id, .note = "a typing error"});
    day.say("a correction, edition " + std::to_string(correction.edition) + ": \"" +
            correction.note + "\"");
    day.say("her second window still has the old text: " + Day::refusal([&] {
                courses.update_lecture(emmy, {.lecture = contours.id,
                                              .version = contours.version,
                                              .title = edu::LocalizedText{{"en", "Lines"}}});
            }));
    day.say("Ben looks into her drafts: " +
            Day::refusal([&] { static_cast<void>(courses.get_draft(day["Ben"], walk.id)); }));
}

void look_around(Day& day) {
    heading("Visitors look around");
    for (auto const* const query : {"index", "water temperature", "概率", "邮件", "contour"})
        print_search(day.school(), query);
    auto const preview = day.lecture("sql-indexes", 0);
    auto const view = day.school().courses().get_lecture(edu::Actor::guest(), preview.id);
    day.say("a guest reads \"" + in_english(view.content.title) + "\": " + describe(view.access));
    day.say("and the next one: " + Day::refusal([&] {
                static_cast<void>(day.school().courses().get_lecture(
                    edu::Actor::guest(), day.lecture("sql-indexes", 1).id));
            }));
}

}  // namespace school_day
