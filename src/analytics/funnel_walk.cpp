#include "analytics/funnel_walk.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace eduplat::analytics {

FunnelWalk::FunnelWalk(FunnelOptions const& options, std::size_t steps)
    : order_{options.order},
      window_s_{options.window ? options.window->count()
                               : std::numeric_limits<std::int64_t>::max()},
      begin_s_(steps),
      reached_s_(steps) {}

void FunnelWalk::restart() {
    reached_ = 0;
    alive_ = 0;
}

void FunnelWalk::event(StepMask mask, std::int64_t time_s) {
    mask &= ~selected_bit;
    if (order_ == FunnelOrder::strict) return advance_strictly(mask, time_s);
    if (order_ == FunnelOrder::any_order) return collect(mask, time_s);
    mask &= alive_ << 1U | 1U;  // steps that a way can get on to
    while (mask != 0) {         // later steps first, so that the event does one step of a way only
        auto const step = static_cast<std::size_t>(std::bit_width(mask)) - 1;
        mask &= ~bit(step);
        advance(step, time_s);
    }
}

void FunnelWalk::moment(std::size_t step, std::int64_t time_s) {
    if (order_ == FunnelOrder::any_order) return collect(bit(step), time_s);
    advance(step, time_s);
}

void FunnelWalk::advance(std::size_t step, std::int64_t time_s) {
    auto begin_s = time_s;
    if (step > 0) {
        if ((alive_ & bit(step - 1)) == 0) return;
        begin_s = begin_s_[step - 1];
        if (time_s - begin_s > window_s_) return;
    }
    auto const is_alive = (alive_ & bit(step)) != 0;
    begin_s_[step] = is_alive ? std::max(begin_s_[step], begin_s) : begin_s;
    alive_ |= bit(step);
    if (step == reached_) reach(time_s);
}

/// Only ways that got on with the event right before this one live on.
void FunnelWalk::advance_strictly(StepMask mask, std::int64_t time_s) {
    mask &= alive_ << 1U | 1U;
    alive_ = 0;
    while (mask != 0) {
        auto const step = static_cast<std::size_t>(std::bit_width(mask)) - 1;
        mask &= ~bit(step);
        if (step > 0 && time_s - begin_s_[step - 1] > window_s_) continue;
        begin_s_[step] = step > 0 ? begin_s_[step - 1] : time_s;
        alive_ |= bit(step);
        if (step == reached_) reach(time_s);
    }
}

void FunnelWalk::collect(StepMask mask, std::int64_t time_s) {
    if (mask == 0) return;
    for (auto left = mask; left != 0; left &= left - 1)
        begin_s_[static_cast<std::size_t>(std::countr_zero(left))] = time_s;
    alive_ |= mask;
    auto oldest_s = time_s;
    for (std::size_t step = 0; step < begin_s_.size() && (alive_ & bit(step)) != 0; ++step) {
        oldest_s = std::min(oldest_s, begin_s_[step]);
        if (time_s - oldest_s > window_s_) return;
        if (step == reached_) reach(time_s);
    }
}

}  // namespace eduplat::analytics
