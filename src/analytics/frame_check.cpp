#include "analytics/frame_check.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

namespace eduplat::analytics {
namespace {

template <class Value>
using Column = std::span<Value const>;

template <class Value>
bool ascending(Column<Value> column) noexcept {
    return std::adjacent_find(column.begin(), column.end(), std::greater_equal{}) == column.end();
}

bool places_rows(Column<std::uint32_t> first, std::size_t rows) noexcept {
    return first.front() == 0 && first.back() == rows && std::is_sorted(first.begin(), first.end());
}

// Sums without a branch, of which compilers make vector code.
template <class Value, class Test>
std::size_t count_where(Column<Value> column, Test const& test) noexcept {
    std::size_t count = 0;
    for (auto const value : column)
        count += test(value) ? 1U : 0U;
    return count;
}

/// Times may go back only where the next learner begins.
bool times_in_order(Column<std::uint32_t> time_s, Column<std::uint32_t> first) noexcept {
    auto const goes_back = [time_s](std::size_t row) { return time_s[row] < time_s[row - 1]; };
    std::size_t expected = 0;
    for (auto const row : first.subspan(1, first.size() - 2))
        expected += goes_back(row) ? 1U : 0U;
    std::size_t found = 0;
    for (std::size_t row = 1; row < time_s.size(); ++row)
        found += goes_back(row) ? 1U : 0U;
    return found == expected;
}

bool subjects_known(Column<std::uint32_t> column, std::size_t subjects) noexcept {
    return count_where(column, [subjects](std::uint32_t one) { return one >= subjects; }) == 0;
}

bool kinds_known(Column<std::uint8_t> kinds) noexcept {
    std::array<bool, 256> known{};
    for (auto const kind : all_learning_kinds())
        known[static_cast<std::uint8_t>(kind)] = true;
    return count_where(kinds, [&known](std::uint8_t kind) { return !known[kind]; }) == 0;
}

/// Where the next of a kind is, from `begin` on; `end` if there is none.
std::uint32_t next_of_kind(Chunk const& chunk, LearningKind kind, std::uint32_t begin,
                           std::uint32_t end) noexcept {
    auto const* const kinds = chunk.kind.data();
    auto const* const found = std::memchr(kinds + begin, static_cast<int>(kind), end - begin);
    if (found == nullptr) return end;
    return static_cast<std::uint32_t>(static_cast<std::uint8_t const*>(found) - kinds);
}

/// One row of them for each event of a kind, with its time and subject.
template <class Details>
bool details_fit(Chunk const& chunk, Details const& details, LearningKind kind) noexcept {
    if (!places_rows(details.first, details.time_s.size())) return false;
    for (std::size_t i = 0; i < chunk.users.size(); ++i) {
        auto const end = chunk.first[i + 1];
        auto place = details.first[i];
        for (auto row = next_of_kind(chunk, kind, chunk.first[i], end); row != end;
             row = next_of_kind(chunk, kind, row + 1, end)) {
            if (place == details.first[i + 1] || details.time_s[place] != chunk.time_s[row] ||
                details.subject[place] != chunk.subject[row])
                return false;
            ++place;
        }
        if (place != details.first[i + 1]) return false;
    }
    return true;
}

bool counts_fit(Chunk const& chunk) noexcept {
    auto const is_large = [](std::uint16_t count) { return count == count_large; };
    auto const is_none = [](std::uint16_t count) { return count == 0; };
    auto const stands = [&chunk](Chunk::Large const& large) {
        return large.row < chunk.count.size() && chunk.count[large.row] == count_large &&
               large.count >= count_large;
    };
    auto const before = [](auto const& left, auto const& right) { return left.row >= right.row; };
    return count_where(chunk.count, is_none) == 0 &&
           count_where(chunk.count, is_large) == chunk.large.size() &&
           std::all_of(chunk.large.begin(), chunk.large.end(), stands) &&
           std::adjacent_find(chunk.large.begin(), chunk.large.end(), before) == chunk.large.end();
}

bool learners_within_limit(Column<std::uint32_t> first) noexcept {
    return std::adjacent_find(first.begin(), first.end(), [](auto begin, auto end) {
               return end - begin > limits::frame_learner_events_max;
           }) == first.end();
}

}  // namespace

bool is_sound(Chunk const& chunk, std::size_t subjects) noexcept {
    return !chunk.users.empty() && ascending(chunk.users) &&
           places_rows(chunk.first, chunk.time_s.size()) && ascending(chunk.first) &&
           learners_within_limit(chunk.first) && times_in_order(chunk.time_s, chunk.first) &&
           subjects_known(chunk.subject, subjects) && kinds_known(chunk.kind) &&
           counts_fit(chunk) && details_fit(chunk, chunk.watched, LearningKind::watched) &&
           details_fit(chunk, chunk.answered, LearningKind::answered);
}

}  // namespace eduplat::analytics
