#include "benchmarks/bench_school.hpp"
#include "benchmarks/school_benchmarks.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace eduplat::benchmarks {
namespace {

constexpr int lectures_count = 200;
constexpr int outlines_a_round = 50;
constexpr int rounds = 31;

using Texts = std::map<std::string, std::string>;

/// What an Outline holds, as a C program would keep it.
struct RawSection {
    std::int64_t id, version;
    std::string uid;
    Texts title;
};

struct RawLecture {
    std::int64_t id, version, section, preview, required, percent, release_days, duration_ms;
    int videos, audios, texts, files, embeds;
    std::optional<std::int64_t> release_at;
    std::string uid, completion, release;
    Texts title;
};

struct RawOutline {
    std::int64_t publication = 0;
    std::int64_t edition = 0;
    std::vector<RawSection> sections = {};
    std::vector<RawLecture> lectures = {};
};

RawLecture read_lecture(sqlite3_stmt* row) {
    auto const number = [&](int column) { return sqlite3_column_int64(row, column); };
    auto const count = [&](int column) { return sqlite3_column_int(row, column); };
    RawLecture lecture{.id = number(0),
                       .version = number(4),
                       .section = number(5),
                       .preview = number(6),
                       .required = number(7),
                       .percent = number(9),
                       .release_days = number(12),
                       .duration_ms = number(18),
                       .videos = count(13),
                       .audios = count(14),
                       .texts = count(15),
                       .files = count(16),
                       .embeds = count(17),
                       .release_at = std::nullopt,
                       .uid = text_of(row, 3),
                       .completion = text_of(row, 8),
                       .release = text_of(row, 10),
                       .title = {}};
    if (sqlite3_column_type(row, 11) != SQLITE_NULL) lecture.release_at = number(11);
    return lecture;
}

/// The statements of Courses::outline, by hand.
class Peer {
  public:
    explicit Peer(std::string const& path)
        : connection_(path, true),
          asker_(connection_.prepare(
              "SELECT users.uid, users.state, users.roles, sessions.expires_at FROM users "
              "LEFT JOIN sessions ON sessions.id = ?2 AND sessions.user_id = users.id "
              "WHERE users.id = ?1")),
          course_(connection_.prepare(
              "SELECT courses.id, courses.uid, courses.slug, courses.state, courses.edition, "
              "courses.publication_id, course_teachers.user_id, enrollments.edition FROM courses "
              "LEFT JOIN course_teachers ON course_teachers.course_id = courses.id "
              "AND course_teachers.user_id = ?2 "
              "LEFT JOIN enrollments ON enrollments.user_id = ?2 "
              "AND enrollments.course_id = courses.id "
              "AND enrollments.state IN ('active', 'completed', 'suspended') "
              "WHERE courses.id = ?1 AND courses.state <> 'removed'")),
          shown_(connection_.prepare(
              "SELECT publications.id, publications.edition, publications.lectures_needed "
              "FROM courses JOIN editions ON editions.course_id = courses.id "
              "AND editions.edition = coalesce(?2, courses.edition) "
              "JOIN publications ON publications.id = editions.publication_id "
              "WHERE courses.id = ?1")),
          lectures_(connection_.prepare(
              "SELECT place.lecture_id, lecture_texts.language, lecture_texts.title, "
              "lectures.uid, place.version_id, place.section_id, place.preview, place.required, "
              "place.completion, place.completion_percent, place.release, place.release_at, "
              "place.release_days, lecture_versions.videos, lecture_versions.audios, "
              "lecture_versions.texts, lecture_versions.files, lecture_versions.embeds, "
              "lecture_versions.duration_ms, place.prerequisites "
              "FROM publication_lectures AS place "
              "JOIN lectures ON lectures.id = place.lecture_id "
              "JOIN lecture_versions ON lecture_versions.id = place.version_id "
              "JOIN lecture_texts ON lecture_texts.version_id = place.version_id "
              "WHERE place.publication_id = ?1 "
              "ORDER BY place.position, lecture_texts.language")),
          sections_(connection_.prepare(
              "SELECT sections.id, section_texts.language, section_texts.title, sections.uid, "
              "sections.version, sections.position FROM sections "
              "JOIN section_texts ON section_texts.section_id = sections.id "
              "WHERE sections.course_id = ?1 "
              "ORDER BY sections.position, sections.id, section_texts.language")) {}

