#include "analytics/frame_changes.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <vector>

namespace eduplat::analytics {
namespace {

std::uint32_t learners_of(Chunk const& chunk) noexcept {
    return static_cast<std::uint32_t>(chunk.users.size());
}

/// A chunk's learners from `begin` on that are before a user.
std::uint32_t place_of(Chunk const& chunk, std::uint32_t begin, std::int64_t user) noexcept {
    auto const& users = chunk.users;
    return static_cast<std::uint32_t>(std::lower_bound(users.begin() + begin, users.end(), user) -
                                      users.begin());
}

bool is_at(Chunk const& chunk, std::uint32_t place, std::int64_t user) noexcept {
    return place < learners_of(chunk) && chunk.users[place] == user;
}

void add_between(std::vector<Piece>& pieces, Chunk const& chunk, std::uint32_t begin,
                 std::uint32_t end) {
    if (begin < end) pieces.push_back({.chunk = &chunk, .begin = begin, .end = end});
}

/// The chunk's learners, with what is added of some of them and of new ones.
std::vector<Piece> with_added(Chunk const& chunk, std::span<AddedLearner const> added) {
    std::vector<Piece> pieces;
    std::uint32_t begin = 0;
    for (auto const& learner : added) {
        auto const place = place_of(chunk, begin, learner.user);
        add_between(pieces, chunk, begin, place);
        bool const known = is_at(chunk, place, learner.user);
        begin = place + (known ? 1U : 0U);
        pieces.push_back(
            {.chunk = known ? &chunk : nullptr, .begin = place, .end = begin, .added = &learner});
    }
    add_between(pieces, chunk, begin, learners_of(chunk));
    return pieces;
}

std::vector<Piece> without(Chunk const& chunk, std::span<std::int64_t const> users) {
    std::vector<Piece> pieces;
    std::uint32_t begin = 0;
    for (auto const user : users) {
        auto const place = place_of(chunk, begin, user);
        add_between(pieces, chunk, begin, place);
        begin = place + (is_at(chunk, place, user) ? 1U : 0U);
    }
    add_between(pieces, chunk, begin, learners_of(chunk));
    return pieces;
}

void check_events(Chunk const& chunk, std::span<AddedLearner const> added, std::size_t max) {
    for (auto const& learner : added) {
        auto const place = place_of(chunk, 0, learner.user);
        auto const known =
            is_at(chunk, place, learner.user) ? chunk.first[place + 1] - chunk.first[place] : 0;
        if (known + learner.rows.size() > max) {
            fail(ErrorCode::resource_exhausted, "events", "too_many",
                 static_cast<std::int64_t>(max));
        }
    }
}

/// Takes from `rest`, which is ascending, what belongs to a chunk: up to the first learner of the
/// next one, so that those between two chunks come to the first.
template <class Value, class User>
std::span<Value const> take(std::span<Value const>& rest, Chunks const& chunks, std::size_t chunk,
                            User const& user_of) {
    auto end = rest.end();
    if (chunk + 1 < chunks.list.size()) {
        auto const next = chunks.list[chunk + 1].users.front();
        end = std::partition_point(rest.begin(), end,
                                   [&](auto const& value) { return user_of(value) < next; });
    }
    auto const taken = rest.first(static_cast<std::size_t>(end - rest.begin()));
    rest = rest.subspan(taken.size());
    return taken;
}

}  // namespace

Chunks with_batch(Chunks const& before, Batch const& batch, ChunkBounds const& bounds) {
    ChunksMaker maker{before, &batch, bounds.weight_max};
    auto rest = batch.learners();
    for (std::size_t i = 0; i < before.list.size(); ++i) {
        auto const added = take(rest, before, i, [](auto const& one) { return one.user; });
        if (added.empty()) {
            maker.keep(i);
            continue;
        }
        check_events(before.list[i], added, bounds.learner_events_max);
        maker.add(with_added(before.list[i], added));
    }
    check_events({}, rest, bounds.learner_events_max);  // of the first chunks
    maker.add(with_added({}, rest));
    return maker.take();
}

Chunks without_users(Chunks const& before, std::span<std::int64_t const> users,
                     ChunkBounds const& bounds) {
    ChunksMaker maker{before, nullptr, bounds.weight_max};
    for (std::size_t i = 0; i < before.list.size(); ++i) {
        auto const& chunk = before.list[i];
        auto const erased = take(users, before, i, [](std::int64_t user) { return user; });
        bool const touched = std::any_of(erased.begin(), erased.end(), [&chunk](auto user) {
            return is_at(chunk, place_of(chunk, 0, user), user);
        });
        if (touched) {
            maker.add(without(chunk, erased));
        } else {
            maker.keep(i);
        }
    }
    return maker.take();
}

}  // namespace eduplat::analytics
