#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/proportion.hpp>
#include <eduplat/analytics/selection.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// How recordings are watched, second by second.
namespace eduplat::analytics {

/// A recording, as events name it: by its place in the lecture. Without one: what was watched
/// without a place.
struct Recording {
    LectureId lecture;
    std::optional<int> item;
    std::chrono::milliseconds duration;
};

struct VideoOptions {
    std::chrono::milliseconds bin{1000};  ///< the last one may be shorter
    bool credited = false;                ///< only what counted toward progress
    double complete_share = 0.95;         ///< of the duration: the recording is watched
    double prominence_share = 0.1;        ///< of the highest re-watch: what makes a peak
    double confidence = confidence_default;
};

/// What one learner saw of a recording.
struct VideoViewer {
    UserId learner;
    std::int64_t watched_ms;   ///< played, in all
    std::int64_t distinct_ms;  ///< each millisecond once
    std::int64_t furthest_ms;  ///< the last place that was seen
    double coverage;           ///< distinct_ms / duration

    friend bool operator==(VideoViewer const&, VideoViewer const&) = default;
};

/// A place that is watched again and again: a local maximum of re-watching, a plateau's middle
/// (rounded down), with its topographic prominence: how far one has to come down from it before
/// going higher. Beyond both ends nothing is watched. (As scipy.signal.find_peaks.)
struct RewatchPeak {
    std::int64_t bin;
    double rewatches;  ///< plays of the bin beyond each learner's first
    double prominence;

    friend bool operator==(RewatchPeak const&, RewatchPeak const&) = default;
};

/// Columns by bin: bin i is [i, i + 1) * bin_ms. All counts are exact: a stretch that was played
/// counts in a bin with its milliseconds in it, so reports that break anywhere, overlap (parallel
/// tabs) or come late count for what was played.
struct VideoCurve {
    Recording recording;
    std::chrono::milliseconds bin;
    std::int64_t stretches = 0;                  ///< played ones, not empty
    std::vector<std::int64_t> bin_ms = {};       ///< length of the bin
    std::vector<std::int64_t> watched_ms = {};   ///< views = watched_ms / bin_ms
    std::vector<std::int64_t> distinct_ms = {};  ///< each learner's each millisecond once
    std::vector<std::int64_t> viewers = {};      ///< learners who saw any of the bin
    std::vector<std::int64_t> reached = {};      ///< learners who saw any of it or of what follows
    std::vector<VideoViewer> learners = {};      ///< who saw anything, by id
    Proportion complete = {};                    ///< of them: coverage of complete_share or more
    /// Learners whose furthest place lies before complete_share of the duration, of them.
    Proportion dropped = {};
    std::vector<RewatchPeak> peaks = {};  ///< in order of place

    [[nodiscard]] double views(std::size_t i) const { return share(watched_ms, i); }
    /// Plays beyond each learner's first. Equal where as much of bins of one length is watched
    /// again.
    [[nodiscard]] double rewatches(std::size_t i) const {
        return static_cast<double>(watched_ms[i] - distinct_ms[i]) / static_cast<double>(bin_ms[i]);
    }
    /// Learners who left in the bin: saw some of it, or of one before, and nothing later.
    [[nodiscard]] std::int64_t left(std::size_t i) const {
        return reached[i] - (i + 1 < reached.size() ? reached[i + 1] : 0);
    }

  private:
    [[nodiscard]] double share(std::vector<std::int64_t> const& ms, std::size_t i) const {
        return static_cast<double>(ms[i]) / static_cast<double>(bin_ms[i]);
    }
};

/// The curve of each recording, in one pass over what was watched. What reaches beyond a duration
/// is cut off, what was watched of other recordings left out. The selection's kinds do not matter.
/// Memory: 40 bytes a bin, 40 a viewer.
/// Errors: invalid_argument (field "recordings[2].duration", rules "too_small": below 1 ms,
/// "too_large": above limits::item_duration_max; "recordings[2]", rule "duplicate"; "bin",
/// rules "too_small": below 1 ms, "too_many": more than limits::analytics_buckets_max bins;
/// "complete_share", "prominence_share", "confidence", rule "out_of_range": not between 0 and 1,
/// but the first may be 1, the second 0 or 1; "to", rule "reversed").
[[nodiscard]] std::vector<VideoCurve> video_curves(EventFrame const& frame,
                                                   Selection const& selection,
                                                   std::span<Recording const> recordings,
                                                   VideoOptions const& options = {});

}  // namespace eduplat::analytics
