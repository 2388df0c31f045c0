#include <eduplat/domain/progress.hpp>

#include <algorithm>

namespace eduplat {

using std::chrono::milliseconds;

namespace {

constexpr int whole = 100;  // percent

bool covers(LectureRule const& rule, MediaCoverage const& watched) noexcept {
    milliseconds covered{};
    milliseconds duration{};
    for (auto const& item : rule.media) {
        duration += item.duration;
        auto const found = watched.find(item.media);
        if (found != watched.end()) covered += std::min(found->second.covered(), item.duration);
    }
    return covered.count() * whole >= duration.count() * rule.percent;
}

}  // namespace

void touch(LectureProgress& progress, Timestamp at, bool is_new) noexcept {
    progress.first_at = is_new ? at : std::min(progress.first_at, at);
    progress.last_at = is_new ? at : std::max(progress.last_at, at);
}

bool fulfills(LectureProgress const& progress, LectureRule const& rule,
              MediaCoverage const& watched) noexcept {
    switch (rule.needs) {
        case LectureRule::Needs::opened:
            return true;
        case LectureRule::Needs::covered:
            return covers(rule, watched);
        case LectureRule::Needs::marked:
            return progress.marked;
    }
    return false;
}

bool settle(LectureProgress& progress, LectureRule const& rule, MediaCoverage const& watched,
            Timestamp at) noexcept {
    if (progress.completed_at || !fulfills(progress, rule, watched)) return false;
    progress.completed_at = at;
    return true;
}

int lectures_needed(int required, std::optional<int> needed) noexcept {
    return std::min(required, needed.value_or(required));
}

int percent_of(int completed, int needed, bool course_completed) noexcept {
    if (course_completed) return whole;
    if (needed <= 0) return 0;
    auto const percent = std::int64_t{completed} * whole / needed;
    return static_cast<int>(std::clamp(percent, std::int64_t{0}, std::int64_t{whole - 1}));
}

bool ViewingSession::live(Timestamp at, WatchPace const& pace) const noexcept {
    return at - last_at <= pace.idle_max;
}

milliseconds ViewingSession::allowance(Timestamp at, WatchPace const& pace) const noexcept {
    auto const passed = std::chrono::floor<milliseconds>(std::max(at - opened_at, {}));
    auto const most = passed * pace.max_rate_percent / whole + pace.grace;
    return std::max(most - credited, milliseconds{});
}

}  // namespace eduplat
