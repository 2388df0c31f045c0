#include "repositories/insights_rows.hpp"

#include "repositories/in_page.hpp"
#include "repositories/rows.hpp"

// When the last grant ended; null while one goes on for good.
#define EDUPLAT_STAY_END                                                                   \
    "SELECT CASE WHEN count(*) = count(coalesce(grants.revoked_at, grants.ends_at)) THEN " \
    "max(CASE WHEN grants.revoked_at < grants.ends_at THEN grants.revoked_at "             \
    "ELSE coalesce(grants.ends_at, grants.revoked_at) END) END AS at FROM grants "         \
    "WHERE grants.enrollment_id = enrollments.id"
// read_enrolled() reads them by place.
#define EDUPLAT_ENROLLED                                                            \
    "SELECT enrollments.user_id, enrollments.course_id, enrollments.activated_at, " \
    "enrollments.completed_at, (" EDUPLAT_STAY_END ")"
// Up to ?2, the completion or the end, whichever is first. The end is found once an enrollment, not
// once a lecture.
#define EDUPLAT_LECTURES_DONE                                                      \
    ", (WITH stay AS (" EDUPLAT_STAY_END                                           \
    ") SELECT count(*) FROM stay CROSS JOIN lecture_progress "                     \
    "WHERE lecture_progress.enrollment_id = enrollments.id "                       \
    "AND lecture_progress.completed_at <= ?2 "                                     \
    "AND lecture_progress.completed_at <= coalesce(enrollments.completed_at, ?2) " \
    "AND lecture_progress.completed_at <= coalesce(stay.at, ?2))"
#define EDUPLAT_OF_ALL " FROM enrollments WHERE id > ?1 AND activated_at IS NOT NULL ORDER BY id"
#define EDUPLAT_OF_COURSE \
    " FROM enrollments WHERE course_id = ?1 AND activated_at IS NOT NULL ORDER BY id"

// take_moved() reads them by place. An order has one line. The plus keeps an account from being
// where a statement begins: its postings are those of all courses and years.
#define EDUPLAT_MOVED                                                       \
    "SELECT payments.user_id, order_lines.course_id, ledger_transfers.at, " \
    "ledger_transfers.kind, ledger_postings.currency, -sum(ledger_postings.amount_minor) "
#define EDUPLAT_MOVED_GROUPS                                                  \
    "GROUP BY ledger_transfers.id, payments.user_id, order_lines.course_id, " \
    "ledger_transfers.at, ledger_transfers.kind, ledger_postings.currency "   \
    "ORDER BY ledger_transfers.id"
#define EDUPLAT_SALES_OF_COURSE                                                   \
    "FROM order_lines JOIN payments ON payments.order_id = order_lines.order_id " \
    "JOIN ledger_transfers ON ledger_transfers.payment_id = payments.id "         \
    "JOIN ledger_postings ON ledger_postings.transfer_id = ledger_transfers.id "  \
    "JOIN ledger_accounts ON ledger_accounts.id = +ledger_postings.account_id "   \
    "WHERE order_lines.course_id = ?1 "

// take_periods() reads them by place.
#define EDUPLAT_PERIODS                                                              \
    "SELECT payments.user_id, grants.starts_at, grants.ends_at, grants.revoked_at, " \
    "ledger_postings.currency, -sum(ledger_postings.amount_minor) "
#define EDUPLAT_PERIODS_PAID                                                     \
    "FROM grants JOIN order_lines ON order_lines.id = grants.line_id "           \
    "JOIN payments ON payments.order_id = order_lines.order_id "                 \
    "JOIN ledger_transfers ON ledger_transfers.payment_id = payments.id "        \
    "JOIN ledger_postings ON ledger_postings.transfer_id = ledger_transfers.id " \
    "JOIN ledger_accounts ON ledger_accounts.id = +ledger_postings.account_id "  \
    "WHERE grants.ends_at IS NOT NULL "
#define EDUPLAT_PERIODS_GROUPS                                                 \
    "GROUP BY grants.id, payments.user_id, grants.starts_at, grants.ends_at, " \
    "grants.revoked_at, ledger_postings.currency ORDER BY grants.id"

