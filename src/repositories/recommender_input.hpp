#pragma once

#include <eduplat/core/function_ref.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/learning.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What recommenders learn from: all of it in pieces, for a training, and that of one learner.
namespace eduplat::repositories::recommender_input {

/// Something that a learner did with a course.
struct Event {
    std::int64_t seq;
    UserId user;
    CourseId course;
    LearningKind kind;
    std::int64_t count;  ///< that it stands for
    Timestamp at;
};

struct Enrolled {
    EnrollmentId enrollment;
    UserId user;
    CourseId course;
    Timestamp at;
    bool purchased;
    std::optional<Timestamp> completed_at;
};

struct Reviewed {
    CourseId course;
    UserId user;
    int rating;
    Timestamp at;
};

/// What a course is about, in all languages.
struct CourseTexts {
    CourseId course;
    std::string text = {};
    std::vector<std::string> tags = {};
    std::vector<std::string> concepts = {};
    std::vector<UserId> teachers = {};
};

// -- In pieces: at most `limit` rows after a key, in order. Each tells the key of the last row that
// it looked at, none at the end.

/// Users whose doings count: neither suspended nor erased.
[[nodiscard]] std::optional<UserId> users(storage::Connection& connection, UserId after, int limit,
                                          FunctionRef<void(UserId)> take);
/// Published and archived courses.
[[nodiscard]] std::vector<CourseId> courses(storage::Connection& connection, CourseId after,
                                            int limit);
[[nodiscard]] std::optional<std::int64_t> events(storage::Connection& connection,
                                                 std::int64_t after, int limit,
                                                 FunctionRef<void(Event const&)> take);
[[nodiscard]] std::optional<EnrollmentId> enrollments(storage::Connection& connection,
                                                      EnrollmentId after, int limit,
                                                      FunctionRef<void(Enrolled const&)> take);
/// All of one course.
void reviews(storage::Connection& connection, CourseId course,
             FunctionRef<void(Reviewed const&)> take);

/// Of at most a page's courses, in the order of ids. Three statements.
[[nodiscard]] std::vector<CourseTexts> texts(storage::Connection& connection,
                                             std::vector<CourseId> const& courses);

// -- Of one learner

/// The newest entries of the log: what was done with courses goes to `take`, texts that were
/// searched for are returned, newest first.
[[nodiscard]] std::vector<std::string> recent(storage::Connection& connection, UserId user,
                                              int limit, FunctionRef<void(Event const&)> take);
void enrollments_of(storage::Connection& connection, UserId user,
                    FunctionRef<void(Enrolled const&)> take);
void reviews_of(storage::Connection& connection, UserId user,
                FunctionRef<void(Reviewed const&)> take);

}  // namespace eduplat::repositories::recommender_input
