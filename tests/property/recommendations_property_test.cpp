#include "property.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/money_literals.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/registry.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

bool one_in(int n) {
    return *rc::gen::inRange(0, n) == 0;
}

/// A school in which anything may be.
class RandomSchool {
  public:
    RandomSchool() {
        if (*rc::gen::arbitrary<bool>()) {
            school_.recommendations =
                Recommendations{{.storage = *storage_,
                                 .clock = school_.clock,
                                 .random = school_.random,
                                 .mailer = &school_.mailer,
                                 .log = school_.log,
                                 .recommendations = {.pairs_min = 0, .factors = 4}}};
        }
        auto const people = *rc::gen::inRange(1, 5);
        for (int i = 0; i < people; ++i)
            learners_.push_back(school_.person());
        auto const count = *rc::gen::inRange(1, 10);
        for (int i = 0; i < count; ++i)
            add_course();
        auto const steps = *rc::gen::inRange(0, 40);
        for (int i = 0; i < steps; ++i)
            step();
    }

    TestSchool& school() { return school_; }
    std::vector<Person> const& learners() const { return learners_; }
    std::vector<CourseId> const& courses() const { return courses_; }

    /// The rules, one after the other, asked of the other services.
    bool may_take(Person const& learner, CourseId course) {
        auto const system = Actor::system();
        auto const found = school_.courses.get_course(system, course);
        if (found.state != CourseState::published) return false;
        if (found.capacity && found.seats_taken - seats_over(course) >= *found.capacity)
            return false;
        for (auto const& teacher : found.teachers) {
            if (teacher.user == learner.id) return false;
        }
        for (auto const needed : found.prerequisites) {
            auto const before = school_.enrollments.find_enrollment(system, learner.id, needed);
            if (!before || !before->completed_at) return false;
        }
        if (orders_.contains({learner.id, course})) return false;
        auto const has = school_.enrollments.find_enrollment(system, learner.id, course);
        if (!has) return true;
        return has->state == EnrollmentState::revoked && !found.prices.empty();
    }

    /// Whether he viewed or opened it, or is enrolled.
    bool has_done(Person const& learner, CourseId course) {
        auto const has = school_.enrollments.find_enrollment(Actor::system(), learner.id, course);
        return done_.contains({learner.id, course}) ||
               (has && has->state != EnrollmentState::revoked);
    }

  private:
    /// Those that enrolling gives back: their time is over, and nobody is about to buy more.
    int seats_over(CourseId course) {
        static constexpr storage::Sql sql =
            "SELECT user_id FROM enrollments WHERE course_id = ?1 AND seat_until <= ?2 "
            "ORDER BY user_id";
        return storage_->read([&](storage::Connection& connection) {
            int over = 0;
            auto rows = connection.query(sql, course, school_.clock.now());
            while (rows.step())
                over += orders_.contains({rows.id<UserId>(0), course}) ? 0 : 1;
            return over;
        });
    }

    Person any_learner() { return *rc::gen::elementOf(learners_); }
    CourseId any_course() { return *rc::gen::elementOf(courses_); }

    void add_course() {
        auto const system = Actor::system();
        NewCourse made{.title = {{"en", school_.fresh("painting course ")}}};
        if (one_in(3)) made.price = 10'00_eur;
        if (one_in(4)) made.capacity = *rc::gen::inRange(1, 3);
        bool const publishes = !one_in(6);
        if (!courses_.empty() && one_in(3) && is_published(courses_.back()))
            made.prerequisites = {courses_.back()};
        auto const course = school_.courses.create(system, made).id;
        static_cast<void>(school_.courses.add_lecture(
            system, {.course = course,
                     .title = {{"en", "A lecture"}},
                     .completion = Completion{CompletionRule::opened}}));
        if (publishes) static_cast<void>(school_.courses.publish(system, {.course = course}));
        courses_.push_back(course);
    }

    bool is_published(CourseId course) {
        return school_.courses.get_course(Actor::system(), course).state == CourseState::published;
    }

    /// Something happens, or is refused.
    void step() {
        auto const learner = any_learner();
        auto const course = any_course();
        try {
            act(learner, course);
        } catch (Error const& error) {
            RC_ASSERT(error.code() != ErrorCode::internal);
        }
    }