// Of all who sold, and of one teacher.
#define EDUPLAT_EARNED "AND ledger_accounts.kind IN ('platform_fees', 'teacher_payable') "
#define EDUPLAT_TEACHER_EARNED                                                              \
    "AND EXISTS (SELECT 1 FROM order_line_shares "                                          \
    "WHERE order_line_shares.line_id = order_lines.id AND order_line_shares.user_id = ?2) " \
    "AND ledger_accounts.kind = 'teacher_payable' AND ledger_accounts.user_id = ?2 "

#define EDUPLAT_RECORDINGS                                                                 \
    "SELECT lectures.id, lecture_items.position, lecture_items.duration_ms FROM lectures " \
    "JOIN lecture_items ON lecture_items.version_id = lectures.published_version_id "      \
    "AND lecture_items.kind IN ('video', 'audio') "

#define EDUPLAT_LECTURE_TITLES                                                       \
    "SELECT lectures.id, lecture_texts.language, lecture_texts.title FROM lectures " \
    "JOIN lecture_texts ON lecture_texts.version_id = "                              \
    "coalesce(lectures.published_version_id, lectures.draft_version_id) "

// read_log() reads them by place.
#define EDUPLAT_LOG                                                                         \
    "SELECT learning_events.seq, learning_events.at, learning_events.client_at, "           \
    "learning_events.kind, learning_events.user_id, users.uid, learning_events.course_id, " \
    "courses.uid, learning_events.lecture_id, lectures.uid, learning_events.item, "         \
    "learning_events.a, learning_events.b, learning_events.c FROM learning_events "         \
    "JOIN users ON users.id = learning_events.user_id AND users.state <> 'erased' "         \
    "LEFT JOIN courses ON courses.id = learning_events.course_id "                          \
    "LEFT JOIN lectures ON lectures.id = learning_events.lecture_id "

