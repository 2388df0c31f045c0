#include "benchmarks/bench_school.hpp"
#include "benchmarks/school_benchmarks.hpp"
#include "benchmarks/table_rows.hpp"

#include <eduplat/core/limits.hpp>

#include <oulad/oulad.hpp>
#include <oulad_import.hpp>
#include <oulad_rows.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

namespace eduplat::benchmarks {
namespace {

namespace fs = std::filesystem;

constexpr int rounds = 5;
constexpr std::size_t clicks_max = 1'000'000;

/// The rows of the dataset that a round imports.
struct Dataset {
    explicit Dataset(fs::path const& folder)
        : presentations(oulad::read_all<oulad::Presentation>(folder)),
          materials(oulad::read_all<oulad::Material>(folder)),
          learners(oulad::read_all<oulad::Learner>(folder)),
          registrations(oulad::read_all<oulad::Registration>(folder)) {
        oulad::Reader<oulad::Click> reader{folder};
        for (oulad::Click click; clicks.size() < clicks_max && reader.next(click);)
            clicks.push_back(click);
    }

    std::vector<oulad::Presentation> presentations;
    std::vector<oulad::Material> materials;
    std::vector<oulad::Learner> learners;
    std::vector<oulad::Registration> registrations;
    std::vector<oulad::Click> clicks = {};
};

using Ids = std::unordered_map<std::string, std::int64_t>;

/// What the rows of a table are called in the dataset.
Ids ids_by_name(std::string const& path, std::string const& table) {
    RawConnection connection{path, true};
    auto* const statement = connection.prepare("SELECT source_id, id FROM " + table +
                                               " WHERE source = 'oulad' ORDER BY source_id");
    Ids ids;
    while (sqlite3_step(statement) == SQLITE_ROW)
        ids.emplace(text_of(statement, 0), sqlite3_column_int64(statement, 1));
    return ids;
}

/// A school in a copy of `base`, for one round.
template <class Work>
double in_copy(std::string const& base, Work work) {
    auto const path = base + "-round";
    fs::copy_file(base, path, fs::copy_options::overwrite_existing);
    auto const seconds = work(path);
    for (auto const* const suffix : {"", "-wal", "-shm", "-lock"})
        fs::remove(path + suffix);
    return seconds;
}

/// Medians of rounds that measure themselves, in turns.
Comparison compare_measured(std::function<double()> const& ours,
                            std::function<double()> const& peer) {
    std::vector<double> of_ours;
    std::vector<double> of_peer;
    for (int round = 0; round < rounds; ++round) {
        if (round % 2 == 0) of_ours.push_back(ours());
        of_peer.push_back(peer());
        if (round % 2 != 0) of_ours.push_back(ours());
    }
    return {median(std::move(of_ours)), median(std::move(of_peer))};
}

/// Writes rows as the imports do, a transaction for each chunk.
class ChunkedWriter {
  public:
    ChunkedWriter(RawConnection& connection, std::size_t chunk)
        : connection_(connection), chunk_(chunk) {}

    template <class Write>
    void write(Write write) {
        if (rows_ == 0) connection_.begin_write();
        write();
        if (++rows_ == chunk_) finish();
    }
    void finish() {
        if (rows_ > 0) connection_.commit_write();
        rows_ = 0;
    }

  private:
    RawConnection& connection_;
    std::size_t chunk_;
    std::size_t rows_ = 0;
};

/// Everything of OULAD but the clicks: first the courses, which are not measured, then people and
/// enrollments.
class People {
  public:
    People(Dataset const& dataset, std::string folder)
        : dataset_(dataset),
          folder_(std::move(folder)),
          users_(school_day::people_rows(dataset.presentations, dataset.learners)) {
        make_base();
        make_enrollments();
        in_copy(base_, [&](std::string const& path) {
            auto const seconds = import(path, 3);
            keep_rows(path);
            fs::copy_file(path, with_people_, fs::copy_options::overwrite_existing);
            return seconds;
        });
    }

