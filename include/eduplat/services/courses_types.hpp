#pragma once

#include <eduplat/domain/course.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/lecture.hpp>
#include <eduplat/domain/outline.hpp>

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

/// A lecture as a learner sees it.
struct LectureView {
    CourseId course;
    std::optional<SectionId> section = std::nullopt;
    LectureVersion content;
    LectureAccess access;  ///< why it may be seen, and until when
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
    /// Around the first word found: of what the lecture holds if the actor may open it at once,
    /// else of its course's summary.
    std::string excerpt;
    double score = 0;  ///< more is better; comparable within one answer only

    friend bool operator==(SearchHit const&, SearchHit const&) = default;
};

struct NewReview {
    CourseId course;
    int rating = 0;  ///< 1 to 5
    std::string body = {};
};

}  // namespace eduplat