namespace eduplat::repositories::insights_rows {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql standings_sql =
    "SELECT courses.id, EXISTS (SELECT 1 FROM course_teachers "
    "WHERE course_teachers.course_id = courses.id AND course_teachers.user_id = ?202) "
    "FROM courses WHERE courses.id " EDUPLAT_IN_PAGE
    " AND courses.state <> 'removed' ORDER BY courses.id";
constexpr Sql course_of_sql = "SELECT course_id FROM lectures WHERE id = ?1";

constexpr Sql courses_of_sql =
    "SELECT lectures.id, lectures.course_id FROM lectures "
    "JOIN courses ON courses.id = lectures.course_id AND courses.state <> 'removed' "
    "WHERE lectures.id " EDUPLAT_IN_PAGE " ORDER BY lectures.id";

constexpr Sql enrollments_sql = EDUPLAT_ENROLLED EDUPLAT_OF_ALL;
constexpr Sql course_enrollments_sql = EDUPLAT_ENROLLED EDUPLAT_OF_COURSE;
constexpr Sql progress_sql = EDUPLAT_ENROLLED EDUPLAT_LECTURES_DONE EDUPLAT_OF_ALL;
constexpr Sql course_progress_sql = EDUPLAT_ENROLLED EDUPLAT_LECTURES_DONE EDUPLAT_OF_COURSE;

constexpr Sql completions_sql =
    "SELECT enrollments.user_id, lecture_progress.lecture_id, lecture_progress.completed_at "
    "FROM enrollments JOIN lecture_progress ON lecture_progress.enrollment_id = enrollments.id "
    "AND lecture_progress.lecture_id " EDUPLAT_IN_PAGE
    " WHERE enrollments.course_id = ?202 AND lecture_progress.completed_at IS NOT NULL "
    "ORDER BY enrollments.id, lecture_progress.lecture_id";

constexpr Sql moved_sql = EDUPLAT_MOVED
    "FROM ledger_transfers JOIN payments ON payments.id = ledger_transfers.payment_id "
    "JOIN order_lines ON order_lines.order_id = payments.order_id "
    "JOIN ledger_postings ON ledger_postings.transfer_id = ledger_transfers.id "
    "JOIN ledger_accounts ON ledger_accounts.id = +ledger_postings.account_id "
    "WHERE ledger_transfers.id > ?1 " EDUPLAT_EARNED EDUPLAT_MOVED_GROUPS;
constexpr Sql course_moved_sql =
    EDUPLAT_MOVED EDUPLAT_SALES_OF_COURSE EDUPLAT_EARNED EDUPLAT_MOVED_GROUPS;
constexpr Sql teacher_moved_sql =
    EDUPLAT_MOVED EDUPLAT_SALES_OF_COURSE EDUPLAT_TEACHER_EARNED EDUPLAT_MOVED_GROUPS;

constexpr Sql periods_sql = EDUPLAT_PERIODS EDUPLAT_PERIODS_PAID
    "AND grants.id > ?1 " EDUPLAT_EARNED EDUPLAT_PERIODS_GROUPS;
constexpr Sql course_periods_sql = EDUPLAT_PERIODS EDUPLAT_PERIODS_PAID
    "AND order_lines.course_id = ?1 " EDUPLAT_EARNED EDUPLAT_PERIODS_GROUPS;
constexpr Sql teacher_periods_sql = EDUPLAT_PERIODS EDUPLAT_PERIODS_PAID
    "AND order_lines.course_id = ?1 " EDUPLAT_TEACHER_EARNED EDUPLAT_PERIODS_GROUPS;

constexpr Sql lecture_recordings_sql =
    EDUPLAT_RECORDINGS "WHERE lectures.id = ?1 ORDER BY lecture_items.position";
constexpr Sql course_recordings_sql =
    EDUPLAT_RECORDINGS "WHERE lectures.course_id = ?1 ORDER BY lectures.id, lecture_items.position";
constexpr Sql recordings_sql =
    EDUPLAT_RECORDINGS "WHERE lectures.id > ?1 ORDER BY lectures.id, lecture_items.position";

// ?2 is the kind of answers.
constexpr Sql answers_sql =
    "SELECT learning_events.user_id, learning_events.lecture_id, learning_events.item, "
    "learning_events.c, learning_events.a, learning_events.b, learning_events.at, "
    "learning_details.detail FROM enrollments "
    "JOIN learning_details ON learning_details.user_id = enrollments.user_id "
    "JOIN learning_events ON learning_events.seq = learning_details.seq "
    "WHERE enrollments.course_id = ?1 AND learning_events.course_id = ?1 "
    "AND learning_events.kind = ?2 ORDER BY enrollments.id, learning_events.seq";

constexpr Sql learners_sql =
    "SELECT users.id, users.uid, enrollments.activated_at, enrollments.completed_at, "
    "personas.age_band, personas.region FROM enrollments "
    "JOIN users ON users.id = enrollments.user_id "
    "LEFT JOIN personas ON personas.user_id = enrollments.user_id "
    "WHERE enrollments.course_id = ?1 AND enrollments.activated_at IS NOT NULL "
    "AND users.state <> 'erased' ORDER BY enrollments.id";

constexpr Sql course_titles_sql =
    "SELECT course_id, language, title FROM course_texts WHERE course_id = ?1 ORDER BY language";
constexpr Sql titles_sql =
    "SELECT course_id, language, title FROM course_texts WHERE course_id > ?1 "
    "ORDER BY course_id, language";
constexpr Sql course_lecture_titles_sql = EDUPLAT_LECTURE_TITLES
    "WHERE lectures.course_id = ?1 ORDER BY lectures.id, lecture_texts.language";
constexpr Sql lecture_titles_sql =
    EDUPLAT_LECTURE_TITLES "WHERE lectures.id > ?1 ORDER BY lectures.id, lecture_texts.language";
constexpr Sql uids_sql = "SELECT id, uid FROM users WHERE id " EDUPLAT_IN_PAGE " ORDER BY id";

constexpr Sql log_sql =
    EDUPLAT_LOG "WHERE learning_events.seq > ?1 ORDER BY learning_events.seq LIMIT ?2";
constexpr Sql user_log_sql = EDUPLAT_LOG
    "WHERE learning_events.user_id = ?3 AND learning_events.seq > ?1 "
    "ORDER BY learning_events.seq LIMIT ?2";

constexpr int lectures_column = 5;
/// Where there is no course, rows of all: their numbers begin with 1.
constexpr std::int64_t before_all = 0;

Statement of_course(Connection& connection, std::optional<CourseId> course, Sql of_one,
                    Sql of_all) {
    return course ? connection.query(of_one, *course) : connection.query(of_all, before_all);
}

Enrolled read_enrolled(Statement const& row) {
    return {.user = row.id<UserId>(0),
            .course = row.id<CourseId>(1),
            .at = row.timestamp(2),
            .completed_at = row.optional(3, &Statement::timestamp),
            .ended_at = row.optional(4, &Statement::timestamp)};
}

void take_moved(Statement rows, FunctionRef<void(Moved const&)> take) {
    while (rows.step()) {
        take({rows.id<UserId>(0), rows.id<CourseId>(1), rows.timestamp(2),
              rows.text(3) == "captured", Money{rows.int64(5), Currency::from_code(rows.text(4))}});
    }
}

void take_periods(Statement rows, FunctionRef<void(BoughtPeriod const&)> take) {
    while (rows.step()) {
        take({rows.id<UserId>(0), rows.timestamp(1), rows.timestamp(2),
              rows.optional(3, &Statement::timestamp),
              Money{rows.int64(5), Currency::from_code(rows.text(4))}});
    }
}

Recording read_recording(Statement const& row) {
    return {row.id<LectureId>(0), read_int(row, 1), std::chrono::milliseconds{row.int64(2)}};
}

std::optional<LogRow> read_log(Statement const& row) {
    auto const kind = parse_learning_kind(row.int64(3));
    if (!kind) return std::nullopt;  // of a newer build
    return LogRow{.seq = row.int64(0),
                  .at = row.timestamp(1),
                  .client_at = row.optional(2, &Statement::timestamp),
                  .kind = *kind,
                  .user = row.id<UserId>(4),
                  .user_uid = row.uid(5),
                  .course = row.optional(6, &Statement::id<CourseId>),
                  .course_uid = row.optional(7, &Statement::uid),
                  .lecture = row.optional(8, &Statement::id<LectureId>),
                  .lecture_uid = row.optional(9, &Statement::uid),
                  .item = row.optional(10, &Statement::int64),
                  .a = row.optional(11, &Statement::int64),
                  .b = row.optional(12, &Statement::int64),
                  .c = row.optional(13, &Statement::int64)};
}

}  // namespace

