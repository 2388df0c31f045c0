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

/// Where answers to an assessment go, and the day that its days are counted from.
struct Handed {
    edu::LectureId lecture;
    edu::Timestamp start;
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
        steps.push_back(import_assessments());
        steps.push_back(import_enrollments());
        steps.push_back(import_clicks());
        steps.push_back(import_submissions());
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

    /// Which courses and lectures the presentations and their materials became. What has no name in
    /// the dataset are assessments.
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
                if (draft.source_id) lectures_.emplace(std::stoll(*draft.source_id), lecture.id);
            }
        }
    }

    /// A section of each course, made at once, so that it is whole or not there. It is no part of
    /// what import_courses makes because schools from before this step have the courses already.
    ImportStep import_assessments() {
        ImportStep step{.what = "assessments"};
        ProgressBar bar{step.what};
        auto const all = oulad::read_all<oulad::Assessment>(folder_);
        for (auto const& [presentation, presented] : courses_) {
            auto const own = assessments_of(presentation, all);
            auto found = find_assessments(presented.course);
            bool const is_new = found.empty() && !own.empty();
            if (is_new) found = add_assessments(presented.course, own);
            step.rows += size_of(own.size());
            (is_new ? step.created : step.unchanged) += size_of(own.size());
            for (auto const& [assessment, title] : own)
                assessments_.emplace(assessment.id, Handed{found.at(title), presented.start});
        }
        step.rejected = size_of(all.size()) - step.rows;
        bar.finish(step.rows);
        step.seconds = bar.seconds();
        return step;
    }

    using LecturesByTitle = std::map<std::string, edu::LectureId>;

    LecturesByTitle find_assessments(edu::CourseId course) const {
        auto const outline = school_.courses().draft_outline(system, course);
        auto const section = std::find_if(
            outline.sections.begin(), outline.sections.end(),
            [](auto const& each) { return in_english(each.title) == assessments_title; });
        LecturesByTitle found;
        if (section == outline.sections.end()) return found;
        for (auto const& lecture : outline.lectures) {
            if (lecture.section == section->id) {
                found.emplace(in_english(lecture.title), lecture.id);
            }
        }
        return found;
    }

    LecturesByTitle add_assessments(edu::CourseId course, std::vector<NamedAssessment> const& own) {
        LecturesByTitle added;
        school_.atomically([&](edu::Platform& school) {
            added.clear();
            auto const section = school.courses().add_section(
                system, {.course = course, .title = {{"en", assessments_title}}});
            for (auto const& assessment : own) {
                auto const lecture = school.courses().add_lecture(
                    system, assessment_row(assessment, course, section.id));
                added.emplace(assessment.title, lecture.id);
            }
            // One without materials stays a draft.
            if (school.courses().get_course(system, course).state == edu::CourseState::published)
                static_cast<void>(school.courses().publish(system, {.course = course}));
        });
        return added;
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

    ImportStep import_clicks() {
        return import_events<oulad::Click>("clicks", [&](oulad::Click const& click) {
            std::optional<edu::ImportedEvent> event;
            auto const lecture = lectures_.find(click.site);
            auto const user = learner_.find(click.student);
            if (lecture == lectures_.end() || user == learner_.end()) return event;
            event.emplace(edu::ImportedEvent{
                .user = user->second,
                .lecture = lecture->second,
                .at = start_of(click.presentation) + std::chrono::days{click.day},
                .count = click.clicks});
            return event;
        });
    }

    ImportStep import_submissions() {
        return import_events<oulad::Submission>("submissions", [&](oulad::Submission const& row) {
            auto const assessment = assessments_.find(row.assessment);
            auto const user = learner_.find(row.student);
            if (assessment == assessments_.end() || user == learner_.end())
                return std::optional<edu::ImportedEvent>{};
            auto const& [lecture, start] = assessment->second;
            return answer_row(row, user->second, lecture, start);
        });
    }

    /// Seven million rows: they are never all in memory. Those that are no event are counted as
    /// rejected. Batches are of fixed rows: names and sizes of them may not change.
    template <class Record, class ToEvent>
    ImportStep import_events(std::string_view what, ToEvent const& to_event) {
        ImportStep step{.what = std::string{what}};
        ProgressBar bar{step.what};
        oulad::Reader<Record> reader{folder_};
        std::vector<edu::ImportedEvent> part;
        part.reserve(edu::limits::learning_import_chunk_rows);
        Record record;
        int parts = 0;
        for (bool more = true; more;) {
            part.clear();
            while (more && part.size() < edu::limits::learning_import_chunk_rows) {
                more = reader.next(record);
                if (!more) break;
                auto const event = to_event(record);
                event ? part.push_back(*event) : static_cast<void>(++step.rejected);
            }
            if (!part.empty()) import_part(part, parts++, step);
            bar.update(reader.progress(), step.rows);
        }
        bar.finish(step.rows);
        step.seconds = bar.seconds();
        return step;
    }

    void import_part(std::vector<edu::ImportedEvent> const& events, int part, ImportStep& step) {
        auto const batch = "oulad " + step.what + ' ' + std::to_string(part);
        auto const report =
            school_.learning().import_events(system, {.batch = batch, .events = events});
        step.rows += size_of(events.size());
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

    std::unordered_map<std::int64_t, Handed> assessments_;  ///< by number

    std::optional<std::pair<oulad::PresentationId, edu::Timestamp>> last_;
};

}  // namespace

std::vector<ImportStep> import_oulad(edu::Platform& school, std::filesystem::path const& folder) {
    return Importer{school, folder}.run();
}

}  // namespace school_day
