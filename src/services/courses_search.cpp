#include "repositories/lecture_access.hpp"
#include "repositories/search.hpp"
#include "repositories/search_terms.hpp"
#include "services/course_index.hpp"
#include "services/courses_impl.hpp"
#include "services/courses_input.hpp"
#include "services/excerpts.hpp"
#include "services/paging.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

namespace eduplat {

namespace index = repositories::search;

namespace {

/// A question that is well-formed.
struct Question {
    std::string text;
    index::Filter filter;
};

Question checked(std::string_view query, SearchFilter const& given) {
    Validation validation;
    Question question;
    question.text = validation.text(
        "query", query, {.max_bytes = limits::search_query_bytes_max, .multiline = true});
    if (given.language) {
        question.filter.language = normalized_language(validation, "language", *given.language);
    }
    check_level(validation, "level", given.level);
    question.filter.level = given.level;
    if (given.tag) question.filter.tag = normalized_label(validation, "tag", *given.tag);
    validation.check("search");
    return question;
}

/// The name of the list of what is found.
std::string list_of(std::string const& expression, index::Filter const& filter) {
    auto const level = filter.level ? name(*filter.level) : std::string_view{};
    return "search " + expression + '\n' + filter.language + '\n' + std::string{level} + '\n' +
           filter.tag;
}

std::optional<index::After> after(std::string_view list, PageRequest const& request) {
    auto const [rank, id] = keys_after<std::int64_t, std::int64_t>(list, request, {0, 0});
    if (!request.after) return std::nullopt;
    return index::After{std::bit_cast<double>(rank), id};
}

bool is_closed_to_some(index::Hit const& hit) {
    return hit.document.lecture && !hit.is_preview;
}

/// Takes what lectures hold from those hits whose lectures the user may not open.
void close_texts(storage::Connection& connection, UserId user, std::vector<index::Hit>& hits,
                 Timestamp now) {
    std::vector<LectureId> lectures;
    for (auto const& hit : hits) {
        if (is_closed_to_some(hit)) lectures.push_back(*hit.document.lecture);
    }
    auto const open = repositories::lecture_access::open_lectures(connection, lectures, user, now);
    for (auto& hit : hits) {
        bool const closed = is_closed_to_some(hit) && !open.contains(*hit.document.lecture);
        if (closed) hit.document.body.clear();
    }
}

SearchHit shown(index::Hit&& hit, std::vector<std::string> const& terms) {
    auto& document = hit.document;
    auto const text = excerpt(document.body.empty() ? document.summary : document.body, terms);
    document.title.resize(std::min(document.title.size(), document.title.find('\n')));
    return {.course = document.course,
            .slug = std::move(hit.slug),
            .lecture = document.lecture,
            .title = std::move(document.title),
            .excerpt = text,
            .score = -hit.key.rank};
}

}  // namespace

void index_course(storage::Connection& connection, CourseId course) {
    auto const now = repositories::courses::find(connection, course);
    bool const shows = now && now->state == CourseState::published;
    index::replace(
        connection, course,
        shows ? index::published_texts(connection, *now) : std::vector<index::Document>{});
}

void index_course_texts(storage::Connection& connection, Course const& course) {
    if (course.state == CourseState::published) {
        index::replace_one(connection, index::texts_of(course));
    }
}

bool rebuild_index(storage::Storage& storage) {
    return storage.write(
        [](storage::Connection& connection) { return index::rebuild_some(connection); });
}

Page<SearchHit> Courses::search(Actor const& actor, std::string_view query,
                                SearchFilter const& filter, PageRequest const& request) const {
    auto const question = checked(query, filter);
    auto const expression = index::match_expression(question.text);
    auto const list = list_of(expression, question.filter);
    auto const from = after(list, request);
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        auto const asker = authorize(connection, actor, Call::courses_search, now);
        if (expression.empty()) return std::vector<index::Hit>{};
        bool const reads_all = asker.may(Call::courses_get_draft, Relation::other);
        auto const texts = asker.user || reads_all ? index::Texts::all : index::Texts::of_previews;
        auto hits =
            index::page(connection, expression, question.filter, from, request.limit + 1, texts);
        if (asker.user && !reads_all) close_texts(connection, *asker.user, hits, now);
        return hits;
    });
    auto const keys = [](index::Hit const& hit) {
        return std::vector<CursorKey>{std::bit_cast<std::int64_t>(hit.key.rank), hit.key.id};
    };
    auto const terms = index::shown_terms(question.text);
    return make_page<SearchHit>(list, request, std::move(rows), keys,
                                [&](index::Hit&& hit) { return shown(std::move(hit), terms); });
}

}  // namespace eduplat