    void act(Person const& learner, CourseId course) {
        auto const system = Actor::system();
        auto& enrollments = school_.enrollments;
        switch (*rc::gen::inRange(0, 10)) {
            case 0:
            case 1:
                grants_.push_back(
                    enrollments.give(system, {.user = learner.id, .course = course}).id);
                break;
            case 9:
                grants_.push_back(
                    enrollments
                        .give(system, {.user = learner.id,
                                       .course = course,
                                       .ends_at = school_.clock.now() + std::chrono::seconds{1}})
                        .id);
                school_.clock.advance(std::chrono::seconds{1});
                break;
            case 2:
                if (!grants_.empty())
                    static_cast<void>(enrollments.take_back(system, *rc::gen::elementOf(grants_)));
                break;
            case 3:
                if (auto const has = enrollments.find_enrollment(system, learner.id, course))
                    static_cast<void>(enrollments.suspend(system, has->id));
                break;
            case 4:
                static_cast<void>(school_.courses.archive(system, course));
                break;
            case 5:
                static_cast<void>(school_.payments.checkout(
                    learner.actor, {.course = course, .idempotency_key = school_.fresh("key")}));
                orders_.insert({learner.id, course});
                break;
            case 6:
                static_cast<void>(
                    school_.courses.add_teacher(system, course, {.user = learner.id, .share = 1}));
                break;
            default:
                learn(learner, course);
        }
    }

    void learn(Person const& learner, CourseId course) {
        auto const lecture = school_.courses.outline(learner.actor, course).lectures.front().id;
        static_cast<void>(school_.learning.record(
            learner.actor,
            {.batch = school_.fresh("batch"), .events = {Viewed{course}, Opened{lecture}}}));
        done_.insert({learner.id, course});
    }

    std::unique_ptr<storage::Storage> storage_ = storage::open_sqlite({.path = ":memory:"});
    TestSchool school_{*storage_};
    std::vector<Person> learners_;
    std::vector<CourseId> courses_;
    std::vector<GrantId> grants_;
    std::set<std::pair<UserId, CourseId>> orders_;
    std::set<std::pair<UserId, CourseId>> done_;
};

std::set<CourseId> recommended(RandomSchool& random, Person const& learner) {
    std::set<CourseId> found;
    auto const answer = random.school().recommendations.for_user(learner.actor, 100);
    for (std::size_t i = 0; i < answer.size(); ++i) {
        RC_ASSERT(found.insert(answer[i].course).second);
        if (i > 0) RC_ASSERT(answer[i - 1].score >= answer[i].score);
        auto const& because = answer[i].because;
        bool const from_courses = because.reason == RecommendationReason::learned_with ||
                                  because.reason == RecommendationReason::similar_content;
        RC_ASSERT(from_courses == !because.courses.empty());
        for (auto const course : because.courses) {
            RC_ASSERT(course != answer[i].course);
            RC_ASSERT(random.has_done(learner, course));
        }
        RC_ASSERT((because.reason == RecommendationReason::interests) == !because.words.empty());
    }
    return found;
}

std::set<CourseId> takable(RandomSchool& random, Person const& learner) {
    std::set<CourseId> found;
    for (auto const course : random.courses()) {
        if (random.may_take(learner, course)) found.insert(course);
    }
    return found;
}

/// Whether the course can be taken, and nothing but time keeps its lectures shut.
void take(RandomSchool& random, Person const& learner, CourseId course) {
    auto& school = random.school();
    if (!school.courses.get_course(learner.actor, course).prices.empty()) {
        static_cast<void>(school.payments.checkout(
            learner.actor, {.course = course, .idempotency_key = school.fresh("key")}));
        return;
    }
    static_cast<void>(school.enrollments.enroll(learner.actor, course));
    auto const lecture = school.courses.outline(learner.actor, course).lectures.front().id;
    RC_ASSERT(school.enrollments.can_access(learner.actor, lecture).reason ==
              AccessReason::enrolled);
}

}  // namespace

TEST_CASE("exactly what a learner can take is recommended, and he can take it",
          "[property][recommendations]") {
    holds([] {
        RandomSchool random;
        for (auto const& learner : random.learners())
            RC_ASSERT(recommended(random, learner) == takable(random, learner));
        random.school().recommendations.train(Actor::system());
        for (auto const& learner : random.learners()) {
            auto const found = recommended(random, learner);
            RC_ASSERT(found == takable(random, learner));
            for (auto const course : found)
                take(random, learner, course);
            RC_ASSERT(recommended(random, learner).empty());
        }
    });
}