    /// A file with all of them.
    [[nodiscard]] std::string const& file() const noexcept { return with_people_; }
    [[nodiscard]] std::size_t rows() const noexcept { return users_.size() + enrollments_.size(); }

    void measure(Report& report) {
        auto seed = std::uint64_t{4};
        auto const times = compare_measured(
            [&] { return in_copy(base_, [&](auto const& path) { return import(path, ++seed); }); },
            [&] { return in_copy(base_, [&](auto const& path) { return insert(path); }); });
        report.add_rate("import oulad learners and enrollments", times, static_cast<double>(rows()),
                        "rows/s");
    }

  private:
    static constexpr auto system_actor = Actor::system();

    void make_base() {
        BenchSchool school{base_};
        auto const teacher = school.learners(1).front();
        for (auto const& presentation : dataset_.presentations) {
            auto const row = school_day::course_row(presentation, dataset_.materials, teacher);
            auto const report = school.courses.import_courses(system_actor, {&row, 1});
            require(report.created == 1, "a course was refused");
        }
        // Where the shared part has no materials of a presentation, its course stays a draft.
        static_cast<void>(school.storage->scrub());
    }

    void make_enrollments() {
        auto const courses = ids_by_name(base_, "courses");
        std::map<std::tuple<oulad::PresentationId, std::int64_t>, oulad::Outcome> outcomes;
        for (auto const& learner : dataset_.learners)
            outcomes.emplace(std::tuple{learner.presentation, learner.student}, learner.outcome);
        for (auto const& registration : dataset_.registrations) {
            auto const outcome = outcomes.find({registration.presentation, registration.student});
            if (outcome == outcomes.end()) continue;
            Timestamp const start{oulad::start_of(registration.presentation.presentation)};
            CourseId const course{courses.at(school_day::name_of(registration.presentation))};
            enrollments_.push_back(school_day::enrollment_row(
                registration, outcome->second, course, {start, start + std::chrono::days{270}}));
        }
    }

    double import(std::string const& path, std::uint64_t seed) {
        BenchSchool school{path, seed};
        std::size_t created = 0;
        auto const seconds = seconds_of([&] {
            created += school.accounts.import_users(system_actor, users_).created;
            created += school.enrollments.import_enrollments(system_actor, enrollments_).created;
        });
        require(created == rows(), "a row was refused");
        return seconds;
    }

    void keep_rows(std::string const& path) {
        RawConnection from{path, true};
        auto const all = [&](std::string_view table, std::string const& select) {
            return TableRows{from, table, select};
        };
        std::string const imported = " WHERE users.source = 'oulad' ORDER BY users.id";
        auto& users = of_users_;
        users.push_back(all("users", "SELECT id, users.* FROM users" + imported));
        users.push_back(all("user_terms",
                            "SELECT user_id, user_terms.* FROM users JOIN user_terms "
                            "ON user_id = users.id" +
                                imported + ", term"));
        users.push_back(all("personas",
                            "SELECT user_id, personas.* FROM users JOIN personas "
                            "ON user_id = users.id" +
                                imported));
        users.push_back(all("journal",
                            "SELECT users.id, journal.* FROM users JOIN journal "
                            "ON object_uid = users.uid" +
                                imported));
        std::string const in_order = " ORDER BY enrollments.id";
        auto& enrollments = of_enrollments_;
        enrollments.push_back(
            all("enrollments", "SELECT id, enrollments.* FROM enrollments" + in_order));
        enrollments.push_back(all("grants",
                                  "SELECT enrollment_id, grants.* FROM enrollments JOIN grants "
                                  "ON enrollment_id = enrollments.id" +
                                      in_order));
        enrollments.push_back(all("enrollment_history",
                                  "SELECT enrollment_id, enrollment_history.* FROM enrollments "
                                  "JOIN enrollment_history ON enrollment_id = enrollments.id" +
                                      in_order));
        enrollments.push_back(all("journal",
                                  "SELECT enrollments.id, journal.* FROM enrollments JOIN journal "
                                  "ON object_uid = enrollments.uid" +
                                      in_order));
        // Ordered like the enrollments, of which each has one.
        enrollments.push_back(all("learning_events",
                                  "SELECT enrollment_id, learning_events.* FROM learning_events "
                                  "WHERE enrollment_id IS NOT NULL ORDER BY enrollment_id"));
    }

