#include "property.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

bool one_in(int n) {
    return *rc::gen::inRange(0, n) == 0;
}

constexpr int days_max = 8;

/// Days of a school, on which anything may happen, asked about while it does.
class RandomDays {
  public:
    RandomDays() {
        auto const count = *rc::gen::inRange(1, 4);
        for (int i = 0; i < count; ++i)
            add_course();
        auto const people = *rc::gen::inRange(1, 5);
        for (int i = 0; i < people; ++i)
            learners_.push_back(school_.person());
        auto const steps = *rc::gen::inRange(0, 30);
        for (int i = 0; i < steps; ++i)
            step();
    }

    TestSchool& school() { return school_; }

    std::vector<Timestamp> days() const {
        std::vector<Timestamp> edges;
        for (int i = 0; i <= days_max + 1; ++i)
            edges.push_back(first_day_ + std::chrono::days{i});
        return edges;
    }

    /// All rows of a question, as SQLite itself answers it.
    std::vector<std::string> ask(std::string const& sql) const { return test::ask(path_, sql); }

  private:
    void add_course() {
        auto& courses = school_.courses;
        auto const course =
            courses.create(Actor::system(), {.title = {{"en", school_.fresh("course")}}}).id;
        for (int i = 0; i < 2; ++i) {
            lectures_.push_back(
                courses
                    .add_lecture(Actor::system(),
                                 {.course = course,
                                  .title = {{"en", "A lecture"}},
                                  .items = {Video{.address = "v", .duration = 10min}},
                                  .preview = true})
                    .id);
        }
        static_cast<void>(courses.publish(Actor::system(), {.course = course}));
        courses_.push_back(course);
    }

    template <class Value>
    Value any(std::vector<Value> const& of) {
        return of[*rc::gen::inRange<std::size_t>(0, of.size())];
    }

    void step() {
        auto const pass = *rc::gen::inRange(0, 60 * 6);
        if (school_.clock.now() + std::chrono::minutes{pass} <
            first_day_ + std::chrono::days{days_max})
            school_.clock.advance(std::chrono::minutes{pass});
        if (one_in(12)) return erase();
        if (one_in(6)) return enroll();
        // Some asking in between, so that most frames are made by increments.
        if (one_in(4)) static_cast<void>(school_.insights.status(Actor::system()));
        if (one_in(8)) return mark();
        learn();
    }

    /// By the system, of who is enrolled.
    void mark() {
        auto const& learner = any(learners_);
        for (std::size_t i = 0; i < courses_.size(); ++i) {
            if (school_.enrollments.find_enrollment(Actor::system(), learner.id, courses_[i]))
                school_.learning.mark(
                    Actor::system(),
                    {.user = learner.id, .lecture = lectures_[2 * i], .done = one_in(2)});
        }
    }

    void erase() {
        if (learners_.size() < 2) return;
        auto const place = *rc::gen::inRange<std::size_t>(0, learners_.size());
        static_cast<void>(school_.accounts.erase_user(Actor::system(), learners_[place].id));
        learners_.erase(learners_.begin() + static_cast<std::ptrdiff_t>(place));
    }

    void enroll() {
        static_cast<void>(school_.enrollments.give(
            Actor::system(), {.user = any(learners_).id, .course = any(courses_)}));
    }

    void learn() {
        auto const lecture = any(lectures_);
        std::vector<Reported> events;
        events.emplace_back(Opened{lecture, *rc::gen::inRange(1, 4)});
        if (one_in(3)) events.emplace_back(Watched{lecture, 0s, 5s});
        if (one_in(3))
            events.emplace_back(Answered{.lecture = lecture, .score = 1, .max_score = 1});
        if (one_in(5)) events.emplace_back(Viewed{any(courses_)});
        school_.learning.record(any(learners_).actor,
                                {.batch = school_.fresh("batch"), .events = std::move(events)});
    }

    TempDir dir_;
    std::string path_ = dir_.file("school.db");
    std::unique_ptr<storage::Storage> storage_ = storage::open_sqlite({.path = path_});
    TestSchool school_{*storage_};
    Timestamp first_day_ = std::chrono::floor<std::chrono::days>(school_.clock.now());
    std::vector<CourseId> courses_;
    std::vector<LectureId> lectures_;
    std::vector<Person> learners_;
};

