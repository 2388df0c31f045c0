#pragma once

#include <eduplat/domain/lecture.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <string_view>
#include <vector>

/// The log of publications, and which of them the learners of an edition see.
namespace eduplat::repositories::publications {

/// A lecture in a publication, or as it would be in the next one.
struct Entry {
    LectureId lecture;
    LectureVersionId version;
    std::optional<SectionId> section = std::nullopt;
    bool preview = false;
    bool required = true;
    Completion completion = {};
    Release release = {};
    std::vector<LectureId> prerequisites = {};

    friend bool operator==(Entry const&, Entry const&) = default;
};

struct NewRow {
    Uid uid;
    CourseId course;
    int edition = 1;
    PublicationKind kind = PublicationKind::correction;
    std::optional<PublicationId> restored = std::nullopt;
    std::optional<int> lectures_needed = std::nullopt;
    std::optional<UserId> publisher = std::nullopt;
    std::string_view note = {};
};

/// The lectures of the draft in order. Two statements.
[[nodiscard]] std::vector<Entry> draft(storage::Connection& connection, CourseId course);
/// Those of the draft that are completed by watching and have nothing to watch.
[[nodiscard]] std::vector<LectureId> covered_without_recording(storage::Connection& connection,
                                                               CourseId course);
/// Those of a publication. Two statements.
[[nodiscard]] std::vector<Entry> entries(storage::Connection& connection,
                                         PublicationId publication);

[[nodiscard]] std::optional<Publication> find(storage::Connection& connection,
                                              PublicationId publication);
/// At most `limit` before `before`, newest first.
[[nodiscard]] std::vector<Publication> page(storage::Connection& connection, CourseId course,
                                            PublicationId before, int limit);

/// Adds a publication, and makes it what the learners of its edition see and what the lectures have
/// as their published versions.
[[nodiscard]] PublicationId insert(storage::Connection& connection, NewRow const& row,
                                   std::vector<Entry> const& entries, Timestamp at);

}  // namespace eduplat::repositories::publications
