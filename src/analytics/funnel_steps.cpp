#include "analytics/funnel_steps.hpp"

#include "analytics/buckets.hpp"

#include <algorithm>
#include <tuple>

namespace eduplat::analytics {

namespace {

/// The selection with all kinds that a step names, where it names none itself.
Selection with_kinds_of(Selection selection, std::span<FunnelStep const> steps) {
    if (!selection.kinds.empty()) return selection;
    for (auto const kind : all_learning_kinds())
        if (is_of_learner(kind)) selection.kinds.push_back(kind);
    for (auto const& step : steps)
        selection.kinds.insert(selection.kinds.end(), step.kinds.begin(), step.kinds.end());
    return selection;
}

}  // namespace

FunnelSteps::FunnelSteps(EventFrame const& frame, Selection const& selection,
                         std::span<FunnelStep const> steps)
    : filter_{frame, with_kinds_of(selection, steps)} {
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind)
        if (filter_.selects(static_cast<LearningKind>(kind))) kinds_[kind] = selected_bit;
    auto const is_restricted = [](auto const& part) {
        return !part.courses.empty() || !part.lectures.empty();
    };
    if (is_restricted(selection) || std::ranges::any_of(steps, is_restricted))
        subjects_.resize(frame.subjects().size(), selected_bit);
    for (std::size_t step = 0; step < steps.size(); ++step)
        add_step(frame, step, steps[step], !selection.kinds.empty());
    for (std::size_t subject = 0; subject < subjects_.size(); ++subject)
        if (!filter_.selects_subject(static_cast<std::uint32_t>(subject))) subjects_[subject] = 0;
    std::ranges::sort(moments_, {}, [](UserMoment const& moment) {
        return std::tuple{moment.user, moment.time_s, moment.step};
    });
}

void FunnelSteps::add_step(EventFrame const& frame, std::size_t step, FunnelStep const& given,
                           bool any_kinds) {
    steps_.push_back(given.min_score_share);
    if (given.moments) return add_moments(step, *given.moments);
    has_scores_ = has_scores_ || given.min_score_share;
    Selection const own{.courses = given.courses, .lectures = given.lectures, .kinds = given.kinds};
    Filter const filter{frame, own};
    for (std::size_t value = 0; value < kinds_.size(); ++value) {
        auto const kind = static_cast<LearningKind>(value);
        auto const does = filter.selects(kind) || (given.kinds.empty() && any_kinds);
        auto const has_score = kind == LearningKind::answered || !given.min_score_share;
        if (kinds_[value] != 0 && does && has_score) kinds_[value] |= bit(step);
    }
    for (std::size_t subject = 0; subject < subjects_.size(); ++subject) {
        if (filter.selects_subject(static_cast<std::uint32_t>(subject)))
            subjects_[subject] |= bit(step);
    }
}

void FunnelSteps::add_moments(std::size_t step, std::span<Moment const> moments) {
    moment_steps_ |= bit(step);
    for (auto const& moment : moments) {
        UserMoment const own{moment.user.value(), whole_seconds(moment.at), step};
        if (filter_.selects_user(own.user) && filter_.selects_time(own.time_s))
            moments_.push_back(own);
    }
}

StepMask FunnelSteps::missed(std::uint32_t score, std::uint32_t score_max) const noexcept {
    StepMask missed = 0;
    for (std::size_t step = 0; step < steps_.size(); ++step) {
        if (!steps_[step]) continue;
        auto const least = *steps_[step] * static_cast<double>(score_max);
        if (score_max == 0 || static_cast<double>(score) < least) missed |= bit(step);
    }
    return missed;
}

std::span<FunnelSteps::UserMoment const> FunnelSteps::moments_of(std::int64_t user) const noexcept {
    auto const begin = std::ranges::lower_bound(moments_, user, {}, &UserMoment::user);
    auto const end = std::ranges::upper_bound(moments_, user, {}, &UserMoment::user);
    return {begin, end};
}

}  // namespace eduplat::analytics
