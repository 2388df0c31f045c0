#include "day.hpp"

namespace school_day {

using namespace std::chrono_literals;

namespace {

std::string minutes(std::chrono::milliseconds time) {
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    auto const rest = std::to_string(seconds % 60);
    return std::to_string(seconds / 60) + ':' + (rest.size() < 2 ? "0" : "") + rest;
}

/// Watches or listens to a lecture from its beginning to its end, in the time that takes.
edu::Recorded take_in(Day& day, std::string const& learner, edu::OutlineLecture const& lecture) {
    auto& learning = day.school().learning();
    auto const key = std::to_string(lecture.id.value());
    learning.record(day[learner], {.batch = "open " + key, .events = {edu::Opened{lecture.id}}});
    day.pass(lecture.items.duration);
    return learning.record(
        day[learner],
        {.batch = "end " + key, .events = {edu::Watched{lecture.id, 0s, lecture.items.duration}}});
}

/// Takes in a course lecture by lecture; the last answer of the school has the certificate.
edu::Recorded finish(Day& day, std::string const& learner, std::string_view slug) {
    auto const course = day.course(slug);
    edu::Recorded last;
    for (auto const& lecture : day.school().courses().outline(day[learner], course.id).lectures)
        last = take_in(day, learner, lecture);
    day.say(learner + " has finished \"" + in_english(course.title) + "\": " +
            std::to_string(day.school().learning().progress(day[learner], course.id).percent) +
            " %");
    return last;
}

void forge(Day& day) {
    auto const lecture = day.lecture("cpp-ownership", 1);
    auto const forged = day.school().learning().record(
        day["Ben"],
        {.batch = "forged", .events = {edu::Watched{lecture.id, 0s, lecture.items.duration}}});
    day.say("Ben's player says after a moment that he has watched all of " +
            minutes(lecture.items.duration) + ": credited " +
            minutes(forged.credits.front().credited));
}

void watch_a_part(Day& day) {
    auto& learning = day.school().learning();
    auto const lecture = day.lecture("cpp-ownership", 0);
    learning.record(day["Ben"], {.batch = "b1", .events = {edu::Opened{lecture.id}}});
    day.pass(3min);
    edu::EventBatch const batch{
        .batch = "b2",
        .events = {edu::Watched{lecture.id, 0s, 3min}, edu::Watched{lecture.id, 150s, 3min}}};
    learning.record(day["Ben"], batch);
    learning.record(day["Ben"], batch);
    auto const progress = learning.progress(day["Ben"], day.course("cpp-ownership").id);
    auto const position = progress.resume.value().position.value();
    day.say("Ben watches three minutes; his player reports them twice, and some of them again");
    day.say("tomorrow he goes on at " + minutes(position));
}

void verify(Day& day, edu::Certificate const& certificate) {
    auto const found =
        day.school().learning().verify_certificate(edu::Actor::guest(), certificate.code).value();
    day.say("anybody may check its code: " + found.holder + ", \"" +
            in_english(found.course_title) + "\", " + day_of(found.issued_at) + ", " +
            std::string{edu::name(found.state)});
    auto const unknown =
        day.school().learning().verify_certificate(edu::Actor::guest(), "aaaa-bbbb-cccc");
    day.say(std::string{"a code that somebody made up: "} + (unknown ? "known" : "unknown"));
}

void print_gradebook(Day& day, std::string_view slug) {
    auto const course = day.course(slug);
    line("  \"" + in_english(course.title) + "\", as its teacher sees it");
    Table table{"lrrl", {"learner", "lectures", "percent", "enrollment"}};
    for (auto const& row : day.school().learning().gradebook(day["Grace"], course.id).items) {
        table.add({row.display_name,
                   std::to_string(row.completed) + " of " + std::to_string(row.needed),
                   std::to_string(row.percent), std::string{edu::name(row.state)}});
    }
    table.print();
}

}  // namespace

void learn(Day& day) {
    heading("Learning");
    forge(day);
    watch_a_part(day);
    auto const recorded = finish(day, "Ada", "clear-email");
    day.say("she has a certificate");
    verify(day, recorded.certificates.at(0));

    auto const second_course = day.lecture("reading-experiments", 1);
    day.say("Lena opens \"" + in_english(second_course.title) + "\": " +
            describe(day.school().enrollments().can_access(day["Lena"], second_course.id)));
    static_cast<void>(finish(day, "Lena", "statistics-for-the-curious"));
    day.say("and once more: " +
            describe(day.school().enrollments().can_access(day["Lena"], second_course.id)));

    auto const course = day.course("clear-email");
    day.school().courses().review(
        day["Ada"], {.course = course.id, .rating = 5, .body = "I rewrote three mails at once."});
    day.say("Ada gives five stars; Omar, who has never been there: " + Day::refusal([&] {
                day.school().courses().review(day["Omar"], {.course = course.id, .rating = 1});
            }));
    print_gradebook(day, "clear-email");
    print_gradebook(day, "statistics-for-the-curious");
}

void show_access(Day& day) {
    heading("Who may see what, when, and why");
    Table table{"llll", {"who", "lecture", "when", "may see it"}};
    auto const ask = [&](std::string const& who, std::string_view slug, std::size_t place,
                         std::chrono::days later) {
        auto const lecture = day.lecture(slug, place);
        auto const actor = who == "a guest" ? edu::Actor::guest() : day[who];
        auto const at = day.now() + later;
        table.add({who, in_english(lecture.title), day_of(at),
                   describe(day.school().enrollments().can_access(actor, lecture.id, at))});
    };
    using std::chrono::days;
    ask("a guest", "sql-indexes", 0, days{0});
    ask("a guest", "sql-indexes", 1, days{0});
    ask("Grace", "sql-indexes", 1, days{0});
    ask("root", "sql-indexes", 1, days{0});
    ask("Mia", "sql-indexes", 1, days{0});
    ask("Mia", "sql-indexes", 1, days{40});
    ask("Ben", "cpp-ownership", 2, days{0});
    ask("Ben", "cpp-ownership", 2, days{400});
    ask("Ben", "reading-maps", 1, days{0});
    ask("Ben", "reading-maps", 1, days{8});
    ask("Omar", "reading-experiments", 1, days{0});
    table.print();
}

void close_books(Day& day) {
    heading("The books");
    print_balances(day.school());
    print_reconciliation(day.school());
    auto const report = day.school().run_due(1s);
    line("  " + std::to_string(report.failed) + " jobs failed, the file is " +
         (day.school().check().ok() ? "sound" : "damaged"));
}

}  // namespace school_day
