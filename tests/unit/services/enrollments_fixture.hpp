#pragma once

#include "accounts_fixture.hpp"

#include <eduplat/services/enrollments.hpp>

#include <support/course_rows.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

/// A school with courses written straight into its tables, and Enrollments over it.
struct EnrollmentSchool : School {
    UserId user(std::string_view name) { return learner(name).id; }

    /// What the learner gets by a gift.
    Grant gift(UserId user, CourseId course, std::optional<Timestamp> starts_at = std::nullopt,
               std::optional<Timestamp> ends_at = std::nullopt) {
        return enrollments.give(
            Actor::system(),
            {.user = user, .course = course, .starts_at = starts_at, .ends_at = ends_at});
    }

    Enrollment get(EnrollmentId enrollment) {
        return enrollments.get_enrollment(Actor::system(), enrollment);
    }

    /// The changes of state, as "active > revoked: taken_back".
    std::vector<std::string> history_of(EnrollmentId enrollment) {
        std::vector<std::string> lines;
        for (auto const& change : enrollments.history(Actor::system(), enrollment).items) {
            auto const from = change.from ? std::string{name(*change.from)} : "-";
            lines.push_back(from + " > " + std::string{name(change.to)} + ": " + change.cause);
        }
        return lines;
    }

    int taken(CourseId course) { return seats_taken(storage, course); }

    CourseRows rows{storage, random};
    Enrollments enrollments{dependencies()};
};

inline Refusal full() {
    return {ErrorCode::resource_exhausted, {"course", "full", std::nullopt}};
}

}  // namespace eduplat::test
