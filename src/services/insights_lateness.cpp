#include "services/insights_lateness.hpp"

#include "services/insights_enrollments.hpp"
#include "services/insights_events.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

namespace eduplat {

void check_due_rows(std::size_t rows) {
    constexpr auto most = limits::analytics_cells_max;
    Validation validation;
    if (rows > most) validation.add("due", "too_many", static_cast<std::int64_t>(most));
    validation.check("the lateness");
}

namespace rows = repositories::insights_rows;
using analytics::DueRow;
using analytics::EventFrame;
using storage::Connection;

namespace {

std::string lecture_field(std::size_t place) {
    return "due[" + std::to_string(place) + "].lecture";
}

void check(LatenessRequest const& request) {
    Validation validation;
    check_scope(validation, request.scope);
    if (request.due.size() > limits::page_size_max) {
        validation.add("due", "too_many", limits::page_size_max);
    } else {
        std::set<LectureId> seen;
        for (std::size_t i = 0; i < request.due.size(); ++i) {
            if (!seen.insert(request.due[i].lecture).second)
                validation.add(lecture_field(i), "duplicate");
        }
    }
    check_arguments(validation, [&] { return analytics::lateness({}, {}, request.confidence); });
    validation.check("the lateness");
}

/// As time marks of events are. Towards 1970, before which nothing is due.
Timestamp in_seconds(Timestamp at) {
    return std::chrono::time_point_cast<std::chrono::seconds>(at);
}

using DueByCourse = std::map<CourseId, std::vector<DueLecture>>;

/// Errors: not_found (field "due[1].lecture": of no course, or of none of the scope).
DueByCourse by_course(Connection& connection, LatenessRequest const& request) {
    std::vector<LectureId> lectures;
    for (auto const& each : request.due)
        lectures.push_back(each.lecture);
    std::map<LectureId, CourseId> known;
    for (auto const& each : rows::courses_of(connection, lectures))
        known.emplace(each.lecture, each.course);

    auto const& asked = request.scope.courses;
    DueByCourse due;
    for (std::size_t i = 0; i < lectures.size(); ++i) {
        auto const found = known.find(lectures[i]);
        bool const is_of_scope =
            found != known.end() &&
            (asked.empty() || std::find(asked.begin(), asked.end(), found->second) != asked.end());
        if (!is_of_scope) fail(ErrorCode::not_found, lecture_field(i), "unknown");
        due[found->second].push_back({lectures[i], in_seconds(request.due[i].due_at)});
    }
    return due;
}

struct DueCourse {
    std::vector<DueLecture> lectures;
    Enrollments enrollments;
};

/// Calls take(user, due) for each learner and lecture that was due up to a moment.
template <class Take>
void for_each_due(std::vector<DueCourse> const& courses, Timestamp at, Take take) {
    for (auto const& [lectures, enrollments] : courses) {
        for (auto const& enrolled : enrollments) {
            for (auto const& due : lectures) {
                bool const was_there = enrolled.at < due.due_at &&
                                       !(enrolled.ended_at && *enrolled.ended_at < due.due_at);
                if (was_there && due.due_at <= at) take(enrolled.user, due);
            }
        }
    }
}

/// What was due up to a moment, by learner and lecture; nothing is done yet.
/// Errors: as check_due_rows().
std::vector<DueRow> due_rows(Connection& connection, Viewpoint const& view, DueByCourse const& due,
                             Timestamp at) {
    std::vector<DueCourse> courses;
    for (auto const& [course, lectures] : due)
        courses.push_back({lectures, enrollments_of(connection, view, {course})});
    std::size_t rows = 0;
    for_each_due(courses, at, [&](UserId, DueLecture const&) { ++rows; });
    check_due_rows(rows);
    std::vector<DueRow> found;
    found.reserve(rows);
    for_each_due(courses, at, [&](UserId user, DueLecture const& each) {
        found.push_back({user, each.lecture, each.due_at});
    });
    std::sort(found.begin(), found.end(), [](DueRow const& a, DueRow const& b) {
        return std::tie(a.user, a.lecture) < std::tie(b.user, b.lecture);
    });
    return found;
}

/// Notes when something was done, if it was due; the first time counts.
void note_done(std::vector<DueRow>& due, UserId user, LectureId lecture, Timestamp at) {
    auto const row = std::lower_bound(
        due.begin(), due.end(), std::tie(user, lecture),
        [](DueRow const& a, auto const& wanted) { return std::tie(a.user, a.lecture) < wanted; });
    if (row == due.end() || row->user != user || row->lecture != lecture) return;
    row->done_at = std::min(row->done_at.value_or(at), at);
}

void note_completed(Connection& connection, DueByCourse const& courses, std::vector<DueRow>& due) {
    for (auto const& [course, lectures] : courses) {
        std::vector<LectureId> wanted;
        for (auto const& each : lectures)
            wanted.push_back(each.lecture);
        rows::completions(connection, course, wanted, [&](rows::Completed const& done) {
            note_done(due, done.user, done.lecture, in_seconds(done.at));
        });
    }
}

void note_events(EventFrame const& frame, LearningKind wanted, DueByCourse const& courses,
                 std::vector<DueRow>& due) {
    std::set<LectureId> lectures;
    for (auto const& [course, of_course] : courses) {
        for (auto const& each : of_course)
            lectures.insert(each.lecture);
    }
    auto const subjects = frame.subjects();
    std::vector<bool> is_due;
    for (auto const& subject : subjects)
        is_due.push_back(subject.lecture && lectures.count(*subject.lecture) != 0);
    for_each_event(
        frame,
        [&](LearningKind kind, std::size_t subject) { return kind == wanted && is_due[subject]; },
        [&](UserId user, std::size_t subject, Timestamp at) {
            note_done(due, user, subjects[subject].lecture.value(), at);
        });
}

}  // namespace

std::vector<analytics::Lateness> Insights::lateness(Actor const& actor,
                                                    LatenessRequest const& request) const {
    check(request);
    auto const at = observed_until(request.at, impl_->now());
    bool const by_completion = request.done_by == LectureDoneBy::completed;
    struct Found {
        InsightFrames::Held held;
        DueByCourse courses;
        std::vector<DueRow> due;
    };
    auto found = impl_->look_at(actor, Call::insights_lateness, request.scope,
                                [&](Connection& connection, Viewpoint const& view) {
                                    Found read{view.held, by_course(connection, request), {}};
                                    read.due = due_rows(connection, view, read.courses, at);
                                    if (by_completion)
                                        note_completed(connection, read.courses, read.due);
                                    return read;
                                });
    if (!by_completion) {
        auto const kind = request.done_by == LectureDoneBy::answered ? LearningKind::answered
                                                                     : LearningKind::opened;
        note_events(found.held->frame, kind, found.courses, found.due);
    }
    return analytics::lateness(found.due, at, request.confidence);
}

}  // namespace eduplat
