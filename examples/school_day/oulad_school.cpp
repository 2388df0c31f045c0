#include "oulad_school.hpp"

#include "oulad_figures.hpp"
#include "oulad_import.hpp"
#include "oulad_report.hpp"
#include "oulad_sales.hpp"
#include "report.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace school_day {
namespace {

constexpr auto system = edu::Actor::system();
constexpr std::array states{edu::EnrollmentState::active, edu::EnrollmentState::completed,
                            edu::EnrollmentState::revoked};

std::vector<edu::CourseSummary> courses_of(edu::Platform const& school) {
    auto courses = all_of([&](edu::PageRequest const& request) {
        return school.courses().catalog(system, {}, request);
    });
    std::sort(courses.begin(), courses.end(),
              [](auto const& a, auto const& b) { return a.slug < b.slug; });
    return courses;
}

std::vector<edu::Enrollment> learners_of(edu::Platform const& school, edu::CourseId course) {
    auto const roster = all_of([&](edu::PageRequest const& request) {
        return school.enrollments().roster(system, course, {}, request);
    });
    std::vector<edu::Enrollment> out;
    out.reserve(roster.size());
    for (auto const& entry : roster)
        out.push_back(entry.enrollment);
    return out;
}

std::int64_t count_in(std::vector<edu::Enrollment> const& learners, edu::EnrollmentState state) {
    return std::count_if(learners.begin(), learners.end(),
                         [&](auto const& learner) { return learner.state == state; });
}

void print_import(std::vector<ImportStep> const& steps) {
    heading("Imported");
    Table table{"lrrrrrr", {"", "rows", "new", "as they were", "refused", "took", "rows/s"}};
    for (auto const& step : steps) {
        auto const rate = static_cast<double>(step.rows) / std::max(step.seconds, 0.001);
        table.add({step.what, counted(step.rows), counted(step.created), counted(step.unchanged),
                   counted(step.rejected), in_seconds(step.seconds),
                   counted(static_cast<std::int64_t>(rate))});
    }
    table.print();
}

void print_enrollments(edu::Platform const& school) {
    heading("Enrollments by state");
    Table table{"lrrrrr", {"course", "lectures", "learners", "active", "completed", "revoked"}};
    int with_learners = 0;
    for (auto const& course : courses_of(school)) {
        auto const learners = learners_of(school, course.id);
        with_learners += learners.empty() ? 0 : 1;
        auto const lectures = school.courses().outline(system, course.id).lectures.size();
        Table::Row row{in_english(course.title), std::to_string(lectures),
                       counted(static_cast<std::int64_t>(learners.size()))};
        for (auto const state : states)
            row.push_back(counted(count_in(learners, state)));
        table.add(std::move(row));
    }
    table.print();
    line("  " + std::to_string(with_learners) + " courses have registrations");
}

void print_searches(edu::Platform const& school) {
    heading("Searches");
    for (auto const* const query : {"october 2013", "module BBB", "quiz", "forumng"})
        print_search(school, query);
}

std::optional<edu::Enrollment> first_in(std::vector<edu::Enrollment> const& learners,
                                        edu::EnrollmentState state) {
    auto const found = std::find_if(learners.begin(), learners.end(),
                                    [&](auto const& learner) { return learner.state == state; });
    return found == learners.end() ? std::nullopt : std::optional{*found};
}

/// The first lecture that opens at a moment of its own.
std::optional<edu::OutlineLecture> scheduled_lecture(edu::Platform const& school,
                                                     edu::CourseId course) {
    auto const outline = school.courses().outline(system, course);
    auto const found = std::find_if(
        outline.lectures.begin(), outline.lectures.end(),
        [](auto const& lecture) { return lecture.release.rule == edu::ReleaseRule::at; });
    return found == outline.lectures.end() ? std::nullopt : std::optional{*found};
}

/// Asks for one learner of each state, and for a guest, before and after a lecture's day.
void print_access_to(edu::Platform const& school, edu::CourseSummary const& course,
                     edu::OutlineLecture const& lecture) {
    auto const opens = lecture.release.at.value();
    line("  " + in_english(lecture.title) + " of " + course.slug + " opens on " + day_of(opens));
    Table table{"lll", {"who", "when", "may see it"}};
    auto const learners = learners_of(school, course.id);
    for (auto const at : {opens - std::chrono::days{7}, opens + std::chrono::days{7}}) {
        for (auto const state : states) {
            auto const learner = first_in(learners, state);
            if (!learner) continue;
            auto const access =
                school.enrollments().learner_access(system, learner->user, lecture.id, at);
            table.add(
                {"a learner, now " + std::string{edu::name(state)}, day_of(at), describe(access)});
        }
        auto const access = school.enrollments().can_access(edu::Actor::guest(), lecture.id, at);
        table.add({"a guest", day_of(at), describe(access)});
    }
    table.print();
}

void print_access(edu::Platform const& school) {
    heading("Access");
    for (auto const& course : courses_of(school)) {
        auto const lecture = scheduled_lecture(school, course.id);
        if (!lecture || learners_of(school, course.id).empty()) continue;
        print_access_to(school, course, *lecture);
        return;
    }
    line("  no lecture of a course with learners has a schedule");
}

/// All that has been opened in a course, by what the school counts for its learners.
std::int64_t opens_in(edu::Platform const& school, std::vector<edu::Enrollment> const& learners) {
    std::int64_t opens = 0;
    for (auto const& learner : learners) {
        auto const progress = school.learning().progress(system, learner.course, learner.user);
        for (auto const& lecture : progress.lectures)
            opens += lecture.opens;
    }
    return opens;
}

std::int64_t lectures_done_in(edu::Platform const& school, edu::CourseId course) {
    std::int64_t done = 0;
    for (auto const& row : all_of([&](edu::PageRequest const& request) {
             return school.learning().gradebook(system, course, request);
         }))
        done += row.completed;
    return done;
}

std::int64_t answers_in(edu::Platform const& school, edu::CourseId course) {
    auto const items = school.insights().items(system, {.scope = {.courses = {course}}});
    return items.answers + items.ungraded;
}

std::int64_t personas_in(edu::Platform const& school, std::vector<edu::User> const& users) {
    return std::count_if(users.begin(), users.end(), [&](auto const& user) {
        return school.accounts().get_persona(system, user.id).version > 0;
    });
}

}  // namespace

