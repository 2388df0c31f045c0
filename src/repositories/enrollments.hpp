#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/course.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The tables of enrollments and of their history.
namespace eduplat::repositories::enrollments {

/// What an enrollments row needs to be made. Its edition is the course's, and it holds a seat.
struct NewRow {
    Uid uid;
    UserId user;
    CourseId course;
    EnrollmentState state;
    std::optional<std::string_view> source = std::nullopt;
    std::optional<std::string_view> source_id = std::nullopt;
    std::optional<Timestamp> activated_at = std::nullopt;
    std::optional<Timestamp> completed_at = std::nullopt;
    std::optional<Timestamp> seat_until = std::nullopt;
};

/// A change of state, as the history keeps it.
struct Change {
    std::optional<EnrollmentState> from;
    EnrollmentState to;
    std::string_view cause;
    ActorKind actor_kind;
    std::optional<Uid> actor;
    Timestamp at;
};

/// How many columns read() reads.
inline constexpr int columns = 13;

/// The columns of a row as an Enrollment, in table order from column 0.
[[nodiscard]] Enrollment read(storage::Statement const& row);

/// Nothing if there is no such course.
[[nodiscard]] std::optional<Enrollment> insert(storage::Connection& connection, NewRow const& row,
                                               Timestamp at);

[[nodiscard]] std::optional<Enrollment> find(storage::Connection& connection,
                                             EnrollmentId enrollment);
[[nodiscard]] std::optional<Enrollment> find(storage::Connection& connection, Uid const& uid);
[[nodiscard]] std::optional<Enrollment> find(storage::Connection& connection, UserId user,
                                             CourseId course);

/// Each changes one row, raises its version and returns it as it is then.
[[nodiscard]] Enrollment set_state(storage::Connection& connection, EnrollmentId enrollment,
                                   EnrollmentState state, Timestamp at);
/// Also notes when it was completed first.
[[nodiscard]] Enrollment set_completed(storage::Connection& connection, EnrollmentId enrollment,
                                       Timestamp completed_at, Timestamp at);
/// Also notes when its learner was let in first.
[[nodiscard]] Enrollment set_activated(storage::Connection& connection, EnrollmentId enrollment,
                                       EnrollmentState state, Timestamp activated_at, Timestamp at);

// -- Seats. Courses' counts are not changed here.

[[nodiscard]] bool holds_seat(storage::Connection& connection, EnrollmentId enrollment);
/// It holds a seat, until the last of its grants has ended as they are now.
void keep_seat(storage::Connection& connection, EnrollmentId enrollment);
void give_up_seat(storage::Connection& connection, EnrollmentId enrollment);

struct EndedSeat {
    EnrollmentId enrollment;
    CourseId course;
};

/// Seats whose learners' time is over at `at` and who have not ordered more, of one course, if it
/// is given; the longest over first.
[[nodiscard]] std::vector<EndedSeat> ended_seats(storage::Connection& connection, Timestamp at,
                                                 int limit,
                                                 std::optional<CourseId> course = std::nullopt);

/// What enrolling in a course depends on.
struct CourseTerms {
    CourseState state;
    bool was_published;
    bool has_price;
};

[[nodiscard]] std::optional<CourseTerms> course_terms(storage::Connection& connection,
                                                      CourseId course);

/// Adds a change with the next number; one from no state is the first.
void append_change(storage::Connection& connection, EnrollmentId enrollment, Change const& change);

}  // namespace eduplat::repositories::enrollments
