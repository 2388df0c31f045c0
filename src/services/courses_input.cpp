#include "services/courses_input.hpp"

#include <eduplat/core/language_tag.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace eduplat {
namespace {

std::string at(std::string const& field, std::size_t index) {
    return field + '[' + std::to_string(index) + ']';
}

template <class Value>
void check_range(Validation& validation, std::string const& field, Value value, Value min,
                 Value max) {
    if (value < min) validation.add(field, "too_small", min);
    if (value > max) validation.add(field, "too_large", max);
}

template <class Values>
void check_count(Validation& validation, std::string const& field, Values const& values,
                 std::size_t max) {
    if (values.size() <= max) return;
    validation.add(field, "too_many", static_cast<std::int64_t>(max));
}

/// Of a list too long no more than its length is looked at.
template <class Values>
[[nodiscard]] bool is_countable(Validation& validation, std::string const& field,
                                Values const& values, std::size_t max) {
    check_count(validation, field, values, max);
    return values.size() <= max;
}

LocalizedText localized(Validation& validation, std::string const& field,
                        LocalizedText const& given, TextRule rule) {
    LocalizedText result;
    auto const prefix = field + '.';
    for (auto const& [language, text] : given.texts()) {
        auto const normal = validation.text(std::string{prefix}.append(language), text, rule);
        if (!normal.empty()) result.set(language, normal);
    }
    return result;
}

LocalizedText summary(Validation& validation, std::string const& field,
                      LocalizedText const& given) {
    return localized(validation, field, given,
                     {.max_bytes = limits::course_summary_bytes_max, .multiline = true});
}

std::string slug(Validation& validation, std::string const& field, std::string const& given) {
    auto text =
        validation.text(field, given, {.min_bytes = 1, .max_bytes = limits::slug_bytes_max});
    auto const is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    bool const malformed = !std::all_of(text.begin(), text.end(), is_plain) ||
                           text.starts_with('-') || text.ends_with('-') ||
                           text.find("--") != std::string::npos;
    if (malformed) validation.add(field, "malformed");
    return text;
}

std::vector<std::string> labels(Validation& validation, std::string const& field,
                                std::vector<std::string> const& given) {
    std::vector<std::string> result;
    if (!is_countable(validation, field, given, limits::labels_max)) return result;
    for (std::size_t i = 0; i < given.size(); ++i)
        result.push_back(normalized_label(validation, at(field, i), given[i]));
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

Prices prices(Validation& validation, std::string const& field, Prices const& given) {
    auto all = given.all();
    if (!is_countable(validation, field, all, limits::prices_max)) return {};
    auto const key = [](Price const& price) {
        return std::pair{price.amount.currency(), price.period_days};
    };
    std::set<std::pair<Currency, int>> seen;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const path = at(field, i);
        check_range(validation, path + ".amount", all[i].amount.minor_units(), std::int64_t{1},
                    limits::price_minor_max);
        check_range(validation, path + ".period_days", all[i].period_days, 0,
                    limits::access_days_max);
        if (!seen.insert(key(all[i])).second) validation.add(path, "duplicate");
    }
    std::sort(all.begin(), all.end(),
              [&](Price const& a, Price const& b) { return key(a) < key(b); });
    return Prices{std::move(all)};
}

void check_teachers(Validation& validation, std::string const& field,
                    std::vector<Teacher> const& teachers) {
    if (!is_countable(validation, field, teachers, limits::teachers_max)) return;
    std::set<UserId> seen;
    for (std::size_t i = 0; i < teachers.size(); ++i) {
        check_share(validation, at(field, i) + ".share", teachers[i]);
        if (!seen.insert(teachers[i].user).second) validation.add(at(field, i), "duplicate");
    }
}

/// Each once, in order of id.
template <class Identity>
std::vector<Identity> prerequisites(Validation& validation, std::string const& field,
                                    std::vector<Identity> given) {
    check_count(validation, field, given, limits::prerequisites_max);
    std::sort(given.begin(), given.end());
    given.erase(std::unique(given.begin(), given.end()), given.end());
    return given;
}

void check_capacity(Validation& validation, std::string const& field, std::optional<int> given) {
    if (given) check_range(validation, field, *given, 1, limits::course_capacity_max);
}

void check_needed(Validation& validation, std::string const& field, std::optional<int> given) {
    constexpr auto max = static_cast<int>(limits::lectures_max);
    if (given) check_range(validation, field, *given, 1, max);
}

// -- Lectures

/// Checks one item in place.
class ItemCheck {
  public:
    ItemCheck(Validation& validation, std::string const& path)
        : validation_(validation), path_(path) {}

