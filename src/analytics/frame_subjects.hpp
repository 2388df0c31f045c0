#pragma once

#include <eduplat/analytics/event_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace eduplat::analytics {

/// The subjects of a frame by number. Frames that were made from one another share what holds them:
/// what is added comes behind what the others know of.
/// Thread safety: one thread at a time; copies are independent of one another.
class Subjects final {
    struct Shared;

  public:
    /// Numbers what events are about, and adds what is new. Others who share the list wait while
    /// there is one.
    class Adding {
      public:
        Adding(Subjects& subjects, std::size_t subjects_max);

        /// Errors: resource_exhausted (field "events", rule "too_many").
        [[nodiscard]] std::uint32_t number(Subject const& subject);
        /// From here on they are known.
        void finish() noexcept;

      private:
        void add(Subject const& subject);

        Subjects& subjects_;
        std::size_t subjects_max_;
        std::size_t size_;
        std::shared_ptr<Shared> shared_;
        std::unique_lock<std::mutex> lock_;
    };

    Subjects();
    /// Each must be there once.
    explicit Subjects(std::span<Subject const> subjects);

    [[nodiscard]] std::span<Subject const> all() const noexcept { return all_; }
    [[nodiscard]] std::optional<std::uint32_t> find(Subject const& subject) const;
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

  private:
    std::shared_ptr<Shared> shared_;
    std::span<Subject const> all_;
};

}  // namespace eduplat::analytics
