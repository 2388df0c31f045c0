#include "analytics/funnel_steps.hpp"
#include "analytics/funnel_walk.hpp"
#include "analytics/scan.hpp"
#include "analytics/scan_percentiles.hpp"

#include <eduplat/analytics/funnel.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

namespace eduplat::analytics {

namespace {

using Moments = std::span<FunnelSteps::UserMoment const>;

void check_step(Validation& validation, FunnelStep const& step, std::size_t index,
                FunnelOrder order) {
    auto const field = "steps[" + std::to_string(index) + "].";
    auto const share = step.min_score_share.value_or(0);
    if (!(share >= 0 && share <= 1)) validation.add(field + "min_score_share", "out_of_range");
    if (step.moments && order == FunnelOrder::strict) validation.add(field + "moments", "strict");
}

void check(Selection const& selection, std::span<FunnelStep const> steps,
           FunnelOptions const& options, ScanControl control) {
    Validation validation;
    check_scan(validation, selection, control);
    if (steps.empty()) validation.add("steps", "too_few", 1);
    if (steps.size() > limits::analytics_funnel_steps_max) {
        validation.add("steps", "too_many", limits::analytics_funnel_steps_max);
    } else {
        for (std::size_t i = 0; i < steps.size(); ++i)
            check_step(validation, steps[i], i, options.order);
    }
    if (options.window && options.window->count() < 0) validation.add("window", "negative", 0);
    validation.check("funnel");
}

/// What a thread gathers: by step how many got there and the times from the step before.
class FunnelState {
  public:
    FunnelState(FunnelSteps const& steps, FunnelOptions const& options)
        : steps_{&steps},
          is_plain_{options.order == FunnelOrder::ordered && !options.window},
          walk_{options, steps.size()},
          learners_(steps.size()),
          times_s_(steps.size()) {}

    void add(Chunk const& chunk, std::size_t learner) {
        auto const moments = moments_of(chunk.users[learner]);
        if (moments.empty() && steps_->is_moment(0)) return;
        walk_.restart();
        chunk_ = &chunk;
        std::tie(row_, end_) =
            steps_->filter().rows(chunk.time_s, chunk.first[learner], chunk.first[learner + 1]);
        answer_ = steps_->has_scores() ? first_answer(learner) : 0;
        if (is_plain_) {
            walk_plainly(moments);
        } else {
            walk(moments);
        }
        note();
    }
    /// Someone without events.
    void add(std::int64_t user) {
        walk_.restart();
        row_ = end_ = 0;
        walk(moments_of(user));
        note();
    }

    [[nodiscard]] std::vector<std::int64_t> const& learners() const noexcept { return learners_; }
    [[nodiscard]] std::vector<std::vector<std::int64_t>> const& times_s() const noexcept {
        return times_s_;
    }

  private:
    [[nodiscard]] Moments moments_of(std::int64_t user) const noexcept {
        return steps_->has_moments() ? steps_->moments_of(user) : Moments{};
    }

    /// The place among the answers of the first selected row, if it is one.
    [[nodiscard]] std::uint32_t first_answer(std::size_t learner) const noexcept {
        auto const& answered = chunk_->answered;
        return steps_->filter()
            .rows(answered.time_s, answered.first[learner], answered.first[learner + 1])
            .first;
    }

    /// What the next row does.
    [[nodiscard]] StepMask take() noexcept {
        auto const row = row_++;
        auto mask = steps_->mask(chunk_->kind[row], chunk_->subject[row]);
        if (!steps_->has_scores()) return mask;
        if (chunk_->kind[row] != static_cast<std::uint8_t>(LearningKind::answered)) return mask;
        auto const& answered = chunk_->answered;
        mask &= ~steps_->missed(answered.score[answer_], answered.score_max[answer_]);
        ++answer_;
        return mask;
    }

    /// Without a window each step is best done as early as it can be.
    void walk_plainly(Moments moments) {
        std::int64_t now_s = std::numeric_limits<std::int64_t>::min();
        while (!walk_.is_done()) {
            auto const step = walk_.reached();
            auto const is_next = [&](auto const& moment) {
                return moment.step == step && moment.time_s >= now_s;
            };
            auto const moment = std::ranges::find_if(moments, is_next);
            if (moment == moments.end() && steps_->is_moment(step)) return;
            auto const next_s = moment != moments.end() ? std::optional{moment->time_s}
                                                        : next_event(bit(step), now_s);
            if (!next_s) return;
            now_s = *next_s;
            walk_.reach(now_s);
        }
    }

