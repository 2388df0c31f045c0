#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/proportion.hpp>
#include <eduplat/analytics/selection.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Classical test theory: how hard the questions are and how well they tell learners apart
/// (Crocker and Algina: Introduction to Classical and Modern Test Theory, 1986). A learner's mark
/// in an item is score / highest score, 0 to 1; correct is a mark of 1.
namespace eduplat::analytics {

/// A question: where it is asked. Without `question` the item is one.
struct ItemKey {
    LectureId lecture;
    int item = 0;
    std::optional<std::int64_t> question = std::nullopt;

    // Rewritten as "<=> 0", which clang-tidy 14 takes for a pointer: NOLINTNEXTLINE(*-use-nullptr)
    friend auto operator<=>(ItemKey const&, ItemKey const&) = default;
};

struct Answer {
    UserId learner;
    ItemKey item;
    std::int64_t score = 0;
    std::int64_t score_max = 0;  ///< 0: not graded
    Timestamp at{};
};

/// The selected answers of a frame, by learner, time and place in the log.
/// Errors: invalid_argument (field "to", rule "reversed").
[[nodiscard]] std::vector<Answer> answers(EventFrame const& frame, Selection const& selection);

enum class Attempt : std::uint8_t {
    first,  ///< what a learner answered first: difficulty
    best,   ///< the highest mark: mastery
};

enum class Unanswered : std::uint8_t {
    left_out,  ///< marks are known where there is an answer: lectures that learners walk through
    wrong,     ///< a mark of 0 for whoever answered anything: a test with an end
};

struct ItemOptions {
    Attempt attempt = Attempt::first;
    Unanswered unanswered = Unanswered::left_out;
    double confidence = confidence_default;
};

/// Some of the learners with the highest or lowest totals. Where several with one total stand at
/// the border of the group, each counts with the same fraction, so that `size` counts in all.
struct ItemGroup {
    std::int64_t size;
    double facility;  ///< mean mark in the item

    friend bool operator==(ItemGroup const&, ItemGroup const&) = default;
};

struct ItemStatistics {
    ItemKey item;
    std::int64_t answers = 0;                       ///< graded ones, all attempts
    std::int64_t learners = 0;                      ///< with a mark
    std::optional<double> facility = std::nullopt;  ///< facility index: mean mark, of `learners`
    Proportion correct = {};           ///< learners with a mark of 1, by ItemOptions::attempt
    Proportion first_correct = {};     ///< learners whose first answer was correct, who answered
    Proportion eventual_correct = {};  ///< learners of whom any answer was correct, who answered
    std::int64_t pairs = 0;            ///< learners with a mark here and in another item
    /// Pearson's r between the mark and the rest: the mean mark in the learner's other items; for
    /// marks 0 and 1 the point-biserial, corrected: item-rest. Over `pairs`; absent below 3 of them
    /// or where either does not vary. If all have answered all it equals that with the rest's sum.
    std::optional<double> point_biserial = std::nullopt;
    /// Of the 27 % (Kelley, 1939) of `learners` with the highest total (mean mark in all items),
    /// and the lowest: 0.27 n rounded to the nearest, at least 1; totals to 12 decimals. Absent
    /// below 2 learners, or if all have one total.
    std::optional<ItemGroup> upper = std::nullopt;
    std::optional<ItemGroup> lower = std::nullopt;
    std::optional<double> discrimination =
        std::nullopt;  ///< facility of the upper less that of the lower group
};

/// Over the learners who have a mark in every item.
struct Reliability {
    std::int64_t learners = 0;
    std::int64_t items = 0;
    std::optional<double> mean = std::nullopt;      ///< of totals: sums of marks
    std::optional<double> variance = std::nullopt;  ///< of totals, population: over n
    /// k/(k-1) (1 - sum p(1-p) / variance): Kuder and Richardson's formula 20 (1937), population
    /// variance. Absent unless all marks are 0 or 1, there are 2 items and totals vary.
    std::optional<double> kr20 = std::nullopt;
    /// Cronbach's alpha (1951), the same for any marks: population variances in both places, which
    /// gives what sample variances give.
    std::optional<double> alpha = std::nullopt;
    /// Of measurement: sqrt(variance (1 - alpha)). Absent where alpha is.
    std::optional<double> std_error = std::nullopt;
};

struct ItemAnalysis {
    std::int64_t learners = 0;               ///< with a graded answer
    std::int64_t answers = 0;                ///< graded
    std::int64_t ungraded = 0;               ///< left out everywhere
    std::vector<ItemStatistics> items = {};  ///< by key
    Reliability reliability = {};
};

/// The statistics of a set of items that are one test. Answers may come in any order; of two at one
/// moment the earlier row is the first. Errors: invalid_argument (field "answers[3].score", rule
/// "out_of_range": negative or above score_max; "answers[3].score_max", rule "negative";
/// "confidence", rule "out_of_range"; "answers", rule "too_many": with Unanswered::wrong,
/// learners times items beyond limits::analytics_cells_max).
[[nodiscard]] ItemAnalysis item_analysis(std::span<Answer const> answers,
                                         ItemOptions const& options = {});

/// An option that was chosen, or a text that was given.
struct GivenChoice {
    Answer answer;
    std::string_view choice;
};

struct ChoiceStatistics {
    std::string choice;
    bool correct;         ///< the same text, right once and wrong once, stands twice
    Proportion learners;  ///< who chose it first, of those who answered the item
    /// Pearson's r between having chosen it and the rest, as ItemStatistics::point_biserial: a good
    /// distractor has a negative one.
    std::optional<double> point_biserial;
};

struct Distractors {
    ItemKey item;
    std::int64_t learners;
    std::vector<ChoiceStatistics> choices;  ///< the most frequent first, then by text
};

/// What was chosen first by each learner, by item, of graded answers. Errors: as item_analysis()
/// ("choices[3].score").
[[nodiscard]] std::vector<Distractors> distractors(std::span<GivenChoice const> choices,
                                                   double confidence = confidence_default);

}  // namespace eduplat::analytics