std::vector<CourseStanding> standings(Connection& connection, std::vector<CourseId> const& courses,
                                      std::optional<UserId> user) {
    auto rows = query_page(connection, standings_sql, courses);
    rows.bind(page_rows_max + 1, user);
    std::vector<CourseStanding> standings;
    while (rows.step())
        standings.push_back({rows.id<CourseId>(0), rows.boolean(1)});
    return standings;
}

std::vector<LectureCourse> courses_of(Connection& connection,
                                      std::vector<LectureId> const& lectures) {
    auto rows = query_page(connection, courses_of_sql, lectures);
    std::vector<LectureCourse> found;
    while (rows.step())
        found.push_back({rows.id<LectureId>(0), rows.id<CourseId>(1)});
    return found;
}

std::optional<CourseId> course_of(Connection& connection, LectureId lecture) {
    auto row = connection.query(course_of_sql, lecture);
    if (!row.step()) return std::nullopt;
    return row.id<CourseId>(0);
}

void enrollments(Connection& connection, std::optional<CourseId> course,
                 FunctionRef<void(Enrolled const&)> take) {
    auto rows = of_course(connection, course, course_enrollments_sql, enrollments_sql);
    while (rows.step())
        take(read_enrolled(rows));
}

void progress(Connection& connection, std::optional<CourseId> course, Timestamp at,
              FunctionRef<void(Enrolled const&)> take) {
    auto rows = of_course(connection, course, course_progress_sql, progress_sql);
    rows.bind(2, at);
    while (rows.step()) {
        auto enrolled = read_enrolled(rows);
        enrolled.lectures = rows.int64(lectures_column);
        take(enrolled);
    }
}