    void operator()(Video& video) const { check_recording(video); }
    void operator()(Audio& audio) const { check_recording(audio); }
    void operator()(Text& text) const {
        auto const before = validation_.violations().size();
        text.body = localized(validation_, path_ + ".body", text.body,
                              {.max_bytes = limits::localized_text_bytes_max, .multiline = true});
        bool const empty = text.body.empty() && validation_.violations().size() == before;
        if (empty) validation_.add(path_ + ".body", "required");
    }
    void operator()(File& file) const {
        check_link(file, 1);
        file.media_type = validation_.text(path_ + ".media_type", file.media_type,
                                           {.max_bytes = limits::media_type_bytes_max});
        if (file.size_bytes < 0) validation_.add(path_ + ".size_bytes", "too_small", 0);
    }
    void operator()(Embed& embed) const { check_link(embed, 1); }

  private:
    template <class Recording>
    void check_recording(Recording& item) const {
        constexpr std::chrono::milliseconds max = limits::item_duration_max;
        check_link(item, 0);
        check_range(validation_, path_ + ".duration", item.duration.count(),
                    decltype(max.count()){1}, max.count());
    }
    template <class Link>
    void check_link(Link& item, std::size_t address_bytes_min) const {
        item.address = validation_.text(
            path_ + ".address", item.address,
            {.min_bytes = address_bytes_min, .max_bytes = limits::item_address_bytes_max});
        item.name = validation_.text(path_ + ".name", item.name,
                                     {.max_bytes = limits::item_name_bytes_max});
    }

    Validation& validation_;
    std::string const& path_;
};

std::size_t text_bytes(std::vector<Item> const& items) {
    std::size_t bytes = 0;
    for (auto const& item : items) {
        auto const* const text = std::get_if<Text>(&item);
        if (text == nullptr) continue;
        for (auto const& [language, body] : text->body.texts())
            bytes += body.size();
    }
    return bytes;
}

std::vector<Item> items(Validation& validation, std::string const& field, std::vector<Item> given) {
    if (!is_countable(validation, field, given, limits::items_max)) return {};
    for (std::size_t i = 0; i < given.size(); ++i)
        std::visit(ItemCheck{validation, at(field, i)}, given[i]);
    constexpr auto max = limits::lecture_text_bytes_max;
    if (text_bytes(given) > max) validation.add(field, "too_long", std::int64_t{max});
    return given;
}

void check_completion(Validation& validation, std::string const& field,
                      Completion const& completion) {
    if (name(completion.rule).empty()) return validation.add(field + ".rule", "unknown");
    bool const covered = completion.rule == CompletionRule::covered;
    check_range(validation, field + ".percent", completion.percent, covered ? 1 : 0,
                covered ? 100 : 0);
}

void check_release(Validation& validation, std::string const& field, Release const& release) {
    if (name(release.rule).empty()) return validation.add(field + ".rule", "unknown");
    bool const at_moment = release.rule == ReleaseRule::at;
    bool const counts_days = release.rule == ReleaseRule::after_enrollment ||
                             release.rule == ReleaseRule::after_previous;
    if (at_moment && !release.at) validation.add(field + ".at", "required");
    if (!at_moment && release.at) validation.add(field + ".at", "not_allowed");
    check_range(validation, field + ".days", release.days, 0,
                counts_days ? limits::release_days_max : 0);
}

template <class Value, class Normalize>
void normalize(std::optional<Value>& value, Normalize normal) {
    if (value) value = normal(*value);
}

}  // namespace

LocalizedText normalized_title(Validation& validation, std::string const& field,
                               LocalizedText const& title) {
    auto const before = validation.violations().size();
    auto result = localized(validation, field, title, {.max_bytes = limits::title_bytes_max});
    if (result.empty() && validation.violations().size() == before)
        validation.add(field, "required");
    return result;
}

std::string normalized_label(Validation& validation, std::string const& field,
                             std::string_view label) {
    return text::fold(
        validation.text(field, label, {.min_bytes = 1, .max_bytes = limits::label_bytes_max}));
}

std::string normalized_language(Validation& validation, std::string const& field,
                                std::string_view language) {
    try {
        return canonical_language_tag(language);
    } catch (Error const& error) {
        for (auto const& violation : error.violations())
            validation.add(field, violation.rule, violation.limit);
    }
    return {};
}

