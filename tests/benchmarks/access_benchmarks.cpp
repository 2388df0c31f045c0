#include "benchmarks/bench_school.hpp"
#include "benchmarks/school_benchmarks.hpp"

#include <random>

namespace eduplat::benchmarks {
namespace {

constexpr int learners_count = 2'000;
constexpr int courses_count = 50;
constexpr int lectures_count = 10;
constexpr int questions_a_round = 4'000;
constexpr int rounds = 31;

struct Question {
    UserId user;
    LectureId lecture;
};

/// Everybody in every course: 100,000 enrollments.
std::vector<LectureId> fill(BenchSchool& school, std::vector<UserId> const& users) {
    std::vector<LectureId> lectures;
    for (int i = 0; i < courses_count; ++i) {
        auto const course = school.course("Course " + std::to_string(i), lectures_count);
        for (auto const lecture : school.lectures_of(course))
            lectures.push_back(lecture);
        std::vector<ImportedEnrollment> rows;
        for (auto const user : users) {
            rows.push_back({.source = "bench",
                            .source_id = std::to_string(i) + ' ' + std::to_string(user.value()),
                            .user = user,
                            .course = course,
                            .enrolled_at = school.clock.now() - std::chrono::hours{24}});
        }
        auto const report = school.enrollments.import_enrollments(Actor::system(), rows);
        require(report.created == users.size(), "an enrollment is missing");
    }
    return lectures;
}

/// What the library asks, by hand.
class Peer {
  public:
    explicit Peer(std::string const& path)
        : connection_(path, true),
          standing_(connection_.prepare(
              "SELECT users.uid, users.state, users.roles, sessions.expires_at FROM users "
              "LEFT JOIN sessions ON sessions.id = ?2 AND sessions.user_id = users.id "
              "WHERE users.id = ?1")),
          facts_(connection_.prepare(
              "SELECT lectures.course_id, courses.state, course_teachers.user_id, "
              "place.publication_id, place.position, place.preview, place.release, "
              "place.release_at, place.release_days, place.prerequisites, enrollments.id, "
              "enrollments.state, enrollments.activated_at, "
              "(SELECT needed.required_course_id FROM course_prerequisites AS needed "
              "WHERE needed.course_id = lectures.course_id AND (enrollments.activated_at IS NULL "
              "OR needed.created_at <= enrollments.activated_at) AND NOT EXISTS "
              "(SELECT 1 FROM enrollments AS other WHERE other.user_id = ?2 "
              "AND other.course_id = needed.required_course_id "
              "AND other.completed_at IS NOT NULL) "
              "ORDER BY needed.required_course_id LIMIT 1), "
              "grants.id, grants.starts_at, grants.ends_at "
              "FROM lectures JOIN courses ON courses.id = lectures.course_id "
              "LEFT JOIN course_teachers ON course_teachers.course_id = lectures.course_id "
              "AND course_teachers.user_id = ?2 "
              "LEFT JOIN enrollments ON enrollments.user_id = ?2 "
              "AND enrollments.course_id = lectures.course_id "
              "LEFT JOIN editions ON editions.course_id = enrollments.course_id "
              "AND editions.edition = enrollments.edition "
              "LEFT JOIN publication_lectures AS place ON place.lecture_id = lectures.id "
              "AND place.publication_id = CASE "
              "WHEN enrollments.state IN ('active', 'completed', 'suspended') "
              "THEN editions.publication_id ELSE courses.publication_id END "
              "LEFT JOIN grants ON grants.enrollment_id = enrollments.id "
              "AND grants.revoked_at IS NULL WHERE lectures.id = ?1 ORDER BY grants.id")) {}

    bool may(Question const& question, std::int64_t now) {
        connection_.begin_read();
        bool const may = is_active(question.user) && is_let_in(question, now);
        connection_.commit_read();
        return may;
    }

  private:
    bool is_active(UserId user) {
        RawConnection::bind(standing_, 1, user.value());
        RawConnection::bind_null(standing_, 2);
        bool const active =
            sqlite3_step(standing_) == SQLITE_ROW && text_of(standing_, 1) == "active";
        sqlite3_reset(standing_);
        return active;
    }

    bool is_let_in(Question const& question, std::int64_t now) {
        RawConnection::bind(facts_, 1, question.lecture.value());
        RawConnection::bind(facts_, 2, question.user.value());
        bool covered = false;
        bool open = true;
        while (sqlite3_step(facts_) == SQLITE_ROW) {
            bool const enrolled =
                sqlite3_column_type(facts_, 3) != SQLITE_NULL && text_of(facts_, 11) == "active";
            open = enrolled && text_of(facts_, 1) == "published" &&
                   text_of(facts_, 6) == "at_once" && sqlite3_column_int64(facts_, 9) == 0 &&
                   sqlite3_column_type(facts_, 13) == SQLITE_NULL;
            bool const ends = sqlite3_column_type(facts_, 16) != SQLITE_NULL;
            covered = covered || (sqlite3_column_int64(facts_, 15) <= now &&
                                  (!ends || now < sqlite3_column_int64(facts_, 16)));
        }
        sqlite3_reset(facts_);
        return open && covered;
    }

    RawConnection connection_;
    sqlite3_stmt* standing_;
    sqlite3_stmt* facts_;
};

}  // namespace

void measure_access(Report& report, std::string const& folder) {
    auto const path = folder + "/access.db";
    BenchSchool school{path};
    auto const users = school.learners(learners_count);
    auto const lectures = fill(school, users);
    static_cast<void>(school.storage->scrub());
    Peer peer{path};
    std::vector<Question> questions;
    std::mt19937 random{7};
    for (int i = 0; i < questions_a_round; ++i)
        questions.push_back({users[random() % users.size()], lectures[random() % lectures.size()]});

    auto const now = school.clock.now().time_since_epoch().count();
    auto const times = compare(
        rounds,
        [&] {
            for (auto const& [user, lecture] : questions) {
                auto const access = school.enrollments.can_access(Actor{user}, lecture);
                require(access.allowed, "a learner is shut out");
                keep(access);
            }
        },
        [&] {
            for (auto const& question : questions)
                require(peer.may(question, now), "a learner is shut out");
        });
    report.add_rate("can_access 100k enrollments", times, questions_a_round, "answers/s");
}

}  // namespace eduplat::benchmarks
