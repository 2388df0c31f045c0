#include "analytics/watches.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace eduplat::analytics {

namespace {

using Key = std::pair<LectureId, std::uint16_t>;

Key key_of(Recording const& recording) {
    auto const item = recording.item ? static_cast<std::uint16_t>(*recording.item) : item_none;
    return {recording.lecture, item};
}

struct Played {
    std::size_t recording;
    Stretch stretch;
};

/// Finds recordings by subject and place.
class Places {
  public:
    Places(EventFrame const& frame, std::span<Recording const> recordings)
        : frame_(frame), wanted_(frame.subjects().size()) {
        for (std::size_t i = 0; i < recordings.size(); ++i) {
            if (!is_place(recordings[i].item)) continue;
            numbers_.emplace(key_of(recordings[i]), i);
        }
        for (std::size_t subject = 0; subject < wanted_.size(); ++subject)
            wanted_[subject] = is_of_any(frame.subjects()[subject].lecture) ? 1 : 0;
    }

    [[nodiscard]] std::optional<std::size_t> find(std::uint32_t subject, std::uint16_t item) const {
        if (wanted_[subject] == 0) return std::nullopt;
        auto const found = numbers_.find({*frame_.subjects()[subject].lecture, item});
        return found == numbers_.end() ? std::nullopt : std::optional{found->second};
    }

  private:
    /// Others are in no frame.
    static bool is_place(std::optional<int> item) {
        return !item || (*item >= 0 && *item < item_none);
    }
    [[nodiscard]] bool is_of_any(std::optional<LectureId> lecture) const {
        if (!lecture) return false;
        auto const first = numbers_.lower_bound({*lecture, 0});
        return first != numbers_.end() && first->first.first == *lecture;
    }

    EventFrame const& frame_;
    std::map<Key, std::size_t> numbers_;
    std::vector<std::uint8_t> wanted_;  ///< by subject: whether some recording is of it
};

void gather(WatchedColumns const& rows, std::pair<std::uint32_t, std::uint32_t> range,
            Filter const& filter, Places const& places, std::span<Recording const> recordings,
            bool credited, std::vector<Played>& played) {
    for (auto row = range.first; row < range.second; ++row) {
        if (!filter.selects_subject(rows.subject[row])) continue;
        auto const recording = places.find(rows.subject[row], rows.item[row]);
        if (!recording) continue;
        std::int64_t const end = credited ? rows.credited_to_ms[row] : rows.to_ms[row];
        auto const duration = std::int64_t{recordings[*recording].duration.count()};
        Stretch const stretch{rows.from_ms[row], std::min(end, duration)};
        if (stretch.from < stretch.to) played.push_back({*recording, stretch});
    }
}

void visit_recordings(UserId learner, std::vector<Played>& played,
                      std::function<void(Watch const&)> const& visit) {
    std::sort(played.begin(), played.end(), [](Played const& a, Played const& b) {
        return std::tie(a.recording, a.stretch.from, a.stretch.to) <
               std::tie(b.recording, b.stretch.from, b.stretch.to);
    });
    std::vector<Stretch> stretches;
    for (std::size_t i = 0; i < played.size(); ++i) {
        stretches.push_back(played[i].stretch);
        bool const is_last =
            i + 1 == played.size() || played[i + 1].recording != played[i].recording;
        if (!is_last) continue;
        visit({played[i].recording, learner, stretches});
        stretches.clear();
    }
}

}  // namespace

void check_recordings(std::span<Recording const> recordings, Validation& validation) {
    constexpr std::chrono::milliseconds longest = limits::item_duration_max;
    std::map<std::pair<LectureId, std::optional<int>>, std::size_t> seen;
    for (std::size_t i = 0; i < recordings.size(); ++i) {
        auto const field = "recordings[" + std::to_string(i) + "]";
        auto const& recording = recordings[i];
        if (recording.duration.count() < 1) validation.add(field + ".duration", "too_small", 1);
        if (recording.duration > longest)
            validation.add(field + ".duration", "too_large", longest.count());
        if (!seen.emplace(std::pair{recording.lecture, recording.item}, i).second)
            validation.add(field, "duplicate");
    }
}

void for_each_watch(EventFrame const& frame, Filter const& filter,
                    std::span<Recording const> recordings, bool credited,
                    std::function<void(Watch const&)> const& visit) {
    Places const places{frame, recordings};
    std::vector<Played> played;
    for (auto const& chunk : frame.chunks()) {
        auto const& rows = chunk.watched;
        filter.for_each_learner(chunk, [&](std::size_t learner) {
            played.clear();
            auto const range =
                filter.rows(rows.time_s, rows.first[learner], rows.first[learner + 1]);
            gather(rows, range, filter, places, recordings, credited, played);
            visit_recordings(UserId{chunk.users[learner]}, played, visit);
        });
    }
}

void unite(std::span<Stretch const> ordered, std::vector<Stretch>& united) {
    united.clear();
    for (auto const& stretch : ordered) {
        if (united.empty() || united.back().to < stretch.from) {
            united.push_back(stretch);
        } else {
            united.back().to = std::max(united.back().to, stretch.to);
        }
    }
}

std::int64_t length(std::span<Stretch const> stretches) noexcept {
    std::int64_t sum = 0;
    for (auto const& stretch : stretches)
        sum += stretch.to - stretch.from;
    return sum;
}

}  // namespace eduplat::analytics
