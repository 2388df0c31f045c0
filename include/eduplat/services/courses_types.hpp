#pragma once

#include <eduplat/domain/course.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/lecture.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What Courses takes and gives. Texts are trimmed and kept in NFC; a language whose text is empty
/// is left out; labels are kept in lower case. Bounds are in core/limits.hpp.
namespace eduplat {

struct NewCourse {
    LocalizedText title = {};  ///< at least one
    LocalizedText summary = {};
    std::optional<std::string> slug = std::nullopt;      ///< none: made from the title
    std::optional<std::string> language = std::nullopt;  ///< none: the title's (its first tag)
    std::optional<Level> level = std::nullopt;
    std::vector<std::string> tags = {};
    std::vector<std::string> concepts = {};
    Prices price = {};                   ///< none: free
    std::vector<Teacher> teachers = {};  ///< none: the user who creates it
    std::vector<CourseId> prerequisites = {};
    std::optional<int> capacity = std::nullopt;
    bool certificate = true;
    std::optional<int> lectures_needed = std::nullopt;
};

/// What is none stays. What is itself optional is taken away by an inner none:
/// `.level = std::optional<Level>{}`.
struct CourseUpdate {
    CourseId course;
    std::int64_t version;  ///< Course::version as read
    std::optional<LocalizedText> title = std::nullopt;
    std::optional<LocalizedText> summary = std::nullopt;
    std::optional<std::string> slug = std::nullopt;
    std::optional<std::string> language = std::nullopt;
    std::optional<std::optional<Level>> level = std::nullopt;
    std::optional<std::vector<std::string>> tags = std::nullopt;
    std::optional<std::vector<std::string>> concepts = std::nullopt;
    std::optional<Prices> price = std::nullopt;
    std::optional<std::vector<CourseId>> prerequisites = std::nullopt;
    std::optional<std::optional<int>> capacity = std::nullopt;
    std::optional<bool> certificate = std::nullopt;
    std::optional<std::optional<int>> lectures_needed = std::nullopt;
};

struct NewSection {
    CourseId course;
    LocalizedText title = {};
    std::optional<int> position = std::nullopt;  ///< from 0; none: the last
};

struct SectionUpdate {
    SectionId section;
    std::int64_t version;  ///< Section::version as read
    LocalizedText title = {};
};

struct NewLecture {
    CourseId course;
    std::optional<SectionId> section = std::nullopt;  ///< none: before all sections
    LocalizedText title = {};
    std::vector<Item> items = {};
    std::vector<std::string> concepts = {};
    std::optional<int> position = std::nullopt;  ///< in its section, from 0; none: the last
    bool preview = false;
    bool required = true;
    std::optional<Completion> completion = std::nullopt;  ///< none: default_completion()
    Release release = {};
    std::vector<LectureId> prerequisites = {};
};

/// What is none stays. A new title, items or concepts make a new version.
struct LectureUpdate {
    LectureId lecture;
    std::int64_t version;  ///< Lecture::version as read
    std::optional<LocalizedText> title = std::nullopt;
    std::optional<std::vector<Item>> items = std::nullopt;
    std::optional<std::vector<std::string>> concepts = std::nullopt;
    std::optional<bool> preview = std::nullopt;
    std::optional<bool> required = std::nullopt;
    std::optional<Completion> completion = std::nullopt;
    std::optional<Release> release = std::nullopt;
    std::optional<std::vector<LectureId>> prerequisites = std::nullopt;
};

struct LectureMove {
    LectureId lecture;
    std::optional<SectionId> section = std::nullopt;  ///< none: before all sections
    int position = 0;                                 ///< there, once it has moved
};

struct PublishRequest {
    CourseId course;
    PublicationKind kind = PublicationKind::correction;  ///< the first makes edition 1 either way
    std::string note = {};
    /// The newest publication as read; none: whatever it is.
    std::optional<PublicationId> expected = std::nullopt;
};

struct CatalogFilter {
    std::optional<std::string> language = std::nullopt;  ///< of teaching, exactly
    std::optional<Level> level = std::nullopt;
    std::optional<std::string> tag = std::nullopt;
    std::optional<UserId> teacher = std::nullopt;
    std::optional<bool> free = std::nullopt;  ///< without a price, or with one
    /// Other states than published: for staff, and for teachers with `teacher` themselves.
    CourseState state = CourseState::published;
};

/// A course in a list.
struct CourseSummary {
    struct TeacherName {
        UserId user;
        std::string display_name;

        friend bool operator==(TeacherName const&, TeacherName const&) = default;
    };

    CourseId id;
    Uid uid;
    std::string slug;
    CourseState state = CourseState::published;
    std::string language;
    std::optional<Level> level = std::nullopt;
    LocalizedText title = {};
    LocalizedText summary = {};
    std::vector<std::string> tags = {};
    Prices prices = {};
    std::vector<TeacherName> teachers = {};
    Rating rating = {};
    std::optional<Timestamp> published_at = std::nullopt;

    friend bool operator==(CourseSummary const&, CourseSummary const&) = default;
};

struct OutlineSection {
    SectionId id;
    Uid uid;
    LocalizedText title = {};
    std::int64_t version = 1;

    friend bool operator==(OutlineSection const&, OutlineSection const&) = default;
};

/// A lecture without what it holds.
struct OutlineLecture {
    LectureId id;
    Uid uid;
    LectureVersionId version;
    std::optional<SectionId> section = std::nullopt;
    LocalizedText title = {};
    ItemTotals items = {};
    bool preview = false;
    bool required = true;
    Completion completion = {};
    Release release = {};
    std::vector<LectureId> prerequisites = {};

    friend bool operator==(OutlineLecture const&, OutlineLecture const&) = default;
};

/// The lectures of a course in order: those without a section, then section by section.
struct Outline {
    CourseId course;
    std::optional<PublicationId> publication = std::nullopt;  ///< none: the draft
    int edition = 0;
    std::optional<int> lectures_needed = std::nullopt;
    std::vector<OutlineSection> sections = {};
    std::vector<OutlineLecture> lectures = {};

    friend bool operator==(Outline const&, Outline const&) = default;
};

/// A lecture as a learner sees it.
struct LectureView {
    CourseId course;
    std::optional<SectionId> section = std::nullopt;
    LectureVersion content;
    LectureAccess access;  ///< why it may be seen, and until when
};

/// A version in the list of a lecture's versions. Courses::get_draft gives what it holds.
struct LectureVersionSummary {
    LectureVersionId id;
    Uid uid;
    int number = 1;
    LocalizedText title = {};
    ItemTotals items = {};
    std::optional<UserId> author = std::nullopt;
    Timestamp created_at;

    friend bool operator==(LectureVersionSummary const&, LectureVersionSummary const&) = default;
};

struct SearchFilter {
    std::optional<std::string> language = std::nullopt;  ///< of teaching, exactly
    std::optional<Level> level = std::nullopt;
    std::optional<std::string> tag = std::nullopt;
};

struct SearchHit {
    CourseId course;
    std::string slug;
    std::optional<LectureId> lecture = std::nullopt;  ///< none: the course itself
    std::string title;
    std::string excerpt;  ///< of the text around the first word found
    double score = 0;     ///< more is better; comparable within one answer only

    friend bool operator==(SearchHit const&, SearchHit const&) = default;
};

struct NewReview {
    CourseId course;
    int rating = 0;  ///< 1 to 5
    std::string body = {};
};

}  // namespace eduplat
