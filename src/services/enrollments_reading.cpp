#include "repositories/enrollment_lists.hpp"
#include "repositories/enrollments.hpp"
#include "repositories/lecture_access.hpp"
#include "repositories/users.hpp"
#include "services/enrollments_impl.hpp"
#include "services/paging.hpp"

#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace eduplat {

namespace access = repositories::lecture_access;
namespace lists = repositories::enrollment_lists;
namespace table = repositories::enrollments;
using storage::Connection;

namespace {

/// What may be read by the learner whose it is and by those who teach the course.
void require_reader(Connection& connection, Asker const& asker, Call call,
                    Enrollment const& enrollment) {
    if (asker.is(enrollment.user)) return require(asker, call, Relation::own);
    require_teacher(connection, asker, call, enrollment.course);
}

/// What `find` finds, if the actor may see it. Who may see only what is his learns nothing of what
/// else there is.
template <class Find>
std::optional<Enrollment> visible(Connection& connection, Actor const& actor, Call call,
                                  Timestamp now, Find find) {
    auto const asker = identify(connection, actor, now);
    std::optional<Enrollment> enrollment = find();
    if (enrollment) {
        require_reader(connection, asker, call, *enrollment);
    } else {
        require(asker, call, Relation::other);
    }
    return enrollment;
}

Enrollment known_enrollment(Connection& connection, Actor const& actor, Call call, EnrollmentId id,
                            Timestamp now) {
    auto enrollment =
        visible(connection, actor, call, now, [&] { return table::find(connection, id); });
    if (!enrollment) fail(ErrorCode::not_found, "enrollment", "unknown");
    return *std::move(enrollment);
}

/// A list ordered by one number.
std::int64_t key_after(std::string const& list, PageRequest const& request, std::int64_t first) {
    return std::get<0>(keys_after<std::int64_t>(list, request, {first}));
}

template <class Item, class Row, class KeyOf>
Page<Item> page_of(std::string const& list, PageRequest const& request, std::vector<Row> rows,
                   KeyOf key) {
    return make_page<Item>(
        list, request, std::move(rows),
        [&](Row const& row) {
            return std::vector<CursorKey>(1, CursorKey{std::int64_t{key(row)}});
        },
        [](Row&& row) { return Item{std::move(row)}; });
}

std::string list_of(std::string_view name, std::int64_t id) {
    return "enrollments." + std::string{name} + '.' + std::to_string(id);
}

}  // namespace

Enrollment Enrollments::get_enrollment(Actor const& actor, EnrollmentId enrollment) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return known_enrollment(connection, actor, Call::enrollments_get_enrollment, enrollment,
                                now);
    });
}

std::optional<Enrollment> Enrollments::find_enrollment(Actor const& actor,
                                                       EnrollmentId enrollment) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return visible(connection, actor, Call::enrollments_find_enrollment, now,
                       [&] { return table::find(connection, enrollment); });
    });
}

std::optional<Enrollment> Enrollments::find_enrollment(Actor const& actor,
                                                       Uid const& enrollment) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return visible(connection, actor, Call::enrollments_find_enrollment, now,
                       [&] { return table::find(connection, enrollment); });
    });
}

std::optional<Enrollment> Enrollments::find_enrollment(Actor const& actor, UserId user,
                                                       CourseId course) const {
    constexpr auto call = Call::enrollments_find_enrollment;
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto const asker = identify(connection, actor, now);
        if (asker.is(user)) {
            require(asker, call, Relation::own);
        } else {
            require_teacher(connection, asker, call, course);
        }
        return table::find(connection, user, course);
    });
}

Page<Enrollment> Enrollments::of_user(Actor const& actor, UserId user,
                                      PageRequest const& request) const {
    auto const list = list_of("of_user", user.value());
    auto const after = key_after(list, request, std::numeric_limits<std::int64_t>::max());
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(authorize(connection, actor, Call::enrollments_of_user, user, now));
        return page_of<Enrollment>(list, request,
                                   lists::of_user(connection, user, after, request.limit + 1),
                                   [](auto const& row) { return row.id.value(); });
    });
}

Page<RosterEntry> Enrollments::roster(Actor const& actor, CourseId course,
                                      RosterFilter const& filter,
                                      PageRequest const& request) const {
    if (filter.state && name(*filter.state).empty()) {
        fail(ErrorCode::invalid_argument, "state", "unknown");
    }
    auto const state = filter.state ? name(*filter.state) : std::string_view{};
    auto const list = list_of("roster", course.value()) + '.' + std::string{state};
    auto const after = key_after(list, request, 0);
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(
            authorize_teacher(connection, actor, Call::enrollments_roster, course, now));
        if (!table::course_terms(connection, course)) {
            fail(ErrorCode::not_found, "course", "unknown");
        }
        return make_page<RosterEntry>(
            list, request,
            lists::roster(connection, course, filter.state, after, request.limit + 1),
            [](auto const& row) { return std::vector<CursorKey>{row.enrollment.id.value()}; },
            [](auto&& row) {
                return RosterEntry{std::move(row.enrollment), std::move(row.display_name)};
            });
    });
}

Page<EnrollmentChange> Enrollments::history(Actor const& actor, EnrollmentId enrollment,
                                            PageRequest const& request) const {
    auto const list = list_of("history", enrollment.value());
    auto const after = key_after(list, request, 0);
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(
            known_enrollment(connection, actor, Call::enrollments_history, enrollment, now));
        return page_of<EnrollmentChange>(
            list, request, lists::history(connection, enrollment, after, request.limit + 1),
            [](auto const& row) { return row.number; });
    });
}

Page<Grant> Enrollments::grants(Actor const& actor, EnrollmentId enrollment,
                                PageRequest const& request) const {
    auto const list = list_of("grants", enrollment.value());
    auto const after = key_after(list, request, 0);
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(
            known_enrollment(connection, actor, Call::enrollments_grants, enrollment, now));
        return page_of<Grant>(list, request,
                              lists::grants(connection, enrollment, after, request.limit + 1),
                              [](auto const& row) { return row.id.value(); });
    });
}

LectureAccess Enrollments::can_access(Actor const& actor, LectureId lecture,
                                      std::optional<Timestamp> at) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto const asker = authorize(connection, actor, Call::enrollments_can_access, now);
        return lecture_access(connection, asker, lecture, at.value_or(now));
    });
}

LectureAccess Enrollments::learner_access(Actor const& actor, UserId user, LectureId lecture,
                                          std::optional<Timestamp> at) const {
    constexpr auto call = Call::enrollments_learner_access;
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto const asker = identify(connection, actor, now);
        if (asker.is(user)) {
            require(asker, call, Relation::own);
        } else {
            bool const own = asker.user && access::teaches(connection, *asker.user, lecture);
            require(asker, call, own ? Relation::own : Relation::other);
        }
        auto const learner = repositories::users::standing(connection, user, std::nullopt);
        if (!learner) fail(ErrorCode::not_found, "user", "unknown");
        return lecture_access(
            connection,
            {.kind = ActorKind::user, .user = user, .uid = learner->uid, .roles = learner->roles},
            lecture, at.value_or(now));
    });
}

}  // namespace eduplat
