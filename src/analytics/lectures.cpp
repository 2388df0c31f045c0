#include "analytics/distributions.hpp"
#include "analytics/marks.hpp"
#include "analytics/watches.hpp"

#include <eduplat/analytics/lectures.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>

namespace eduplat::analytics {

namespace {

/// A recording is left early before this share of it.
constexpr double end_share = 0.95;

constexpr std::array signs{&LectureDifficulty::rewatch, &LectureDifficulty::drop_off,
                           &LectureDifficulty::error, &LectureDifficulty::questions};

/// What one learner did in a lecture.
struct LearnerEvidence {
    std::int64_t watched_ms = 0;
    std::int64_t distinct_ms = 0;
    std::int64_t begun = 0;  ///< recordings
    std::int64_t dropped = 0;
    std::int64_t questions = 0;  ///< graded, by first answer
    std::int64_t correct = 0;
    double marks = 0;
};

using Evidence = std::map<LectureId, std::map<UserId, LearnerEvidence>>;

void add_watched(EventFrame const& frame, Selection const& selection,
                 std::span<Recording const> recordings, Evidence& evidence) {
    std::vector<Stretch> united;
    for_each_watch(frame, Filter{frame, selection}, recordings, false, [&](Watch const& watch) {
        auto const& recording = recordings[watch.recording];
        unite(watch.stretches, united);
        auto& learner = evidence[recording.lecture][watch.learner];
        learner.watched_ms += length(watch.stretches);
        learner.distinct_ms += length(united);
        ++learner.begun;
        auto const end = end_share * static_cast<double>(recording.duration.count());
        learner.dropped += static_cast<double>(united.back().to) < end ? 1 : 0;
    });
}

void add_answered(EventFrame const& frame, Selection selection, Evidence& evidence) {
    selection.kinds = {LearningKind::answered};
    auto const all = answers(frame, selection);
    for (auto const& answer : all)
        evidence[answer.item.lecture].try_emplace(answer.learner);
    auto const answer = [&all](std::size_t row) -> Answer const& { return all[row]; };
    auto const marks = marks_of(all.size(), answer, Attempt::first);
    for (auto const& mark : marks.marks) {
        auto& learner = evidence[marks.items[mark.item].lecture][marks.learners[mark.learner]];
        ++learner.questions;
        learner.correct += mark.first_correct ? 1 : 0;
        learner.marks += mark.value;
    }
}

/// The mean of what learners show, and its error.
DifficultySign sign_of(std::vector<double> const& values) {
    DifficultySign sign{.learners = static_cast<std::int64_t>(values.size())};
    if (values.empty()) return sign;
    auto const n = static_cast<double>(values.size());
    double sum = 0;
    for (auto const value : values)
        sum += value;
    sign.mean = sum / n;
    if (values.size() < 2) return sign;
    double squares = 0;
    for (auto const value : values)
        squares += (value - *sign.mean) * (value - *sign.mean);
    sign.std_error = std::sqrt(squares / (n - 1) / n);
    return sign;
}

DifficultySign questions_sign(std::int64_t questions, std::int64_t learners) {
    auto const n = static_cast<double>(learners);
    DifficultySign sign{.learners = learners, .mean = static_cast<double>(questions) / n};
    auto const counted = std::max<std::int64_t>(questions, 1);  // none asked is not surely none
    if (learners >= 2) sign.std_error = std::sqrt(static_cast<double>(counted)) / n;
    return sign;
}

LectureDifficulty describe(LectureId lecture, std::map<UserId, LearnerEvidence> const& learners,
                           double confidence) {
    LectureDifficulty result{.lecture = lecture,
                             .learners = static_cast<std::int64_t>(learners.size())};
    std::vector<double> rewatch;
    std::vector<double> drop_off;
    std::vector<double> error;
    std::int64_t questions = 0;
    std::int64_t correct = 0;
    for (auto const& [user, learner] : learners) {
        result.watched_ms += learner.watched_ms;
        result.distinct_ms += learner.distinct_ms;
        questions += learner.questions;
        correct += learner.correct;
        if (learner.begun > 0) {
            auto const again = static_cast<double>(learner.watched_ms - learner.distinct_ms);
            rewatch.push_back(again / static_cast<double>(learner.distinct_ms));
            drop_off.push_back(static_cast<double>(learner.dropped) /
                               static_cast<double>(learner.begun));
        }
        if (learner.questions > 0)
            error.push_back(1 - learner.marks / static_cast<double>(learner.questions));
    }
    result.viewers = static_cast<std::int64_t>(rewatch.size());
    if (result.viewers > 0) {
        auto const watched_s = static_cast<double>(result.watched_ms) / 1000;
        result.mean_watched_s = watched_s / static_cast<double>(result.viewers);
    }
    result.first_correct = proportion(correct, questions, confidence);
    result.rewatch = sign_of(rewatch);
    result.drop_off = sign_of(drop_off);
    result.error = sign_of(error);
    return result;
}

/// How far lectures differ in a sign.
struct Spread {
    double mean = 0;
    double deviation = 0;  ///< 0: they do not, or there are too few
};

Spread spread_of(std::vector<LectureDifficulty> const& lectures,
                 DifficultySign LectureDifficulty::*sign) {
    std::vector<double> means;
    Spread spread;
    for (auto const& lecture : lectures) {
        if (auto const mean = (lecture.*sign).mean) means.push_back(*mean);
    }
    if (means.size() < 2) return spread;
    auto const n = static_cast<double>(means.size());
    double squares = 0;
    for (auto const mean : means)
        spread.mean += mean / n;
    for (auto const mean : means)
        squares += (mean - spread.mean) * (mean - spread.mean);
    if (squares > no_variance * n) spread.deviation = std::sqrt(squares / n);
    return spread;
}

void compare(std::vector<LectureDifficulty>& lectures, double confidence) {
    std::array<Spread, signs.size()> spreads;
    for (std::size_t i = 0; i < signs.size(); ++i)
        spreads[i] = spread_of(lectures, signs[i]);
    for (auto& lecture : lectures) {
        double sum = 0;
        double variance = 0;
        int count = 0;
        bool has_error = true;
        for (std::size_t i = 0; i < signs.size(); ++i) {
            auto& sign = lecture.*signs[i];
            if (!sign.mean || spreads[i].deviation == 0) continue;
            sign.z = (*sign.mean - spreads[i].mean) / spreads[i].deviation;
            auto const error = sign.std_error.value_or(0) / spreads[i].deviation;
            has_error &= sign.std_error.has_value();
            sum += *sign.z;
            variance += error * error;
            ++count;
        }
        if (count == 0) continue;
        lecture.difficulty = sum / count;
        if (!has_error) continue;
        auto const reach = normal_within(confidence) * std::sqrt(variance) / count;
        lecture.low = *lecture.difficulty - reach;
        lecture.high = *lecture.difficulty + reach;
    }
}

void check(Selection const& selection, std::span<Recording const> recordings,
           std::span<LectureQuestions const> questions, double confidence) {
    Validation validation;
    check_scan(validation, selection, {});
    check_recordings(recordings, validation);
    std::set<LectureId> seen;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        auto const field = "questions[" + std::to_string(i) + "]";
        if (questions[i].questions < 0) validation.add(field + ".questions", "negative", 0);
        if (!seen.insert(questions[i].lecture).second)
            validation.add(field + ".lecture", "duplicate");
    }
    check_confidence(confidence, validation);
    validation.check("the difficulty of lectures");
}

}  // namespace

std::vector<LectureDifficulty> lecture_difficulty(EventFrame const& frame,
                                                  Selection const& selection,
                                                  std::span<Recording const> recordings,
                                                  std::span<LectureQuestions const> questions,
                                                  double confidence) {
    check(selection, recordings, questions, confidence);
    Evidence evidence;
    add_watched(frame, selection, recordings, evidence);
    add_answered(frame, selection, evidence);
    std::map<LectureId, std::int64_t> asked;
    for (auto const& one : questions)
        asked.emplace(one.lecture, one.questions);

    std::vector<LectureDifficulty> result;
    for (auto const& [lecture, learners] : evidence) {
        auto& one = result.emplace_back(describe(lecture, learners, confidence));
        if (questions.empty()) continue;
        auto const found = asked.find(lecture);
        one.questions = questions_sign(found == asked.end() ? 0 : found->second, one.learners);
    }
    compare(result, confidence);
    return result;
}

}  // namespace eduplat::analytics
