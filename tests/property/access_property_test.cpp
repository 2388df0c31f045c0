#include "property.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <support/course_rows.hpp>
#include <support/registry.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

using std::chrono::hours;

/// A grant by the hours in which it begins and ends, counted from the case's first.
struct Times {
    int from = 0;
    std::optional<int> to = std::nullopt;
    bool taken_back = false;
};

enum class Wait : std::uint8_t { none, until, after_enrollment, after_previous };

/// Everything that access follows from.
struct Model {
    bool published = true;
    bool preview = false;
    bool suspended = false;
    std::vector<Times> grants = {};
    Wait wait = Wait::none;
    int wait_hours = 0;  ///< a moment, or whole days after another
    std::optional<int> previous_done = std::nullopt;
    bool needs_third = false;
    bool third_done = false;
    bool needs_course = false;
};

constexpr int day = 24;

template <class T>
T any_of(std::vector<T> const& values) {
    return *rc::gen::elementOf(values);
}

Times any_times() {
    Times times;
    times.from = *rc::gen::inRange(0, 60);
    times.taken_back = any_of<int>({0, 0, 0, 1}) != 0;
    if (*rc::gen::inRange(0, 4) != 0) times.to = times.from + *rc::gen::inRange(1, 40);
    return times;
}

Model any_model() {
    Model model;
    model.published = *rc::gen::inRange(0, 8) != 0;
    model.preview = *rc::gen::inRange(0, 8) == 0;
    model.suspended = *rc::gen::inRange(0, 8) == 0;
    auto const grants = *rc::gen::inRange(0, 5);
    for (int i = 0; i < grants; ++i)
        model.grants.push_back(any_times());
    model.wait = static_cast<Wait>(*rc::gen::inRange(0, 4));
    model.wait_hours =
        model.wait == Wait::until ? *rc::gen::inRange(0, 100) : *rc::gen::inRange(0, 4) * day;
    if (*rc::gen::inRange(0, 3) != 0) model.previous_done = *rc::gen::inRange(0, 60);
    model.needs_third = *rc::gen::inRange(0, 3) == 0;
    model.third_done = *rc::gen::inRange(0, 2) == 0;
    model.needs_course = *rc::gen::inRange(0, 8) == 0;
    return model;
}

// -- The slow reference: one question after the other, hour by hour.

bool enrolled_ever(Model const& model) {
    return !model.grants.empty();
}

bool all_taken_back(Model const& model) {
    return std::all_of(model.grants.begin(), model.grants.end(),
                       [](Times const& one) { return one.taken_back; });
}

bool covered(Model const& model, int hour) {
    return std::any_of(model.grants.begin(), model.grants.end(), [&](Times const& one) {
        return !one.taken_back && one.from <= hour && (!one.to || hour < *one.to);
    });
}

bool begins_after(Model const& model, int hour) {
    return std::any_of(model.grants.begin(), model.grants.end(),
                       [&](Times const& one) { return !one.taken_back && one.from > hour; });
}

/// The hour the learner was first let in: grants are given in hour 0.
int activated(Model const& model) {
    int first = model.grants.front().from;
    for (auto const& one : model.grants)
        first = std::min(first, one.from);
    return first;
}

std::optional<AccessReason> waits(Model const& model, int hour) {
    using enum AccessReason;
    switch (model.wait) {
        case Wait::none:
            return std::nullopt;
        case Wait::until:
            if (hour < model.wait_hours) return not_released;
            return std::nullopt;
        case Wait::after_enrollment:
            if (hour < activated(model) + model.wait_hours) return not_released;
            return std::nullopt;
        case Wait::after_previous:
            if (!model.previous_done) return previous_incomplete;
            if (hour < *model.previous_done + model.wait_hours) return not_released;
            return std::nullopt;
    }
    return std::nullopt;
}

