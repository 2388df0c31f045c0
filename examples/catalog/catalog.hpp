#pragma once

#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/money.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Courses written as Markdown files. README.md tells the format.
namespace catalog {

enum class Level : std::uint8_t { beginner, intermediate, advanced };

struct Lecture {
    eduplat::LocalizedText title;
    eduplat::LocalizedText text;  ///< Markdown, without the heading
    std::optional<std::chrono::seconds> video;
    std::optional<std::chrono::seconds> audio;
    bool preview = false;  ///< open to whoever has not enrolled
};

struct Section {
    eduplat::LocalizedText title;
    std::vector<Lecture> lectures;
};

struct Course {
    std::string slug;
    std::vector<std::string> languages;  ///< at least one; its lectures are in each of them
    Level level = Level::beginner;
    eduplat::LocalizedText title;
    eduplat::LocalizedText summary;
    std::vector<std::string> tags;
    std::vector<std::string> concepts;
    std::optional<eduplat::Money> price;      ///< none: free
    std::optional<std::int32_t> access_days;  ///< none: for ever
    std::optional<std::int32_t> capacity;     ///< none: as many as come
    std::optional<std::string> prerequisite;  ///< the slug of another course
    std::vector<Section> sections;
};

/// Reads one course; `name` is what errors call the text.
/// Errors: invalid_argument, with the place ("sql-indexes.md:12") as field. Rules of the front
/// matter: "front_matter" (no such lines), "malformed" (not "key: value"), "unknown_key",
/// "duplicate_key", "required", "slug", "language", "level", "price", "number", "preview". Rules of
/// the body: "outside" (text in no lecture, a lecture in no section), "titles" (not one a
/// language), "duration", "empty" (a section without lectures, a lecture without text in a
/// language), "fence" (code that does not end); and "utf8" or "control_character".
[[nodiscard]] Course parse(std::string_view name, std::string_view text);

/// Reads all files of a folder that end in .md, each named after the slug of its course. A course
/// stands behind the one it requires; else they are in order of slug.
/// Errors: not_found (field "folder", rule "missing"); those of parse(); invalid_argument, with the
/// file as field: rules "slug" (not the file's name), "prerequisite" (no such course), "cycle".
[[nodiscard]] std::vector<Course> read_folder(std::filesystem::path const& folder);

}  // namespace catalog
