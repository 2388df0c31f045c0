#pragma once

#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What courses are made of: sections, lectures, their immutable versions, and the publications
/// that show them to learners.
namespace eduplat {

/// Files lie with the host: an address is whatever the host finds them by. `media` is the recording
/// itself, which what a learner has watched belongs to: left out, it is that of an equal item
/// (kind, address, duration) of the version before, else a new one.
struct Video {
    std::string address = {};
    std::chrono::milliseconds duration = {};  ///< more than 0
    std::string name = {};
    std::optional<Uid> media = std::nullopt;

    friend bool operator==(Video const&, Video const&) = default;
};

struct Audio {
    std::string address = {};
    std::chrono::milliseconds duration = {};  ///< more than 0
    std::string name = {};
    std::optional<Uid> media = std::nullopt;  ///< as in Video

    friend bool operator==(Audio const&, Audio const&) = default;
};

struct Text {
    LocalizedText body = {};

    friend bool operator==(Text const&, Text const&) = default;
};

struct File {
    std::string address = {};
    std::string name = {};
    std::string media_type = {};  ///< "application/pdf"
    std::int64_t size_bytes = 0;

    friend bool operator==(File const&, File const&) = default;
};

/// Something of another site, shown in a frame.
struct Embed {
    std::string address = {};
    std::string name = {};

    friend bool operator==(Embed const&, Embed const&) = default;
};

using Item = std::variant<Video, Audio, Text, File, Embed>;

/// "video", "audio", "text", "file", "embed".
[[nodiscard]] std::string_view kind_name(Item const& item) noexcept;

/// How many items of each kind, and how long the recordings are together.
struct ItemTotals {
    int videos = 0;
    int audios = 0;
    int texts = 0;
    int files = 0;
    int embeds = 0;
    std::chrono::milliseconds duration = {};

    friend bool operator==(ItemTotals const&, ItemTotals const&) = default;
};
[[nodiscard]] ItemTotals totals(std::vector<Item> const& items);

enum class CompletionRule : std::uint8_t {
    opened,   ///< by opening it
    covered,  ///< by having watched `percent` of its recordings
    marked,   ///< by being marked: by the learner or a teacher
};
[[nodiscard]] std::string_view name(CompletionRule rule) noexcept;
[[nodiscard]] std::optional<CompletionRule> parse_completion_rule(std::string_view name) noexcept;

/// How a learner completes a lecture.
struct Completion {
    CompletionRule rule = CompletionRule::opened;
    int percent = 0;  ///< 1 to 100 for covered, else 0

    friend bool operator==(Completion const&, Completion const&) = default;
};

/// What a lecture is completed by unless said otherwise: 80 % covered if it has a recording, else
/// opened.
[[nodiscard]] Completion default_completion(std::vector<Item> const& items);

enum class ReleaseRule : std::uint8_t {
    at_once,
    at,                ///< at a moment, the same for all
    after_enrollment,  ///< days after the learner's access began
    after_previous,    ///< days after the previous lecture was completed
};
[[nodiscard]] std::string_view name(ReleaseRule rule) noexcept;
[[nodiscard]] std::optional<ReleaseRule> parse_release_rule(std::string_view name) noexcept;

/// When a lecture opens.
struct Release {
    ReleaseRule rule = ReleaseRule::at_once;
    std::optional<Timestamp> at = std::nullopt;  ///< for `at` only
    int days = 0;                                ///< for the two `after_`; 0 or more

    friend bool operator==(Release const&, Release const&) = default;
};

/// A part of a course. Its title is live; where it stands, and what stands in it, is as published.
struct Section {
    SectionId id;
    Uid uid;
    std::optional<std::string> source = std::nullopt;
    std::optional<std::string> source_id = std::nullopt;
    CourseId course;
    LocalizedText title = {};
    std::optional<int> position = std::nullopt;  ///< from 0; none: removed
    std::int64_t version = 1;

    friend bool operator==(Section const&, Section const&) = default;
};

/// What a lecture holds. A version never changes.
struct LectureVersion {
    LectureVersionId id;
    Uid uid;
    LectureId lecture;
    int number = 1;  ///< from 1
    LocalizedText title = {};
    std::vector<std::string> concepts = {};  ///< what it teaches, in order of code points
    std::vector<Item> items = {};
    std::optional<UserId> author = std::nullopt;  ///< none: the system
    Timestamp created_at;

    friend bool operator==(LectureVersion const&, LectureVersion const&) = default;
};

/// A lecture as its authors see it: the draft. Learners see what was published last.
struct Lecture {
    LectureId id;
    Uid uid;
    std::optional<std::string> source = std::nullopt;
    std::optional<std::string> source_id = std::nullopt;
    CourseId course;
    std::optional<SectionId> section = std::nullopt;  ///< none: before all sections
    std::optional<int> position = std::nullopt;       ///< in its section, from 0; none: removed
    bool preview = false;                             ///< open to everybody
    bool required = true;                             ///< counts for the completion of the course
    Completion completion = {};
    Release release = {};
    std::vector<LectureId> prerequisites = {};  ///< to be completed before it opens
    LectureVersion draft;
    std::optional<LectureVersionId> published = std::nullopt;
    std::int64_t version = 1;  ///< grows with every change of the draft
    Timestamp created_at;
    Timestamp updated_at;

    friend bool operator==(Lecture const&, Lecture const&) = default;
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

enum class PublicationKind : std::uint8_t {
    correction,  ///< replaces what all learners of the edition see
    edition,     ///< for those who enroll after it
};
[[nodiscard]] std::string_view name(PublicationKind kind) noexcept;
[[nodiscard]] std::optional<PublicationKind> parse_publication_kind(std::string_view name) noexcept;

/// One entry of a course's log of publications: an immutable snapshot of its lectures.
struct Publication {
    PublicationId id;
    Uid uid;
    CourseId course;
    int edition = 1;
    PublicationKind kind = PublicationKind::correction;
    std::optional<PublicationId> restored = std::nullopt;  ///< rolled back to this one
    std::optional<int> lectures_needed = std::nullopt;
    std::optional<UserId> publisher = std::nullopt;  ///< none: the system
    std::string note = {};
    Timestamp at;

    friend bool operator==(Publication const&, Publication const&) = default;
};

}  // namespace eduplat
