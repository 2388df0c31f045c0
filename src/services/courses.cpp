#include "repositories/lectures.hpp"
#include "repositories/sections.hpp"
#include "repositories/users.hpp"
#include "services/course_index.hpp"
#include "services/courses_impl.hpp"
#include "services/courses_input.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace eduplat {

namespace courses = repositories::courses;

Courses::Courses(Dependencies const& dependencies) : impl_(std::make_unique<Impl>(dependencies)) {}
Courses::Courses(Courses&&) noexcept = default;
Courses& Courses::operator=(Courses&&) noexcept = default;
Courses::~Courses() = default;

Uid Courses::Impl::new_uid() const {
    std::array<std::byte, 8> entropy{};
    dependencies.random.fill(entropy);
    return Uid::v7(now(), entropy);
}

std::vector<Uid> Courses::Impl::new_uids(std::size_t count) const {
    std::vector<Uid> uids;
    uids.reserve(count);
    while (uids.size() < count)
        uids.push_back(new_uid());
    return uids;
}

void fail_unknown(std::string_view field) {
    fail(ErrorCode::not_found, field, "unknown");
}

namespace {

bool is_public(CourseState state) noexcept {
    return state == CourseState::published;
}

/// What of a uid tells it from others: its random end.
std::string end_of(Uid const& uid) {
    constexpr std::size_t digits = 12;
    auto const text = to_string(uid);
    return text.substr(text.size() - digits);
}

/// Tries the slug with numbers behind it while it is taken, at last with the end of the uid.
CourseId insert_renamed(storage::Connection& connection, courses::NewRow row, Timestamp now) {
    constexpr int numbers = 9;
    auto const base = row.slug.empty() ? "course-" + end_of(row.uid) : row.slug;
    row.slug = base;
    for (int number = 2; number <= numbers + 1; ++number) {
        if (auto const id = courses::insert(connection, row, now)) return *id;
        row.slug = base + '-' + std::to_string(number);
    }
    row.slug = base.substr(0, limits::slug_bytes_max - 13) + '-' + end_of(row.uid);
    if (auto const id = courses::insert(connection, row, now)) return *id;
    fail(ErrorCode::already_exists, "slug", "taken");
}

void check_teachers(storage::Connection& connection, std::vector<Teacher> const& teachers) {
    for (auto const& teacher : teachers) {
        auto const user = repositories::users::find(connection, teacher.user);
        if (!user || user->state == UserState::erased) fail_unknown("teachers");
    }
}

/// Only what is published, or the asker's own, may be required.
void check_prerequisites(storage::Connection& connection, Asker const& asker,
                         std::vector<CourseId> const& required,
                         std::optional<CourseId> course = std::nullopt) {
    bool const sees_all = asker.may(Call::courses_get_draft, Relation::other);
    for (auto const id : required) {
        auto const found = courses::standing(connection, id, asker.user);
        if (!found || !(is_public(found->state) || found->teaches || sees_all)) {
            fail_unknown("prerequisites");
        }
        if (found->state == CourseState::archived) {
            fail(ErrorCode::failed_precondition, "prerequisites", "archived");
        }
        if (course && courses::requires_course(connection, id, *course)) {
            fail(ErrorCode::invalid_argument, "prerequisites", "cycle");
        }
    }
}

/// Takes over what the update names; true if that is anything new.
template <class Value>
bool take(Value& value, std::optional<Value> const& given) {
    if (!given || *given == value) return false;
    value = *given;
    return true;
}

bool take_row(Course& course, CourseUpdate const& update) {
    bool changed = take(course.slug, update.slug);
    changed |= take(course.language, update.language);
    changed |= take(course.level, update.level);
    changed |= take(course.certificate, update.certificate);
    return take(course.lectures_needed, update.lectures_needed) || changed;
}

void set_capacity(storage::Connection& connection, Course const& course) {
    if (courses::set_capacity(connection, course.id, course.capacity)) return;
    fail(ErrorCode::failed_precondition, "capacity", "too_small", course.seats_taken);
}

void change_prerequisites(storage::Connection& connection, Asker const& asker,
                          std::vector<CourseId> const& before, Course const& course,
                          Timestamp now) {
    auto const& after = course.prerequisites;
    std::vector<CourseId> added;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(added));
    check_prerequisites(connection, asker, added, course.id);
    courses::set_prerequisites(connection, course.id, before, after, now);
}

