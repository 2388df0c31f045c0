#include "repositories/lectures.hpp"
#include "repositories/sections.hpp"
#include "services/courses_impl.hpp"
#include "services/courses_input.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat {

namespace sections = repositories::sections;

namespace {

Section section_now(storage::Connection& connection, SectionId section) {
    auto found = sections::find(connection, section);
    if (!found) fail_unknown("section");
    return *std::move(found);
}

void check_last(int position, int last) {
    if (position > last) fail(ErrorCode::invalid_argument, "position", "too_large", last);
}

LocalizedText checked_title(LocalizedText const& title, std::string_view what,
                            std::optional<int> position = std::nullopt) {
    Validation validation;
    auto normal = normalized_title(validation, "title", title);
    if (position) check_position(validation, *position);
    validation.check(what);
    return normal;
}

}  // namespace

Section Courses::add_section(Actor const& actor, NewSection const& section) {
    auto const title = checked_title(section.title, "add_section", section.position);
    auto const uid = impl_->new_uid();
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access = authorize_course(connection, actor, Call::courses_add_section,
                                             section.course, now, Use::edit);
        int const count = sections::count(connection, section.course);
        constexpr auto max = static_cast<int>(limits::sections_max);
        if (count >= max) fail(ErrorCode::resource_exhausted, "sections", "too_many", max);
        auto const position = section.position.value_or(count);
        check_last(position, count);
        auto const id = sections::insert(
            connection,
            {.uid = uid, .course = section.course, .title = title, .position = position});
        record(connection, access.asker, now, "section.added", "section", uid);
        return section_now(connection, id);
    });
}

Section Courses::update_section(Actor const& actor, SectionUpdate const& update) {
    auto const title = checked_title(update.title, "update_section");
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [access, section] =
            authorize_section(connection, actor, Call::courses_update_section, update.section, now);
        check_version(section.version, update.version);
        if (section.title == title) return section;
        sections::set_title(connection, section.id, title);
        record(connection, access.asker, now, "section.updated", "section", section.uid);
        return section_now(connection, section.id);
    });
}

Section Courses::move_section(Actor const& actor, SectionId section, int position) {
    Validation validation;
    check_position(validation, position);
    validation.check("move_section");
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const [access, before] =
            authorize_section(connection, actor, Call::courses_move_section, section, now);
        check_last(position, sections::count(connection, before.course) - 1);
        if (before.position == position) return before;
        sections::move(connection, before, position);
        record(connection, access.asker, now, "section.moved", "section", before.uid);
        return section_now(connection, section);
    });
}

void Courses::remove_section(Actor const& actor, SectionId section, std::int64_t version) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const [access, before] =
            authorize_section(connection, actor, Call::courses_remove_section, section, now);
        check_version(before.version, version);
        if (repositories::lectures::count(connection, {before.course, section}) > 0) {
            fail(ErrorCode::failed_precondition, "section", "not_empty");
        }
        sections::remove(connection, before);
        record(connection, access.asker, now, "section.removed", "section", before.uid);
    });
}

}  // namespace eduplat
