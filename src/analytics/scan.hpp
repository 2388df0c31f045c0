#pragma once

#include "analytics/buckets.hpp"
#include "core/parallel.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/selection.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

/// How metrics walk over a frame: learner by learner, in as many threads as they are given.
namespace eduplat::analytics {

/// Adds what is wrong with how a metric is called, under the fields "to" and "num_threads".
void check_scan(Validation& validation, Selection const& selection, ScanControl control);

/// A selection as tests of single values.
class Filter final {
  public:
    Filter(EventFrame const& frame, Selection const& selection);

    [[nodiscard]] bool selects(LearningKind kind) const noexcept {
        return kinds_[static_cast<std::uint8_t>(kind)] != 0;
    }
    [[nodiscard]] bool selects_subject(std::uint32_t subject) const noexcept {
        return subjects_.empty() || subjects_[subject] != 0;
    }
    [[nodiscard]] bool selects_user(std::int64_t user) const noexcept {
        return users_.empty() || std::ranges::binary_search(users_, user);
    }
    [[nodiscard]] bool selects_time(std::int64_t time_s) const noexcept {
        return time_s >= from_s_ && time_s < to_s_;
    }
    /// The selected part of a learner's rows in a column of times: [first, second).
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows(
        std::span<std::uint32_t const> time_s, std::uint32_t begin,
        std::uint32_t end) const noexcept;

    /// Whether all events of these rows pass, as far as a short look can tell.
    [[nodiscard]] bool passes_all(Chunk const& chunk, std::uint32_t begin,
                                  std::uint32_t end) const noexcept;
    /// Puts the rows that pass into `passing`, which has room for all; how many.
    [[nodiscard]] std::size_t pass(Chunk const& chunk, std::uint32_t begin, std::uint32_t end,
                                   std::uint32_t* passing) const noexcept;

    /// Calls visit(learner) for each selected learner of a chunk, in ascending order.
    template <class Visit>
    void for_each_learner(Chunk const& chunk, Visit&& visit) const {
        if (users_.empty()) {
            for (std::size_t learner = 0; learner < chunk.users.size(); ++learner)
                visit(learner);
            return;
        }
        auto user = std::ranges::lower_bound(users_, chunk.users.front());
        for (auto at = chunk.users.begin(); user != users_.end(); ++user) {
            at = std::lower_bound(at, chunk.users.end(), *user);
            if (at == chunk.users.end()) return;
            if (*at == *user) visit(static_cast<std::size_t>(at - chunk.users.begin()));
        }
    }

  private:
    std::array<std::uint8_t, 256> kinds_{};
    bool learner_kinds_;                  ///< they and no others
    std::vector<std::uint8_t> subjects_;  ///< by number; empty: all
    std::vector<std::int64_t> users_;     ///< ascending; empty: all
    std::int64_t from_s_;
    std::int64_t to_s_;
};

/// Which columns of Rows a metric reads, beside times.
struct Needs {
    bool count = false;
    bool subject = false;
    bool kind = false;
};

/// The selected events of one learner, one at least, as columns in the frame's order.
struct Rows {
    UserId user;
    std::span<std::uint32_t const> time_s;
    std::uint32_t const* subject = nullptr;
    std::uint8_t const* kind = nullptr;
    std::uint16_t const* count = nullptr;
    std::uint32_t const* wide_count = nullptr;  ///< in its place, if some do not fit
    Chunk const* chunk = nullptr;
    std::size_t learner = 0;  ///< in the chunk

