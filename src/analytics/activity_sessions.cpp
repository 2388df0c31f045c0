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

/// How many events follow another one, and after how long together, within the gap.
struct Gaps {
    std::uint32_t within = 0;
    std::uint32_t sum_s = 0;  ///< fits: from the first event to the last one at most
};

Gaps gaps_of(std::span<std::uint32_t const> time_s, std::uint32_t gap_s) noexcept {
    Gaps gaps;
    for (std::size_t row = 1; row < time_s.size(); ++row) {
        auto const gap = time_s[row] - time_s[row - 1];
        gaps.within += gap <= gap_s ? 1U : 0U;
        gaps.sum_s += gap <= gap_s ? gap : 0U;
    }
    return gaps;
}

/// The sessions of one learner, by where they begin in his events.
class SessionBounds {
  public:
    void find(std::span<std::uint32_t const> time_s, std::uint32_t gap_s) {
        if (begins_.size() < time_s.size() + 1) begins_.resize(time_s.size() + 1);
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
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// The session's first row; for count() the row behind the last session.
    [[nodiscard]] std::uint32_t begin(std::size_t session) const noexcept {
        return begins_[session];
    }

  private:
    std::vector<std::uint32_t> begins_;
    std::size_t count_ = 0;
};

/// What a thread gathers, by bucket.
struct SessionState {
    SessionState(std::size_t buckets, bool keep_lengths)
        : tallies(buckets), keeps_lengths{keep_lengths}, lengths_s{buckets} {}

    std::vector<SessionTally> tallies;
    bool keeps_lengths;  ///< for percentiles
    std::int64_t learners = 0;
    Samples lengths_s;
    SessionBounds bounds;

    /// All sessions of a learner, whose single lengths nobody asked for.
    void add_all(Rows const& rows, std::uint32_t gap_s) noexcept {
        auto const gaps = gaps_of(rows.time_s, gap_s);
        auto const sessions = static_cast<std::int64_t>(rows.size()) - gaps.within;
        tallies.front() += {1, sessions, rows.events(), gaps.sum_s};
        ++learners;
    }

    /// Each session in the bucket where it begins; without buckets in the first.
    void add(Rows const& rows, std::uint32_t gap_s, Buckets const* buckets) {
        bounds.find(rows.time_s, gap_s);
        auto before = tallies.size();
        for (std::size_t session = 0; session < bounds.count(); ++session) {
            auto const begin_s = rows.time_s[bounds.begin(session)];
            auto const bucket = buckets ? buckets->find(begin_s) : 0;
            if (bucket == tallies.size()) continue;
            if (before == tallies.size()) ++learners;
            add(rows, session, bucket, bucket != before ? 1 : 0);
            before = bucket;
        }
    }

  private:
    void add(Rows const& rows, std::size_t session, std::size_t bucket, std::int64_t learner) {
        auto const begin = bounds.begin(session);
        auto const end = bounds.begin(session + 1);
        auto const length_s = std::int64_t{rows.time_s[end - 1]} - rows.time_s[begin];
        tallies[bucket] += {learner, 1, rows.events(begin, end), length_s};
        if (keeps_lengths) lengths_s.add(bucket, length_s);
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
                                        Buckets const* buckets, SessionOptions const& options,
                                        ScanControl control) {
    auto const gap_s = clamped_s(options.gap);
    bool const keeps_lengths = !options.probabilities.empty();
    bool const one_by_one = keeps_lengths || buckets;
    SessionState const none{buckets ? buckets->size() : 1, keeps_lengths};
    return scan(frame, Filter{frame, selection}, {.count = true}, control, none,
                [&](SessionState& state, Rows const& rows) {
                    if (one_by_one) {
                        state.add(rows, gap_s, buckets);
                    } else {
                        state.add_all(rows, gap_s);
                    }
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
    auto states = scan_sessions(frame, selection, buckets ? &*buckets : nullptr, options, control);
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
    auto groups = Samples::groups(lengths_s, options.probabilities);
    for (std::size_t i = 0; i < tallies.size(); ++i) {
        result.buckets.push_back(totals(tallies[i], std::move(groups[i].percentiles)));
        result.buckets.back().from = buckets->from(i);
        result.buckets.back().to = buckets->to(i);
    }
    return result;
}

}  // namespace eduplat::analytics