    double insert(std::string const& path) {
        RawConnection peer{path};
        return seconds_of([&] {
            for (auto* const tables : {&of_users_, &of_enrollments_}) {
                ChunkedWriter writer{peer, limits::import_chunk_rows};
                for (auto& table : *tables)
                    table.begin(peer);
                for (auto const owner : tables->front().owners()) {
                    writer.write([&] {
                        for (auto& table : *tables)
                            table.insert_of(owner);
                    });
                }
                writer.finish();
            }
        });
    }

    Dataset const& dataset_;
    std::string folder_;
    std::string base_ = folder_ + "/oulad.db";
    std::string with_people_ = folder_ + "/oulad-people.db";
    std::vector<ImportedUser> users_;
    std::vector<ImportedEnrollment> enrollments_ = {};
    std::vector<TableRows> of_users_ = {};
    std::vector<TableRows> of_enrollments_ = {};
};

/// Clicks as events that are imported.
std::vector<ImportedEvent> events_of(Dataset const& dataset, std::string const& file) {
    auto const users = ids_by_name(file, "users");
    auto const lectures = ids_by_name(file, "lectures");
    std::vector<ImportedEvent> events;
    for (auto const& click : dataset.clicks) {
        auto const user = users.find(std::to_string(click.student));
        auto const lecture = lectures.find(std::to_string(click.site));
        if (user == users.end() || lecture == lectures.end()) continue;
        Timestamp const start{oulad::start_of(click.presentation.presentation)};
        events.push_back({.user = UserId{user->second},
                          .lecture = LectureId{lecture->second},
                          .at = start + std::chrono::days{click.day},
                          .count = click.clicks});
    }
    return events;
}

void measure_clicks(Report& report, Dataset const& dataset, std::string const& file) {
    auto const events = events_of(dataset, file);
    auto const import = [&](std::string const& path) {
        BenchSchool school{path, 99};
        std::size_t imported = 0;
        auto const seconds = seconds_of([&] {
            auto const given = school.learning.import_events(Actor::system(),
                                                             {.batch = "clicks", .events = events});
            imported = given.imported;
        });
        require(imported == events.size(), "a click was refused");
        return seconds;
    };
    std::optional<TableRows> rows;
    in_copy(file, [&](std::string const& path) {
        auto const seconds = import(path);
        RawConnection from{path, true};
        rows.emplace(from, "learning_events",
                     "SELECT user_id, learning_events.* FROM learning_events "
                     "WHERE lecture_id IS NOT NULL ORDER BY seq");
        return seconds;
    });
    auto const insert = [&](std::string const& path) {
        RawConnection peer{path};
        return seconds_of([&] {
            rows->begin(peer);
            ChunkedWriter writer{peer, limits::learning_import_chunk_rows};
            for (auto left = rows->size(); left > 0; --left)
                writer.write([&] { rows->insert_next(); });
            writer.finish();
        });
    };
    auto const times = compare_measured([&] { return in_copy(file, import); },
                                        [&] { return in_copy(file, insert); });
    report.add_rate("import oulad clicks", times, static_cast<double>(rows->size()), "rows/s");
}

}  // namespace

void measure_oulad(Report& report, std::string const& folder,
                   std::optional<std::string> const& oulad) {
    if (!oulad) {
        std::cerr << "import oulad learners and enrollments: skipped, needs --oulad DIR\n"
                     "import oulad clicks: skipped, needs --oulad DIR\n";
        return;
    }
    Dataset const dataset{*oulad};
    People people{dataset, folder};
    people.measure(report);
    measure_clicks(report, dataset, people.file());
}

}  // namespace eduplat::benchmarks
