#pragma once

#include "analytics/funnel_walk.hpp"
#include "analytics/scan.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace eduplat::analytics {

/// Steps of a funnel as tests of single values, and their moments by user.
class FunnelSteps final {
  public:
    struct UserMoment {
        std::int64_t user;
        std::int64_t time_s;
        std::size_t step;
    };

    FunnelSteps(EventFrame const& frame, Selection const& selection,
                std::span<FunnelStep const> steps);

    [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
    [[nodiscard]] Filter const& filter() const noexcept { return filter_; }

    /// What an event does, its score aside.
    [[nodiscard]] StepMask mask(std::uint8_t kind, std::uint32_t subject) const noexcept {
        return kinds_[kind] & (subjects_.empty() ? ~StepMask{0} : subjects_[subject]);
    }
    /// Steps that are not done by an answer with this score.
    [[nodiscard]] StepMask missed(std::uint32_t score, std::uint32_t score_max) const noexcept;
    [[nodiscard]] bool has_scores() const noexcept { return has_scores_; }

    [[nodiscard]] bool has_moments() const noexcept { return !moments_.empty(); }
    /// Of all selected users, by user, time and step.
    [[nodiscard]] std::span<UserMoment const> moments() const noexcept { return moments_; }
    [[nodiscard]] std::span<UserMoment const> moments_of(std::int64_t user) const noexcept;
    /// Whether a step is done by moments only.
    [[nodiscard]] bool is_moment(std::size_t step) const noexcept {
        return (moment_steps_ & bit(step)) != 0;
    }

  private:
    void add_step(EventFrame const& frame, std::size_t step, FunnelStep const& given,
                  bool any_kinds);
    void add_moments(std::size_t step, std::span<Moment const> moments);

    Filter filter_;
    std::vector<std::optional<double>> steps_;  ///< the least share of the score
    std::array<StepMask, 256> kinds_{};
    std::vector<StepMask> subjects_;  ///< by number; empty: all of them do all steps
    std::vector<UserMoment> moments_;
    bool has_scores_ = false;
    StepMask moment_steps_ = 0;
};

}  // namespace eduplat::analytics