std::string row(std::int64_t one, std::int64_t two) {
    return std::to_string(one) + '|' + std::to_string(two);
}

/// What is of learners who are not erased, without others' marks.
std::string const held =
    " FROM learning_events e JOIN users u ON u.id = e.user_id AND u.state <> 'erased' "
    "WHERE NOT (e.kind = 5 AND e.b IS NOT NULL AND e.b <> e.user_id) ";
/// What all metrics count of that: what learners did.
std::string const counted = held + "AND e.kind < 100 ";
/// How often an event says that it was done.
std::string const times = "sum(CASE WHEN e.kind = 2 THEN e.a ELSE 1 END)";

/// The days on which anything was done.
std::vector<std::string> active_days(Insights const& insights,
                                     std::vector<Timestamp> const& edges) {
    std::vector<std::string> rows;
    for (auto const& bucket : insights.activity(Actor::system(), {{}, edges})) {
        if (bucket.events > 0) rows.push_back(row(bucket.learners, bucket.events));
    }
    return rows;
}

std::vector<std::string> opens(Insights const& insights) {
    std::vector<std::string> rows;
    for (auto const& each : insights.lecture_activity(Actor::system(), {}).lectures) {
        if (each.lecture && each.opens > 0)
            rows.push_back(std::to_string(each.lecture->value()) + '|' +
                           row(each.opens, each.openers));
    }
    return rows;
}

std::vector<std::string> last_seen(Insights const& insights, Timestamp at) {
    std::vector<std::string> rows;
    auto const idle = insights.idle_learners(Actor::system(), {.at = at, .idle = 0s}).idle;
    for (auto const& each : idle)
        rows.push_back(
            std::to_string(each.user.value()) + '|' +
            row(std::chrono::floor<std::chrono::seconds>(each.last).time_since_epoch().count(),
                each.events));
    return rows;
}

std::vector<std::string> answered(Insights const& insights) {
    std::vector<std::string> rows;
    for (auto const& item : insights.items(Actor::system(), {}).items)
        rows.push_back(std::to_string(item.item.lecture.value()) + '|' +
                       row(item.answers, item.learners));
    return rows;
}

}  // namespace

TEST_CASE("metrics by increments are those of a frame made anew, and of plain SQL", "[insights]") {
    holds([] {
        RandomDays days;
        auto const& insights = days.school().insights;
        auto const edges = days.days();
        Insights const anew{{.storage = days.school().storage(),
                             .clock = days.school().clock,
                             .random = days.school().random,
                             .mailer = nullptr,
                             .log = days.school().log}};

        auto const by_day = active_days(insights, edges);
        CHECK(by_day == active_days(anew, edges));
        CHECK(by_day == days.ask("SELECT count(DISTINCT e.user_id), " + times + counted +
                                 "GROUP BY e.at / 86400000000 ORDER BY e.at / 86400000000"));

        auto const opened = opens(insights);
        CHECK(opened == opens(anew));
        CHECK(opened ==
              days.ask("SELECT e.lecture_id, sum(e.a), count(DISTINCT e.user_id)" + counted +
                       "AND e.kind = 2 GROUP BY e.lecture_id "
                       "ORDER BY e.course_id, e.lecture_id"));

        auto const seen = last_seen(insights, edges.back());
        CHECK(seen == last_seen(anew, edges.back()));
        CHECK(seen == days.ask("SELECT e.user_id, max(e.at) / 1000000, " + times + counted +
                               "GROUP BY e.user_id ORDER BY e.user_id"));

        auto const answers = answered(insights);
        CHECK(answers == answered(anew));
        CHECK(answers ==
              days.ask("SELECT e.lecture_id, count(*), count(DISTINCT e.user_id)" + counted +
                       "AND e.kind = 4 GROUP BY e.lecture_id "
                       "ORDER BY e.lecture_id"));

        auto const status = insights.status(Actor::system());
        CHECK(row(status.events, status.learners) ==
              days.ask("SELECT count(*), count(DISTINCT e.user_id)" + held).at(0));
    });
}
