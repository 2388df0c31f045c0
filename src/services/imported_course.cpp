#include "services/imported_course.hpp"

#include "repositories/lecture_versions.hpp"
#include "repositories/lectures.hpp"
#include "repositories/publications.hpp"
#include "repositories/sections.hpp"
#include "services/course_publishing.hpp"
#include "services/courses_input.hpp"
#include "services/lecture_drafts.hpp"
#include "services/lecture_graph.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace eduplat {

namespace courses = repositories::courses;
namespace lectures = repositories::lectures;
namespace sections = repositories::sections;

namespace {

/// Checks a course and puts its lectures in order.
class Planner {
  public:
    Planner(Validation& validation, ImportedCourse const& given)
        : validation_(validation), given_(given) {}

    PlannedCourse run(std::string const& path) {
        plan_.source = id(path + "source", given_.source, limits::source_bytes_max);
        plan_.source_id = id(path + "source_id", given_.source_id, limits::source_id_bytes_max);
        plan_.course = normalized(validation_, path, given_.course);
        plan_.prerequisites = given_.prerequisites;
        plan_.publish = given_.publish;
        add_lectures(path, given_.lectures, std::nullopt);
        for (std::size_t i = 0; i < given_.sections.size(); ++i)
            add_section(path + "sections[" + std::to_string(i) + "].", given_.sections[i]);
        check_counts(path);
        find_prerequisites();
        return std::move(plan_);
    }

  private:
    std::string id(std::string const& field, std::string const& value, std::size_t max) {
        return validation_.text(field, value, {.min_bytes = 1, .max_bytes = max});
    }

    void add_section(std::string const& path, ImportedSection const& section) {
        auto source_id = id(path + "source_id", section.source_id, limits::source_id_bytes_max);
        for (auto const& other : plan_.sections) {
            if (other.source_id == source_id) validation_.add(path + "source_id", "duplicate");
        }
        auto title = normalized_title(validation_, path + "title", section.title);
        auto const place = plan_.sections.size();
        plan_.sections.push_back({std::move(source_id), std::move(title)});
        add_lectures(path, section.lectures, place);
    }

    void add_lectures(std::string const& path, std::vector<ImportedLecture> const& given,
                      std::optional<std::size_t> section) {
        for (std::size_t i = 0; i < given.size(); ++i) {
            auto const inner = path + "lectures[" + std::to_string(i) + "].";
            auto const& lecture = given[i];
            auto source_id =
                id(inner + "source_id", lecture.source_id, limits::source_id_bytes_max);
            auto const [known, added] = places_.emplace(source_id, plan_.lectures.size());
            if (!added) validation_.add(inner + "source_id", "duplicate");
            NewLecture const fresh{.course = CourseId{0},  // not made yet
                                   .title = lecture.title,
                                   .items = lecture.items,
                                   .concepts = lecture.concepts,
                                   .preview = lecture.preview,
                                   .required = lecture.required,
                                   .completion = lecture.completion,
                                   .release = lecture.release};
            plan_.lectures.push_back({std::move(source_id),
                                      section,
                                      static_cast<int>(i),
                                      normalized(validation_, inner, fresh),
                                      {}});
            asked_.emplace_back(inner + "prerequisites", &lecture.prerequisites);
        }
    }

    void check_counts(std::string const& path) {
        auto const check = [&](std::string const& field, std::size_t count, std::size_t max) {
            if (count <= max) return;
            validation_.add(field, "too_many", static_cast<std::int64_t>(max));
        };
        check(path + "sections", plan_.sections.size(), limits::sections_max);
        check(path + "lectures", plan_.lectures.size(), limits::lectures_max);
        check(path + "prerequisites", plan_.prerequisites.size(), limits::prerequisites_max);
    }

    void find_prerequisites() {
        for (std::size_t i = 0; i < asked_.size(); ++i) {
            auto& found = plan_.lectures[i].prerequisites;
            auto const& [field, ids] = asked_[i];
            for (auto const& wanted : *ids) {
                auto const place = places_.find(wanted);
                if (place == places_.end()) {
                    validation_.add(field, "unknown");
                } else {
                    found.push_back(place->second);
                }
            }
            std::sort(found.begin(), found.end());
            found.erase(std::unique(found.begin(), found.end()), found.end());
        }
    }

    Validation& validation_;
    ImportedCourse const& given_;
    PlannedCourse plan_ = {};
    std::map<std::string, std::size_t> places_ = {};  ///< of lectures by their source ids
    std::vector<std::pair<std::string, std::vector<std::string> const*>> asked_ = {};
};

/// Writes a planned course.
class Maker {
  public:
    Maker(storage::Connection& connection, Asker const& asker, PlannedCourse const& plan,
          Timestamp now)
        : connection_(connection), asker_(asker), plan_(plan), now_(now), uids_(plan.uids) {}

