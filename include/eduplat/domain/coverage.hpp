#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace eduplat {

/// A stretch of a recording: [from, to), both from its beginning.
struct Interval {
    std::chrono::milliseconds from;
    std::chrono::milliseconds to;

    friend bool operator==(Interval const&, Interval const&) = default;
};

/// What of a recording has been watched: a set of milliseconds, kept as intervals that neither
/// overlap nor touch, in order. Gaps, however short, stay: the sum is exact.
///
/// There are at most limits::coverage_intervals_max intervals; a new one that would be one more is
/// not taken in, one that touches others is.
/// Preconditions: 0 <= from <= to. Thread safety: that of a vector.
class Coverage {
  public:
    Coverage() = default;

    /// Reads what encode() wrote. Errors: data_loss (field "coverage", rule "malformed").
    [[nodiscard]] static Coverage decode(std::span<std::byte const> bytes);

    /// Equal sets give equal bytes: the lengths of gap, interval, gap, interval ..., each in groups
    /// of seven bits, the lowest first, of which all but the last have the high bit set.
    [[nodiscard]] std::vector<std::byte> encode() const;

    /// Adds a stretch and returns how much of it is new.
    std::chrono::milliseconds add(Interval stretch);

    /// How much of a stretch is not covered.
    [[nodiscard]] std::chrono::milliseconds missing(Interval stretch) const noexcept;

    /// Where a stretch has to end so that no more than `allowance` of it is new, and add() takes it
    /// in: at most at its own end, at least at its beginning.
    [[nodiscard]] std::chrono::milliseconds cut(Interval stretch,
                                                std::chrono::milliseconds allowance) const noexcept;

    /// The sum of the intervals.
    [[nodiscard]] std::chrono::milliseconds covered() const noexcept { return covered_; }
    [[nodiscard]] std::span<Interval const> intervals() const noexcept { return intervals_; }

    friend bool operator==(Coverage const&, Coverage const&) = default;

  private:
    [[nodiscard]] bool is_full() const noexcept;

    std::vector<Interval> intervals_;
    std::chrono::milliseconds covered_{};
};

}  // namespace eduplat
