#include "catalog.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/language_tag.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>

namespace catalog {
namespace {

using enum eduplat::ErrorCode;
using Strings = std::vector<std::string>;

constexpr std::string_view keys[] = {"slug",     "language", "level",       "title",
                                     "summary",  "tags",     "concepts",    "price",
                                     "capacity", "requires", "access_days", "preview"};
constexpr std::string_view translated_keys[] = {"title", "summary"};

template <class Range, class Value>
bool contains(Range const& range, Value const& value) {
    return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(" \n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \n") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto const end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + separator.size());
    }
}

/// A text's lines, one at a time, and the place for errors.
class Lines {
  public:
    Lines(std::string_view name, std::string_view text) : name_(name), rest_(text) {}

    bool next() {
        if (rest_.empty()) return false;
        auto const end = std::min(rest_.find('\n'), rest_.size());
        line_ = rest_.substr(0, end);
        if (line_.ends_with('\r')) line_.remove_suffix(1);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        return true;
    }

    [[nodiscard]] std::string_view line() const { return line_; }
    [[nodiscard]] int number() const { return number_; }

    [[noreturn]] void refuse(std::string_view rule, std::string_view message, int number) const {
        throw eduplat::Error(
            invalid_argument, message,
            {{name_ + ':' + std::to_string(number), std::string{rule}, std::nullopt}});
    }
    [[noreturn]] void refuse(std::string_view rule, std::string_view message) const {
        refuse(rule, message, number_);
    }

  private:
    std::string name_;
    std::string_view rest_;
    std::string_view line_;
    int number_ = 0;
};

/// What eduplat refuses of a text is refused with the place where it stands.
void set(eduplat::LocalizedText& out, std::string_view language, std::string_view text,
         Lines const& lines, int number) {
    try {
        out.set(language, text);
    } catch (eduplat::Error const& e) {
        lines.refuse(e.violations().front().rule, e.message(), number);
    }
}

/// The lines between the two "---".
class FrontMatter {
  public:
    explicit FrontMatter(Lines& lines) : lines_(lines) {
        if (!lines.next() || lines.line() != "---") {
            lines.refuse("front_matter", "the first line is not ---", 1);
        }
        while (lines.next()) {
            if (lines.line() == "---") return;
            read_line();
        }
        lines.refuse("front_matter", "no second line ---");
    }

    [[nodiscard]] Course course() const {
        Course out;
        static_cast<void>(required("slug"));
        out.slug = *slug("slug");
        out.languages = languages();
        out.level = level();
        for (auto const& language : out.languages) {
            translate(out.title, "title", language);
            translate(out.summary, "summary", language);
        }
        out.tags = list("tags");
        out.concepts = list("concepts");
        out.price = price();
        out.access_days = number("access_days", "number");
        out.capacity = number("capacity", "number");
        out.prerequisite = slug("requires");
        return out;
    }

    /// The number of the preview lecture, counted from 1.
    [[nodiscard]] std::optional<std::int32_t> preview() const {
        return number("preview", "preview");
    }

    [[noreturn]] void refuse(std::string_view key, std::string_view rule) const {
        auto const& entry = entries_.find(key)->second;
        lines_.refuse(rule, std::string{key} + " is \"" + std::string{entry.text} + '"',
                      entry.line);
    }

  private:
    struct Entry {
        std::string_view text;
        int line = 0;
    };

    void read_line() {
        auto const line = lines_.line();
        auto const colon = line.find(':');
        auto const value = trimmed(line.substr(std::min(colon, line.size() - 1) + 1));
        if (line.empty() || colon == std::string_view::npos || value.empty()) {
            lines_.refuse("malformed", "a line that is not \"key: value\"");
        }
        auto const key = line.substr(0, colon);
        auto const stem = key.substr(0, key.find('.'));
        if (!contains(keys, stem) || contains(translated_keys, stem) != (stem != key)) {
            lines_.refuse("unknown_key", "no such key: " + std::string{key});
        }
        if (!entries_.emplace(key, Entry{value, lines_.number()}).second) {
            lines_.refuse("duplicate_key", "a second " + std::string{key});
        }
    }

    [[nodiscard]] Entry const* find(std::string_view key) const {
        auto const found = entries_.find(key);
        return found == entries_.end() ? nullptr : &found->second;
    }

    /// What lacks is lacking at the second "---".
    [[nodiscard]] Entry const& required(std::string_view key) const {
        auto const* const entry = find(key);
        if (!entry) lines_.refuse("required", "no " + std::string{key});
        return *entry;
    }

