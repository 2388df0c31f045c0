#include "repositories/lecture_versions.hpp"
#include "repositories/lectures.hpp"
#include "repositories/sections.hpp"
#include "services/courses_impl.hpp"
#include "services/courses_input.hpp"
#include "services/lecture_drafts.hpp"

#include <eduplat/core/limits.hpp>

#include <utility>

namespace eduplat {

namespace lectures = repositories::lectures;
namespace versions = repositories::lecture_versions;

namespace {

/// Errors: not_found (field "section") for one of another course.
void check_section(storage::Connection& connection, CourseId course,
                   std::optional<SectionId> section) {
    if (!section) return;
    auto const found = repositories::sections::find(connection, *section);
    if (!found || found->course != course) fail_unknown("section");
}

void check_last(int position, int last) {
    if (position > last) fail(ErrorCode::invalid_argument, "position", "too_large", last);
}

int place_for(storage::Connection& connection, NewLecture const& lecture) {
    check_section(connection, lecture.course, lecture.section);
    constexpr auto max = static_cast<int>(limits::lectures_max);
    if (lectures::count(connection, lecture.course) >= max) {
        fail(ErrorCode::resource_exhausted, "lectures", "too_many", max);
    }
    int const last = lectures::count(connection, {lecture.course, lecture.section});
    check_last(lecture.position.value_or(last), last);
    return lecture.position.value_or(last);
}

lectures::NewRow row_of(NewLecture const& lecture, Uid const& uid, int position) {
    return {.uid = uid,
            .course = lecture.course,
            .section = lecture.section,
            .position = position,
            .preview = lecture.preview,
            .required = lecture.required,
            .completion = *lecture.completion,
            .release = lecture.release};
}

template <class Value>
void take(Value& value, std::optional<Value> const& given) {
    if (given) value = *given;
}

Lecture with_rules(Lecture lecture, LectureUpdate const& update) {
    take(lecture.preview, update.preview);
    take(lecture.required, update.required);
    take(lecture.completion, update.completion);
    take(lecture.release, update.release);
    take(lecture.prerequisites, update.prerequisites);
    return lecture;
}

LectureVersion with_content(LectureVersion version, LectureUpdate const& update,
                            std::vector<Item> items) {
    take(version.title, update.title);
    take(version.concepts, update.concepts);
    version.items = std::move(items);
    return version;
}

/// Whether the lecture may have to wait for others.
bool waits(Lecture const& lecture) {
    return !lecture.prerequisites.empty() || lecture.release.rule == ReleaseRule::after_previous;
}

/// Makes the lecture's next version and its draft.
void insert_draft(storage::Connection& connection, Asker const& asker, LectureVersion const& draft,
                  Uid const& uid, Timestamp now) {
    auto const number = versions::last_number(connection, draft.lecture) + 1;
    auto const version = versions::insert(
        connection, {.uid = uid, .lecture = draft.lecture, .number = number, .author = asker.user},
        draft.title, draft.concepts, draft.items, now);
    lectures::set_draft(connection, draft.lecture, version);
}

}  // namespace

Lecture Courses::add_lecture(Actor const& actor, NewLecture const& lecture) {
    Validation validation;
    auto const normal = normalized(validation, "", lecture);
    validation.check("add_lecture");
    auto const uids = impl_->new_uids(2 + recordings_without_media(normal.items));
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access = authorize_course(connection, actor, Call::courses_add_lecture,
                                             lecture.course, now, Use::edit);
        auto const position = place_for(connection, normal);
        auto const id = lectures::insert(connection, row_of(normal, uids[0], position), now);
        auto const items = with_media(normal.items, {}, std::span{uids}.subspan(2));
        auto const version = versions::insert(
            connection, {.uid = uids[1], .lecture = id, .author = access.asker.user}, normal.title,
            normal.concepts, items, now);
        lectures::set_draft(connection, id, version);
        auto made = lecture_now(connection, id);
        made.prerequisites = normal.prerequisites;
        if (waits(made)) check_order(connection, made);
        lectures::set_prerequisites(connection, id, made.prerequisites);
        record_lecture(connection, access, now, "lecture.added", uids[0]);
        return made;
    });
}

