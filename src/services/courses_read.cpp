#include "repositories/course_lists.hpp"
#include "services/courses_impl.hpp"
#include "services/courses_input.hpp"
#include "services/paging.hpp"

#include <limits>
#include <string>
#include <utility>

namespace eduplat {

namespace courses = repositories::courses;
namespace lists = repositories::course_lists;

namespace {

/// A course without what only those see who teach it or look after it.
Course seen(CourseAccess const& access, Course course) {
    auto const& [asker, standing] = access;
    auto const relation = standing.teaches ? Relation::own : Relation::other;
    if (sees_hidden(Call::courses_get_course, asker.roles, relation, asker.kind)) return course;
    course.source.reset();
    course.source_id.reset();
    for (auto& teacher : course.teachers)
        teacher.share = 0;
    return course;
}

/// The course that `find_id` finds, if the actor may see it.
template <class FindId>
std::optional<Course> visible(storage::Storage& storage, Actor const& actor, Timestamp now,
                              FindId find_id) {
    return storage.read([&](storage::Connection& connection) -> std::optional<Course> {
        auto const asker = identify(connection, actor, now);
        std::optional<CourseId> const id = find_id(connection);
        if (!id) return std::nullopt;
        auto const access = visible_course(connection, asker, Call::courses_find_course, *id);
        if (!access) return std::nullopt;
        return seen(*access, course_now(connection, *id));
    });
}

lists::Filter checked(CatalogFilter const& given) {
    Validation validation;
    lists::Filter filter{
        .state = given.state, .level = given.level, .teacher = given.teacher, .free = given.free};
    if (name(given.state).empty() || given.state == CourseState::removed) {
        validation.add("state", "unknown");
    }
    check_level(validation, "level", given.level);
    if (given.language) {
        filter.language = normalized_language(validation, "language", *given.language);
    }
    if (given.tag) filter.tag = normalized_label(validation, "tag", *given.tag);
    validation.check("catalog");
    return filter;
}

/// The name of a list with its filters.
std::string list_of(lists::Filter const& filter) {
    auto const number = [](auto const& value) {
        return value ? std::to_string(static_cast<int>(*value)) : std::string{};
    };
    auto const teacher = filter.teacher ? std::to_string(filter.teacher->value()) : "";
    return "catalog " + std::string{name(filter.state)} + '\n' + filter.language + '\n' +
           number(filter.level) + '\n' + filter.tag + '\n' + teacher + '\n' + number(filter.free);
}

/// What is not published is for those who look after it, and for its teachers.
void check_state(Asker const& asker, lists::Filter const& filter) {
    if (filter.state == CourseState::published) return;
    bool const own = filter.teacher && asker.is(*filter.teacher);
    auto const relation = own ? Relation::own : Relation::other;
    if (sees_hidden(Call::courses_catalog, asker.roles, relation, asker.kind)) return;
    if (asker.kind == ActorKind::guest) fail(ErrorCode::unauthenticated, "actor", "guest");
    fail(ErrorCode::permission_denied, "state", name(filter.state));
}

std::int64_t sort_time(CourseSummary const& course) {
    return course.published_at ? course.published_at->time_since_epoch().count() : 0;
}

}  // namespace

Course Courses::get_course(Actor const& actor, CourseId course) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto const access = see_course(connection, actor, Call::courses_get_course, course, now);
        return seen(access, course_now(connection, course));
    });
}

std::optional<Course> Courses::find_course(Actor const& actor, CourseId course) const {
    return visible(impl_->storage(), actor, impl_->now(),
                   [&](auto& /*connection*/) { return course; });
}

std::optional<Course> Courses::find_course(Actor const& actor, Uid const& course) const {
    return visible(impl_->storage(), actor, impl_->now(),
                   [&](auto& connection) { return courses::find_id(connection, course); });
}

std::optional<Course> Courses::find_course(Actor const& actor, std::string_view slug) const {
    return visible(impl_->storage(), actor, impl_->now(),
                   [&](auto& connection) { return courses::find_id(connection, slug); });
}

Page<CourseSummary> Courses::catalog(Actor const& actor, CatalogFilter const& filter,
                                     PageRequest const& request) const {
    constexpr auto end = std::numeric_limits<std::int64_t>::max();
    auto const wanted = checked(filter);
    auto const list = list_of(wanted);
    auto const keys = keys_after<std::int64_t, std::int64_t>(list, request, {end, end});
    lists::Before const before{std::get<0>(keys), std::get<1>(keys)};
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        check_state(identify(connection, actor, now), wanted);
        return lists::page(connection, wanted, before, request.limit + 1);
    });
    return make_page(list, request, std::move(rows), [](CourseSummary const& row) {
        return std::vector<CursorKey>{sort_time(row), row.id.value()};
    });
}

}  // namespace eduplat