/// Writes what changes beside the row; true if that is anything.
bool update_others(storage::Connection& connection, Asker const& asker, Course& course,
                   CourseUpdate const& update, Timestamp now) {
    bool const title = take(course.title, update.title);
    bool const texts = take(course.summary, update.summary) || title;
    if (texts) courses::set_texts(connection, course.id, course.title, course.summary);
    bool const tags = take(course.tags, update.tags);
    if (tags) courses::set_tags(connection, course.id, course.tags);
    bool const concepts = take(course.concepts, update.concepts);
    if (concepts) courses::set_concepts(connection, course.id, course.concepts);
    bool const prices = take(course.prices, update.price);
    if (prices) courses::set_prices(connection, course.id, course.prices);
    auto const before = course.prerequisites;
    bool const required = take(course.prerequisites, update.prerequisites);
    if (required) change_prerequisites(connection, asker, before, course, now);
    bool const capacity = take(course.capacity, update.capacity);
    if (capacity) set_capacity(connection, course);
    return texts || tags || concepts || prices || required || capacity;
}

/// In which order a text's languages are kept goes by the course's.
void index_update(storage::Connection& connection, Course const& before, Course const& after) {
    if (before.language != after.language) {
        index_course(connection, after.id);
    } else if (before.title != after.title || before.summary != after.summary) {
        index_course_texts(connection, after);
    }
}

void check_slug(storage::Connection& connection, Course const& course) {
    auto const taken_by = courses::find_id(connection, course.slug);
    if (taken_by && *taken_by != course.id) fail(ErrorCode::already_exists, "slug", "taken");
}

}  // namespace

void check_version(std::int64_t is, std::int64_t read) {
    if (is != read) fail(ErrorCode::conflict, "version", "changed");
}

CourseAccess authorize_course(storage::Connection& connection, Actor const& actor, Call call,
                              CourseId course, Timestamp now, Use use) {
    auto asker = identify(connection, actor, now);
    auto standing = courses::standing(connection, course, asker.user);
    bool const own = standing && standing->teaches;
    require(asker, call, own ? Relation::own : Relation::other);
    if (!standing) fail_unknown("course");
    bool const frozen = use == Use::edit && standing->state == CourseState::in_review;
    if (frozen && !asker.may(call, Relation::other)) {
        fail(ErrorCode::failed_precondition, "state", name(standing->state));
    }
    return {asker, *std::move(standing)};
}

SectionAccess authorize_section(storage::Connection& connection, Actor const& actor, Call call,
                                SectionId section, Timestamp now) {
    auto const course = repositories::sections::course_of(connection, section);
    if (!course) {
        require(identify(connection, actor, now), call, Relation::other);
        fail_unknown("section");
    }
    auto access = authorize_course(connection, actor, call, *course, now, Use::edit);
    auto found = repositories::sections::find(connection, section);
    if (!found) fail_unknown("section");
    return {std::move(access), *std::move(found)};
}

DraftAccess authorize_lecture(storage::Connection& connection, Actor const& actor, Call call,
                              LectureId lecture, Timestamp now, Use use) {
    auto const course = repositories::lectures::course_of(connection, lecture);
    if (!course) {
        require(identify(connection, actor, now), call, Relation::other);
        fail_unknown("lecture");
    }
    auto access = authorize_course(connection, actor, call, *course, now, use);
    return {std::move(access), lecture_now(connection, lecture)};
}

DraftAccess authorize_edit(storage::Connection& connection, Actor const& actor, Call call,
                           LectureId lecture, Timestamp now) {
    auto access = authorize_lecture(connection, actor, call, lecture, now, Use::edit);
    if (!access.lecture.position) fail_unknown("lecture");
    return access;
}

