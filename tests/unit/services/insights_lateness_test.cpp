#include "services/insights_lateness.hpp"

#include "insights_fixture.hpp"
#include "repositories/insights_rows.hpp"

#include <eduplat/core/limits.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

/// The first lecture is due on day 2. One opens it a day before that and one a day after it, both
/// in between are missing, of whom one leaves after it was due; of those it is not due for one left
/// before, and one came in that moment.
struct DueSchool : InsightSchool {
    DueSchool() {
        early = enrolled("early", two_lectures);
        auto const late = enrolled("late", two_lectures);
        static_cast<void>(enrolled("never", two_lectures));
        auto const left_before = enrolled("before", two_lectures);
        auto const left_after = enrolled("after", two_lectures);
        open_at(early, first, day(1));
        leave(left_before);
        clock.set(day(2));
        static_cast<void>(enrolled("newcomer", two_lectures));
        open_at(late, first, day(3));
        leave(left_after);
        clock.set(day(4));
    }

    void leave(Actor const& learner) {
        auto const enrollment =
            enrollments.find_enrollment(Actor::system(), learner.user(), two_lectures)->id;
        auto const grant = enrollments.grants(Actor::system(), enrollment).items.front().id;
        enrollments.take_back(Actor::system(), grant);
    }

    LatenessRequest due(LectureDoneBy by = LectureDoneBy::completed) const {
        return {.scope = scope(), .due = {{second, day(9)}, {first, day(2)}}, .done_by = by};
    }

    Actor const system = Actor::system();
    Actor early = Actor::guest();
};

}  // namespace

TEST_CASE_METHOD(DueSchool, "what was due was done on time, late or not at all", "[insights]") {
    for (auto const by : {LectureDoneBy::completed, LectureDoneBy::opened}) {
        auto const found = insights.lateness(system, due(by));
        REQUIRE(found.size() == 1);  // the other one is not due yet
        CHECK(found[0].lecture == first);
        CHECK(found[0].due == 4);
        CHECK(found[0].on_time == 1);
        CHECK(found[0].late == 1);
        CHECK(found[0].missing == 2);
        CHECK(found[0].on_time_of_due.share == 0.25);
        CHECK(found[0].median_hours == Approx(0));  // of -24 and 24
        CHECK(found[0].mean_hours_late == Approx(24));
    }
    auto request = due();
    request.at = day(2) + 12h;
    auto const before = insights.lateness(system, request);
    REQUIRE(before.size() == 1);
    CHECK(before[0].late == 0);
    CHECK(before[0].missing == 3);
    request.at = day(400);  // what is to come was not observed
    CHECK(insights.lateness(system, request).size() == 1);
    request.scope = {};
    CHECK(insights.lateness(system, request).at(0).due == 4);
}

TEST_CASE("a lecture is done by what the caller says", "[insights]") {
    InsightSchool school;
    auto const course = school.course({by_marking});
    auto const lecture = school.lectures.at(0);
    auto const ada = school.enrolled("ada", course);
    school.open_at(ada, lecture, school.day(1));
    school.open_at(ada, lecture, school.day(3));  // the first time counts
    school.record(ada, {Marked{lecture}});
    auto const ask = [&](LectureDoneBy by) {
        return school.insights.lateness(
            Actor::system(),
            {.scope = {.courses = {course}}, .due = {{lecture, school.day(2)}}, .done_by = by});
    };
    CHECK(ask(LectureDoneBy::opened).at(0).on_time == 1);
    CHECK(ask(LectureDoneBy::completed).at(0).late == 1);
    CHECK(ask(LectureDoneBy::answered).at(0).missing == 1);
    school.record(ada, {Answered{.lecture = lecture, .score = 1, .max_score = 1}});
    CHECK(ask(LectureDoneBy::answered).at(0).late == 1);
    static_cast<void>(school.accounts->erase_user(Actor::system(), ada.user()));
    CHECK(ask(LectureDoneBy::opened).empty());
}

TEST_CASE_METHOD(DueSchool, "teachers ask who is late in their courses, learners do not",
                 "[insights]") {
    auto const other = course({by_opening});
    auto const elsewhere = lectures.at(0);
    auto const tess = teacher_of(two_lectures, "tess");
    CHECK(insights.lateness(tess, due()).size() == 1);
    auto request = due();
    request.due.push_back({elsewhere, day(2)});
    CHECK(refusal([&] { return insights.lateness(tess, request); }) == missing("due[2].lecture"));
    request.scope.courses.push_back(other);
    CHECK(insights.lateness(system, request).size() == 1);  // nobody is enrolled in the other
    CHECK(refusal([&] { return insights.lateness(tess, request); }) ==
          denied("actor", "insights_lateness"));
    CHECK(refusal([&] { return insights.lateness(early, due()); }) ==
          denied("actor", "insights_lateness"));
}

