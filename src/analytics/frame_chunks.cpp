#include "analytics/frame_chunks.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace eduplat::analytics {
namespace {

std::size_t weight_of(Piece const& piece) noexcept {
    return analytics::weight_of(shape_of(piece));
}

Piece whole(Chunk const& chunk) noexcept {
    return {.chunk = &chunk, .begin = 0, .end = static_cast<std::uint32_t>(chunk.users.size())};
}

/// How many learners from its beginning weigh no more than that.
std::uint32_t learners_within(Piece const& piece, std::size_t weight) noexcept {
    std::uint32_t within = 0;
    for (auto beyond = piece.learners() + 1; within + 1 < beyond;) {
        auto const middle = within + (beyond - within) / 2;
        (weight_of(piece.part(0, middle)) <= weight ? within : beyond) = middle;
    }
    return within;
}

}  // namespace

void Chunks::push_back(MadeChunk made) {
    list.push_back(made.chunk);
    memory.push_back(std::move(made.memory));
}

ChunksMaker::ChunksMaker(Chunks const& before, Batch const* batch, std::size_t weight_max) noexcept
    : before_(before), batch_(batch), weight_max_(weight_max), weight_((weight_max + 1) / 2) {}

void ChunksMaker::keep(std::size_t chunk) {
    auto const piece = whole(before_.list[chunk]);
    if (joins(weight_of(piece))) return add({&piece, 1});
    flush();
    chunks_.push_back({before_.list[chunk], before_.memory[chunk]});
}

void ChunksMaker::add(std::span<Piece const> pieces) {
    auto const weight =
        std::transform_reduce(pieces.begin(), pieces.end(), std::size_t{0}, std::plus{},
                              [](auto const& one) { return weight_of(one); });
    if (!joins(weight)) flush();
    waiting_.insert(waiting_.end(), pieces.begin(), pieces.end());
    waiting_weight_ += weight;
}

Chunks ChunksMaker::take() {
    flush();
    return std::move(chunks_);
}

bool ChunksMaker::joins(std::size_t weight) const noexcept {
    return !waiting_.empty() && waiting_weight_ + weight <= weight_;
}

/// Makes chunks of about the same weight. Learners stay whole.
void ChunksMaker::flush() {
    auto const parts =
        waiting_weight_ <= weight_max_ ? 1 : (waiting_weight_ + weight_ - 1) / weight_;
    auto const goal = (waiting_weight_ + parts - 1) / parts;
    for (auto const& piece : waiting_)
        distribute(piece, goal);
    make();
    waiting_.clear();
    waiting_weight_ = 0;
}

/// A chunk ends with the learner who reaches the goal, or before one who is too heavy by himself.
void ChunksMaker::distribute(Piece piece, std::size_t goal) {
    for (;;) {
        auto end = learners_within(piece, goal - std::min(goal, next_weight_));
        if (end == piece.learners()) break;
        bool const too_heavy = weight_of(piece.part(end, end + 1)) > goal;
        if (!too_heavy || (end == 0 && next_.empty())) ++end;
        if (end == piece.learners()) break;
        if (end != 0) next_.push_back(piece.part(0, end));
        make();
        if (end != 0) piece = piece.part(end, piece.learners());
    }
    next_.push_back(piece);
    next_weight_ += weight_of(piece);
    if (next_weight_ >= goal) make();
}

void ChunksMaker::make() {
    if (next_.empty()) return;
    chunks_.push_back(make_chunk(next_, batch_));
    next_.clear();
    next_weight_ = 0;
}

}  // namespace eduplat::analytics