std::optional<CourseAccess> visible_course(storage::Connection& connection, Asker const& asker,
                                           Call call, CourseId course) {
    auto standing = courses::standing(connection, course, asker.user);
    if (!standing) return std::nullopt;
    auto const relation = standing->teaches ? Relation::own : Relation::other;
    bool const visible = is_public(standing->state) || standing->enrolled_edition ||
                         sees_hidden(call, asker.roles, relation, asker.kind);
    if (!visible) return std::nullopt;
    return CourseAccess{asker, *std::move(standing)};
}

CourseAccess see_course(storage::Connection& connection, Actor const& actor, Call call,
                        CourseId course, Timestamp now) {
    auto access = visible_course(connection, identify(connection, actor, now), call, course);
    if (!access) fail_unknown("course");
    return *std::move(access);
}

CourseId insert_course(storage::Connection& connection, Asker const& asker, NewCourse const& course,
                       courses::NewRow row, bool renamed, Timestamp now) {
    auto teachers = course.teachers;
    if (teachers.empty() && asker.user) teachers.push_back({*asker.user});
    check_teachers(connection, teachers);
    check_prerequisites(connection, asker, course.prerequisites);

    row.language = *course.language;
    row.level = course.level;
    row.certificate = course.certificate;
    row.lectures_needed = course.lectures_needed;
    row.capacity = course.capacity;
    row.slug = course.slug ? *course.slug : slug_of(course.title.best_for(*course.language));
    auto const inserted = course.slug && !renamed
                              ? courses::insert(connection, row, now)
                              : std::optional{insert_renamed(connection, std::move(row), now)};
    if (!inserted) fail(ErrorCode::already_exists, "slug", "taken");

    courses::set_texts(connection, *inserted, course.title, course.summary);
    courses::set_tags(connection, *inserted, course.tags);
    courses::set_concepts(connection, *inserted, course.concepts);
    courses::set_prices(connection, *inserted, course.price);
    courses::set_teachers(connection, *inserted, teachers);
    courses::set_prerequisites(connection, *inserted, {}, course.prerequisites, now);
    return *inserted;
}

void record_course(storage::Connection& connection, CourseAccess const& access, Timestamp now,
                   std::string_view action) {
    record(connection, access.asker, now, action, "course", access.course.uid);
}

void record_lecture(storage::Connection& connection, CourseAccess const& access, Timestamp now,
                    std::string_view action, Uid const& lecture) {
    record(connection, access.asker, now, action, "lecture", lecture);
}

Course course_now(storage::Connection& connection, CourseId course) {
    auto found = courses::find(connection, course);
    if (!found) fail_unknown("course");
    return *std::move(found);
}

Lecture lecture_now(storage::Connection& connection, LectureId lecture) {
    auto found = repositories::lectures::find(connection, lecture);
    if (!found) fail_unknown("lecture");
    return *std::move(found);
}

Course Courses::create(Actor const& actor, NewCourse const& course) {
    Validation validation;
    auto const normal = normalized(validation, "", course);
    validation.check("create");
    auto const uid = impl_->new_uid();
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const asker = authorize(connection, actor, Call::courses_create, now);
        auto const id = insert_course(connection, asker, normal, {.uid = uid}, false, now);
        record(connection, asker, now, "course.created", "course", uid);
        return course_now(connection, id);
    });
}

Course Courses::update(Actor const& actor, CourseUpdate const& update) {
    Validation validation;
    auto const normal = normalized(validation, update);
    validation.check("update");
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access = authorize_course(connection, actor, Call::courses_update, update.course,
                                             now, Use::edit);
        auto course = course_now(connection, update.course);
        check_version(course.version, update.version);
        auto const before = course;
        bool const row = take_row(course, normal);
        if (row) check_slug(connection, course);
        if (!update_others(connection, access.asker, course, normal, now) && !row) return course;
        courses::update(connection, course, now);
        index_update(connection, before, course);
        record_course(connection, access, now, "course.updated");
        return course_now(connection, course.id);
    });
}

}  // namespace eduplat
