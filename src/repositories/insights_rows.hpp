#pragma once

#include <eduplat/core/function_ref.hpp>
#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/learning.hpp>
#include <eduplat/storage/storage.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What metrics need beside the log: enrollments, money, recordings, names. Rows of one course, or
/// of the whole school where none is given, go to `take` in one statement.
namespace eduplat::repositories::insights_rows {

struct CourseStanding {
    CourseId course;
    bool teaches;
};
/// Of at most a page of courses those that there are, by id.
[[nodiscard]] std::vector<CourseStanding> standings(storage::Connection& connection,
                                                    std::vector<CourseId> const& courses,
                                                    std::optional<UserId> user);
struct LectureCourse {
    LectureId lecture;
    CourseId course;
};
/// Of at most a page of lectures those that there are, by id.
[[nodiscard]] std::vector<LectureCourse> courses_of(storage::Connection& connection,
                                                    std::vector<LectureId> const& lectures);
[[nodiscard]] std::optional<CourseId> course_of(storage::Connection& connection, LectureId lecture);

/// An enrollment that ever became active.
struct Enrolled {
    UserId user;
    CourseId course;
    Timestamp at;
    std::optional<Timestamp> completed_at = std::nullopt;
    /// Of its last grant, by its term or taken back; may be to come. None: one has no end.
    std::optional<Timestamp> ended_at = std::nullopt;
    std::int64_t lectures = 0;  ///< completed by a moment
};
void enrollments(storage::Connection& connection, std::optional<CourseId> course,
                 FunctionRef<void(Enrolled const&)> take);
/// With lectures completed up to `at`, the completion or the end, whichever is first.
void progress(storage::Connection& connection, std::optional<CourseId> course, Timestamp at,
              FunctionRef<void(Enrolled const&)> take);

/// A lecture that a learner completed.
struct Completed {
    UserId user;
    LectureId lecture;
    Timestamp at;
};
/// Of at most a page of the course's lectures.
void completions(storage::Connection& connection, CourseId course,
                 std::vector<LectureId> const& lectures, FunctionRef<void(Completed const&)> take);

/// What a transfer of the ledger brought the platform and its teachers, or one teacher: less than
/// nothing if it took back.
struct Moved {
    UserId user;
    CourseId course;
    Timestamp at;
    bool captured;  ///< or else a refund or a dispute, or one that was turned back
    Money amount;
};
void moved(storage::Connection& connection, std::optional<CourseId> course,
           FunctionRef<void(Moved const&)> take);
void moved_of(storage::Connection& connection, CourseId course, UserId teacher,
              FunctionRef<void(Moved const&)> take);

/// A purchase for a limited time, and what it brought up to now the platform and its teachers, or
/// one teacher.
struct BoughtPeriod {
    UserId user;
    Timestamp starts_at;
    Timestamp ends_at;
    std::optional<Timestamp> revoked_at;
    Money amount;
};
void periods(storage::Connection& connection, std::optional<CourseId> course,
             FunctionRef<void(BoughtPeriod const&)> take);
void periods_of(storage::Connection& connection, CourseId course, UserId teacher,
                FunctionRef<void(BoughtPeriod const&)> take);

/// A video or audio of a lecture as it is published.
struct Recording {
    LectureId lecture;
    int item;
    std::chrono::milliseconds duration;
};
[[nodiscard]] std::vector<Recording> recordings(storage::Connection& connection, LectureId lecture);
void recordings(storage::Connection& connection, std::optional<CourseId> course,
                FunctionRef<void(Recording const&)> take);

/// An answer with its text.
struct TextAnswer {
    UserId user;
    LectureId lecture;
    int item;
    std::optional<std::int64_t> question;
    std::int64_t score;
    std::int64_t score_max;
    Timestamp at;
    std::string_view text;  ///< lives for the call
};
/// Of those who are or were enrolled in a course, by enrollment and place in the log.
void answers(storage::Connection& connection, CourseId course,
             FunctionRef<void(TextAnswer const&)> take);

/// A learner of a course as an outsider might know him.
struct Learner {
    UserId user;
    Uid uid;
    Timestamp enrolled_at;
    bool completed;
    std::optional<std::string> age_band;
    std::optional<std::string> region;
};
void learners(storage::Connection& connection, CourseId course,
              FunctionRef<void(Learner const&)> take);

// -- Names

void titles(storage::Connection& connection, std::optional<CourseId> course,
            FunctionRef<void(CourseId, std::string_view language, std::string_view title)> take);
/// Of a lecture's published version or, before there is one, its draft.
void lecture_titles(
    storage::Connection& connection, std::optional<CourseId> course,
    FunctionRef<void(LectureId, std::string_view language, std::string_view title)> take);
/// Of at most a page of users.
void uids(storage::Connection& connection, std::vector<UserId> const& users,
          FunctionRef<void(UserId, Uid const&)> take);

// -- The log as it is exported

struct LogRow {
    std::int64_t seq;
    Timestamp at;
    std::optional<Timestamp> client_at;
    LearningKind kind;
    UserId user;
    Uid user_uid;
    std::optional<CourseId> course;
    std::optional<Uid> course_uid;
    std::optional<LectureId> lecture;
    std::optional<Uid> lecture_uid;
    std::optional<std::int64_t> item;
    std::optional<std::int64_t> a;
    std::optional<std::int64_t> b;
    std::optional<std::int64_t> c;
};
/// What was looked at.
struct LogPiece {
    std::int64_t seq;  ///< of the last entry; the given one if there was none
    int entries;       ///< also those that only a newer build knows
};
/// At most `limit` entries of users who are not erased, or of one user, after `seq`, in order.
[[nodiscard]] LogPiece log(storage::Connection& connection, std::optional<UserId> user,
                           std::int64_t seq, int limit, FunctionRef<void(LogRow const&)> take);

}  // namespace eduplat::repositories::insights_rows
