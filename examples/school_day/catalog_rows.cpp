#include "catalog_rows.hpp"

#include <string>

namespace edu = eduplat;

namespace school_day {
namespace {

edu::Level level_of(catalog::Level level) {
    switch (level) {
        case catalog::Level::beginner:
            return edu::Level::beginner;
        case catalog::Level::intermediate:
            return edu::Level::intermediate;
        case catalog::Level::advanced:
            return edu::Level::advanced;
    }
    return edu::Level::beginner;
}

edu::Prices prices_of(catalog::Course const& course) {
    if (!course.price) return {};
    return edu::Price{.amount = *course.price, .period_days = course.access_days.value_or(0)};
}

/// "tea-brewing.2" for the second section, "tea-brewing.2.1" for its first lecture.
std::string numbered(std::string name, std::size_t number) {
    name.append(".").append(std::to_string(number));
    return name;
}

edu::ImportedLecture lecture_row(catalog::Lecture const& lecture, std::string const& name) {
    edu::ImportedLecture out{.source_id = name, .title = lecture.title, .preview = lecture.preview};
    auto const address = "media/" + name;
    if (lecture.video) {
        out.items.emplace_back(edu::Video{.address = address, .duration = *lecture.video});
    }
    if (lecture.audio) {
        out.items.emplace_back(edu::Audio{.address = address, .duration = *lecture.audio});
    }
    out.items.emplace_back(edu::Text{.body = lecture.text});
    return out;
}

edu::ImportedSection section_row(catalog::Section const& section, std::string const& name) {
    edu::ImportedSection out{.source_id = name, .title = section.title};
    for (auto const& lecture : section.lectures)
        out.lectures.push_back(lecture_row(lecture, numbered(name, out.lectures.size() + 1)));
    return out;
}

edu::ImportedCourse course_row(catalog::Course const& course, edu::UserId teacher) {
    edu::ImportedCourse out{.source = "catalog",
                            .source_id = course.slug,
                            .course = {.title = course.title,
                                       .summary = course.summary,
                                       .slug = course.slug,
                                       .language = course.languages.front(),
                                       .level = level_of(course.level),
                                       .tags = course.tags,
                                       .concepts = course.concepts,
                                       .price = prices_of(course),
                                       .teachers = {{.user = teacher}},
                                       .capacity = course.capacity},
                            .publish = true};
    if (course.prerequisite) out.prerequisites.push_back(*course.prerequisite);
    for (auto const& section : course.sections) {
        out.sections.push_back(
            section_row(section, numbered(course.slug, out.sections.size() + 1)));
    }
    return out;
}

}  // namespace

std::vector<edu::ImportedCourse> course_rows(std::vector<catalog::Course> const& courses,
                                             edu::UserId teacher) {
    std::vector<edu::ImportedCourse> out;
    out.reserve(courses.size());
    for (auto const& course : courses)
        out.push_back(course_row(course, teacher));
    return out;
}

}  // namespace school_day
