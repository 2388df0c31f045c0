#include "analytics/frame_contents.hpp"

#include <eduplat/analytics/event_frame.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace eduplat::analytics {
namespace {

template <class Value>
using Column = std::span<Value const>;

template <class Value>
bool same(Column<Value> left, Column<Value> right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

/// A learner of a frame, wherever his rows lie.
struct Learner {
    Chunk const* chunk;
    std::uint32_t place;

    [[nodiscard]] std::int64_t user() const noexcept { return chunk->users[place]; }
    [[nodiscard]] std::uint32_t row(std::size_t i) const noexcept {
        return chunk->first[place] + static_cast<std::uint32_t>(i);
    }
    template <class Value>
    [[nodiscard]] Column<Value> rows(Column<Value> column) const noexcept {
        return cut(column, chunk->first);
    }
    template <class Value>
    [[nodiscard]] Column<Value> cut(Column<Value> column,
                                    Column<std::uint32_t> first) const noexcept {
        return column.subspan(first[place], first[place + 1] - first[place]);
    }
};

std::vector<Learner> learners_of(EventFrame const& frame) {
    std::vector<Learner> learners;
    learners.reserve(frame.learners());
    for (auto const& chunk : frame.chunks()) {
        for (std::uint32_t i = 0; i < chunk.users.size(); ++i)
            learners.push_back({&chunk, i});
    }
    return learners;
}

/// Compares learners of two frames, which may number subjects differently.
class Comparison {
  public:
    Comparison(EventFrame const& left, Subjects const& subjects) {
        for (auto const& subject : left.subjects())
            numbers_.push_back(subjects.find(subject));
    }

    [[nodiscard]] bool operator()(Learner const& left, Learner const& right) const {
        if (left.user() != right.user()) return false;
        auto const* const a = left.chunk;
        auto const* const b = right.chunk;
        return same(left.rows(a->time_s), right.rows(b->time_s)) &&
               same(left.rows(a->kind), right.rows(b->kind)) &&
               same_subjects(left.rows(a->subject), right.rows(b->subject)) &&
               same_counts(left, right) && same_watched(left, right) && same_answered(left, right);
    }

  private:
    [[nodiscard]] bool same_subjects(Column<std::uint32_t> left,
                                     Column<std::uint32_t> right) const {
        return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                          [this](auto a, auto b) { return numbers_[a] == b; });
    }

    [[nodiscard]] static bool same_counts(Learner const& left, Learner const& right) {
        auto const counts = left.rows(left.chunk->count);
        if (!same(counts, right.rows(right.chunk->count))) return false;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] == count_large &&
                left.chunk->count_of(left.row(i)) != right.chunk->count_of(right.row(i)))
                return false;
        }
        return true;
    }

    // Times are those of the events, and subjects too.
    [[nodiscard]] static bool same_watched(Learner const& left, Learner const& right) {
        auto const same_of = [&](auto WatchedColumns::*column) {
            auto const& a = left.chunk->watched;
            auto const& b = right.chunk->watched;
            return same(left.cut(a.*column, a.first), right.cut(b.*column, b.first));
        };
        return same_of(&WatchedColumns::item) && same_of(&WatchedColumns::from_ms) &&
               same_of(&WatchedColumns::to_ms) && same_of(&WatchedColumns::credited_to_ms);
    }

    [[nodiscard]] static bool same_answered(Learner const& left, Learner const& right) {
        auto const same_of = [&](auto AnsweredColumns::*column) {
            auto const& a = left.chunk->answered;
            auto const& b = right.chunk->answered;
            return same(left.cut(a.*column, a.first), right.cut(b.*column, b.first));
        };
        return same_of(&AnsweredColumns::item) && same_of(&AnsweredColumns::question) &&
               same_of(&AnsweredColumns::score) && same_of(&AnsweredColumns::score_max);
    }

    std::vector<std::optional<std::uint32_t>> numbers_;  ///< by those of the left frame
};

}  // namespace

bool operator==(EventFrame const& left, EventFrame const& right) {
    if (left.contents_ == right.contents_) return true;
    auto const a = learners_of(left);
    auto const b = learners_of(right);
    return left.size() == right.size() && std::equal(a.begin(), a.end(), b.begin(), b.end(),
                                                     Comparison{left, right.contents_->subjects});
}

}  // namespace eduplat::analytics
