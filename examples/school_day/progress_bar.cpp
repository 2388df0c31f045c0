#include "progress_bar.hpp"

#include "report.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace school_day {
namespace {

using namespace std::chrono_literals;

constexpr int bar_width = 30;

std::string time_left(double share, double seconds) {
    if (share <= 0.01) return "";
    return ", " + in_seconds(seconds / share - seconds) + " left";
}

}  // namespace

ProgressBar::ProgressBar(std::string task)
    : task_(std::move(task)), is_terminal_(isatty(STDERR_FILENO) == 1) {}

double ProgressBar::seconds() const {
    return std::chrono::duration<double>(Steady::now() - started_).count();
}

void ProgressBar::update(double share, std::int64_t rows) {
    auto const now = Steady::now();
    if (now - drawn_ < (is_terminal_ ? 100ms : 5000ms)) return;
    drawn_ = now;
    draw(std::clamp(share, 0.0, 1.0), rows);
}

void ProgressBar::finish(std::int64_t rows) {
    draw(1, rows);
    if (is_terminal_) std::fputc('\n', stderr);
}

void ProgressBar::draw(double share, std::int64_t rows) const {
    auto const taken = seconds();
    auto const rate = static_cast<std::int64_t>(static_cast<double>(rows) / std::max(taken, 0.001));
    auto const filled = static_cast<std::size_t>(share * bar_width);
    auto const text = task_ + " [" + std::string(filled, '#') +
                      std::string(bar_width - filled, '.') + "] " +
                      std::to_string(static_cast<int>(share * 100)) + " %, " + counted(rows) +
                      " rows, " + counted(rate) + " rows/s" +
                      (share < 1 ? time_left(share, taken) : ", " + in_seconds(taken));
    std::fflush(stdout);  // what was told before comes before
    std::fprintf(stderr, is_terminal_ ? "\r%s\x1b[K" : "%s\n", text.c_str());
}

}  // namespace school_day