void run_oulad(Options const& options) {
    auto const file = options.folder / "oulad.db";
    if (options.fresh) remove_school(file);
    auto school = edu::Platform::open({.path = file.string()});
    auto const steps = import_oulad(school, *options.oulad);

    line("Open University Learning Analytics Dataset: Kuzilek J., Hlosta M., Zdrahal Z.,");
    line("Scientific Data 4:170171 (2017), CC BY 4.0");
    print_import(steps);
    print_enrollments(school);
    print_searches(school);
    print_access(school);
    sell_on_copy(school, options.folder / "oulad-sales.db");

    auto const figures = oulad_figures(school, *options.oulad);
    print_oulad_report(figures);
    write_oulad_report(figures, options.folder / "report");
}

void print_oulad_summary(Options const& options) {
    auto const file = options.folder / "oulad.db";
    auto const school = edu::Platform::open({.path = file.string(), .read_only = true});
    auto const users = all_of([&](edu::PageRequest const& request) {
        return school.accounts().members(system, {}, request);
    });
    line(counted(static_cast<std::int64_t>(users.size())) + " people, " +
         counted(personas_in(school, users)) + " personas");
    Table table{
        "lrrrrrrr",
        {"course", "lectures", "active", "completed", "revoked", "done", "opens", "answers"}};
    for (auto const& course : courses_of(school)) {
        auto const learners = learners_of(school, course.id);
        Table::Row row{course.slug,
                       std::to_string(school.courses().outline(system, course.id).lectures.size())};
        for (auto const state : states)
            row.push_back(counted(count_in(learners, state)));
        row.push_back(counted(lectures_done_in(school, course.id)));
        row.push_back(counted(opens_in(school, learners)));
        row.push_back(counted(answers_in(school, course.id)));
        table.add(std::move(row));
    }
    table.print();
    line(std::string{"check: "} + (school.check().ok() ? "sound" : "damaged"));
}

}  // namespace school_day
