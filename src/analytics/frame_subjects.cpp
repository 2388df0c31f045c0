#include "analytics/frame_subjects.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <bit>
#include <mutex>

namespace eduplat::analytics {
namespace {

constexpr std::size_t capacity_min = 64;

std::uint64_t hash(Subject const& subject) noexcept {
    auto const course = subject.course ? static_cast<std::uint64_t>(subject.course->value()) : 0;
    auto const lecture = subject.lecture ? static_cast<std::uint64_t>(subject.lecture->value()) : 0;
    auto mixed = (lecture * 0x9E37'79B9'7F4A'7C15U) ^ (course * 0xC2B2'AE3D'27D4'EB4FU);
    mixed ^= mixed >> 32U;
    mixed *= 0xD6E8'FEB8'6659'FD93U;
    return mixed ^ (mixed >> 32U);
}

}  // namespace

/// A hash table with open addressing over a list that never moves.
class Subjects::Shared {
  public:
    Shared(std::span<Subject const> subjects, std::size_t capacity)
        : slots_(std::bit_ceil(2 * capacity), 0) {
        list_.reserve(capacity);
        for (auto const& subject : subjects)
            add(subject);
    }

    [[nodiscard]] std::mutex& mutex() noexcept { return mutex_; }
    [[nodiscard]] std::span<Subject const> list() const noexcept { return list_; }
    [[nodiscard]] bool full() const noexcept { return list_.size() == list_.capacity(); }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return list_.capacity() * sizeof(Subject) + slots_.size() * sizeof(std::uint32_t);
    }

    /// The length of the list if it is not there.
    [[nodiscard]] std::size_t find(Subject const& subject) const noexcept {
        auto const slot = slots_[place(subject)];
        return slot == 0 ? list_.size() : slot - 1;
    }

    void add(Subject const& subject) {
        list_.push_back(subject);
        slots_[place(subject)] = static_cast<std::uint32_t>(list_.size());
    }

  private:
    [[nodiscard]] std::size_t place(Subject const& subject) const noexcept {
        auto const mask = slots_.size() - 1;
        auto slot = hash(subject) & mask;
        while (slots_[slot] != 0 && list_[slots_[slot] - 1] != subject)
            slot = (slot + 1) & mask;
        return slot;
    }

    std::mutex mutex_;
    std::vector<Subject> list_;
    std::vector<std::uint32_t> slots_;  ///< numbers, one more
};

Subjects::Subjects() : Subjects(std::span<Subject const>{}) {}

Subjects::Subjects(std::span<Subject const> subjects)
    : shared_(std::make_shared<Shared>(subjects, std::max(capacity_min, subjects.size()))),
      all_(shared_->list()) {}

std::optional<std::uint32_t> Subjects::find(Subject const& subject) const {
    std::scoped_lock const lock{shared_->mutex()};
    auto const number = shared_->find(subject);
    if (number >= all_.size()) return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

std::size_t Subjects::memory_bytes() const noexcept {
    return shared_->memory_bytes();
}

std::vector<std::uint32_t> Subjects::number(std::span<Event const> events,
                                            std::size_t subjects_max) {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(events.size());
    auto shared = shared_;
    auto size = all_.size();
    std::unique_lock lock{shared->mutex()};
    for (auto const& event : events) {
        auto number = shared->find(event.subject);
        if (number >= size) {  // new to this frame
            if (size >= subjects_max) {
                fail(ErrorCode::resource_exhausted, "events", "too_many",
                     static_cast<std::int64_t>(subjects_max));
            }
            // Where another frame added something else already, or there is no room, ways part.
            bool const next = number == size && size < shared->list().size();
            if (!next && (size < shared->list().size() || shared->full())) {
                auto fork =
                    std::make_shared<Shared>(shared->list().first(size), 2 * size + capacity_min);
                lock = std::unique_lock{fork->mutex()};
                shared = std::move(fork);
            }
            if (!next) shared->add(event.subject);
            number = size++;
        }
        numbers.push_back(static_cast<std::uint32_t>(number));
    }
    all_ = shared->list().first(size);
    lock.unlock();
    shared_ = std::move(shared);
    return numbers;
}

}  // namespace eduplat::analytics
