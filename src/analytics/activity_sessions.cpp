#include "analytics/buckets.hpp"
#include "analytics/scan.hpp"
#include "analytics/scan_percentiles.hpp"

#include <eduplat/analytics/activity.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace eduplat::analytics {

namespace {

struct SessionTally {
    std::int64_t learners = 0;
    std::int64_t sessions = 0;
    std::int64_t events = 0;
    std::int64_t length_s = 0;

    SessionTally& operator+=(SessionTally const& other) noexcept {
        learners += other.learners;
        sessions += other.sessions;
        events += other.events;
        length_s += other.length_s;
        return *this;
    }
};

/// The sessions of one learner, by where they begin in his events.
class SessionBounds {
  public:
    void find(std::span<std::uint32_t const> time_s, std::uint32_t gap_s) {
        if (begins_.size() < time_s.size() + 1) {
            begins_.resize(time_s.size() + 1);
            begin_s_.resize(time_s.size() + 1);
        }
        begins_[0] = 0;
        auto* const begins = begins_.data();  // and the others: not read anew after each writing
        auto const* const times = time_s.data();
        auto const size = static_cast<std::uint32_t>(time_s.size());
        std::size_t count = 1;
        for (std::uint32_t row = 1; row < size; ++row) {
            begins[count] = row;  // without a branch, which would be guessed wrong too often
            count += times[row] - times[row - 1] > gap_s ? 1U : 0U;
        }
        begins[count] = size;
        count_ = count;
        for (std::size_t i = 0; i < count_; ++i)
            begin_s_[i] = time_s[begins_[i]];
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// The session's first row; for count() the row behind the last session.
    [[nodiscard]] std::uint32_t begin(std::size_t session) const noexcept {
        return begins_[session];
    }
    /// When each began.
    [[nodiscard]] std::span<std::uint32_t const> begin_s() const noexcept {
        return {begin_s_.data(), count_};
    }

  private:
    std::vector<std::uint32_t> begins_;
    std::vector<std::uint32_t> begin_s_;
    std::size_t count_ = 0;
};

/// What a thread gathers, by bucket.
struct SessionState {
    std::vector<SessionTally> tallies;
    std::int64_t learners = 0;
    Samples lengths_s;
    SessionBounds bounds;

    [[nodiscard]] std::size_t sessions() const noexcept { return lengths_s.size(); }

    /// Sessions [begin, end) of a learner, which begin in a bucket.
    void add(Rows const& rows, std::size_t bucket, std::size_t begin, std::size_t end) {
        SessionTally tally{1, static_cast<std::int64_t>(end - begin),
                           rows.events(bounds.begin(begin), bounds.begin(end)), 0};
        for (auto session = begin; session < end; ++session) {
            auto const length_s = std::int64_t{rows.time_s[bounds.begin(session + 1) - 1]} -
                                  rows.time_s[bounds.begin(session)];
            tally.length_s += length_s;
            lengths_s.add(bucket, length_s);
        }
        tallies[bucket] += tally;
    }
};

void check(SessionOptions const& options, Selection const& selection, ScanControl control) {
    Validation validation;
    if (options.gap.count() < 0) validation.add("gap", "negative", 0);
    check_scan(validation, selection, control);
    if (!options.edges.empty()) check_edges(validation, options.edges);
    check_probabilities(validation, options.probabilities,
                        options.edges.empty() ? 0 : options.edges.size() - 1);
    validation.check("sessions");
}

SessionTotals totals(SessionTally const& tally, std::vector<Percentile> percentiles) {
    SessionTotals result;
    result.learners = tally.learners;
    result.sessions = tally.sessions;
    result.events = tally.events;
    result.length = std::chrono::seconds{tally.length_s};
    result.lengths_s = std::move(percentiles);
    return result;
}

std::uint32_t clamped_s(std::chrono::seconds gap) noexcept {
    constexpr std::int64_t max_s = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min<std::int64_t>(gap.count(), max_s));
}

std::vector<SessionState> scan_sessions(EventFrame const& frame, Selection const& selection,
                                        Buckets const* buckets, std::uint32_t gap_s,
                                        ScanControl control) {
    SessionState none;
    none.tallies.resize(buckets ? buckets->size() : 1);
    return scan(frame, Filter{frame, selection}, {.count = true}, control, none,
                [&](SessionState& state, Rows const& rows) {
                    state.bounds.find(rows.time_s, gap_s);
                    auto const before = state.sessions();
                    if (!buckets) state.add(rows, 0, 0, state.bounds.count());
                    if (buckets) {
                        buckets->for_each_run(state.bounds.begin_s(),
                                              [&](auto bucket, auto begin, auto end) {
                                                  state.add(rows, bucket, begin, end);
                                              });
                    }
                    if (state.sessions() > before) ++state.learners;
                });
}

}  // namespace

std::optional<double> SessionTotals::events_per_session() const noexcept {
    if (sessions == 0) return std::nullopt;
    return static_cast<double>(events) / static_cast<double>(sessions);
}

std::optional<double> SessionTotals::mean_length_s() const noexcept {
    if (sessions == 0) return std::nullopt;
    return static_cast<double>(length.count()) / static_cast<double>(sessions);
}

Sessions sessions(EventFrame const& frame, Selection const& selection,
                  SessionOptions const& options, ScanControl control) {
    check(options, selection, control);
    std::optional<Buckets> buckets;
    if (!options.edges.empty()) buckets.emplace(options.edges);
    auto states = scan_sessions(frame, selection, buckets ? &*buckets : nullptr,
                                clamped_s(options.gap), control);
    std::vector<Samples> lengths_s;
    SessionTally sum;
    std::vector<SessionTally> tallies(states.front().tallies.size());
    for (auto& state : states) {
        lengths_s.push_back(std::move(state.lengths_s));
        for (std::size_t i = 0; i < tallies.size(); ++i) {
            tallies[i] += state.tallies[i];
            sum += state.tallies[i];
        }
    }
    sum.learners = 0;  // not the sum of those of buckets
    for (auto const& state : states)
        sum.learners += state.learners;
    Sessions result{totals(sum, Samples::all(lengths_s, options.probabilities)), {}};
    if (!buckets) return result;
    auto groups = Samples::groups(lengths_s, tallies.size(), options.probabilities);
    for (std::size_t i = 0; i < tallies.size(); ++i) {
        result.buckets.push_back(totals(tallies[i], std::move(groups[i].percentiles)));
        result.buckets.back().from = buckets->from(i);
        result.buckets.back().to = buckets->to(i);
    }
    return result;
}

}  // namespace eduplat::analytics
