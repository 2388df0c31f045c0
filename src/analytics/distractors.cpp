#include "analytics/distributions.hpp"
#include "analytics/marks.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace eduplat::analytics {

namespace {

using Choice = std::pair<std::string_view, bool>;

/// Who chose one of them first.
struct Chosen {
    std::int64_t learners = 0;
    std::int64_t paired = 0;  ///< of them, with a rest
    double rests = 0;
};

/// What the learners of one item chose first.
struct FirstChoices {
    std::map<Choice, Chosen> chosen;
    std::int64_t learners = 0;
    std::vector<double> rests;
};

/// Pearson's r between having chosen something and the rest: (mean of those - mean of all) /
/// standard deviation * sqrt(p / (1 - p)), which takes no look at the others for each choice.
class RestCorrelation {
  public:
    explicit RestCorrelation(std::vector<double> const& rests)
        : n_(static_cast<double>(rests.size())) {
        for (auto const rest : rests)
            mean_ += rest / n_;
        for (auto const rest : rests)
            variance_ += (rest - mean_) * (rest - mean_) / n_;
    }

    [[nodiscard]] std::optional<double> of(Chosen const& chosen) const {
        auto const count = static_cast<double>(chosen.paired);
        if (n_ < 3 || count == 0 || count == n_ || variance_ <= no_variance) return std::nullopt;
        auto const distance = (chosen.rests / count - mean_) / std::sqrt(variance_);
        return std::clamp(distance * std::sqrt(count / (n_ - count)), -1.0, 1.0);
    }

  private:
    double n_;
    double mean_ = 0;
    double variance_ = 0;
};

Distractors distractors_of(ItemKey const& item, FirstChoices const& first, double confidence) {
    Distractors result{item, first.learners, {}};
    RestCorrelation const correlation{first.rests};
    for (auto const& [choice, chosen] : first.chosen) {
        result.choices.push_back({std::string{choice.first}, choice.second,
                                  proportion(chosen.learners, first.learners, confidence),
                                  correlation.of(chosen)});
    }
    auto const is_more_frequent = [](ChoiceStatistics const& a, ChoiceStatistics const& b) {
        return a.learners.count > b.learners.count;
    };
    std::stable_sort(result.choices.begin(), result.choices.end(), is_more_frequent);
    return result;
}

}  // namespace

std::vector<Distractors> distractors(std::span<GivenChoice const> choices, double confidence) {
    auto const answer = [choices](std::size_t row) -> Answer const& { return choices[row].answer; };
    Validation validation;
    check_scores(choices.size(), answer, "choices", validation);
    check_confidence(confidence, validation);
    validation.check("the distractors");

    auto const marks = marks_of(choices.size(), answer, Attempt::first);
    std::vector<FirstChoices> items(marks.items.size());
    for (auto const& mark : marks.marks) {
        auto& item = items[mark.item];
        auto& chosen = item.chosen[{choices[mark.first].choice, mark.first_correct}];
        ++chosen.learners;
        ++item.learners;
        if (auto const rest = marks.rest(mark)) {
            ++chosen.paired;
            chosen.rests += *rest;
            item.rests.push_back(*rest);
        }
    }
    std::vector<Distractors> result;
    for (std::size_t i = 0; i < items.size(); ++i)
        result.push_back(distractors_of(marks.items[i], items[i], confidence));
    return result;
}

}  // namespace eduplat::analytics
