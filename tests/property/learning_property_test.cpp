#include "property.hpp"

#include <unit/services/learning_fixture.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

using storage::Connection;
using storage::Sql;

constexpr Sql forget_lectures_sql = "DELETE FROM lecture_progress";
constexpr Sql forget_media_sql = "DELETE FROM media_progress";
constexpr Sql forget_sessions_sql = "DELETE FROM viewing_sessions";
constexpr Sql forget_completion_sql =
    "UPDATE enrollments SET state = 'active', completed_at = NULL WHERE state = 'completed'";

Completion any_completion() {
    switch (*rc::gen::inRange(0, 3)) {
        case 0:
            return by_opening;
        case 1:
            return by_marking;
        default:
            return covered(*rc::gen::inRange(1, 101));
    }
}

/// A school in which anything happens.
class Life {
  public:
    Life() {
        for (int i = 0; i < 2; ++i) {
            std::vector<Completion> completions;
            for (int k = *rc::gen::inRange(1, 4); k > 0; --k)
                completions.push_back(any_completion());
            courses_.push_back(s.course(completions));
            lectures_.push_back(s.lectures);
        }
        for (int i = 0; i < 3; ++i) {
            auto const learner = s.with_role("learner" + std::to_string(i), Role::learner);
            learners_.push_back(learner);
            for (auto const course : courses_) {
                if (*rc::gen::inRange(0, 4) > 0) s.enroll(learner, course);
            }
        }
    }

    void step() {
        s.clock.advance(std::chrono::seconds{*rc::gen::inRange(0, 400)});
        switch (*rc::gen::inRange(0, 20)) {
            case 7:
                return suspend();
            case 8:
                return reinstate();
            case 9:
                return take_back();
            case 10:
                return erase();
            case 0:
                return correct();
            case 1:
                return import();
            case 2:
                return mark();
            case 3:
                s.jobs.run_due(Actor::system(), 1h);
                return;
            case 4:
                return enroll();
            case 5:
                s.clock.advance(std::chrono::hours{*rc::gen::inRange(0, 30)});
                return;
            case 6:
                return send_again();
            default:
                return record();
        }
    }

    /// Loses what the log makes, and makes it anew.
    void rebuild() {
        s.storage.write([](Connection& connection) {
            connection.execute(forget_lectures_sql);
            connection.execute(forget_media_sql);
            connection.execute(forget_sessions_sql);
            connection.execute(forget_completion_sql);
        });
        s.learning.rebuild(Actor::system());
    }

    void rebuild_courses() {
        for (auto const course : courses_)
            s.learning.rebuild(Actor::system(), course);
    }

    /// Lets everybody back in, and lets jobs do what is left to them.
    void settle() {
        for (auto const course : courses_) {
            for (auto const& learner : learners_) {
                auto const enrollment = find(learner, course);
                if (enrollment && enrollment->state == EnrollmentState::suspended) {
                    s.enrollments.reinstate(Actor::system(), enrollment->id);
                }
                if (enrollment && enrollment->state == EnrollmentState::revoked) {
                    enroll(learner, course);
                }
            }
        }
        s.jobs.run_due(Actor::system(), 1h);
    }

    [[nodiscard]] std::vector<CourseId> const& courses() const { return courses_; }

    LearningSchool s;

  private:
    std::size_t any_course() { return *rc::gen::inRange(std::size_t{0}, courses_.size()); }
    LectureId any_lecture() { return *rc::gen::elementOf(lectures_[any_course()]); }