    RawOutline outline(UserId user, CourseId course) {
        RawOutline outline;
        connection_.begin_read();
        RawConnection::bind(asker_, 1, user.value());
        RawConnection::bind_null(asker_, 2);
        require_row(asker_);
        RawConnection::bind(course_, 1, course.value());
        RawConnection::bind(course_, 2, user.value());
        require_row(course_);
        RawConnection::bind(shown_, 1, course.value());
        RawConnection::bind_null(shown_, 2);
        sqlite3_step(shown_);
        outline.publication = sqlite3_column_int64(shown_, 0);
        outline.edition = sqlite3_column_int64(shown_, 1);
        sqlite3_reset(shown_);
        read_lectures(outline);
        read_sections(outline, course);
        connection_.commit_read();
        return outline;
    }

  private:
    static void require_row(sqlite3_stmt* statement) {
        require(sqlite3_step(statement) == SQLITE_ROW, "a row is missing");
        sqlite3_reset(statement);
    }

    void read_lectures(RawOutline& outline) {
        RawConnection::bind(lectures_, 1, outline.publication);
        while (sqlite3_step(lectures_) == SQLITE_ROW) {
            auto const id = sqlite3_column_int64(lectures_, 0);
            if (outline.lectures.empty() || outline.lectures.back().id != id) {
                outline.lectures.push_back(read_lecture(lectures_));
            }
            outline.lectures.back().title.emplace(text_of(lectures_, 1), text_of(lectures_, 2));
        }
        sqlite3_reset(lectures_);
    }

    void read_sections(RawOutline& outline, CourseId course) {
        RawConnection::bind(sections_, 1, course.value());
        while (sqlite3_step(sections_) == SQLITE_ROW) {
            auto const id = sqlite3_column_int64(sections_, 0);
            if (outline.sections.empty() || outline.sections.back().id != id) {
                outline.sections.push_back({.id = id,
                                            .version = sqlite3_column_int64(sections_, 4),
                                            .uid = text_of(sections_, 3),
                                            .title = {}});
            }
            outline.sections.back().title.emplace(text_of(sections_, 1), text_of(sections_, 2));
        }
        sqlite3_reset(sections_);
    }

    RawConnection connection_;
    sqlite3_stmt* asker_;
    sqlite3_stmt* course_;
    sqlite3_stmt* shown_;
    sqlite3_stmt* lectures_;
    sqlite3_stmt* sections_;
};

}  // namespace

void measure_outline(Report& report, std::string const& folder) {
    auto const path = folder + "/outline.db";
    BenchSchool school{path};
    auto const user = school.learners(1).front();
    std::vector<CourseId> courses;
    for (int i = 0; i < 5; ++i)
        courses.push_back(school.course("Course " + std::to_string(i), lectures_count));
    static_cast<void>(school.storage->scrub());
    Peer peer{path};
    auto const times = compare(
        rounds,
        [&] {
            for (int i = 0; i < outlines_a_round; ++i) {
                auto const course = courses[static_cast<std::size_t>(i) % courses.size()];
                auto const outline = school.courses.outline(Actor{user}, course);
                require(outline.lectures.size() == lectures_count, "a lecture is missing");
                keep(outline);
            }
        },
        [&] {
            for (int i = 0; i < outlines_a_round; ++i) {
                auto const course = courses[static_cast<std::size_t>(i) % courses.size()];
                auto const outline = peer.outline(user, course);
                require(outline.lectures.size() == lectures_count, "a lecture is missing");
                keep(outline);
            }
        });
    report.add_rate("course outline 200 lectures", times, outlines_a_round, "outlines/s");
}

}  // namespace eduplat::benchmarks
