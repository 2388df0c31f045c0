#include "repositories/insights_rows.hpp"
#include "services/insights_impl.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

namespace eduplat {

namespace rows = repositories::insights_rows;
using analytics::EventFrame;
using storage::Connection;

namespace {

// -- The log

void check_piece(EventsRequest const& request) {
    constexpr auto rows_max = static_cast<std::int64_t>(limits::learning_import_chunk_rows);
    Validation validation;
    check_scope(validation, request.scope);
    if (request.rows < 1) validation.add("rows", "too_small", 1);
    if (request.rows > rows_max) validation.add("rows", "too_large", rows_max);
    validation.check("a piece of the log");
}

/// What learners do, rather than others or the school.
bool is_doing(rows::LogRow const& row) noexcept {
    return analytics::is_of_learner(row.kind) &&
           !repositories::insights_log::is_mark_of_another(row.kind, row.user, row.b);
}

/// Which entries of the log belong to a scope.
class LogFilter {
  public:
    explicit LogFilter(InsightScope scope) : scope_(std::move(scope)) {
        std::sort(scope_.courses.begin(), scope_.courses.end());
        std::sort(scope_.lectures.begin(), scope_.lectures.end());
        std::sort(scope_.kinds.begin(), scope_.kinds.end());
    }

    [[nodiscard]] bool passes(rows::LogRow const& row) const {
        bool const in_time =
            (!scope_.from || row.at >= *scope_.from) && (!scope_.to || row.at < *scope_.to);
        bool const of_kind =
            scope_.kinds.empty() ? is_doing(row) : is_among(scope_.kinds, std::optional{row.kind});
        return in_time && of_kind && is_among(scope_.courses, row.course) &&
               is_among(scope_.lectures, row.lecture);
    }

  private:
    template <class Value>
    static bool is_among(std::vector<Value> const& wanted, std::optional<Value> const& value) {
        return wanted.empty() ||
               (value && std::binary_search(wanted.begin(), wanted.end(), *value));
    }

    InsightScope scope_;
};

/// Columns of the log.
class LogTable {
  public:
    void add(rows::LogRow const& row) {
        seq_.push_back(row.seq);
        at_.push_back(row.at);
        client_at_.push_back(row.client_at);
        user_.push_back(to_string(row.user_uid));
        course_.push_back(text_of(row.course_uid));
        lecture_.push_back(text_of(row.lecture_uid));
        kind_.emplace_back(name(row.kind));
        item_.push_back(row.item);
        // Other kinds' numbers are ids, which mean nothing outside.
        bool const counts = row.kind == LearningKind::opened || row.kind == LearningKind::watched ||
                            row.kind == LearningKind::answered;
        a_.push_back(counts || row.kind == LearningKind::marked ? row.a : std::nullopt);
        b_.push_back(counts ? row.b : std::nullopt);
        c_.push_back(counts ? row.c : std::nullopt);
    }

    [[nodiscard]] analytics::Table table() {
        using analytics::column;
        return {.name = "events",
                .columns = {column("seq", std::move(seq_)), column("at", std::move(at_)),
                            column("client_at", client_at_), column("user", std::move(user_)),
                            column("course", course_), column("lecture", lecture_),
                            column("kind", std::move(kind_)), column("item", item_),
                            column("a", a_), column("b", b_), column("c", c_)}};
    }

  private:
    using Numbers = std::vector<std::optional<std::int64_t>>;

    static std::optional<std::string> text_of(std::optional<Uid> const& uid) {
        if (!uid) return std::nullopt;
        return to_string(*uid);
    }