    Reported any_event() {
        auto const lecture = any_lecture();
        auto const a = *rc::gen::inRange<std::int64_t>(0, 600'001);
        auto const b = *rc::gen::inRange<std::int64_t>(0, 600'001);
        Watched const watched{lecture, std::chrono::milliseconds{std::min(a, b)},
                              std::chrono::milliseconds{std::max(a, b)}};
        switch (*rc::gen::inRange(0, 8)) {
            case 0:
                return Opened{lecture, *rc::gen::inRange(1, 4)};
            case 1:
                return Answered{.lecture = lecture, .text = "an answer"};
            case 2:
                return Marked{lecture, *rc::gen::arbitrary<bool>()};
            case 3:
                return {watched, s.clock.now() - std::chrono::hours{*rc::gen::inRange(0, 9)}};
            default:
                return watched;
        }
    }

    /// As often as not it is refused, for want of an enrollment.
    void record() {
        std::vector<Reported> events;
        for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
            events.push_back(any_event());
            if (*rc::gen::inRange(0, 3) == 0) events.push_back(events.back());
        }
        sent_.push_back({*rc::gen::elementOf(learners_),
                         {.batch = std::to_string(sent_.size()), .events = events}});
        send(sent_.back());
    }

    void send_again() {
        if (!sent_.empty()) send(*rc::gen::inRange(std::size_t{0}, sent_.size()));
    }
    void send(std::size_t place) { send(sent_[place]); }
    void send(std::pair<Actor, EventBatch> const& batch) {
        try {
            s.learning.record(batch.first, batch.second);
        } catch (Error const& error) {
            bool const shut = error.code() == ErrorCode::permission_denied ||
                              error.code() == ErrorCode::unauthenticated ||
                              error.code() == ErrorCode::not_found ||
                              error.code() == ErrorCode::invalid_argument;
            RC_ASSERT(shut);
        }
    }

    void mark() {
        try {
            s.learning.mark(Actor::system(), {.user = (*rc::gen::elementOf(learners_)).user(),
                                              .lecture = any_lecture(),
                                              .done = *rc::gen::arbitrary<bool>()});
        } catch (Error const& error) {
            bool const shut = error.code() == ErrorCode::not_found ||
                              error.code() == ErrorCode::failed_precondition;
            RC_ASSERT(shut);
        }
    }

    void import() {
        std::vector<ImportedEvent> events;
        for (int i = *rc::gen::inRange(1, 10); i > 0; --i) {
            events.push_back({.user = (*rc::gen::elementOf(learners_)).user(),
                              .lecture = any_lecture(),
                              .at = s.clock.now() - std::chrono::hours{*rc::gen::inRange(0, 99)},
                              .count = *rc::gen::inRange(1, 9)});
            if (*rc::gen::arbitrary<bool>()) continue;
            events.back().count = 1;
            events.back().answer = ImportedAnswer{.score = 1, .max_score = 2};
        }
        s.learning.import_events(Actor::system(),
                                 {.batch = std::to_string(++imports_), .events = events});
    }

    void enroll() {
        auto const learner = *rc::gen::elementOf(learners_);
        enroll(learner, courses_[any_course()]);
    }
    void enroll(Actor const& learner, CourseId course) {
        try {
            s.enroll(learner, course);
        } catch (Error const& error) {
            RC_ASSERT(error.code() == ErrorCode::failed_precondition);  // who was erased
        }
    }

    std::optional<Enrollment> find(Actor const& learner, CourseId course) {
        return s.enrollments.find_enrollment(Actor::system(), learner.user(), course);
    }
    std::optional<Enrollment> any_enrollment() {
        return find(*rc::gen::elementOf(learners_), courses_[any_course()]);
    }

    void suspend() {
        auto const enrollment = any_enrollment();
        if (!enrollment || !can_change(enrollment->state, EnrollmentState::suspended)) return;
        s.enrollments.suspend(Actor::system(), enrollment->id);
    }

    void reinstate() {
        auto const enrollment = any_enrollment();
        if (!enrollment || enrollment->state != EnrollmentState::suspended) return;
        s.enrollments.reinstate(Actor::system(), enrollment->id);
    }

    void take_back() {
        auto const enrollment = any_enrollment();
        if (!enrollment || enrollment->state == EnrollmentState::revoked) return;
        for (auto const& grant : s.enrollments.grants(Actor::system(), enrollment->id).items)
            s.enrollments.take_back(Actor::system(), grant.id);
    }

    /// Few are, and not all, so that something goes on.
    void erase() {
        auto const& learner = learners_.back();
        bool const wanted = *rc::gen::inRange(0, 4) == 0;
        if (std::exchange(erased_, erased_ || wanted) || !wanted) return;
        static_cast<void>(s.accounts->erase_user(*s.admin, learner.user()));
    }

    /// Another rule, another recording, one lecture more or less; for all or for those to come.
    void correct() {
        auto const place = any_course();
        auto& lectures = lectures_[place];
        auto const lecture = *rc::gen::elementOf(lectures);
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                lectures.push_back(s.add_lecture(courses_[place], any_completion()));
                break;
            case 1:
                if (lectures.size() == 1) return;
                s.remove(lecture);
                std::erase(lectures, lecture);
                break;
            case 2:
                s.change({.lecture = lecture,
                          .version = 0,
                          .items = std::vector<Item>{
                              video("recording " + std::to_string(++recordings_))}});
                break;
            default:
                s.change({.lecture = lecture, .version = 0, .completion = any_completion()});
        }
        s.publish(courses_[place], *rc::gen::inRange(0, 3) == 0 ? PublicationKind::edition
                                                                : PublicationKind::correction);
    }

    std::vector<CourseId> courses_;
    std::vector<std::vector<LectureId>> lectures_;
    std::vector<Actor> learners_;
    std::vector<std::pair<Actor, EventBatch>> sent_;
    int imports_ = 0;
    int recordings_ = 0;
    bool erased_ = false;
};

}  // namespace

TEST_CASE("progress made anew from the log is the same to the byte", "[learning]") {
    holds([] {
        Life life;
        for (int i = *rc::gen::inRange(1, 40); i > 0; --i)
            life.step();
        auto const before = life.s.progress_tables();
        life.rebuild_courses();
        RC_ASSERT(life.s.progress_tables() == before);
        life.rebuild();
        RC_ASSERT(life.s.progress_tables() == before);
    });
}

TEST_CASE("nobody who has done enough waits for ever", "[learning]") {
    holds([] {
        Life life;
        auto& s = life.s;
        for (int i = *rc::gen::inRange(1, 30); i > 0; --i)
            life.step();
        life.settle();
        for (auto const course : life.courses()) {
            for (auto const& row : s.learning.gradebook(*s.admin, course).items) {
                if (row.state != EnrollmentState::active) continue;
                RC_ASSERT(row.needed == 0 || row.completed < row.needed);
            }
        }
    });
}

TEST_CASE("two screens show the same percent, 0 to 100 and 100 when it is done", "[learning]") {
    holds([] {
        Life life;
        auto& s = life.s;
        for (int i = *rc::gen::inRange(1, 25); i > 0; --i)
            life.step();
        for (auto const course : life.courses()) {
            for (auto const& row : s.learning.gradebook(*s.admin, course).items) {
                auto const progress = s.learning.progress(*s.admin, course, row.user);
                RC_ASSERT(progress.percent == row.percent);
                RC_ASSERT(progress.completed == row.completed);
                RC_ASSERT(row.percent >= 0);
                RC_ASSERT(row.percent <= 100);
                RC_ASSERT((row.percent == 100) == row.completed_at.has_value());
            }
        }
    });
}
