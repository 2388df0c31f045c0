#include "analytics/buckets.hpp"
#include "analytics/distributions.hpp"
#include "analytics/marks.hpp"
#include "analytics/scan.hpp"

#include <eduplat/analytics/items.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eduplat::analytics {

namespace {

/// What one item's statistics are made of, by learner.
struct ItemColumns {
    std::vector<double> marks;
    std::vector<std::int64_t> totals;  ///< trillionths, so that equal ones are equal
    std::vector<double> paired;        ///< marks of those with a rest
    std::vector<double> rests;
};

std::vector<ItemColumns> columns_of(Marks const& marks, std::vector<ItemStatistics>& items) {
    std::vector<ItemColumns> columns(marks.items.size());
    for (auto const& mark : marks.marks) {
        auto& column = columns[mark.item];
        auto& item = items[mark.item];
        column.marks.push_back(mark.value);
        column.totals.push_back(std::llround(marks.mean(mark.learner) * 1e12));
        if (auto const rest = marks.rest(mark)) {
            column.paired.push_back(mark.value);
            column.rests.push_back(*rest);
        }
        item.correct.count += mark.value >= 1 ? 1 : 0;
        item.first_correct.count += mark.first_correct ? 1 : 0;
        item.eventual_correct.count += mark.ever_correct ? 1 : 0;
        item.first_correct.of += mark.first != Marks::no_row ? 1 : 0;
    }
    return columns;
}

/// The mean mark of the first `size` of learners, of whom those with one total count alike.
double facility_of_first(std::vector<std::pair<std::int64_t, double>> const& by_total,
                         std::int64_t size) {
    double sum = 0;
    auto left = size;
    for (std::size_t i = 0; left > 0;) {
        double marks = 0;
        std::int64_t tied = 0;
        for (auto const total = by_total[i].first;
             i < by_total.size() && by_total[i].first == total; ++i, ++tied)
            marks += by_total[i].second;
        auto const taken = std::min(tied, left);
        sum += marks * static_cast<double>(taken) / static_cast<double>(tied);
        left -= taken;
    }
    return sum / static_cast<double>(size);
}

void add_groups(ItemColumns const& column, ItemStatistics& item) {
    std::vector<std::pair<std::int64_t, double>> by_total;
    for (std::size_t i = 0; i < column.marks.size(); ++i)
        by_total.emplace_back(column.totals[i], column.marks[i]);
    std::sort(by_total.begin(), by_total.end());
    if (by_total.front().first == by_total.back().first) return;

    auto const size = std::max(std::int64_t{1}, (27 * item.learners + 50) / 100);
    item.lower = {size, facility_of_first(by_total, size)};
    std::reverse(by_total.begin(), by_total.end());
    item.upper = {size, facility_of_first(by_total, size)};
    item.discrimination = item.upper->facility - item.lower->facility;
}

void describe(ItemColumns const& column, double confidence, ItemStatistics& item) {
    item.learners = static_cast<std::int64_t>(column.marks.size());
    double sum = 0;
    for (auto const mark : column.marks)
        sum += mark;
    item.facility = sum / static_cast<double>(item.learners);
    auto const answered = item.first_correct.of;
    item.correct = proportion(item.correct.count, item.learners, confidence);
    item.first_correct = proportion(item.first_correct.count, answered, confidence);
    item.eventual_correct = proportion(item.eventual_correct.count, answered, confidence);
    item.pairs = static_cast<std::int64_t>(column.paired.size());
    item.point_biserial = correlation(column.paired, column.rests);
    add_groups(column, item);
}

/// Sums over the learners who have a mark in every item.
struct Complete {
    std::vector<double> totals;
    std::vector<double> sums;     ///< by item
    std::vector<double> squares;  ///< of distances from the mean, by item
    bool dichotomous = true;
};

Complete complete_of(Marks const& marks) {
    Complete complete;
    complete.sums.resize(marks.items.size());
    complete.squares.resize(marks.items.size());
    auto const all = static_cast<std::int64_t>(marks.items.size());
    for (std::size_t learner = 0; learner < marks.learners.size(); ++learner) {
        if (marks.counts[learner] == all) complete.totals.push_back(marks.sums[learner]);
    }
    for (auto const& mark : marks.marks) {
        if (marks.counts[mark.learner] != all) continue;
        complete.sums[mark.item] += mark.value;
        complete.dichotomous &= mark.value == 0 || mark.value == 1;
    }
    auto const n = static_cast<double>(complete.totals.size());
    for (auto const& mark : marks.marks) {
        if (marks.counts[mark.learner] != all) continue;
        auto const distance = mark.value - complete.sums[mark.item] / n;
        complete.squares[mark.item] += distance * distance;
    }
    return complete;
}

Reliability reliability_of(Marks const& marks) {
    auto const complete = complete_of(marks);
    Reliability result{.learners = static_cast<std::int64_t>(complete.totals.size()),
                       .items = static_cast<std::int64_t>(marks.items.size())};
    if (complete.totals.empty()) return result;

    auto const n = static_cast<double>(complete.totals.size());
    double sum = 0;
    for (auto const total : complete.totals)
        sum += total;
    result.mean = sum / n;
    double squares = 0;
    for (auto const total : complete.totals)
        squares += (total - *result.mean) * (total - *result.mean);
    result.variance = squares / n;
    if (result.items < 2 || *result.variance <= no_variance) return result;

    double of_items = 0;
    for (auto const item : complete.squares)
        of_items += item / n;
    auto const k = static_cast<double>(result.items);
    result.alpha = k / (k - 1) * (1 - of_items / *result.variance);
    // Of marks 0 and 1 the population variance is p (1 - p).
    if (complete.dichotomous) result.kr20 = result.alpha;
    result.std_error = std::sqrt(*result.variance * std::max(0.0, 1 - *result.alpha));
    return result;
}

void check_size(Marks const& marks, Unanswered unanswered) {
    constexpr auto most = limits::analytics_cells_max;
    if (unanswered != Unanswered::wrong || marks.items.empty()) return;
    if (marks.learners.size() > most / marks.items.size())
        fail(ErrorCode::invalid_argument, "answers", "too_many", most);
}

/// The answers of one learner that the filter lets through.
void add_answers(EventFrame const& frame, Filter const& filter, Chunk const& chunk,
                 std::size_t learner, std::vector<Answer>& answers) {
    auto const& rows = chunk.answered;
    auto const [begin, end] =
        filter.rows(rows.time_s, rows.first[learner], rows.first[learner + 1]);
    for (auto row = begin; row < end; ++row) {
        auto const& lecture = frame.subjects()[rows.subject[row]].lecture;
        if (!lecture || !filter.selects_subject(rows.subject[row])) continue;
        ItemKey key{.lecture = *lecture, .item = rows.item[row]};
        if (rows.question[row] != question_none) key.question = rows.question[row];
        answers.push_back({UserId{chunk.users[learner]}, key, rows.score[row], rows.score_max[row],
                           timestamp(rows.time_s[row])});
    }
}

}  // namespace

