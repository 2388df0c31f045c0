#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace school_day {

/// Tells on the standard error how far a long task is: one line that is drawn anew on a terminal,
/// else a line now and then.
class ProgressBar {
  public:
    explicit ProgressBar(std::string task);

    /// `share` of the task is done, from 0 to 1, which was so many rows. Cheap: most calls draw
    /// nothing.
    void update(double share, std::int64_t rows);
    /// The task is done.
    void finish(std::int64_t rows);

    [[nodiscard]] double seconds() const;

  private:
    using Steady = std::chrono::steady_clock;

    void draw(double share, std::int64_t rows) const;

    std::string task_;
    bool is_terminal_;
    Steady::time_point started_ = Steady::now();
    Steady::time_point drawn_ = started_;
};

}  // namespace school_day