    void run() {
        auto const uid = next_uid();
        auto const publication_uid = next_uid();
        auto course = plan_.course;
        for (auto const& id : plan_.prerequisites)
            course.prerequisites.push_back(required(id));
        auto& ids = course.prerequisites;
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        course_ = insert_course(connection_, asker_, course,
                                {.uid = uid, .source = plan_.source, .source_id = plan_.source_id},
                                true, now_);
        for (auto const& section : plan_.sections)
            add(section);
        for (auto const& lecture : plan_.lectures)
            add(lecture);
        set_prerequisites();
        record(connection_, asker_, now_, "course.imported", "course", uid);
        if (plan_.publish) publish(publication_uid);
    }

  private:
    Uid next_uid() {
        auto const uid = uids_.front();
        uids_ = uids_.subspan(1);
        return uid;
    }

    CourseId required(std::string const& source_id) {
        auto const found = courses::find_by_source(connection_, plan_.source, source_id);
        if (!found) fail_unknown("prerequisites");
        return *found;
    }

    void add(PlannedSection const& section) {
        if (sections::has_source(connection_, plan_.source, section.source_id)) {
            fail(ErrorCode::already_exists, "sections.source_id", "taken");
        }
        sections_.push_back(
            sections::insert(connection_, {.uid = next_uid(),
                                           .source = plan_.source,
                                           .source_id = section.source_id,
                                           .course = *course_,
                                           .title = section.title,
                                           .position = static_cast<int>(sections_.size())}));
    }

    void add(PlannedLecture const& planned) {
        if (lectures::has_source(connection_, plan_.source, planned.source_id)) {
            fail(ErrorCode::already_exists, "lectures.source_id", "taken");
        }
        auto const& lecture = planned.lecture;
        auto const id = lectures::append(
            connection_,
            {.uid = next_uid(),
             .source = plan_.source,
             .source_id = planned.source_id,
             .course = *course_,
             .section = planned.section ? std::optional{sections_[*planned.section]} : std::nullopt,
             .position = planned.position,
             .preview = lecture.preview,
             .required = lecture.required,
             .completion = *lecture.completion,
             .release = lecture.release},
            now_);
        auto const uid = next_uid();
        auto const media = uids_.first(recordings_without_media(lecture.items));
        uids_ = uids_.subspan(media.size());
        auto const version = repositories::lecture_versions::insert(
            connection_, {.uid = uid, .lecture = id, .author = asker_.user}, lecture.title,
            lecture.concepts, with_media(lecture.items, {}, media), now_);
        lectures::set_draft(connection_, id, version);
        lectures_.push_back(id);
    }

    void set_prerequisites() {
        bool any = false;
        for (std::size_t i = 0; i < plan_.lectures.size(); ++i) {
            std::vector<LectureId> ids;
            for (auto const place : plan_.lectures[i].prerequisites)
                ids.push_back(lectures_[place]);
            if (ids.empty()) continue;
            std::sort(ids.begin(), ids.end());
            lectures::set_prerequisites(connection_, lectures_[i], ids);
            any = true;
        }
        if (!any) return;
        auto const field = cycle_in(repositories::publications::draft(connection_, *course_));
        if (!field.empty()) fail(ErrorCode::invalid_argument, field, "cycle");
    }

    void publish(Uid const& uid) {
        auto const standing = courses::standing(connection_, *course_, asker_.user);
        static_cast<void>(publish_draft(connection_, {asker_, standing.value()},
                                        {.course = *course_}, uid, now_));
    }

    storage::Connection& connection_;
    Asker const& asker_;
    PlannedCourse const& plan_;
    Timestamp now_;
    std::span<Uid const> uids_;
    std::optional<CourseId> course_ = std::nullopt;
    std::vector<SectionId> sections_ = {};
    std::vector<LectureId> lectures_ = {};
};

}  // namespace

std::size_t PlannedCourse::uids_needed() const noexcept {
    auto count = 2 + sections.size() + 2 * lectures.size();
    for (auto const& planned : lectures)
        count += recordings_without_media(planned.lecture.items);
    return count;
}

PlannedCourse planned_course(Validation& validation, std::string const& path,
                             ImportedCourse const& course) {
    return Planner{validation, course}.run(path);
}

bool insert_planned(storage::Connection& connection, Asker const& asker, PlannedCourse const& plan,
                    Timestamp now) {
    if (courses::find_by_source(connection, plan.source, plan.source_id)) return false;
    Maker{connection, asker, plan, now}.run();
    return true;
}

}  // namespace eduplat
