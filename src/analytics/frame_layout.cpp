#include "analytics/frame_layout.hpp"

#include <cstring>
#include <new>

namespace eduplat::analytics {
namespace {

constexpr std::size_t aligned(std::size_t bytes) noexcept {
    return (bytes + column_align_bytes - 1) / column_align_bytes * column_align_bytes;
}

enum class Gaps : bool { keep, clear };

/// Hands out columns one after another. Without memory it only counts.
class Carver {
  public:
    explicit Carver(std::byte* at, Gaps gaps = Gaps::keep) noexcept : at_(at), gaps_(gaps) {}

    template <class Value>
    void take(Value*& column, std::size_t rows) noexcept {
        auto const bytes = rows * sizeof(Value);
        if (at_ != nullptr) column = reinterpret_cast<Value*>(at_ + bytes_);
        if (gaps_ == Gaps::clear) std::memset(at_ + bytes_ + bytes, 0, aligned(bytes) - bytes);
        bytes_ += aligned(bytes);
    }

    void take(DetailColumns& columns, std::size_t learners, std::size_t rows) noexcept {
        take(columns.first, learners + 1);
        take(columns.time_s, rows);
        take(columns.subject, rows);
        take(columns.item, rows);
        take(columns.x, rows);
        take(columns.y, rows);
        take(columns.z, rows);
    }

    std::size_t take(ChunkColumns& columns, ChunkShape const& shape) noexcept {
        take(columns.users, shape.learners);
        take(columns.first, std::size_t{shape.learners} + 1);
        take(columns.time_s, shape.events);
        take(columns.subject, shape.events);
        take(columns.kind, shape.events);
        take(columns.count, shape.events);
        take(columns.large, shape.large);
        take(columns.watched, shape.learners, shape.watched);
        take(columns.answered, shape.learners, shape.answered);
        return bytes_;
    }

  private:
    std::byte* at_;
    Gaps gaps_;
    std::size_t bytes_ = 0;
};

struct Deleter {
    void operator()(std::byte* memory) const noexcept {
        ::operator delete (memory, std::align_val_t{column_align_bytes});
    }
};

}  // namespace

ChunkShape shape_of(Chunk const& chunk) noexcept {
    auto const rows = [](auto const& column) { return static_cast<std::uint32_t>(column.size()); };
    return {.learners = rows(chunk.users),
            .events = rows(chunk.time_s),
            .watched = rows(chunk.watched.time_s),
            .answered = rows(chunk.answered.time_s),
            .large = rows(chunk.large)};
}

ChunkColumns lay_out(ChunkShape const& shape, std::byte* at) noexcept {
    ChunkColumns columns;
    Carver{at}.take(columns, shape);
    return columns;
}

std::size_t bytes_of(ChunkShape const& shape) noexcept {
    ChunkColumns columns;
    return Carver{nullptr}.take(columns, shape);
}

ChunkColumns columns_of(Chunk const& chunk) noexcept {
    auto const* const at = reinterpret_cast<std::byte const*>(chunk.users.data());
    return lay_out(shape_of(chunk), const_cast<std::byte*>(at));
}

Chunk read_laid_out(ChunkShape const& shape, std::byte const* at) noexcept {
    auto const in = lay_out(shape, const_cast<std::byte*>(at));
    auto const learners = std::size_t{shape.learners};
    return {.users = {in.users, learners},
            .first = {in.first, learners + 1},
            .time_s = {in.time_s, shape.events},
            .subject = {in.subject, shape.events},
            .kind = {in.kind, shape.events},
            .count = {in.count, shape.events},
            .large = {in.large, shape.large},
            .watched = {.first = {in.watched.first, learners + 1},
                        .time_s = {in.watched.time_s, shape.watched},
                        .subject = {in.watched.subject, shape.watched},
                        .item = {in.watched.item, shape.watched},
                        .from_ms = {in.watched.x, shape.watched},
                        .to_ms = {in.watched.y, shape.watched},
                        .credited_to_ms = {in.watched.z, shape.watched}},
            .answered = {.first = {in.answered.first, learners + 1},
                         .time_s = {in.answered.time_s, shape.answered},
                         .subject = {in.answered.subject, shape.answered},
                         .item = {in.answered.item, shape.answered},
                         .question = {in.answered.x, shape.answered},
                         .score = {in.answered.y, shape.answered},
                         .score_max = {in.answered.z, shape.answered}}};
}

std::shared_ptr<std::byte> allocate(ChunkShape const& shape) {
    auto const bytes = bytes_of(shape);
    auto* const memory =
        static_cast<std::byte*>(::operator new (bytes, std::align_val_t{column_align_bytes}));
    std::shared_ptr<std::byte> owner{memory, Deleter{}};
    ChunkColumns columns;
    Carver{memory, Gaps::clear}.take(columns, shape);
    return owner;
}

}  // namespace eduplat::analytics