std::vector<Answer> answers(EventFrame const& frame, Selection const& selection) {
    Validation validation;
    check_scan(validation, selection, {});
    validation.check("the answers");
    std::vector<Answer> result;
    Filter const filter{frame, selection};
    if (!filter.selects(LearningKind::answered)) return result;
    for (auto const& chunk : frame.chunks()) {
        filter.for_each_learner(chunk, [&](std::size_t learner) {
            add_answers(frame, filter, chunk, learner, result);
        });
    }
    return result;
}

ItemAnalysis item_analysis(std::span<Answer const> answers, ItemOptions const& options) {
    auto const answer = [answers](std::size_t row) -> Answer const& { return answers[row]; };
    Validation validation;
    check_scores(answers.size(), answer, "answers", validation);
    check_confidence(options.confidence, validation);
    validation.check("the item analysis");

    auto marks = marks_of(answers.size(), answer, options.attempt);
    check_size(marks, options.unanswered);
    if (options.unanswered == Unanswered::wrong) fill_with_wrong(marks);

    ItemAnalysis analysis{.learners = static_cast<std::int64_t>(marks.learners.size()),
                          .answers = marks.graded,
                          .ungraded = marks.ungraded};
    for (std::size_t i = 0; i < marks.items.size(); ++i)
        analysis.items.push_back({.item = marks.items[i], .answers = marks.answers[i]});
    auto const columns = columns_of(marks, analysis.items);
    for (std::size_t i = 0; i < columns.size(); ++i)
        describe(columns[i], options.confidence, analysis.items[i]);
    analysis.reliability = reliability_of(marks);
    return analysis;
}

}  // namespace eduplat::analytics
