#include "repositories/insights_rows.hpp"
#include "services/insights_impl.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <string>

namespace eduplat {

namespace rows = repositories::insights_rows;
using analytics::EventFrame;
using storage::Connection;

namespace {

analytics::Recording recording_of(rows::Recording const& row) {
    return {row.lecture, row.item, row.duration};
}

/// Errors: as require(); not_found (field "lecture").
Asker authorize_lecture(Connection& connection, Actor const& actor, Call call, LectureId lecture,
                        Timestamp now) {
    auto const course = rows::course_of(connection, lecture);
    if (course) return authorize_courses(connection, actor, call, {*course}, now, "lecture");
    require(identify(connection, actor, now), call, Relation::other);
    fail(ErrorCode::not_found, "lecture", "unknown");
}

/// Answers with their texts, which lie in one piece each.
struct Choices {
    std::vector<analytics::Answer> answers = {};
    std::vector<std::string> texts = {};

    [[nodiscard]] std::vector<analytics::GivenChoice> given() const {
        std::vector<analytics::GivenChoice> choices;
        choices.reserve(answers.size());
        for (std::size_t i = 0; i < answers.size(); ++i)
            choices.push_back({answers[i], texts[i]});
        return choices;
    }
};

Choices choices_of(Connection& connection, Viewpoint const& view,
                   DistractorsRequest const& request) {
    Choices choices;
    rows::answers(connection, request.course, [&](rows::TextAnswer const& row) {
        if (request.lecture && row.lecture != *request.lecture) return;
        if (view.held->is_erased(row.user)) return;
        choices.answers.push_back({.learner = row.user,
                                   .item = {row.lecture, row.item, row.question},
                                   .score = row.score,
                                   .score_max = row.score_max,
                                   .at = row.at});
        choices.texts.emplace_back(row.text);
    });
    return choices;
}

}  // namespace

std::vector<analytics::VideoCurve> Insights::video(Actor const& actor,
                                                   VideoRequest const& request) const {
    std::vector<analytics::Recording> recordings;
    analytics::Selection const selection{
        .from = request.from, .to = request.to, .lectures = {request.lecture}};
    auto const metric = [&](EventFrame const& frame) {
        return analytics::video_curves(frame, selection, recordings, request.options);
    };
    static_cast<void>(metric(EventFrame{}));
    auto const held = impl_->look(
        [&](Connection& connection) {
            return authorize_lecture(connection, actor, Call::insights_video, request.lecture,
                                     impl_->now());
        },
        [&](Connection& connection, Viewpoint const& view) {
            recordings.clear();
            for (auto const& row : rows::recordings(connection, request.lecture))
                recordings.push_back(recording_of(row));
            return view.held;
        });
    return metric(held->frame);
}

std::vector<analytics::LectureDifficulty> Insights::lecture_difficulty(
    Actor const& actor, DifficultyRequest const& request) const {
    Validation validation;
    check_scope(validation, request.scope);
    if (request.questions.size() > limits::lectures_max)
        validation.add("questions", "too_many", static_cast<std::int64_t>(limits::lectures_max));
    validation.check("the difficulty of lectures");
    std::vector<analytics::Recording> recordings;
    auto const selection = selection_of(request.scope);
    auto const metric = [&](EventFrame const& frame) {
        return analytics::lecture_difficulty(frame, selection, recordings, request.questions,
                                             request.confidence);
    };
    static_cast<void>(metric(EventFrame{}));
    auto const held = impl_->look_at(
        actor, Call::insights_lecture_difficulty, request.scope,
        [&](Connection& connection, Viewpoint const& view) {
            recordings.clear();
            for_each_course(request.scope.courses, [&](std::optional<CourseId> course) {
                rows::recordings(connection, course, [&](rows::Recording const& row) {
                    recordings.push_back(recording_of(row));
                });
            });
            return view.held;
        });
    return metric(held->frame);
}

analytics::ItemAnalysis Insights::items(Actor const& actor, ItemsRequest const& request) const {
    auto const selection = selection_of(request.scope);
    return impl_->scan(actor, Call::insights_items, request.scope, [&](EventFrame const& frame) {
        return analytics::item_analysis(analytics::answers(frame, selection), request.options);
    });
}

std::vector<analytics::Distractors> Insights::distractors(Actor const& actor,
                                                          DistractorsRequest const& request) const {
    static_cast<void>(analytics::distractors({}, request.confidence));
    auto const choices = impl_->look(
        [&](Connection& connection) {
            return authorize_courses(connection, actor, Call::insights_distractors,
                                     {request.course}, impl_->now(), "course");
        },
        [&](Connection& connection, Viewpoint const& view) {
            return choices_of(connection, view, request);
        });
    return analytics::distractors(choices.given(), request.confidence);
}

}  // namespace eduplat
