#pragma once

#include <eduplat/analytics/items.hpp>
#include <eduplat/core/validation.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eduplat::analytics {

/// What a learner achieved in an item.
struct Mark {
    std::size_t learner;  ///< of Marks::learners
    std::size_t item;     ///< of Marks::items
    std::size_t first;    ///< the first answer's row; of none: Marks::no_row
    double value;
    bool first_correct;
    bool ever_correct;
};

/// Graded answers as a sparse matrix of learners and items.
struct Marks {
    static constexpr auto no_row = static_cast<std::size_t>(-1);

    std::vector<UserId> learners;
    std::vector<ItemKey> items;
    std::vector<Mark> marks;            ///< by learner, then item
    std::vector<std::int64_t> answers;  ///< by item
    std::vector<double> sums;           ///< by learner, over items
    std::vector<std::int64_t> counts;   ///< likewise: items with a mark
    std::int64_t graded = 0;
    std::int64_t ungraded = 0;

    /// The mean mark in a learner's other items, if there are any.
    [[nodiscard]] std::optional<double> rest(Mark const& mark) const;
    /// The mean mark in all his items.
    [[nodiscard]] double mean(std::size_t learner) const;
};

/// Which answer stands in a row.
using AnswerAt = std::function<Answer const&(std::size_t row)>;

/// Adds what is wrong with scores, under "answers[3].score" and the like, if `field` is "answers".
void check_scores(std::size_t rows, AnswerAt const& answer, std::string const& field,
                  Validation& validation);

[[nodiscard]] Marks marks_of(std::size_t rows, AnswerAt const& answer, Attempt attempt);
/// Marks of 0 where there is none.
void fill_with_wrong(Marks& marks);

/// Pearson's r of pairs; absent below 3 of them, or if either does not vary.
[[nodiscard]] std::optional<double> correlation(std::span<double const> x,
                                                std::span<double const> y);

/// Marks are no further apart by rounding alone: of sums of squares, by number of values.
inline constexpr double no_variance = 1e-20;

}  // namespace eduplat::analytics
