#pragma once

#include <eduplat/domain/course.hpp>
#include <eduplat/storage/storage.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The search in published texts. Its source is the one file of the repositories in an engine's own
/// dialect, for SQLite's FTS5; search_documents is a plain table.
namespace eduplat::repositories::search {

/// What is found: a course, or one of its lectures. Texts of several languages stand in lines.
struct Document {
    CourseId course;
    std::optional<LectureId> lecture = std::nullopt;
    std::string title = {};  ///< the first line is shown
    std::string summary = {};
    std::string body = {};

    friend bool operator==(Document const&, Document const&) = default;
};

/// The texts that a published course shows: itself, then its lectures in order. Four statements.
[[nodiscard]] std::vector<Document> published_texts(storage::Connection& connection,
                                                    Course const& course);

/// A course without its lectures.
[[nodiscard]] Document texts_of(Course const& course);

/// Makes these, all of one course, what is found of it. Touches only what changes.
void replace(storage::Connection& connection, CourseId course,
             std::vector<Document> const& documents);
/// The same for a document of a course itself, whose lectures' stay.
void replace_one(storage::Connection& connection, Document const& document);

/// Makes terms that another version of core/text has cut anew, a bounded number of documents'; true
/// if it found any. The first forgets the terms of all.
[[nodiscard]] bool rebuild_some(storage::Connection& connection);

/// Empty texts and what is none do not filter.
struct Filter {
    std::string language = {};
    std::optional<Level> level = std::nullopt;
    std::string tag = {};

    [[nodiscard]] bool empty() const noexcept { return language.empty() && !level && tag.empty(); }
};

/// The place after which a page begins: the keys of the hit before it.
struct After {
    double rank;  ///< less is better
    std::int64_t id;

    // Rewritten as "<=> 0", which clang-tidy 14 takes for a pointer: NOLINTNEXTLINE(*-use-nullptr)
    friend auto operator<=>(After const&, After const&) = default;
};

struct Hit {
    After key;
    Document document;  ///< a lecture's with its course's summary
    std::string slug;
    bool is_preview;  ///< a lecture that everybody may open
};

/// Which lectures come with their texts. The others have empty bodies.
enum class Texts : std::uint8_t { of_previews, all };

/// At most `limit` documents that fit a match_expression(), best first. One statement.
[[nodiscard]] std::vector<Hit> page(storage::Connection& connection, std::string_view expression,
                                    Filter const& filter, std::optional<After> const& after,
                                    int limit, Texts texts);

}  // namespace eduplat::repositories::search
