#include "oulad_import.hpp"

#include "oulad_rows.hpp"
#include "progress_bar.hpp"
#include "report.hpp"

#include <oulad/oulad.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

namespace school_day {
namespace {

constexpr auto system = edu::Actor::system();
constexpr std::size_t rows_per_part = 2'500;  ///< between two looks at the progress bar

std::int64_t size_of(std::size_t size) {
    return static_cast<std::int64_t>(size);
}

void add(ImportStep& step, edu::ImportReport const& report) {
    step.created += size_of(report.created);
    step.unchanged += size_of(report.unchanged);
    step.rejected += size_of(report.rejected.size());
}

/// Gives rows to one of the school's import calls, part by part.
template <class Row, class Import>
ImportStep import_rows(std::string_view what, std::vector<Row> const& rows, std::size_t part,
                       Import const& import) {
    ImportStep step{.what = std::string{what}, .rows = size_of(rows.size())};
    ProgressBar bar{step.what};
    for (std::size_t done = 0; done < rows.size(); done += part) {
        add(step, import(std::span{rows}.subspan(done, std::min(part, rows.size() - done))));
        bar.update(static_cast<double>(done) / static_cast<double>(rows.size()), size_of(done));
    }
    bar.finish(step.rows);
    step.seconds = bar.seconds();
    return step;
}

/// A course of the school that a presentation became.
struct Presented {
    edu::CourseId course;
    edu::Timestamp start;
    edu::Timestamp end;
};

class Importer {
  public:
    Importer(edu::Platform& school, std::filesystem::path const& folder)
        : school_(school),
          folder_(folder),
          presentations_(oulad::read_all<oulad::Presentation>(folder)),
          learners_(oulad::read_all<oulad::Learner>(folder)) {}

    std::vector<ImportStep> run() {
        std::vector<ImportStep> steps;
        steps.push_back(import_people());
        find_people();
        steps.push_back(import_courses());
        find_courses();
        steps.push_back(import_enrollments());
        steps.push_back(import_clicks());
        return steps;
    }

  private:
    ImportStep import_people() {
        auto const rows = people_rows(presentations_, learners_);
        return import_rows("people", rows, rows_per_part, [&](auto part) {
            return school_.accounts().import_users(system, part);
        });
    }

    /// Which user a learner, or the teachers of a module, became.
    void find_people() {
        auto const users = all_of([&](edu::PageRequest const& request) {
            return school_.accounts().members(system, {}, request);
        });
        for (auto const& user : users)
            if (user.source == oulad_source) people_.emplace(*user.source_id, user.id);
        for (auto const& learner : learners_) {
            auto const user = people_.find(std::to_string(learner.student));
            if (user != people_.end()) learner_.emplace(learner.student, user->second);
        }
    }

    ImportStep import_courses() {
        auto const materials = oulad::read_all<oulad::Material>(folder_);
        std::vector<edu::ImportedCourse> rows;
        for (auto const& presentation : presentations_)
            rows.push_back(course_row(presentation, materials, teachers_of(presentation)));
        return import_rows("courses", rows, 1, [&](auto part) {
            return school_.courses().import_courses(system, part);
        });
    }

    edu::UserId teachers_of(oulad::Presentation const& presentation) const {
        return people_.at(teachers_name(presentation.id.module));
    }

    /// Which courses and lectures the presentations and their materials became.
    void find_courses() {
        for (auto const& presentation : presentations_) {
            auto const course = school_.courses().find_course(system, slug_of(presentation.id));
            if (!course || course->source_id != name_of(presentation.id)) continue;
            auto const start = edu::Timestamp{oulad::start_of(presentation.id.presentation)};
            auto const end = start + std::chrono::days{presentation.length_days};
            courses_.emplace(presentation.id, Presented{course->id, start, end});
            for (auto const& lecture :
                 school_.courses().draft_outline(system, course->id).lectures) {
                auto const draft = school_.courses().get_draft(system, lecture.id);
                lectures_.emplace(std::stoll(draft.source_id.value()), lecture.id);
            }
        }
    }

