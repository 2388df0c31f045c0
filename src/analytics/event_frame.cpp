#include "analytics/frame_changes.hpp"
#include "analytics/frame_contents.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <utility>

namespace eduplat::analytics {

std::uint32_t Chunk::count_of(std::uint32_t row) const noexcept {
    if (count[row] != count_large) return count[row];
    return std::lower_bound(large.begin(), large.end(), row,
                            [](Large one, std::uint32_t at) { return one.row < at; })
        ->count;
}

EventFrame::Contents::Contents(Chunks its_chunks, Subjects its_subjects, std::int64_t its_seq)
    : chunks(std::move(its_chunks)), subjects(std::move(its_subjects)), seq(its_seq) {
    for (auto const& chunk : chunks.list) {
        events += chunk.time_s.size();
        learners += chunk.users.size();
    }
}

EventFrame::EventFrame() : contents_(std::make_shared<Contents const>()) {}
EventFrame::EventFrame(std::shared_ptr<Contents const> contents) noexcept
    : contents_(std::move(contents)) {}

EventFrame EventFrame::with(std::span<Event const> events, std::int64_t seq) const {
    if (seq < contents_->seq) fail(ErrorCode::invalid_argument, "seq", "too_small", contents_->seq);
    auto subjects = contents_->subjects;
    auto chunks = contents_->chunks;
    while (!events.empty()) {
        auto const part = events.first(std::min(events.size(), Batch::events_max));
        Batch const batch{part, subjects, limits::frame_subjects_max};
        chunks = with_batch(chunks, batch);
        events = events.subspan(part.size());
    }
    return EventFrame{
        std::make_shared<Contents const>(std::move(chunks), std::move(subjects), seq)};
}

EventFrame EventFrame::without(std::span<UserId const> users) const {
    std::vector<std::int64_t> values;
    values.reserve(users.size());
    for (auto const user : users)
        values.push_back(user.value());
    std::sort(values.begin(), values.end());
    return EventFrame{std::make_shared<Contents const>(without_users(contents_->chunks, values),
                                                       contents_->subjects, contents_->seq)};
}

std::int64_t EventFrame::seq() const noexcept {
    return contents_->seq;
}

std::size_t EventFrame::size() const noexcept {
    return contents_->events;
}

std::size_t EventFrame::learners() const noexcept {
    return contents_->learners;
}

std::size_t EventFrame::memory_bytes() const noexcept {
    auto bytes = contents_->subjects.memory_bytes();
    for (auto const& chunk : chunks())
        bytes += bytes_of(shape_of(chunk)) + sizeof(Chunk);
    return bytes;
}

std::span<Chunk const> EventFrame::chunks() const noexcept {
    return contents_->chunks.list;
}

std::span<Subject const> EventFrame::subjects() const noexcept {
    return contents_->subjects.all();
}

}  // namespace eduplat::analytics
