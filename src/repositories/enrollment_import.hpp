#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

/// What an import of enrollments needs, with few statements for each row.
namespace eduplat::repositories::enrollment_import {

struct Learner {
    UserId id;
    UserState state;
};

[[nodiscard]] std::optional<Learner> learner(storage::Connection& connection, UserId user);
[[nodiscard]] std::optional<Learner> learner(storage::Connection& connection,
                                             std::string_view source, std::string_view source_id);

struct Course {
    int edition;  ///< that new learners see, the first if there is none yet
    std::optional<std::int64_t> seats_left;  ///< none: no bound
};

[[nodiscard]] std::optional<Course> course(storage::Connection& connection, CourseId course);
/// Precondition: so many are left.
void take_seats(storage::Connection& connection, CourseId course, std::int64_t seats);

struct NewRow {
    Uid uid;
    std::string_view source;
    std::string_view source_id;
    UserId user;
    CourseId course;
    EnrollmentState state;
    int edition;
    std::optional<Timestamp> activated_at;
    std::optional<Timestamp> completed_at;
    bool holds_seat;
    std::optional<Timestamp> seat_until;
};

/// Nothing if there is one of this source, or of this user in this course.
[[nodiscard]] std::optional<EnrollmentId> insert(storage::Connection& connection, NewRow const& row,
                                                 Timestamp at);
[[nodiscard]] bool exists(storage::Connection& connection, std::string_view source,
                          std::string_view source_id);

struct NewGrant {
    Uid uid;
    EnrollmentId enrollment;
    Timestamp starts_at;
    std::optional<Timestamp> ends_at;
    std::optional<Timestamp> revoked_at;
};

void insert_grant(storage::Connection& connection, NewGrant const& grant, Timestamp at);
/// The first line of a history: that the enrollment was imported.
void insert_change(storage::Connection& connection, EnrollmentId enrollment, EnrollmentState state,
                   ActorKind actor_kind, std::optional<Uid> const& actor, Timestamp at);

}  // namespace eduplat::repositories::enrollment_import
