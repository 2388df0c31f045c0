#pragma once

#include "analytics/frame_subjects.hpp"

#include <eduplat/analytics/event_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// An event that is being added, as columns hold it.
struct AddedRow {
    std::uint32_t time_s;
    std::uint32_t subject;
    std::uint32_t event;  ///< its place in the batch
    std::uint16_t count;  ///< as in Chunk
    LearningKind kind;
};

/// What is added of one learner.
struct AddedLearner {
    std::int64_t user;
    std::span<AddedRow> rows;  ///< by time and place in the batch
    std::uint32_t watched = 0;
    std::uint32_t answered = 0;
    std::uint32_t large = 0;
};

/// Events that are being added, by learner and time.
class Batch final {
  public:
    static constexpr std::size_t events_max = std::numeric_limits<std::uint32_t>::max();

    /// At most events_max, which must outlive it. Errors: those of Subjects::Adding.
    Batch(std::span<Event const> events, Subjects& subjects, std::size_t subjects_max);

    [[nodiscard]] std::span<AddedLearner const> learners() const noexcept { return learners_; }
    [[nodiscard]] Event const& event(AddedRow const& row) const noexcept {
        return events_[row.event];
    }

  private:
    std::span<Event const> events_;
    std::vector<AddedRow> rows_;
    std::vector<AddedLearner> learners_;
};

/// The whole number of 32 bits that is nearest.
[[nodiscard]] constexpr std::uint32_t to_column(std::int64_t value) noexcept {
    constexpr std::int64_t highest = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(value < 0 ? 0 : value > highest ? highest : value);
}

/// How often it happened.
[[nodiscard]] std::uint32_t count_of(Event const& event) noexcept;

}  // namespace eduplat::analytics
