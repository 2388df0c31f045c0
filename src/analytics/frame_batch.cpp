#include "analytics/frame_batch.hpp"

#include "analytics/numbers.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <tuple>

namespace eduplat::analytics {
namespace {

constexpr std::size_t users_capacity_min = 64;

struct UserHash {
    std::uint64_t operator()(std::int64_t user) const noexcept {
        return mix(static_cast<std::uint64_t>(user));
    }
};

/// Users in the order of their first event, with their numbers of events.
class Users {
  public:
    std::uint32_t count(std::int64_t user) {
        auto number = numbers_.find(user);
        if (number == rows_.size()) {
            if (numbers_.full()) numbers_ = {numbers_.keys(), 2 * rows_.size()};
            numbers_.add(user);
            rows_.push_back(0);
        }
        ++rows_[number];
        return static_cast<std::uint32_t>(number);
    }

    /// Their numbers, in the order of their ids.
    [[nodiscard]] std::vector<std::uint32_t> ascending() const {
        std::vector<std::uint32_t> order(rows_.size());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(),
                  [this](auto left, auto right) { return user(left) < user(right); });
        return order;
    }

    [[nodiscard]] std::int64_t user(std::uint32_t number) const { return numbers_.keys()[number]; }
    [[nodiscard]] std::size_t rows(std::uint32_t number) const { return rows_[number]; }

  private:
    Numbers<std::int64_t, UserHash> numbers_{{}, users_capacity_min};
    std::vector<std::size_t> rows_;
};

AddedRow row_of(Event const& event, std::uint32_t place, std::uint32_t subject) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(event.at.time_since_epoch());
    auto const count = std::min<std::uint32_t>(count_of(event), count_large);
    return {.time_s = to_column(seconds.count()),
            .subject = subject,
            .event = place,
            .count = static_cast<std::uint16_t>(count),
            .kind = event.kind};
}

bool before(AddedRow const& left, AddedRow const& right) noexcept {
    return std::tie(left.time_s, left.event) < std::tie(right.time_s, right.event);
}

void finish(AddedLearner& learner) {
    auto const rows = learner.rows;
    if (!std::is_sorted(rows.begin(), rows.end(), before))
        std::sort(rows.begin(), rows.end(), before);
    for (auto const& row : rows) {
        learner.watched += row.kind == LearningKind::watched ? 1U : 0U;
        learner.answered += row.kind == LearningKind::answered ? 1U : 0U;
        learner.large += row.count == count_large ? 1U : 0U;
    }
}

}  // namespace

std::uint32_t count_of(Event const& event) noexcept {
    if (event.kind != LearningKind::opened) return 1;
    return std::max(1U, to_column(event.a.value_or(1)));
}

// Sorted by counting: the rows of each learner come in the order of the batch.
Batch::Batch(std::span<Event const> events, Subjects& subjects, std::size_t subjects_max)
    : events_(events), rows_(events.size()) {
    Users users;
    std::vector<AddedRow> rows;
    std::vector<std::uint32_t> user_of_row;
    rows.reserve(events.size());
    user_of_row.reserve(events.size());
    Subjects::Adding adding{subjects, subjects_max};
    for (auto const& event : events) {
        auto const place = static_cast<std::uint32_t>(rows.size());
        rows.push_back(row_of(event, place, adding.number(event.subject)));
        user_of_row.push_back(users.count(event.user.value()));
    }
    adding.finish();

    auto const ascending = users.ascending();
    std::vector<std::size_t> places(ascending.size());
    std::size_t begin = 0;
    for (auto const user : ascending) {
        learners_.push_back({users.user(user), std::span{rows_}.subspan(begin, users.rows(user))});
        places[user] = begin;
        begin += users.rows(user);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows_[places[user_of_row[i]]++] = rows[i];
    for (auto& learner : learners_)
        finish(learner);
}

}  // namespace eduplat::analytics
