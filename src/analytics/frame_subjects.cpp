#include "analytics/frame_subjects.hpp"

#include "analytics/numbers.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <utility>

namespace eduplat::analytics {
namespace {

constexpr std::size_t capacity_min = 64;

struct SubjectHash {
    std::uint64_t operator()(Subject const& subject) const noexcept {
        auto const part = [](auto const& id) {
            return id ? static_cast<std::uint64_t>(id->value()) : ~std::uint64_t{0};
        };
        return mix(mix(part(subject.course)) + part(subject.lecture));
    }
};

}  // namespace

struct Subjects::Shared {
    Shared(std::span<Subject const> subjects, std::size_t capacity) : list{subjects, capacity} {}

    std::mutex mutex;
    Numbers<Subject, SubjectHash> list;
};

Subjects::Subjects() : Subjects(std::span<Subject const>{}) {}

Subjects::Subjects(std::span<Subject const> subjects)
    : shared_(std::make_shared<Shared>(subjects, std::max(capacity_min, subjects.size()))),
      all_(shared_->list.keys()) {}

std::optional<std::uint32_t> Subjects::find(Subject const& subject) const {
    std::scoped_lock const lock{shared_->mutex};
    auto const number = shared_->list.find(subject);
    if (number >= all_.size()) return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

std::size_t Subjects::memory_bytes() const noexcept {
    return shared_->list.memory_bytes();
}

Subjects::Adding::Adding(Subjects& subjects, std::size_t subjects_max)
    : subjects_(subjects),
      subjects_max_(subjects_max),
      size_(subjects.all_.size()),
      shared_(subjects.shared_),
      lock_(shared_->mutex) {}

std::uint32_t Subjects::Adding::number(Subject const& subject) {
    auto const number = shared_->list.find(subject);
    if (number < size_) return static_cast<std::uint32_t>(number);
    if (size_ >= subjects_max_) {
        fail(ErrorCode::resource_exhausted, "events", "too_many",
             static_cast<std::int64_t>(subjects_max_));
    }
    // Another frame made from the same one may have added it already, as the next one.
    if (number > size_ || number == shared_->list.keys().size()) add(subject);
    return static_cast<std::uint32_t>(size_++);
}

/// Behind what this frame knows of; in a list of its own if another frame added something else
/// there, or there is no room.
void Subjects::Adding::add(Subject const& subject) {
    if (shared_->list.keys().size() != size_ || shared_->list.full()) {
        auto own =
            std::make_shared<Shared>(shared_->list.keys().first(size_), 2 * size_ + capacity_min);
        lock_ = std::unique_lock{own->mutex};
        shared_ = std::move(own);
    }
    shared_->list.add(subject);
}

void Subjects::Adding::finish() noexcept {
    subjects_.all_ = shared_->list.keys().first(size_);
    lock_.unlock();
    subjects_.shared_ = std::move(shared_);
}

}  // namespace eduplat::analytics