    [[nodiscard]] std::optional<std::string> slug(std::string_view key) const {
        auto const* const entry = find(key);
        if (!entry) return std::nullopt;
        auto const allowed = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        };
        if (!std::all_of(entry->text.begin(), entry->text.end(), allowed)) refuse(key, "slug");
        return std::string{entry->text};
    }

    [[nodiscard]] Strings languages() const {
        Strings out;
        for (auto const tag : split(required("language").text, ",")) {
            try {
                out.push_back(eduplat::canonical_language_tag(tag));
            } catch (eduplat::Error const&) {
                refuse("language", "language");
            }
        }
        return out;
    }

    [[nodiscard]] Level level() const {
        auto const text = required("level").text;
        if (text == "beginner") return Level::beginner;
        if (text == "intermediate") return Level::intermediate;
        if (text == "advanced") return Level::advanced;
        refuse("level", "level");
    }

    void translate(eduplat::LocalizedText& out, std::string_view key,
                   std::string const& language) const {
        auto const& entry = required(std::string{key} + '.' + language);
        set(out, language, entry.text, lines_, entry.line);
    }

    [[nodiscard]] Strings list(std::string_view key) const {
        auto const* const entry = find(key);
        if (!entry) return {};
        auto const parts = split(entry->text, ",");
        if (contains(parts, "")) refuse(key, "malformed");
        return {parts.begin(), parts.end()};
    }

    [[nodiscard]] std::optional<eduplat::Money> price() const {
        auto const* const entry = find("price");
        if (!entry) return std::nullopt;
        auto const parts = split(entry->text, " ");
        try {
            if (parts.size() != 2) refuse("price", "price");
            return eduplat::parse_money(parts[0], eduplat::Currency::from_code(parts[1]));
        } catch (eduplat::Error const&) {
            refuse("price", "price");
        }
    }

    [[nodiscard]] std::optional<std::int32_t> number(std::string_view key,
                                                     std::string_view rule) const {
        auto const* const entry = find(key);
        if (!entry) return std::nullopt;
        std::int32_t out = 0;
        auto const* const end = entry->text.data() + entry->text.size();
        auto const [tail, error] = std::from_chars(entry->text.data(), end, out);
        if (error != std::errc{} || tail != end || out < 1) refuse(key, rule);
        return out;
    }

    Lines const& lines_;
    std::map<std::string_view, Entry> entries_;
};

/// What follows the front matter: sections and their lectures.
class Body {
  public:
    Body(Lines& lines, Strings const& languages) : lines_(lines), languages_(languages) {}

    std::vector<Section> read() {
        while (lines_.next()) {
            auto const line = lines_.line();
            if (in_code_ || !read_structure(line)) add_text(line);
            if (line.starts_with("```")) in_code_ = !in_code_;
        }
        if (in_code_) lines_.refuse("fence", "code that does not end");
        end_section();
        return std::move(sections_);
    }

  private:
    bool read_structure(std::string_view line) {
        if (line.starts_with("# ")) {
            end_section();
            sections_.push_back({titles(line.substr(2)), {}});
            heading_ = lines_.number();
        } else if (line.starts_with("## ")) {
            if (sections_.empty()) lines_.refuse("outside", "a lecture in no section");
            end_lecture();
            sections_.back().lectures.push_back({});
            lecture().title = titles(line.substr(3));
            heading_ = lines_.number();
            language_ = languages_.front();
        } else if (in_lecture() && languages_.size() > 1 && line.starts_with('[')) {
            return read_language(line);
        } else {
            return in_lecture() && texts_.empty() && read_medium(line);
        }
        return true;
    }

    /// A line "[zh-Hans]": what follows is in that language.
    bool read_language(std::string_view line) {
        auto const known =
            std::find_if(languages_.begin(), languages_.end(),
                         [&](std::string const& language) { return line == '[' + language + ']'; });
        if (known == languages_.end()) return false;
        language_ = *known;
        return true;
    }

    /// A line "video: 12:30" or "audio: 4:10" before the text.
    bool read_medium(std::string_view line) {
        auto const video = line.starts_with("video: ");
        if (!video && !line.starts_with("audio: ")) return false;
        (video ? lecture().video : lecture().audio) = duration(line.substr(7));
        return true;
    }

    [[nodiscard]] std::chrono::seconds duration(std::string_view text) const {
        int minutes = 0;
        int seconds = 0;
        auto const* const end = text.data() + text.size();
        auto const first = std::from_chars(text.data(), end, minutes);
        auto const colon = first.ec == std::errc{} && end - first.ptr == 3 && *first.ptr == ':';
        auto const second = std::from_chars(colon ? first.ptr + 1 : end, end, seconds);
        auto const whole = second.ec == std::errc{} && second.ptr == end;
        if (!whole || seconds > 59 || seconds < 0 || minutes < 0 || minutes + seconds == 0) {
            lines_.refuse("duration", "not a length in minutes and seconds");
        }
        return std::chrono::minutes{minutes} + std::chrono::seconds{seconds};
    }

