#pragma once

#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/lecture.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace eduplat {

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

}  // namespace eduplat