    ImportStep import_enrollments() {
        std::map<std::pair<oulad::PresentationId, std::int64_t>, oulad::Outcome> outcomes;
        for (auto const& learner : learners_)
            outcomes.emplace(std::pair{learner.presentation, learner.student}, learner.outcome);
        std::vector<edu::ImportedEnrollment> rows;
        std::int64_t unknown = 0;
        for (auto const& registration : oulad::read_all<oulad::Registration>(folder_)) {
            auto const& presentation = registration.presentation;
            auto const course = courses_.find(presentation);
            auto const outcome = outcomes.find({presentation, registration.student});
            if (course == courses_.end() || outcome == outcomes.end()) {
                ++unknown;
                continue;
            }
            auto const& [id, start, end] = course->second;
            rows.push_back(enrollment_row(registration, outcome->second, id, {start, end}));
        }
        auto step = import_rows("enrollments", rows, rows_per_part, [&](auto part) {
            return school_.enrollments().import_enrollments(system, part);
        });
        step.rejected += unknown;
        return step;
    }

    /// Seven million rows: they are never all in memory.
    ImportStep import_clicks() {
        ImportStep step{.what = "clicks"};
        ProgressBar bar{step.what};
        oulad::Reader<oulad::Click> clicks{folder_};
        std::vector<edu::ImportedEvent> part;
        part.reserve(edu::limits::learning_import_chunk_rows);
        for (bool more = true; more;) {
            more = read_part(clicks, part, step);
            if (!part.empty()) import_part(part, step);
            bar.update(clicks.progress(), step.rows);
        }
        bar.finish(step.rows);
        step.seconds = bar.seconds();
        return step;
    }

    /// False at the end of the file. Clicks on what is not in the school are counted as rejected.
    bool read_part(oulad::Reader<oulad::Click>& clicks, std::vector<edu::ImportedEvent>& part,
                   ImportStep& step) {
        part.clear();
        while (part.size() < edu::limits::learning_import_chunk_rows) {
            if (!clicks.next(click_)) return false;
            auto const lecture = lectures_.find(click_.site);
            auto const user = learner_.find(click_.student);
            if (lecture == lectures_.end() || user == learner_.end()) {
                ++step.rejected;
                continue;
            }
            part.push_back({.user = user->second,
                            .lecture = lecture->second,
                            .at = start_of(click_.presentation) + std::chrono::days{click_.day},
                            .count = click_.clicks});
        }
        return true;
    }

    void import_part(std::vector<edu::ImportedEvent> const& part, ImportStep& step) {
        auto const report = school_.learning().import_events(
            system, {.batch = "oulad clicks " + std::to_string(parts_++), .events = part});
        step.rows += size_of(part.size());
        step.created += size_of(report.imported);
        step.unchanged += size_of(report.unchanged);
        step.rejected += size_of(report.rejected.size());
    }

    /// Clicks of one presentation follow each other.
    edu::Timestamp start_of(oulad::PresentationId const& id) {
        if (!last_ || last_->first != id) last_.emplace(id, courses_.at(id).start);
        return last_->second;
    }

    edu::Platform& school_;
    std::filesystem::path const& folder_;
    std::vector<oulad::Presentation> presentations_;
    std::vector<oulad::Learner> learners_;

    std::unordered_map<std::string, edu::UserId> people_;        ///< by source id
    std::unordered_map<std::int64_t, edu::UserId> learner_;      ///< by number of the student
    std::unordered_map<std::int64_t, edu::LectureId> lectures_;  ///< by number of the material
    std::map<oulad::PresentationId, Presented> courses_;

    oulad::Click click_;
    int parts_ = 0;
    std::optional<std::pair<oulad::PresentationId, edu::Timestamp>> last_;
};

}  // namespace

std::vector<ImportStep> import_oulad(edu::Platform& school, std::filesystem::path const& folder) {
    return Importer{school, folder}.run();
}

}  // namespace school_day