void check_position(Validation& validation, int position) {
    if (position < 0) validation.add("position", "too_small", 0);
}

void check_level(Validation& validation, std::string const& field, std::optional<Level> level) {
    if (level && name(*level).empty()) validation.add(field, "unknown");
}

void check_share(Validation& validation, std::string const& field, Teacher const& teacher) {
    check_range(validation, field, teacher.share, 0, limits::teacher_share_max);
}

NewCourse normalized(Validation& validation, std::string_view path, NewCourse const& course) {
    auto const field = [&](char const* name) { return std::string{path} + name; };
    auto result = course;
    result.title = normalized_title(validation, field("title"), course.title);
    result.summary = summary(validation, field("summary"), course.summary);
    normalize(result.slug, [&](auto& given) { return slug(validation, field("slug"), given); });
    if (!result.language && !result.title.empty())
        result.language = result.title.texts().begin()->first;
    normalize(result.language, [&](auto& given) {
        return normalized_language(validation, field("language"), given);
    });
    check_level(validation, field("level"), course.level);
    result.tags = labels(validation, field("tags"), course.tags);
    result.concepts = labels(validation, field("concepts"), course.concepts);
    result.price = prices(validation, field("price"), course.price);
    check_teachers(validation, field("teachers"), course.teachers);
    result.prerequisites = prerequisites(validation, field("prerequisites"), course.prerequisites);
    check_capacity(validation, field("capacity"), course.capacity);
    check_needed(validation, field("lectures_needed"), course.lectures_needed);
    return result;
}

CourseUpdate normalized(Validation& validation, CourseUpdate const& update) {
    auto result = update;
    normalize(result.title, [&](auto& t) { return normalized_title(validation, "title", t); });
    normalize(result.summary, [&](auto& t) { return summary(validation, "summary", t); });
    normalize(result.slug, [&](auto& t) { return slug(validation, "slug", t); });
    normalize(result.language,
              [&](auto& t) { return normalized_language(validation, "language", t); });
    if (update.level) check_level(validation, "level", *update.level);
    normalize(result.tags, [&](auto& t) { return labels(validation, "tags", t); });
    normalize(result.concepts, [&](auto& t) { return labels(validation, "concepts", t); });
    normalize(result.price, [&](auto& p) { return prices(validation, "price", p); });
    normalize(result.prerequisites,
              [&](auto& p) { return prerequisites(validation, "prerequisites", p); });
    if (update.capacity) check_capacity(validation, "capacity", *update.capacity);
    if (update.lectures_needed)
        check_needed(validation, "lectures_needed", *update.lectures_needed);
    return result;
}

NewLecture normalized(Validation& validation, std::string_view path, NewLecture const& lecture) {
    auto const field = [&](char const* name) { return std::string{path} + name; };
    auto result = lecture;
    result.title = normalized_title(validation, field("title"), lecture.title);
    result.items = items(validation, field("items"), lecture.items);
    result.concepts = labels(validation, field("concepts"), lecture.concepts);
    if (lecture.position) check_position(validation, *lecture.position);
    if (!result.completion) result.completion = default_completion(result.items);
    check_completion(validation, field("completion"), *result.completion);
    check_release(validation, field("release"), lecture.release);
    result.prerequisites = prerequisites(validation, field("prerequisites"), lecture.prerequisites);
    return result;
}

LectureUpdate normalized(Validation& validation, LectureUpdate const& update) {
    auto result = update;
    normalize(result.title, [&](auto& t) { return normalized_title(validation, "title", t); });
    normalize(result.items, [&](auto& i) { return items(validation, "items", i); });
    normalize(result.concepts, [&](auto& c) { return labels(validation, "concepts", c); });
    if (update.completion) check_completion(validation, "completion", *update.completion);
    if (update.release) check_release(validation, "release", *update.release);
    normalize(result.prerequisites,
              [&](auto& p) { return prerequisites(validation, "prerequisites", p); });
    return result;
}

std::string slug_of(std::string_view title) {
    std::string slug;
    for (char const c : text::to_ascii(title)) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain) {
            slug += c;
        } else if (!slug.empty() && slug.back() != '-') {
            slug += '-';
        }
    }
    constexpr std::size_t room_for_number = 20;
    slug.resize(std::min(slug.size(), limits::slug_bytes_max - room_for_number));
    while (slug.ends_with('-'))
        slug.pop_back();
    return slug;
}

}  // namespace eduplat
