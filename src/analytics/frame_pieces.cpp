#include "analytics/frame_pieces.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace eduplat::analytics {
namespace {

std::span<Chunk::Large const> large_between(Chunk const& chunk, std::uint32_t begin,
                                            std::uint32_t end) {
    auto const at = [&chunk](std::uint32_t row) {
        return std::lower_bound(
            chunk.large.begin(), chunk.large.end(), row,
            [](auto const& one, std::uint32_t place) { return one.row < place; });
    };
    return {at(begin), at(end)};
}

template <class Value>
void copy(Value* to, Value const* from, std::uint32_t rows) noexcept {
    if (rows != 0) std::memcpy(to, from, std::size_t{rows} * sizeof(Value));
}

/// Where learners' rows begin, moved to where their rows begin now.
void copy_first(std::uint32_t* to, std::uint32_t const* from, std::uint32_t learners,
                std::uint32_t rows) noexcept {
    auto const move = rows - *from;  // backwards as well: modulo 2^32
    std::transform(from, from + learners, to, [move](auto first) { return first + move; });
}

/// Fills a chunk from its beginning.
class Filler {
  public:
    Filler(ChunkColumns const& to, Batch const* batch) : to_(to), batch_(batch) {}

    void add(Piece const& piece) {
        if (piece.added == nullptr) {
            copy(piece);
        } else {
            merge(piece);
        }
    }

    /// Where the rows of the last learner end.
    void finish() noexcept {
        to_.first[at_.learners] = at_.events;
        to_.watched.first[at_.learners] = at_.watched;
        to_.answered.first[at_.learners] = at_.answered;
    }

  private:
    void copy(Piece const& piece) {
        auto const from = columns_of(*piece.chunk);
        auto const [begin, end, learners] = std::tuple{piece.begin, piece.end, piece.learners()};
        analytics::copy(to_.users + at_.learners, from.users + begin, learners);
        copy_first(to_.first + at_.learners, from.first + begin, learners, at_.events);
        copy_first(to_.watched.first + at_.learners, from.watched.first + begin, learners,
                   at_.watched);
        copy_first(to_.answered.first + at_.learners, from.answered.first + begin, learners,
                   at_.answered);
        copy_rows(*piece.chunk, from, from.first[begin], from.first[end]);
        copy_rows(to_.watched, at_.watched, from.watched, from.watched.first[begin],
                  from.watched.first[end]);
        copy_rows(to_.answered, at_.answered, from.answered, from.answered.first[begin],
                  from.answered.first[end]);
        at_.learners += learners;
    }

    void copy_rows(Chunk const& chunk, ChunkColumns const& from, std::uint32_t begin,
                   std::uint32_t end) {
        auto const rows = end - begin;
        analytics::copy(to_.time_s + at_.events, from.time_s + begin, rows);
        analytics::copy(to_.subject + at_.events, from.subject + begin, rows);
        analytics::copy(to_.kind + at_.events, from.kind + begin, rows);
        analytics::copy(to_.count + at_.events, from.count + begin, rows);
        for (auto const& large : large_between(chunk, begin, end))
            to_.large[at_.large++] = {large.row - begin + at_.events, large.count};
        at_.events += rows;
    }

    static void copy_rows(DetailColumns const& to, std::uint32_t& at, DetailColumns const& from,
                          std::uint32_t begin, std::uint32_t end) noexcept {
        auto const rows = end - begin;
        analytics::copy(to.time_s + at, from.time_s + begin, rows);
        analytics::copy(to.subject + at, from.subject + begin, rows);
        analytics::copy(to.item + at, from.item + begin, rows);
        analytics::copy(to.x + at, from.x + begin, rows);
        analytics::copy(to.y + at, from.y + begin, rows);
        analytics::copy(to.z + at, from.z + begin, rows);
        at += rows;
    }

    void merge(Piece const& piece) {
        auto const& added = *piece.added;
        to_.users[at_.learners] = added.user;
        finish();  // of the one before, which is where this one begins
        auto const from = piece.chunk != nullptr ? columns_of(*piece.chunk) : ChunkColumns{};
        auto const rows_of = [&piece](std::uint32_t const* first) {
            return first ? std::pair{first[piece.begin], first[piece.end]} : std::pair{0U, 0U};
        };
        merge_rows(
            added, from.time_s, rows_of(from.first),
            [&](auto begin, auto end) {
                if (begin != end) copy_rows(*piece.chunk, from, begin, end);
            },
            [this](AddedRow const& row) { put(row); });
        merge_details(added, LearningKind::watched, to_.watched, at_.watched, from.watched,
                      rows_of(from.watched.first));
        merge_details(added, LearningKind::answered, to_.answered, at_.answered, from.answered,
                      rows_of(from.answered.first));
        ++at_.learners;
    }

