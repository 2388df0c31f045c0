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
    return duration > milliseconds{} &&
           covered.count() * whole >= duration.count() * rule.completion.percent;
}

}  // namespace

bool fulfills(LectureProgress const& progress, LectureRule const& rule,
              MediaCoverage const& watched) noexcept {
    switch (rule.completion.rule) {
        case CompletionRule::opened:
            return progress.opens > 0 || progress.item;
        case CompletionRule::covered:
            return covers(rule, watched);
        case CompletionRule::marked:
            return progress.marked;
    }
    return false;
}

LectureProgress& LearnerFold::at_work(LectureId lecture, Timestamp at) {
    auto const [place, is_new] = lectures.try_emplace(
        lecture, LectureProgress{.lecture = lecture, .first_at = at, .last_at = at});
    auto& progress = place->second;
    progress.first_at = std::min(progress.first_at, at);
    progress.last_at = std::max(progress.last_at, at);
    return progress;
}

bool LearnerFold::settle(LectureProgress& progress, LectureRule const& rule, Timestamp at) const {
    if (progress.completed_at || !fulfills(progress, rule, coverage)) return false;
    progress.completed_at = at;
    return true;
}

bool LearnerFold::opened(LectureRule const& rule, std::int64_t count, Timestamp at) {
    auto& progress = at_work(rule.lecture, at);
    progress.opens += count;
    return settle(progress, rule, at);
}

bool LearnerFold::watched(LectureRule const& rule, WatchedStretch const& stretch, Timestamp at,
                          milliseconds& credited) {
    auto& progress = at_work(rule.lecture, at);
    progress.item = stretch.item.item;
    progress.position = stretch.reported.to;
    if (stretch.credited_to > stretch.reported.from) {
        auto& covered = coverage[stretch.item.media];
        credited += covered.add({stretch.reported.from, stretch.credited_to});
    }
    return settle(progress, rule, at);
}

bool LearnerFold::marked(LectureRule const& rule, bool done, Timestamp at) {
    auto& progress = at_work(rule.lecture, at);
    progress.marked = done;
    return settle(progress, rule, at);
}

bool LearnerFold::touched(LectureRule const& rule, Timestamp at) {
    return settle(at_work(rule.lecture, at), rule, at);
}

bool LearnerFold::settled(LectureRule const& rule, Timestamp at) {
    auto const found = lectures.find(rule.lecture);
    return found != lectures.end() && settle(found->second, rule, at);
}

void LearnerFold::widen(LectureId lecture, Timestamp first_at, Timestamp last_at) {
    auto const found = lectures.find(lecture);
    if (found == lectures.end()) return;
    found->second.first_at = std::min(found->second.first_at, first_at);
    found->second.last_at = std::max(found->second.last_at, last_at);
}

int LearnerFold::completed(std::span<LectureRule const> rules) const {
    auto const done = [this](LectureRule const& rule) {
        auto const found = lectures.find(rule.lecture);
        return rule.required && found != lectures.end() && found->second.completed_at;
    };
    return static_cast<int>(std::count_if(rules.begin(), rules.end(), done));
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
    return std::chrono::abs(at - last_at) <= pace.idle_max;
}

milliseconds ViewingSession::allowance(Timestamp at, WatchPace const& pace) const noexcept {
    auto const passed = std::chrono::floor<milliseconds>(std::max(at - opened_at, {}));
    auto const most = passed * pace.max_rate_percent / whole + pace.grace;
    return std::max(most - credited, milliseconds{});
}

}  // namespace eduplat
