#pragma once

#include <eduplat/domain/course.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The table of courses and those of what is live of a course.
namespace eduplat::repositories::courses {

/// What a course's row needs to be made. Its other tables are written by the set_ functions.
struct NewRow {
    Uid uid;
    std::optional<std::string> source = std::nullopt;
    std::optional<std::string> source_id = std::nullopt;
    std::string slug = {};
    std::string language = {};
    std::optional<Level> level = std::nullopt;
    bool certificate = true;
    std::optional<int> lectures_needed = std::nullopt;
    std::optional<int> capacity = std::nullopt;
};

/// A course and what the asking user is to it.
struct Standing {
    CourseId id;
    Uid uid;
    std::string slug;
    CourseState state;
    int edition;
    std::optional<PublicationId> publication;
    bool teaches;
    std::optional<int> enrolled_edition;  ///< none: no enrollment that is active, completed or
                                          ///< suspended
};

[[nodiscard]] std::optional<Standing> standing(storage::Connection& connection, CourseId course,
                                               std::optional<UserId> user);

[[nodiscard]] std::optional<CourseId> find_id(storage::Connection& connection, Uid const& uid);
[[nodiscard]] std::optional<CourseId> find_id(storage::Connection& connection,
                                              std::string_view slug);
[[nodiscard]] std::optional<CourseId> find_by_source(storage::Connection& connection,
                                                     std::string_view source,
                                                     std::string_view source_id);

/// The whole record. Six statements.
[[nodiscard]] std::optional<Course> find(storage::Connection& connection, CourseId course);

/// A draft. Nothing if the slug is taken.
[[nodiscard]] std::optional<CourseId> insert(storage::Connection& connection, NewRow const& row,
                                             Timestamp at);

/// Writes the columns of the row that an author may change, raises the version.
void update(storage::Connection& connection, Course const& course, Timestamp at);
/// Raises the version only.
void touch(storage::Connection& connection, CourseId course, Timestamp at);
void set_state(storage::Connection& connection, CourseId course, CourseState state, Timestamp at);
/// The course shows this publication from now on, in state published.
void set_publication(storage::Connection& connection, CourseId course, int edition,
                     PublicationId publication, Timestamp at);
/// False if more seats are taken.
[[nodiscard]] bool set_capacity(storage::Connection& connection, CourseId course,
                                std::optional<int> capacity);

/// Each replaces all of its kind.
void set_texts(storage::Connection& connection, CourseId course, LocalizedText const& title,
               LocalizedText const& summary);
void set_tags(storage::Connection& connection, CourseId course, std::span<std::string const> tags);
void set_concepts(storage::Connection& connection, CourseId course,
                  std::span<std::string const> concepts);
void set_prices(storage::Connection& connection, CourseId course, Prices const& prices);
void set_teachers(storage::Connection& connection, CourseId course,
                  std::span<Teacher const> teachers);
/// Those that were there before keep their time.
void set_prerequisites(storage::Connection& connection, CourseId course,
                       std::span<CourseId const> before, std::span<CourseId const> after,
                       Timestamp at);

/// Whether `course` requires `other`, itself or through others.
[[nodiscard]] bool requires_course(storage::Connection& connection, CourseId course,
                                   CourseId other);

/// Whether a published course requires it.
[[nodiscard]] bool is_required(storage::Connection& connection, CourseId course);
/// Whether it requires a course that takes nobody in any more.
[[nodiscard]] bool requires_archived(storage::Connection& connection, CourseId course);

/// What keeps a course from being removed: "enrollments", "orders"; empty: nothing.
[[nodiscard]] std::string_view referred_by(storage::Connection& connection, CourseId course);
/// Deletes what a draft holds and frees its names; other courses require it no more. Leaves its row
/// in state removed, because what refers to courses and lectures has no index to be looked up in.
void remove(storage::Connection& connection, CourseId course, Timestamp at);

}  // namespace eduplat::repositories::courses
