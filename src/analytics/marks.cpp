#include "analytics/marks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace eduplat::analytics {

namespace {

template <class Value>
void sort_unique(std::vector<Value>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

template <class Value>
std::size_t place_of(std::vector<Value> const& sorted, Value const& value) {
    return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                    sorted.begin());
}

/// A graded answer, in the order in which marks are made of them.
struct Graded {
    std::size_t learner;
    std::size_t item;
    Timestamp at;
    std::size_t row;
    double value;
};

std::vector<Graded> graded_answers(std::size_t rows, AnswerAt const& answer, Marks& marks) {
    for (std::size_t row = 0; row < rows; ++row) {
        auto const& one = answer(row);
        if (one.score_max == 0) continue;
        marks.learners.push_back(one.learner);
        marks.items.push_back(one.item);
    }
    marks.graded = static_cast<std::int64_t>(marks.items.size());
    marks.ungraded = static_cast<std::int64_t>(rows) - marks.graded;
    sort_unique(marks.learners);
    sort_unique(marks.items);

    std::vector<Graded> graded;
    graded.reserve(static_cast<std::size_t>(marks.graded));
    for (std::size_t row = 0; row < rows; ++row) {
        auto const& one = answer(row);
        if (one.score_max == 0) continue;
        auto const value = static_cast<double>(one.score) / static_cast<double>(one.score_max);
        graded.push_back({place_of(marks.learners, one.learner), place_of(marks.items, one.item),
                          one.at, row, value});
    }
    std::sort(graded.begin(), graded.end(), [](Graded const& a, Graded const& b) {
        return std::tie(a.learner, a.item, a.at, a.row) < std::tie(b.learner, b.item, b.at, b.row);
    });
    return graded;
}

void add_up(Marks& marks) {
    marks.sums.assign(marks.learners.size(), 0);
    marks.counts.assign(marks.learners.size(), 0);
    for (auto const& mark : marks.marks) {
        marks.sums[mark.learner] += mark.value;
        ++marks.counts[mark.learner];
    }
}

}  // namespace

std::optional<double> Marks::rest(Mark const& mark) const {
    auto const others = counts[mark.learner] - 1;
    if (others == 0) return std::nullopt;
    return (sums[mark.learner] - mark.value) / static_cast<double>(others);
}

double Marks::mean(std::size_t learner) const {
    return sums[learner] / static_cast<double>(counts[learner]);
}

void check_scores(std::size_t rows, AnswerAt const& answer, std::string const& field,
                  Validation& validation) {
    for (std::size_t row = 0; row < rows; ++row) {
        auto const& one = answer(row);
        bool const is_negative = one.score_max < 0;
        if (!is_negative && one.score >= 0 && one.score <= one.score_max) continue;
        auto const at = field + "[" + std::to_string(row) + "]";
        is_negative ? validation.add(at + ".score_max", "negative", 0)
                    : validation.add(at + ".score", "out_of_range", one.score_max);
    }
}

Marks marks_of(std::size_t rows, AnswerAt const& answer, Attempt attempt) {
    Marks marks;
    auto const graded = graded_answers(rows, answer, marks);
    marks.answers.resize(marks.items.size());
    for (auto const& one : graded) {
        bool const is_correct = one.value >= 1;
        ++marks.answers[one.item];
        auto const& last = marks.marks;
        bool const is_first =
            last.empty() || last.back().learner != one.learner || last.back().item != one.item;
        if (is_first) {
            marks.marks.push_back(
                {one.learner, one.item, one.row, one.value, is_correct, is_correct});
            continue;
        }
        auto& mark = marks.marks.back();
        mark.ever_correct |= is_correct;
        if (attempt == Attempt::best) mark.value = std::max(mark.value, one.value);
    }
    add_up(marks);
    return marks;
}

void fill_with_wrong(Marks& marks) {
    std::vector<Mark> all;
    all.reserve(marks.learners.size() * marks.items.size());
    auto next = marks.marks.begin();
    for (std::size_t learner = 0; learner < marks.learners.size(); ++learner) {
        for (std::size_t item = 0; item < marks.items.size(); ++item) {
            bool const is_there =
                next != marks.marks.end() && next->learner == learner && next->item == item;
            all.push_back(is_there ? *next++ : Mark{learner, item, Marks::no_row, 0, false, false});
        }
    }
    marks.marks = std::move(all);
    add_up(marks);
}

std::optional<double> correlation(std::span<double const> x, std::span<double const> y) {
    auto const n = static_cast<double>(x.size());
    if (x.size() < 3) return std::nullopt;
    auto const mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
    auto const mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    if (xx <= no_variance * n || yy <= no_variance * n) return std::nullopt;
    return std::clamp(xy / (std::sqrt(xx) * std::sqrt(yy)), -1.0, 1.0);
}

}  // namespace eduplat::analytics