Lecture Courses::update_lecture(Actor const& actor, LectureUpdate const& update) {
    Validation validation;
    auto const normal = normalized(validation, update);
    validation.check("update_lecture");
    auto const media = normal.items ? recordings_without_media(*normal.items) : 0;
    auto const uids = impl_->new_uids(1 + media);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [access, before] =
            authorize_edit(connection, actor, Call::courses_update_lecture, update.lecture, now);
        check_version(before.version, update.version);
        auto items = normal.items
                         ? with_media(*normal.items, before.draft.items, std::span{uids}.subspan(1))
                         : before.draft.items;
        auto const after = with_rules(before, normal);
        auto const draft = with_content(before.draft, normal, std::move(items));
        if (after == before && draft == before.draft) return before;
        if (after.prerequisites != before.prerequisites || after.release != before.release) {
            if (waits(after)) check_order(connection, after);
            lectures::set_prerequisites(connection, after.id, after.prerequisites);
        }
        if (draft != before.draft) insert_draft(connection, access.asker, draft, uids[0], now);
        lectures::set_rules(connection, after, now);
        record_lecture(connection, access, now, "lecture.updated", before.uid);
        return lecture_now(connection, before.id);
    });
}

Lecture Courses::move_lecture(Actor const& actor, LectureMove const& move) {
    Validation validation;
    check_position(validation, move.position);
    validation.check("move_lecture");
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [access, before] =
            authorize_edit(connection, actor, Call::courses_move_lecture, move.lecture, now);
        check_section(connection, before.course, move.section);
        bool const stays = move.section == before.section;
        int const there = lectures::count(connection, {before.course, move.section});
        check_last(move.position, stays ? there - 1 : there);
        if (stays && before.position == move.position) return before;
        lectures::move(connection, before, move.section, move.position, now);
        record_lecture(connection, access, now, "lecture.moved", before.uid);
        return lecture_now(connection, before.id);
    });
}

void Courses::remove_lecture(Actor const& actor, LectureId lecture, std::int64_t version) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const [access, before] =
            authorize_edit(connection, actor, Call::courses_remove_lecture, lecture, now);
        check_version(before.version, version);
        if (lectures::is_required(connection, lecture)) {
            fail(ErrorCode::failed_precondition, "lecture", "required");
        }
        lectures::remove(connection, before, now);
        record_lecture(connection, access, now, "lecture.removed", before.uid);
    });
}

Lecture Courses::restore_lecture(Actor const& actor, LectureId lecture) {
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [access, before] = authorize_lecture(
            connection, actor, Call::courses_restore_lecture, lecture, now, Use::edit);
        if (before.position) return before;
        restore_drafts(connection, {before}, now);
        record_lecture(connection, access, now, "lecture.restored", before.uid);
        return lecture_now(connection, lecture);
    });
}

Lecture Courses::discard_draft(Actor const& actor, LectureId lecture, std::int64_t version) {
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [access, before] =
            authorize_edit(connection, actor, Call::courses_discard_draft, lecture, now);
        check_version(before.version, version);
        if (!before.published) fail(ErrorCode::failed_precondition, "lecture", "unpublished");
        if (*before.published == before.draft.id) return before;
        lectures::set_draft(connection, lecture, *before.published);
        lectures::set_rules(connection, before, now);
        record_lecture(connection, access, now, "lecture.draft_discarded", before.uid);
        return lecture_now(connection, lecture);
    });
}

Lecture Courses::get_draft(Actor const& actor, LectureId lecture, std::optional<int> number) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto found =
            authorize_lecture(connection, actor, Call::courses_get_draft, lecture, now).lecture;
        if (!number) return found;
        auto const id = versions::find_id(connection, lecture, *number);
        if (!id) fail_unknown("number");
        found.draft = versions::find(connection, *id).value();
        return found;
    });
}

}  // namespace eduplat
