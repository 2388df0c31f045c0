#pragma once

#include <eduplat/domain/outline.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <vector>

/// The lectures of a course without what they hold, and the way from a lecture to what it holds.
namespace eduplat::repositories::outlines {

/// What a user sees of a course: the publication of his edition, or the newest.
struct Shown {
    PublicationId publication;
    int edition;
    std::optional<int> lectures_needed;
};
[[nodiscard]] std::optional<Shown> shown(storage::Connection& connection, CourseId course,
                                         std::optional<int> enrolled_edition);

/// Fills in sections and lectures. Two statements, three if there are prerequisites.
void read_published(storage::Connection& connection, Outline& outline);
void read_draft(storage::Connection& connection, Outline& outline);

/// Where a lecture stands in what a user sees.
struct Place {
    CourseId course;
    LectureVersionId draft;
    std::optional<SectionId> draft_section;
    std::optional<LectureVersionId> version;  ///< none: it is not among the published ones
    std::optional<SectionId> section;
};
[[nodiscard]] std::optional<Place> place(storage::Connection& connection, LectureId lecture,
                                         std::optional<UserId> user);

/// The versions of a lecture with numbers below `before`, newest first. Two statements.
[[nodiscard]] std::vector<LectureVersionSummary> versions(storage::Connection& connection,
                                                          LectureId lecture, int before, int limit);

}  // namespace eduplat::repositories::outlines