    void merge_details(AddedLearner const& added, LearningKind kind, DetailColumns const& to,
                       std::uint32_t& at, DetailColumns const& from,
                       std::pair<std::uint32_t, std::uint32_t> rows) {
        merge_rows(
            added, from.time_s, rows,
            [&](auto begin, auto end) { copy_rows(to, at, from, begin, end); },
            [&](AddedRow const& row) {
                if (row.kind == kind) put(row, to, at++);
            });
    }

    /// What was there comes first within a second: it is earlier in the log.
    template <class Copy, class Put>
    static void merge_rows(AddedLearner const& added, std::uint32_t const* time_s,
                           std::pair<std::uint32_t, std::uint32_t> rows, Copy const& copy,
                           Put const& put) {
        auto [begin, end] = rows;
        for (auto const& row : added.rows) {
            if (begin != end) {
                auto const place = static_cast<std::uint32_t>(
                    std::upper_bound(time_s + begin, time_s + end, row.time_s) - time_s);
                copy(begin, place);
                begin = place;
            }
            put(row);
        }
        copy(begin, end);
    }

    void put(AddedRow const& row) {
        auto const at = at_.events++;
        to_.time_s[at] = row.time_s;
        to_.subject[at] = row.subject;
        to_.kind[at] = static_cast<std::uint8_t>(row.kind);
        to_.count[at] = row.count;
        if (row.count == count_large) to_.large[at_.large++] = {at, count_of(batch_->event(row))};
    }

    void put(AddedRow const& row, DetailColumns const& to, std::uint32_t at) {
        auto const& event = batch_->event(row);
        auto const item = event.item.value_or(item_none);
        auto const a = to_column(event.a.value_or(0));
        auto const b = to_column(event.b.value_or(0));
        to.time_s[at] = row.time_s;
        to.subject[at] = row.subject;
        to.item[at] = item < 0 || item > item_none ? item_none : static_cast<std::uint16_t>(item);
        if (row.kind == LearningKind::watched) {
            to.x[at] = a;
            to.y[at] = b;
            to.z[at] = event.c ? to_column(*event.c) : a;
        } else {
            to.x[at] = event.c ? to_column(*event.c) : question_none;
            to.y[at] = a;
            to.z[at] = b;
        }
    }

    ChunkColumns to_;
    Batch const* batch_;
    ChunkShape at_;  ///< what is filled
};

ChunkShape operator+(ChunkShape const& left, ChunkShape const& right) noexcept {
    return {.learners = left.learners + right.learners,
            .events = left.events + right.events,
            .watched = left.watched + right.watched,
            .answered = left.answered + right.answered,
            .large = left.large + right.large};
}

}  // namespace

ChunkShape shape_of(Piece const& piece) noexcept {
    ChunkShape shape{.learners = piece.learners()};
    if (auto const* chunk = piece.chunk) {
        auto const [begin, end] = std::pair{chunk->first[piece.begin], chunk->first[piece.end]};
        shape.events = end - begin;
        shape.watched = chunk->watched.first[piece.end] - chunk->watched.first[piece.begin];
        shape.answered = chunk->answered.first[piece.end] - chunk->answered.first[piece.begin];
        shape.large = static_cast<std::uint32_t>(large_between(*chunk, begin, end).size());
    }
    if (auto const* added = piece.added) {
        shape = shape + ChunkShape{.events = static_cast<std::uint32_t>(added->rows.size()),
                                   .watched = added->watched,
                                   .answered = added->answered,
                                   .large = added->large};
    }
    return shape;
}

std::size_t weight_of(ChunkShape const& shape) noexcept {
    return std::size_t{20} * shape.learners + std::size_t{11} * shape.events +
           std::size_t{22} * shape.watched + std::size_t{22} * shape.answered +
           std::size_t{8} * shape.large;
}

MadeChunk make_chunk(std::span<Piece const> pieces, Batch const* batch) {
    auto const shape = std::accumulate(
        pieces.begin(), pieces.end(), ChunkShape{},
        [](ChunkShape const& sum, Piece const& piece) { return sum + shape_of(piece); });
    auto memory = allocate(shape);
    Filler filler{lay_out(shape, memory.get()), batch};
    for (auto const& piece : pieces)
        filler.add(piece);
    filler.finish();
    return {read_laid_out(shape, memory.get()), std::move(memory)};
}

}  // namespace eduplat::analytics