AccessReason reason_at(Model const& model, int hour) {
    using enum AccessReason;
    if (!model.published) return unpublished;
    if (model.preview) return preview;
    if (!enrolled_ever(model)) return not_enrolled;
    if (all_taken_back(model)) return revoked;
    if (model.suspended) return suspended;
    if (!covered(model, hour)) return begins_after(model, hour) ? not_started : expired;
    if (model.needs_course) return course_required;
    if (auto const wait = waits(model, hour)) return *wait;
    if (model.needs_third && !model.third_done) return lecture_required;
    return enrolled;
}

/// The first later hour with another answer.
std::optional<int> changes_after(Model const& model, int hour) {
    constexpr int last = 400;
    for (int later = hour + 1; later < last; ++later) {
        if (reason_at(model, later) != reason_at(model, hour)) return later;
    }
    return std::nullopt;
}

// -- The same in a school

struct School {
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = ":memory:"});
    TestSchool school{*storage};
    CourseRows rows{*storage, school.random};
    Timestamp zero = school.clock.now();

    [[nodiscard]] Timestamp moment(int hour) const { return zero + hours{hour}; }

    struct Learner {
        UserId user;
        LectureId lecture;
    };

    PlaceRow place(Model const& model, LectureId second, LectureId third) const {
        PlaceRow row{.lecture = second, .preview = model.preview};
        if (model.wait == Wait::until) {
            row.release = "at";
            row.release_at = moment(model.wait_hours);
        } else if (model.wait != Wait::none) {
            row.release =
                model.wait == Wait::after_previous ? "after_previous" : "after_enrollment";
            row.release_days = model.wait_hours / day;
        }
        if (model.needs_third) row.prerequisites = {third};
        return row;
    }

    std::optional<EnrollmentId> enroll(Model const& model, UserId user, CourseId course) {
        std::optional<EnrollmentId> enrollment;
        std::vector<GrantId> taken_back;
        for (auto const& one : model.grants) {
            auto const ends_at = one.to ? std::optional{moment(*one.to)} : std::nullopt;
            auto const grant =
                school.enrollments.give(Actor::system(), {.user = user,
                                                          .course = course,
                                                          .starts_at = moment(one.from),
                                                          .ends_at = ends_at});
            enrollment = grant.enrollment;
            if (one.taken_back) taken_back.push_back(grant.id);
        }
        for (auto const grant : taken_back)
            static_cast<void>(school.enrollments.take_back(Actor::system(), grant));
        if (model.suspended && enrollment && !all_taken_back(model)) {
            static_cast<void>(school.enrollments.suspend(Actor::system(), *enrollment));
        }
        return enrollment;
    }

    Learner make(Model const& model) {
        auto const course = rows.course();
        auto const first = rows.lecture(course);
        auto const second = rows.lecture(course);
        auto const third = rows.lecture(course);
        std::vector<PlaceRow> places{{.lecture = first}};
        if (model.published) places.push_back(place(model, second, third));
        places.push_back({.lecture = third});
        rows.publish(course, places);
        if (model.needs_course) rows.require(course, rows.course());
        auto const name = school.fresh("learner");
        auto const user = school.accounts.register_user(
            Actor::system(), {.email = name + "@example.org", .display_name = name});
        if (auto const enrollment = enroll(model, user.id, course)) {
            if (model.previous_done) {
                rows.progress(*enrollment, first, moment(*model.previous_done));
            }
            if (model.third_done) rows.progress(*enrollment, third, zero);
        }
        return {user.id, second};
    }
};

}  // namespace

TEST_CASE("access is what a slow reference says, and changes when it says", "[property][access]") {
    School given;
    holds([&] {
        auto const model = any_model();
        auto const [user, lecture] = given.make(model);
        for (int hour = 0; hour < 110; hour += 1 + *rc::gen::inRange(0, 12)) {
            auto const is =
                given.school.enrollments.can_access(Actor{user}, lecture, given.moment(hour));
            auto const expected = reason_at(model, hour);
            RC_ASSERT(std::string{name(is.reason)} == std::string{name(expected)});
            RC_ASSERT(is.allowed == (expected <= AccessReason::staff));
            auto const change = changes_after(model, hour);
            RC_ASSERT(is.changes_at.has_value() == change.has_value());
            if (change) RC_ASSERT(*is.changes_at == given.moment(*change));
        }
    });
}