TEST_CASE("what is due is bounded, known and named once", "[insights]") {
    InsightSchool school;
    auto const ask = [&](std::vector<DueLecture> due, double confidence = 0.95) {
        return refusal([&] {
            return school.insights.lateness(Actor::system(),
                                            {.due = std::move(due), .confidence = confidence});
        });
    };
    CHECK(school.insights.lateness(Actor::system(), {}).empty());
    CHECK(school.insights.lateness(Actor::system(), {.due = {{school.first, school.day(0)}}})
              .empty());  // nobody is there
    std::vector<DueLecture> many{{school.first, school.day(1)}};
    CHECK(ask({many[0], many[0]}) == invalid("due[1].lecture", "duplicate"));
    CHECK(ask(many, 1).violation.field == "confidence");
    while (many.size() < limits::page_size_max)
        many.push_back({LectureId{4711 + std::ssize(many)}, school.day(1)});
    CHECK(ask(many) == missing("due[1].lecture"));  // but not too many
    many.push_back({LectureId{4711}, school.day(1)});
    CHECK(ask(many) == invalid("due", "too_many", limits::page_size_max));
    auto const removed = school.courses.create(Actor::system(), {.title = {{"en", "A draft"}}});
    auto const lecture = school.add_lecture(removed.id, by_opening);
    school.courses.remove_draft(Actor::system(), removed.id,
                                school.courses.get_course(Actor::system(), removed.id).version);
    CHECK(ask({{lecture, school.day(1)}}) == missing("due[0].lecture"));
}

TEST_CASE("moments count in whole seconds, however something was done", "[insights]") {
    InsightSchool school;
    auto const ada = school.enrolled("ada", school.two_lectures);
    school.open_at(ada, school.first, school.day(1) + 700ms);
    school.open_at(ada, school.second, school.day(1) + 1s);
    for (auto const by : {LectureDoneBy::completed, LectureDoneBy::opened}) {
        auto const due = school.day(1) + 500ms;
        auto const found = school.insights.lateness(
            Actor::system(), {.scope = school.scope(),
                              .due = {{school.first, due}, {school.second, due}},
                              .done_by = by});
        REQUIRE(found.size() == 2);
        CHECK(found[0].on_time == 1);
        CHECK(found[0].median_hours == 0.0);
        CHECK(found[1].late == 1);
        CHECK(found[1].mean_hours_late == 1 / 3600.0);
    }
}

TEST_CASE("only lectures that are due are read", "[insights]") {
    InsightSchool school;
    auto const ada = school.enrolled("ada", school.two_lectures);
    school.open_at(ada, school.first, school.day(1));
    school.open_at(ada, school.second, school.day(2));
    auto const read = [&](std::vector<LectureId> const& lectures) {
        return school.storage.read([&](storage::Connection& connection) {
            std::vector<std::pair<LectureId, Timestamp>> found;
            repositories::insights_rows::completions(
                connection, school.two_lectures, lectures,
                [&](auto const& done) { found.emplace_back(done.lecture, done.at); });
            return found;
        });
    };
    using Found = std::vector<std::pair<LectureId, Timestamp>>;
    CHECK(read({school.second}) == Found{{school.second, school.day(2)}});
    CHECK(read({school.second, school.first}) ==
          Found{{school.first, school.day(1)}, {school.second, school.day(2)}});
    CHECK(read({}).empty());
}

namespace {

constexpr std::size_t cells_max = limits::analytics_cells_max;

void add_many_learners(InsightSchool& school, std::int64_t count) {
    constexpr storage::Sql users_sql =
        "INSERT INTO users (uid, state, roles, display_name, name_key, version, created_at, "
        "updated_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) "
        "SELECT randomblob(16), 'active', 1, 'L', 'many', 1, 0, 0 FROM n";
    constexpr storage::Sql enrollments_sql =
        "INSERT INTO enrollments (uid, user_id, course_id, state, edition, holds_seat, "
        "activated_at, version, created_at, updated_at) SELECT randomblob(16), id, ?1, 'active', "
        "1, 0, ?2, 1, 0, 0 FROM users WHERE name_key = 'many'";
    school.storage.write([&](storage::Connection& connection) {
        connection.execute(users_sql, count);
        connection.execute(enrollments_sql, school.two_lectures, school.day(0));
    });
}

}  // namespace

TEST_CASE("lateness holds so many rows at most", "[insights]") {
    constexpr auto limit = static_cast<std::int64_t>(cells_max);
    check_due_rows(0);
    check_due_rows(cells_max - 1);
    check_due_rows(cells_max);
    CHECK(refusal([] {
              check_due_rows(cells_max + 1);
              return 0;
          }) == invalid("due", "too_many", limit));

    InsightSchool school;
    LatenessRequest request{.scope = school.scope(), .due = {{school.first, school.day(1)}}};
    while (request.due.size() < limits::page_size_max)
        request.due.push_back({school.add_lecture(school.two_lectures, by_opening), school.day(1)});
    add_many_learners(school, limit / limits::page_size_max + 1);
    school.clock.set(school.day(2));
    CHECK(refusal([&] { return school.insights.lateness(Actor::system(), request); }) ==
          invalid("due", "too_many", limit));
    request.due.erase(request.due.begin() + 1, request.due.end());
    CHECK(school.insights.lateness(Actor::system(), request).at(0).due == 50'001);
}