    [[nodiscard]] eduplat::LocalizedText titles(std::string_view text) const {
        auto const parts = languages_.size() == 1 ? std::vector{trimmed(text)} : split(text, " | ");
        if (parts.size() != languages_.size() || contains(parts, "")) {
            lines_.refuse("titles", "not one title a language");
        }
        eduplat::LocalizedText out;
        for (std::size_t i = 0; i < parts.size(); ++i)
            set(out, languages_[i], parts[i], lines_, lines_.number());
        return out;
    }

    void add_text(std::string_view line) {
        if (in_lecture()) {
            // Empty lines before a text are none of it, so that a medium may follow them.
            if (line.empty() && texts_.empty()) return;
            texts_[language_].append(line).append("\n");
        } else if (!line.empty()) {
            lines_.refuse("outside", "text in no lecture");
        }
    }

    void end_lecture() {
        if (!in_lecture()) return;
        for (auto const& language : languages_) {
            auto const text = trimmed(texts_[language]);
            if (text.empty()) lines_.refuse("empty", "no text in " + language, heading_);
            set(lecture().text, language, text, lines_, heading_);
        }
        texts_.clear();
    }

    void end_section() {
        end_lecture();
        if (!sections_.empty() && sections_.back().lectures.empty()) {
            lines_.refuse("empty", "a section without lectures", heading_);
        }
    }

    [[nodiscard]] bool in_lecture() const {
        return !sections_.empty() && !sections_.back().lectures.empty();
    }
    Lecture& lecture() { return sections_.back().lectures.back(); }

    Lines& lines_;
    Strings const& languages_;
    std::vector<Section> sections_;
    std::map<std::string, std::string> texts_;  ///< of the lecture being read, by language
    std::string language_;
    int heading_ = 0;  ///< the line of the last one
    bool in_code_ = false;
};

void mark_preview(std::vector<Section>& sections, FrontMatter const& front) {
    auto const preview = front.preview();
    if (!preview) return;
    auto left = static_cast<std::size_t>(*preview) - 1;
    for (auto& section : sections) {
        if (left < section.lectures.size()) {
            section.lectures[left].preview = true;
            return;
        }
        left -= section.lectures.size();
    }
    front.refuse("preview", "preview");
}

std::string contents(std::filesystem::path const& file) {
    std::ifstream in{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in) throw eduplat::Error(unavailable, "cannot read " + file.string());
    return text;
}

using CoursesBySlug = std::map<std::string, Course>;

CoursesBySlug read_files(std::filesystem::path const& folder) {
    std::error_code error;
    std::filesystem::directory_iterator files{folder, error};
    if (error) {
        throw eduplat::Error(not_found, "there is no folder " + folder.string(),
                             {{"folder", "missing", std::nullopt}});
    }
    CoursesBySlug out;
    for (auto const& entry : files) {
        auto const& file = entry.path();
        if (file.extension() != ".md") continue;
        auto const name = file.filename().string();
        auto course = parse(name, contents(file));
        if (course.slug != file.stem()) eduplat::fail(invalid_argument, name, "slug");
        out.emplace(course.slug, std::move(course));
    }
    return out;
}

/// Puts a course behind the one it requires, and that one behind its own.
void append(CoursesBySlug const& courses, Course const& course, std::vector<Course>& out,
            Strings& waiting) {
    auto const same = [&](Course const& other) { return other.slug == course.slug; };
    if (std::any_of(out.begin(), out.end(), same)) return;
    auto const refuse = [&](std::string_view rule) {
        eduplat::fail(invalid_argument, course.slug + ".md", rule);
    };
    if (contains(waiting, course.slug)) refuse("cycle");
    if (course.prerequisite) {
        auto const found = courses.find(*course.prerequisite);
        if (found == courses.end()) refuse("prerequisite");
        waiting.push_back(course.slug);
        append(courses, found->second, out, waiting);
        waiting.pop_back();
    }
    out.push_back(course);
}

}  // namespace

Course parse(std::string_view name, std::string_view text) {
    Lines lines{name, text};
    FrontMatter const front{lines};
    auto course = front.course();
    course.sections = Body{lines, course.languages}.read();
    if (course.sections.empty()) lines.refuse("empty", "a course without lectures");
    mark_preview(course.sections, front);
    return course;
}

std::vector<Course> read_folder(std::filesystem::path const& folder) {
    auto const courses = read_files(folder);
    std::vector<Course> out;
    Strings waiting;
    for (auto const& [slug, course] : courses)
        append(courses, course, out, waiting);
    return out;
}

}  // namespace catalog