    std::vector<std::int64_t> seq_;
    std::vector<Timestamp> at_;
    std::vector<std::optional<Timestamp>> client_at_;
    std::vector<std::string> user_;
    std::vector<std::optional<std::string>> course_;
    std::vector<std::optional<std::string>> lecture_;
    std::vector<std::string> kind_;
    Numbers item_, a_, b_, c_;
};

EventsPiece read_piece(Connection& connection, std::optional<UserId> user,
                       EventsRequest const& request) {
    LogTable log;
    LogFilter const wanted{request.scope};
    auto const looked_at =
        rows::log(connection, user, request.after, request.rows, [&](rows::LogRow const& row) {
            if (wanted.passes(row)) log.add(row);
        });
    EventsPiece piece{.table = log.table()};
    if (looked_at.entries == request.rows) piece.after = looked_at.seq;
    return piece;
}

// -- Names

struct Names {
    std::unordered_map<std::int64_t, std::string> users = {};
    std::unordered_map<std::int64_t, std::string> courses = {};
    std::unordered_map<std::int64_t, std::string> lectures = {};
};

/// Texts in several languages that come one language at a time.
using Texts = std::unordered_map<std::int64_t, LocalizedText>;

void choose(Texts const& texts, std::string const& language,
            std::unordered_map<std::int64_t, std::string>& into) {
    for (auto const& [id, text] : texts)
        into.emplace(id, text.best_for(language));
}

/// Who did something in these courses, whatever it was.
std::vector<UserId> learners_of(EventFrame const& frame, std::vector<CourseId> const& courses) {
    auto const kinds = all_learning_kinds();
    analytics::Selection const selection{.courses = courses, .kinds = {kinds.begin(), kinds.end()}};
    constexpr Timestamp end{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};
    std::vector<UserId> users;
    for (auto const& each :
         analytics::idle_learners(frame, selection, end, std::chrono::seconds{0}).idle)
        users.push_back(each.user);
    return users;
}

void name_users(Connection& connection, std::vector<UserId> const& users, Names& names) {
    for (std::size_t i = 0; i < users.size(); i += limits::page_size_max) {
        auto const first = users.begin() + static_cast<std::ptrdiff_t>(i);
        auto const count = std::min<std::size_t>(limits::page_size_max, users.size() - i);
        rows::uids(connection, {first, first + static_cast<std::ptrdiff_t>(count)},
                   [&](UserId user, Uid const& uid) {
                       names.users.emplace(user.value(), to_string(uid));
                   });
    }
}

void name_subjects(Connection& connection, LabelsRequest const& request, Names& names) {
    Texts courses;
    Texts lectures;
    for_each_course(request.courses, [&](std::optional<CourseId> course) {
        rows::titles(connection, course, [&](CourseId id, auto language, auto title) {
            courses[id.value()].set(language, title);
        });
        rows::lecture_titles(connection, course, [&](LectureId id, auto language, auto title) {
            lectures[id.value()].set(language, title);
        });
    });
    choose(courses, request.language, names.courses);
    choose(lectures, request.language, names.lectures);
}

template <class Identity>
std::function<std::string(Identity)> labeler(
    std::shared_ptr<Names const> names, std::unordered_map<std::int64_t, std::string> Names::*of) {
    return [names = std::move(names), of](Identity id) {
        auto const& known = (*names).*of;
        auto const found = known.find(id.value());
        return found == known.end() ? std::to_string(id.value()) : found->second;
    };
}

}  // namespace

EventsPiece Insights::export_events(Actor const& actor, EventsRequest const& request) const {
    check_piece(request);
    auto const now = impl_->now();
    return impl_->dependencies.storage.read([&](Connection& connection) {
        static_cast<void>(authorize_courses(connection, actor, Call::insights_export_events,
                                            request.scope.courses, now));
        return read_piece(connection, std::nullopt, request);
    });
}

EventsPiece Insights::export_my_events(Actor const& actor, EventsRequest const& request) const {
    check_piece(request);
    auto own = request;
    auto const all = all_learning_kinds();  // what was done to oneself, too, is about oneself
    if (own.scope.kinds.empty()) own.scope.kinds.assign(all.begin(), all.end());
    auto const now = impl_->now();
    return impl_->dependencies.storage.read([&](Connection& connection) {
        auto const asker = authorize_own(connection, actor, Call::insights_export_my_events, now);
        return read_piece(connection, asker.user, own);
    });
}

analytics::Labels Insights::labels(Actor const& actor, LabelsRequest const& request) const {
    auto const names = impl_->look_at(
        actor, Call::insights_labels, {.courses = request.courses},
        [&](Connection& connection, Viewpoint const& view) {
            auto found = std::make_shared<Names>();
            name_subjects(connection, request, *found);
            name_users(connection, learners_of(view.held->frame, request.courses), *found);
            return std::shared_ptr<Names const>{std::move(found)};
        });
    return {.user = labeler<UserId>(names, &Names::users),
            .course = labeler<CourseId>(names, &Names::courses),
            .lecture = labeler<LectureId>(names, &Names::lectures)};
}

}  // namespace eduplat
