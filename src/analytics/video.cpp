#include "analytics/distributions.hpp"
#include "analytics/peaks.hpp"
#include "analytics/watches.hpp"

#include <eduplat/analytics/video.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cstddef>

namespace eduplat::analytics {

namespace {

/// Milliseconds by bin, of stretches: bins that a stretch covers whole are noted where they begin
/// and end, and added up once at the end.
class MsByBin {
  public:
    MsByBin(std::size_t bins, std::int64_t bin_ms)
        : parts_(bins), wholes_(bins + 1), bin_ms_(bin_ms) {}

    void add(Stretch const& stretch) {
        auto const first = stretch.from / bin_ms_;
        auto const last = (stretch.to - 1) / bin_ms_;
        if (first == last) {
            at(parts_, first) += stretch.to - stretch.from;
            return;
        }
        at(parts_, first) += (first + 1) * bin_ms_ - stretch.from;
        at(parts_, last) += stretch.to - last * bin_ms_;
        at(wholes_, first + 1) += bin_ms_;
        at(wholes_, last) -= bin_ms_;
    }

    [[nodiscard]] std::vector<std::int64_t> sums() const {
        auto result = parts_;
        std::int64_t whole = 0;
        for (std::size_t bin = 0; bin < result.size(); ++bin)
            result[bin] += whole += wholes_[bin];
        return result;
    }

  private:
    static std::int64_t& at(std::vector<std::int64_t>& values, std::int64_t bin) {
        return values[static_cast<std::size_t>(bin)];
    }

    std::vector<std::int64_t> parts_;
    std::vector<std::int64_t> wholes_;  ///< differences
    std::int64_t bin_ms_;
};

/// A curve on its way.
class CurveBuilder {
  public:
    CurveBuilder(Recording const& recording, VideoOptions const& options)
        : curve_{.recording = recording, .bin = options.bin},
          bin_ms_(options.bin.count()),
          bins_(static_cast<std::size_t>((recording.duration.count() - 1) / bin_ms_ + 1)),
          watched_(bins_, bin_ms_),
          distinct_(bins_, bin_ms_),
          viewers_(bins_ + 1),
          furthest_(bins_) {}

    /// What a learner watched, and the same united.
    void add(Watch const& watch, std::span<Stretch const> united) {
        curve_.stretches += static_cast<std::int64_t>(watch.stretches.size());
        for (auto const& stretch : watch.stretches)
            watched_.add(stretch);
        for (auto const& stretch : united)
            distinct_.add(stretch);
        view(united);
        auto const furthest = united.back().to;
        ++furthest_[bin_of(furthest - 1)];
        auto const distinct = length(united);
        auto const duration = static_cast<double>(curve_.recording.duration.count());
        curve_.learners.push_back({watch.learner, length(watch.stretches), distinct, furthest,
                                   static_cast<double>(distinct) / duration});
    }

    [[nodiscard]] VideoCurve finish(VideoOptions const& options) {
        curve_.bin_ms.assign(bins_, bin_ms_);
        curve_.bin_ms.back() =
            curve_.recording.duration.count() - static_cast<std::int64_t>(bins_ - 1) * bin_ms_;
        curve_.watched_ms = watched_.sums();
        curve_.distinct_ms = distinct_.sums();
        std::int64_t viewers = 0;
        for (std::size_t bin = 0; bin < bins_; ++bin)
            curve_.viewers.push_back(viewers += viewers_[bin]);
        curve_.reached = furthest_;
        for (auto bin = bins_ - 1; bin > 0; --bin)
            curve_.reached[bin - 1] += curve_.reached[bin];
        add_shares(options);
        add_peaks(options);
        return std::move(curve_);
    }

  private:
    [[nodiscard]] std::size_t bin_of(std::int64_t ms) const {
        return static_cast<std::size_t>(ms / bin_ms_);
    }

    /// Counts the learner once in each bin that he saw any of.
    void view(std::span<Stretch const> united) {
        std::size_t begin = 0;  // of bins not counted yet
        for (auto const& stretch : united) {
            begin = std::max(begin, bin_of(stretch.from));
            auto const end = bin_of(stretch.to - 1) + 1;
            if (begin >= end) continue;
            ++viewers_[begin];
            --viewers_[end];
            begin = end;
        }
    }

    void add_shares(VideoOptions const& options) {
        auto const duration = static_cast<double>(curve_.recording.duration.count());
        std::int64_t complete = 0;
        std::int64_t dropped = 0;
        for (auto const& learner : curve_.learners) {
            auto const furthest = static_cast<double>(learner.furthest_ms) / duration;
            complete += learner.coverage >= options.complete_share ? 1 : 0;
            dropped += furthest < options.complete_share ? 1 : 0;
        }
        auto const viewers = static_cast<std::int64_t>(curve_.learners.size());
        curve_.complete = proportion(complete, viewers, options.confidence);
        curve_.dropped = proportion(dropped, viewers, options.confidence);
    }

    void add_peaks(VideoOptions const& options) {
        std::vector<double> again;
        for (std::size_t bin = 0; bin < bins_; ++bin)
            again.push_back(curve_.rewatches(bin));
        auto const least = options.prominence_share * *std::max_element(again.begin(), again.end());
        for (auto const& peak : peaks(again)) {
            if (peak.prominence < least) continue;
            auto const bin = static_cast<std::int64_t>(peak.at);
            curve_.peaks.push_back({bin, again[peak.at], peak.prominence});
        }
    }

    VideoCurve curve_;
    std::int64_t bin_ms_;
    std::size_t bins_;
    MsByBin watched_;
    MsByBin distinct_;
    std::vector<std::int64_t> viewers_;   ///< differences
    std::vector<std::int64_t> furthest_;  ///< learners whose furthest place lies in the bin
};

void check_bins(std::span<Recording const> recordings, std::chrono::milliseconds bin,
                Validation& validation) {
    if (bin.count() < 1) return validation.add("bin", "too_small", 1);
    constexpr auto most = limits::analytics_buckets_max;
    for (auto const& recording : recordings) {
        if ((recording.duration.count() - 1) / bin.count() < static_cast<std::int64_t>(most))
            continue;
        return validation.add("bin", "too_many", most);
    }
}

void check(Selection const& selection, std::span<Recording const> recordings,
           VideoOptions const& options) {
    Validation validation;
    check_scan(validation, selection, {});
    check_recordings(recordings, validation);
    check_bins(recordings, options.bin, validation);
    if (!(options.complete_share > 0 && options.complete_share <= 1))
        validation.add("complete_share", "out_of_range");
    if (!(options.prominence_share >= 0 && options.prominence_share <= 1))
        validation.add("prominence_share", "out_of_range");
    check_confidence(options.confidence, validation);
    validation.check("the video curves");
}

}  // namespace

std::vector<VideoCurve> video_curves(EventFrame const& frame, Selection const& selection,
                                     std::span<Recording const> recordings,
                                     VideoOptions const& options) {
    check(selection, recordings, options);
    std::vector<CurveBuilder> builders;
    for (auto const& recording : recordings)
        builders.emplace_back(recording, options);
    std::vector<Stretch> united;
    for_each_watch(frame, Filter{frame, selection}, recordings, options.credited,
                   [&](Watch const& watch) {
                       unite(watch.stretches, united);
                       builders[watch.recording].add(watch, united);
                   });
    std::vector<VideoCurve> curves;
    curves.reserve(builders.size());
    for (auto& builder : builders)
        curves.push_back(builder.finish(options));
    return curves;
}

}  // namespace eduplat::analytics