    [[nodiscard]] std::size_t size() const noexcept { return time_s.size(); }
    [[nodiscard]] std::int64_t count_of(std::size_t row) const noexcept {
        return wide_count ? std::int64_t{wide_count[row]} : std::int64_t{count[row]};
    }
    /// What the events of [begin, end) stand for.
    [[nodiscard]] std::int64_t events(std::size_t begin, std::size_t end) const noexcept;
    [[nodiscard]] std::int64_t events() const noexcept { return events(0, size()); }
};

inline std::int64_t Rows::events(std::size_t begin, std::size_t end) const noexcept {
    if (wide_count) {
        std::int64_t sum = 0;
        for (auto row = begin; row < end; ++row)
            sum += wide_count[row];
        return sum;
    }
    // The sum of one block fits 32 bits, which adds up twice as many at once.
    constexpr std::size_t block = 65'536;
    std::int64_t sum = 0;
    while (begin < end) {
        auto const stop = std::min(end, begin + block);
        std::uint32_t part = 0;
        for (; begin < stop; ++begin)
            part += count[begin];
        sum += part;
    }
    return sum;
}

/// Where the rows that pass are gathered: grows to the longest learner and is used again.
class RowGatherer final {
  public:
    RowGatherer(Filter const& filter, Needs needs) : filter_{&filter}, needs_{needs} {}

    /// The selected events of a learner; without any, the result is empty.
    [[nodiscard]] Rows rows(Chunk const& chunk, std::size_t learner);

  private:
    void widen(Rows& rows, std::uint32_t begin);
    void gather(Rows& rows, std::uint32_t begin, std::uint32_t end);

    Filter const* filter_;
    Needs needs_;
    std::vector<std::uint32_t> passing_;
    std::vector<std::uint32_t> time_s_;
    std::vector<std::uint32_t> subject_;
    std::vector<std::uint8_t> kind_;
    std::vector<std::uint32_t> wide_count_;
};

/// What threads gathered, without what they worked with.
template <class State, class Worker>
[[nodiscard]] std::vector<State> states_of(std::vector<Worker> workers) {
    std::vector<State> states;
    states.reserve(workers.size());
    for (auto& worker : workers)
        states.push_back(std::move(worker.state));
    return states;
}

/// Calls visit(state, chunk, learner) for each selected learner, and gives the states that were
/// made from `initial`, one a thread. Learners come to whichever thread is free: put states
/// together in a way that does not depend on who got whom.
template <class State, class Visit>
[[nodiscard]] std::vector<State> scan_learners(EventFrame const& frame, Filter const& filter,
                                               ScanControl control, State const& initial,
                                               Visit visit) {
    struct alignas(64) Place {  // away from what other threads write to
        State state;
    };
    auto const chunks = frame.chunks();
    auto const threads = std::clamp<std::size_t>(
        chunks.size(), 1, static_cast<std::size_t>(resolve_threads(control.num_threads)));
    std::vector<Place> places(threads, Place{initial});
    parallel_for(static_cast<int>(threads), chunks.size(), [&](std::size_t number, int worker) {
        auto& state = places[static_cast<std::size_t>(worker)].state;
        auto const& chunk = chunks[number];
        filter.for_each_learner(chunk, [&](auto learner) { visit(state, chunk, learner); });
    });
    return states_of<State>(std::move(places));
}

/// As scan_learners, with visit(state, rows) for each learner with selected events.
template <class State, class Visit>
[[nodiscard]] std::vector<State> scan(EventFrame const& frame, Filter const& filter, Needs needs,
                                      ScanControl control, State const& initial, Visit visit) {
    struct Worker {
        State state;
        RowGatherer gatherer;
    };
    auto workers = scan_learners(frame, filter, control, Worker{initial, {filter, needs}},
                                 [&](Worker& worker, Chunk const& chunk, std::size_t learner) {
                                     auto const rows = worker.gatherer.rows(chunk, learner);
                                     if (rows.size() > 0) visit(worker.state, rows);
                                 });
    return states_of<State>(std::move(workers));
}

/// Adds the states of threads up, place by place.
template <class Value>
[[nodiscard]] std::vector<Value> sum_up(std::vector<std::vector<Value>> parts) {
    auto sums = std::move(parts.front());
    for (std::size_t part = 1; part < parts.size(); ++part) {
        for (std::size_t i = 0; i < sums.size(); ++i)
            sums[i] += parts[part][i];
    }
    return sums;
}

}  // namespace eduplat::analytics
