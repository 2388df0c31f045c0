#include "repositories/lectures.hpp"
#include "repositories/publications.hpp"
#include "services/course_index.hpp"
#include "services/course_publishing.hpp"
#include "services/courses_impl.hpp"
#include "services/learning_log.hpp"
#include "services/lecture_drafts.hpp"
#include "services/lecture_graph.hpp"
#include "services/paging.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace eduplat {

namespace courses = repositories::courses;
namespace publications = repositories::publications;
using publications::Entry;

namespace {

std::string checked_note(std::string_view note, std::string_view what) {
    Validation validation;
    auto normal = validation.text(
        "note", note, {.max_bytes = limits::publication_note_bytes_max, .multiline = true});
    validation.check(what);
    return normal;
}

Publication publication_now(storage::Connection& connection, PublicationId publication) {
    auto found = publications::find(connection, publication);
    if (!found) fail_unknown("publication");
    return *std::move(found);
}

void check_state(CourseAccess const& access, bool review_required) {
    auto const state = access.course.state;
    if (state == CourseState::published) return;
    bool const looks_after = access.asker.may(Call::courses_publish, Relation::other);
    if (review_required && !looks_after) {
        fail(ErrorCode::failed_precondition, "state", name(state));
    }
    // Archived is not left by publishing.
    if (state == CourseState::archived) fail(ErrorCode::failed_precondition, "state", name(state));
}

void check_lectures(std::vector<Entry> const& lectures, std::optional<int> needed) {
    if (lectures.empty()) fail(ErrorCode::failed_precondition, "lectures", "required");
    auto const required = std::count_if(lectures.begin(), lectures.end(),
                                        [](Entry const& entry) { return entry.required; });
    if (needed && *needed > required) {
        fail(ErrorCode::failed_precondition, "lectures_needed", "too_large", required);
    }
    if (auto const field = cycle_in(lectures); !field.empty()) {
        fail(ErrorCode::invalid_argument, field, "cycle");
    }
}

/// What is completed by watching has something to watch.
void check_recordings(storage::Connection& connection, CourseId course) {
    Validation validation;
    for (auto const lecture : publications::covered_without_recording(connection, course))
        validation.add("completion", "no_recording", lecture.value());
    validation.check("publish");
}

/// The draft has again what an older publication has and was removed since.
void revive(storage::Connection& connection, CourseAccess const& access, PublicationId publication,
            Timestamp now) {
    std::vector<Lecture> removed;
    for (auto const lecture : repositories::lectures::removed_since(connection, publication))
        removed.push_back(lecture_now(connection, lecture));
    restore_drafts(connection, removed, now);
    for (auto const& lecture : removed)
        record_lecture(connection, access, now, "lecture.restored", lecture.uid);
}

/// Whether the newest publication shows just that.
bool is_shown(storage::Connection& connection, std::optional<PublicationId> newest,
              std::vector<Entry> const& lectures, std::optional<int> needed) {
    if (!newest) return false;
    return publication_now(connection, *newest).lectures_needed == needed &&
           publications::entries(connection, *newest) == lectures;
}

PublicationId show(storage::Connection& connection, publications::NewRow const& row,
                   std::vector<Entry> const& lectures, Timestamp now) {
    auto const id = publications::insert(connection, row, lectures, now);
    courses::set_publication(connection, row.course, row.edition, id, now);
    log_publication(connection, row.course, id, row.edition, now);
    index_course(connection, row.course);
    return id;
}

}  // namespace

PublicationId publish_draft(storage::Connection& connection, CourseAccess const& access,
                            PublishRequest const& request, Uid const& uid, Timestamp now) {
    auto const course = course_now(connection, request.course);
    if (request.expected && course.publication != request.expected) {
        fail(ErrorCode::conflict, "expected", "changed");
    }
    auto const lectures = publications::draft(connection, course.id);
    check_lectures(lectures, course.lectures_needed);
    check_recordings(connection, course.id);
    if (courses::requires_archived(connection, course.id)) {
        fail(ErrorCode::failed_precondition, "prerequisites", "archived");
    }
    if (is_shown(connection, course.publication, lectures, course.lectures_needed)) {
        return *course.publication;
    }
    bool const opens = course.edition == 0 || request.kind == PublicationKind::edition;
    auto const id = show(connection,
                         {.uid = uid,
                          .course = course.id,
                          .edition = opens ? course.edition + 1 : course.edition,
                          .kind = opens ? PublicationKind::edition : PublicationKind::correction,
                          .lectures_needed = course.lectures_needed,
                          .publisher = access.asker.user,
                          .note = request.note},
                         lectures, now);
    record_course(connection, access, now, "course.published");
    return id;
}

Publication Courses::publish(Actor const& actor, PublishRequest const& request) {
    auto normal = request;
    normal.note = checked_note(request.note, "publish");
    auto const uid = impl_->new_uid();
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access =
            authorize_course(connection, actor, Call::courses_publish, request.course, now);
        check_state(access, impl_->dependencies.courses.review_required);
        auto const id = publish_draft(connection, access, normal, uid, now);
        return publication_now(connection, id);
    });
}

Publication Courses::roll_back(Actor const& actor, PublicationId publication,
                               std::string_view note) {
    auto const text = checked_note(note, "roll_back");
    auto const uid = impl_->new_uid();
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const old = publications::find(connection, publication);
        if (!old) {
            require(identify(connection, actor, now), Call::courses_roll_back, Relation::other);
            fail_unknown("publication");
        }
        auto const access =
            authorize_course(connection, actor, Call::courses_roll_back, old->course, now);
        auto const& course = access.course;
        if (course.state != CourseState::published) {
            fail(ErrorCode::failed_precondition, "state", name(course.state));
        }
        auto const lectures = publications::entries(connection, publication);
        revive(connection, access, publication, now);
        if (is_shown(connection, course.publication, lectures, old->lectures_needed)) {
            return publication_now(connection, *course.publication);
        }
        auto const id = show(connection,
                             {.uid = uid,
                              .course = course.id,
                              .edition = course.edition,
                              .kind = PublicationKind::correction,
                              .restored = publication,
                              .lectures_needed = old->lectures_needed,
                              .publisher = access.asker.user,
                              .note = text},
                             lectures, now);
        record_course(connection, access, now, "course.rolled_back");
        return publication_now(connection, id);
    });
}

Page<Publication> Courses::publications(Actor const& actor, CourseId course,
                                        PageRequest const& request) const {
    auto const list = "publications of " + std::to_string(course.value());
    auto const [before] =
        keys_after<std::int64_t>(list, request, {std::numeric_limits<std::int64_t>::max()});
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&, first = before](auto& connection) {
        static_cast<void>(
            authorize_course(connection, actor, Call::courses_publications, course, now));
        return publications::page(connection, course, PublicationId{first}, request.limit + 1);
    });
    return make_page(list, request, std::move(rows),
                     [](Publication const& row) { return std::vector<CursorKey>{row.id.value()}; });
}

}  // namespace eduplat