    /// When the next event does a step, at `from_s` or after.
    [[nodiscard]] std::optional<std::int64_t> next_event(StepMask step, std::int64_t from_s) {
        while (row_ < end_) {
            auto const at_s = std::int64_t{chunk_->time_s[row_]};
            if ((take() & step) != 0 && at_s >= from_s) return at_s;
        }
        return std::nullopt;
    }

    void walk(Moments moments) {
        while (row_ < end_ && !walk_.is_done()) {
            auto const at_s = std::int64_t{chunk_->time_s[row_]};
            auto const mask = take();
            if ((mask & selected_bit) == 0) continue;
            auto const later =
                std::ranges::lower_bound(moments, at_s, {}, &FunnelSteps::UserMoment::time_s);
            take_moments({moments.begin(), later});
            moments = {later, moments.end()};
            // Those of the same second fit before this event and, once more, after it.
            auto const same =
                std::ranges::upper_bound(moments, at_s, {}, &FunnelSteps::UserMoment::time_s);
            take_moments({moments.begin(), same});
            walk_.event(mask, at_s);
        }
        take_moments(moments);
    }

    void take_moments(Moments moments) {
        for (auto const& moment : moments)
            walk_.moment(moment.step, moment.time_s);
    }

    /// Counts how far the learner got.
    void note() {
        for (std::size_t step = 0; step < walk_.reached(); ++step) {
            ++learners_[step];
            if (step > 0)
                times_s_[step].push_back(walk_.reached_s(step) - walk_.reached_s(step - 1));
        }
    }

    FunnelSteps const* steps_;
    bool is_plain_;
    FunnelWalk walk_;
    Chunk const* chunk_ = nullptr;
    std::uint32_t row_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t answer_ = 0;
    std::vector<std::int64_t> learners_;
    std::vector<std::vector<std::int64_t>> times_s_;
};

bool has_events(EventFrame const& frame, std::int64_t user) {
    auto const chunks = frame.chunks();
    auto const after = std::ranges::upper_bound(
        chunks, user, {}, [](Chunk const& chunk) { return chunk.users.front(); });
    return after != chunks.begin() && std::ranges::binary_search((after - 1)->users, user);
}

/// Users who are known by moments only. Where the first step is an event, they do not get there.
void add_others(FunnelState& state, EventFrame const& frame, FunnelSteps const& steps) {
    if (!steps.is_moment(0)) return;
    auto moments = steps.moments();
    while (!moments.empty()) {
        auto const user = moments.front().user;
        if (!has_events(frame, user)) state.add(user);
        moments = moments.subspan(steps.moments_of(user).size());
    }
}

std::optional<double> share(std::int64_t part, std::int64_t all) {
    if (all == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(all);
}

std::optional<std::chrono::seconds> median(std::vector<std::int64_t> times_s) {
    auto const half = percentiles(times_s, std::array{0.5}).front().value;
    return half ? std::optional{std::chrono::seconds{*half}} : std::nullopt;
}

std::vector<FunnelStepResult> report(std::span<FunnelStep const> steps,
                                     std::span<FunnelState const> states) {
    std::vector<FunnelStepResult> results;
    for (std::size_t step = 0; step < steps.size(); ++step) {
        FunnelStepResult result{.name = steps[step].name};
        std::vector<std::int64_t> times_s;
        for (auto const& state : states) {
            result.learners += state.learners()[step];
            auto const& own = state.times_s()[step];
            times_s.insert(times_s.end(), own.begin(), own.end());
        }
        auto const first = step > 0 ? results.front().learners : result.learners;
        if (step > 0) result.step_conversion = share(result.learners, results.back().learners);
        result.overall_conversion = share(result.learners, first);
        result.median_time = median(std::move(times_s));
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace

std::vector<FunnelStepResult> funnel(EventFrame const& frame, Selection const& selection,
                                     std::span<FunnelStep const> steps,
                                     FunnelOptions const& options, ScanControl control) {
    check(selection, steps, options, control);
    FunnelSteps const compiled{frame, selection, steps};
    auto states = scan_learners(
        frame, compiled.filter(), control, FunnelState{compiled, options},
        [](FunnelState& state, Chunk const& chunk, auto learner) { state.add(chunk, learner); });
    add_others(states.front(), frame, compiled);
    return report(steps, states);
}

}  // namespace eduplat::analytics
