#include "repositories/lecture_versions.hpp"
#include "repositories/lectures.hpp"
#include "repositories/outlines.hpp"
#include "services/courses_impl.hpp"
#include "services/enrollment_core.hpp"
#include "services/paging.hpp"

#include <limits>
#include <utility>

namespace eduplat {

namespace outlines = repositories::outlines;

namespace {

/// What is hidden is unknown; of what is not, a guest may find out more by signing in.
[[noreturn]] void deny(Asker const& asker, LectureAccess const& access) {
    if (access.reason == AccessReason::unpublished) fail_unknown("lecture");
    fail(asker.kind == ActorKind::guest ? ErrorCode::unauthenticated : ErrorCode::permission_denied,
         "lecture", name(access.reason));
}

}  // namespace

Outline Courses::outline(Actor const& actor, CourseId course) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto const access = see_course(connection, actor, Call::courses_outline, course, now);
        auto const shown = outlines::shown(connection, course, access.course.enrolled_edition);
        if (!shown) fail(ErrorCode::failed_precondition, "course", "unpublished");
        Outline outline{.course = course,
                        .publication = shown->publication,
                        .edition = shown->edition,
                        .lectures_needed = shown->lectures_needed};
        outlines::read_published(connection, outline);
        return outline;
    });
}

Outline Courses::draft_outline(Actor const& actor, CourseId course) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(
            authorize_course(connection, actor, Call::courses_draft_outline, course, now));
        auto const live = course_now(connection, course);
        Outline outline{
            .course = course, .edition = live.edition, .lectures_needed = live.lectures_needed};
        outlines::read_draft(connection, outline);
        return outline;
    });
}

LectureView Courses::get_lecture(Actor const& actor, LectureId lecture) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto const asker = identify(connection, actor, now);
        auto const access = lecture_access(connection, asker, lecture, now);
        if (!access.allowed) deny(asker, access);
        auto const place = outlines::place(connection, lecture, asker.user);
        if (!place) fail_unknown("lecture");
        // Only those who may see drafts get so far without a published version.
        auto const version = place->version.value_or(place->draft);
        auto content = repositories::lecture_versions::find(connection, version);
        return LectureView{.course = place->course,
                           .section = place->version ? place->section : place->draft_section,
                           .content = std::move(content).value(),
                           .access = access};
    });
}

Page<LectureVersionSummary> Courses::lecture_versions(Actor const& actor, LectureId lecture,
                                                      PageRequest const& request) const {
    auto const list = "versions of " + std::to_string(lecture.value());
    auto const [before] =
        keys_after<std::int64_t>(list, request, {std::numeric_limits<int>::max()});
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&, first = static_cast<int>(before)](auto& connection) {
        static_cast<void>(
            authorize_lecture(connection, actor, Call::courses_lecture_versions, lecture, now));
        return outlines::versions(connection, lecture, first, request.limit + 1);
    });
    return make_page(list, request, std::move(rows), [](LectureVersionSummary const& row) {
        return std::vector<CursorKey>{std::int64_t{row.number}};
    });
}

}  // namespace eduplat
