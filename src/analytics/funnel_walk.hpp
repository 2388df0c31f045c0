#pragma once

#include <eduplat/analytics/funnel.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// One learner's way through a funnel.
namespace eduplat::analytics {

/// The steps that an event does, by bit, and that it was selected at all.
using StepMask = std::uint64_t;
inline constexpr StepMask selected_bit = StepMask{1} << 63U;

[[nodiscard]] constexpr StepMask bit(std::size_t step) noexcept {
    return StepMask{1} << step;
}

/// Takes events and moments in the order of time and knows how far they lead: when each step was
/// first reached. By dynamic programming over the steps: of all ways that have got to a step only
/// the one that began last matters, as it has the most of its window left.
class FunnelWalk final {
  public:
    FunnelWalk(FunnelOptions const& options, std::size_t steps);

    void restart();
    /// An event that does these steps, or none.
    void event(StepMask mask, std::int64_t time_s);
    /// A moment that does one step.
    void moment(std::size_t step, std::int64_t time_s);

    [[nodiscard]] std::size_t reached() const noexcept { return reached_; }
    [[nodiscard]] bool is_done() const noexcept { return reached_ == begin_s_.size(); }
    [[nodiscard]] std::int64_t reached_s(std::size_t step) const noexcept {
        return reached_s_[step];
    }
    void reach(std::int64_t time_s) { reached_s_[reached_++] = time_s; }

  private:
    void advance(std::size_t step, std::int64_t time_s);
    void advance_strictly(StepMask mask, std::int64_t time_s);
    void collect(StepMask mask, std::int64_t time_s);

    FunnelOrder order_;
    std::int64_t window_s_;  ///< the largest number if there is none
    std::size_t reached_ = 0;
    StepMask alive_ = 0;                   ///< steps with a way that led there
    std::vector<std::int64_t> begin_s_;    ///< of it; in any order the step's last event
    std::vector<std::int64_t> reached_s_;  ///< of the first reached_
};

}  // namespace eduplat::analytics
