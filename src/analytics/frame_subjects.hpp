#pragma once

#include <eduplat/analytics/event_frame.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// The subjects of a frame by number. Frames that were made from one another share what holds them:
/// what is added comes behind what the others know of.
/// Thread safety: one thread at a time, but copies that share something are independent.
class Subjects final {
  public:
    Subjects();
    /// Each must be there once.
    explicit Subjects(std::span<Subject const> subjects);

    [[nodiscard]] std::span<Subject const> all() const noexcept { return all_; }
    [[nodiscard]] std::optional<std::uint32_t> find(Subject const& subject) const;
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    /// The numbers of what events are about, after those not known yet were added. Errors:
    /// resource_exhausted (field "events", rule "too_many") above `subjects_max`.
    [[nodiscard]] std::vector<std::uint32_t> number(std::span<Event const> events,
                                                    std::size_t subjects_max);

  private:
    class Shared;

    std::shared_ptr<Shared> shared_;
    std::span<Subject const> all_;
};

}  // namespace eduplat::analytics
