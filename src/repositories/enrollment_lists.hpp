#pragma once

#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Lists of enrollments, of their changes and grants: a statement for each page. They begin after
/// the row with the key `after` and hold at most `limit` rows.
namespace eduplat::repositories::enrollment_lists {

struct Learner {
    Enrollment enrollment;
    std::string display_name;
};

/// Newest first: `after` is the id of the row before, or more than any.
[[nodiscard]] std::vector<Enrollment> of_user(storage::Connection& connection, UserId user,
                                              std::int64_t after, int limit);
[[nodiscard]] std::vector<Learner> roster(storage::Connection& connection, CourseId course,
                                          std::optional<EnrollmentState> state, std::int64_t after,
                                          int limit);
[[nodiscard]] std::vector<EnrollmentChange> history(storage::Connection& connection,
                                                    EnrollmentId enrollment, std::int64_t after,
                                                    int limit);
[[nodiscard]] std::vector<Grant> grants(storage::Connection& connection, EnrollmentId enrollment,
                                        std::int64_t after, int limit);

}  // namespace eduplat::repositories::enrollment_lists