void completions(Connection& connection, CourseId course, std::vector<LectureId> const& lectures,
                 FunctionRef<void(Completed const&)> take) {
    auto rows = query_page(connection, completions_sql, lectures);
    rows.bind(page_rows_max + 1, course);
    while (rows.step())
        take({rows.id<UserId>(0), rows.id<LectureId>(1), rows.timestamp(2)});
}

void moved(Connection& connection, std::optional<CourseId> course,
           FunctionRef<void(Moved const&)> take) {
    take_moved(of_course(connection, course, course_moved_sql, moved_sql), take);
}

void moved_of(Connection& connection, CourseId course, UserId teacher,
              FunctionRef<void(Moved const&)> take) {
    take_moved(connection.query(teacher_moved_sql, course, teacher), take);
}

void periods(Connection& connection, std::optional<CourseId> course,
             FunctionRef<void(BoughtPeriod const&)> take) {
    take_periods(of_course(connection, course, course_periods_sql, periods_sql), take);
}

void periods_of(Connection& connection, CourseId course, UserId teacher,
                FunctionRef<void(BoughtPeriod const&)> take) {
    take_periods(connection.query(teacher_periods_sql, course, teacher), take);
}

std::vector<Recording> recordings(Connection& connection, LectureId lecture) {
    std::vector<Recording> recordings;
    auto rows = connection.query(lecture_recordings_sql, lecture);
    while (rows.step())
        recordings.push_back(read_recording(rows));
    return recordings;
}

void recordings(Connection& connection, std::optional<CourseId> course,
                FunctionRef<void(Recording const&)> take) {
    auto rows = of_course(connection, course, course_recordings_sql, recordings_sql);
    while (rows.step())
        take(read_recording(rows));
}

void answers(Connection& connection, CourseId course, FunctionRef<void(TextAnswer const&)> take) {
    auto const kind = static_cast<int>(LearningKind::answered);
    auto rows = connection.query(answers_sql, course, kind);
    while (rows.step()) {
        take({.user = rows.id<UserId>(0),
              .lecture = rows.id<LectureId>(1),
              .item = read_int(rows, 2),
              .question = rows.optional(3, &Statement::int64),
              .score = rows.int64(4),
              .score_max = rows.int64(5),
              .at = rows.timestamp(6),
              .text = rows.text(7)});
    }
}

void learners(Connection& connection, CourseId course, FunctionRef<void(Learner const&)> take) {
    auto rows = connection.query(learners_sql, course);
    while (rows.step()) {
        take({rows.id<UserId>(0), rows.uid(1), rows.timestamp(2), !rows.is_null(3),
              rows.optional(4, &Statement::string), rows.optional(5, &Statement::string)});
    }
}

void titles(Connection& connection, std::optional<CourseId> course,
            FunctionRef<void(CourseId, std::string_view, std::string_view)> take) {
    auto rows = of_course(connection, course, course_titles_sql, titles_sql);
    while (rows.step())
        take(rows.id<CourseId>(0), rows.text(1), rows.text(2));
}

void lecture_titles(Connection& connection, std::optional<CourseId> course,
                    FunctionRef<void(LectureId, std::string_view, std::string_view)> take) {
    auto rows = of_course(connection, course, course_lecture_titles_sql, lecture_titles_sql);
    while (rows.step())
        take(rows.id<LectureId>(0), rows.text(1), rows.text(2));
}

void uids(Connection& connection, std::vector<UserId> const& users,
          FunctionRef<void(UserId, Uid const&)> take) {
    auto rows = query_page(connection, uids_sql, users);
    while (rows.step())
        take(rows.id<UserId>(0), rows.uid(1));
}

LogPiece log(Connection& connection, std::optional<UserId> user, std::int64_t seq, int limit,
             FunctionRef<void(LogRow const&)> take) {
    auto rows = user ? connection.query(user_log_sql, seq, limit, *user)
                     : connection.query(log_sql, seq, limit);
    LogPiece piece{seq, 0};
    while (rows.step()) {
        piece.seq = rows.int64(0);
        ++piece.entries;
        if (auto const row = read_log(rows)) take(*row);
    }
    return piece;
}

}  // namespace eduplat::repositories::insights_rows
