#include "services/recommender_ranking.hpp"

#include "repositories/personas.hpp"
#include "services/recommender_data.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace eduplat {
namespace {

namespace input = repositories::recommender_input;
using recommender::Index;
using storage::Connection;

constexpr int reasons_max = 3;  // courses or words
constexpr std::size_t searches_max = 10;
/// What interests count beside what somebody did, and popularity beside both: it decides where
/// nothing else does.
constexpr double interest_share = 0.5;
constexpr double popular_share = 0.01;
constexpr double rounding = 1e-5;  // of a score

void add_interest(std::vector<std::string>& interests, std::string const& interest) {
    bool const known = std::find(interests.begin(), interests.end(), interest) != interests.end();
    if (!known && !interest.empty()) interests.push_back(interest);
}

std::vector<std::string> interests_of(Persona const& persona,
                                      std::vector<std::string> const& searched) {
    std::vector<std::string> interests;
    for (auto const& goal : persona.goals)
        add_interest(interests, goal);
    for (auto const& interest : persona.interests)
        add_interest(interests, interest);
    for (std::size_t i = 0; i < std::min(searched.size(), searches_max); ++i)
        add_interest(interests, searched[i]);
    return interests;
}

/// Divides scores by the greatest of those that the learner does not have, so that what is left to
/// be recommended goes up to 1. What is below 0 says no more than 0. Returns that greatest score.
double scale(std::vector<double>& scores, Taste const& taste) {
    double greatest = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (!taste.has(static_cast<Index>(i))) greatest = std::max(greatest, scores[i]);
    }
    for (auto& score : scores)
        score = greatest > 0 ? std::max(0.0, score / greatest) : 0;
    return greatest;
}

/// Speaks for texts with these words, and for tags and concepts that are one of them.
void add_words(recommender::ItemProfile& profile, std::string const& interest) {
    profile.text.append(interest).append("\n");
    for (auto* labels : {&profile.tags, &profile.concepts}) {
        labels->push_back(interest);
        for (auto& token : text::tokens(interest))
            labels->push_back(std::move(token.term));
    }
}

std::set<std::string> terms_of(std::string_view text) {
    std::set<std::string> terms;
    for (auto& token : text::tokens(text)) {
        // Single characters of Chinese are in almost every text.
        if (token.kind != text::TokenKind::unigram) terms.insert(std::move(token.term));
    }
    return terms;
}

std::vector<Index> all_of(LoadedRecommender const& loaded) {
    std::vector<Index> all(loaded.courses.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
}

/// Adds a part's scores, over their deviation.
void add_scaled(std::vector<double>& sums, std::vector<float> const& scores, double weight) {
    double sum = 0;
    double squares = 0;
    for (double const score : scores) {
        sum += score;
        squares += score * score;
    }
    auto const n = static_cast<double>(scores.size());
    auto const deviation = std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
    if (deviation <= 0) return;
    for (std::size_t i = 0; i < scores.size(); ++i)
        sums[i] += weight * static_cast<double>(scores[i]) / deviation;
}

/// What one course adds to all others' scores. What is no more than rounding is nothing.
std::vector<double> added_by(LoadedRecommender const& loaded, Index item) {
    Index const items[] = {item};
    float const ones[] = {1.0F};
    auto const scores = loaded.model->score(0, {items, ones}, all_of(loaded), true);
    std::vector<double> added(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        double const base = loaded.popularity[i] + loaded.least_popularity;
        added[i] = static_cast<double>(scores[i]) - base;
        if (added[i] < rounding * std::abs(base)) added[i] = 0;
    }
    added[static_cast<std::size_t>(item)] = 0;
    return added;
}

std::vector<Recommendation> like_known(LoadedRecommender const& loaded, Index item) {
    auto const added = added_by(loaded, item);
    Index const items[] = {item};
    float const ones[] = {1.0F};
    auto const learned = spoken_for_by_learners(loaded, {items, ones});
    auto const like = loaded.courses[static_cast<std::size_t>(item)].course;
    std::vector<Recommendation> found;
    for (std::size_t i = 0; i < added.size(); ++i) {
        if (added[i] <= 0) continue;
        found.push_back({.course = loaded.courses[i].course,
                         .score = added[i],
                         .because = {.reason = learned[i] ? RecommendationReason::learned_with
                                                          : RecommendationReason::similar_content,
                                     .courses = {like}}});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](auto const& one, auto const& other) { return one.score > other.score; });
    return found;
}

}  // namespace

bool Taste::has(Index item) const noexcept {
    return std::binary_search(enrolled.begin(), enrolled.end(), item);
}

Taste Taste::without(Index item) const {
    Taste rest;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i] == item) continue;
        rest.items.push_back(items[i]);
        rest.weights.push_back(weights[i]);
    }
    return rest;
}

Taste read_taste(Connection& connection, LoadedRecommender const& loaded, UserId user,
                 RecommendationOptions const& options) {
    Taste taste;
    std::map<Index, Doings> done;
    auto const of = [&](CourseId course) -> Doings* {
        auto const item = loaded.number_of(course);
        return item ? &done[*item] : nullptr;
    };
    auto const searched = input::recent(connection, user, limits::recommender_events_max,
                                        [&](input::Event const& event) {
                                            auto const doing = doing_of(event.kind);
                                            auto* const with = doing ? of(event.course) : nullptr;
                                            if (with != nullptr)
                                                with->add(*doing, event.count, event.at);
                                        });
    input::enrollments_of(connection, user, [&](input::Enrolled const& enrolled) {
        auto* const with = of(enrolled.course);
        if (with == nullptr) return;
        add(*with, enrolled);
        taste.enrolled.push_back(*loaded.number_of(enrolled.course));
    });
    input::reviews_of(connection, user, [&](input::Reviewed const& review) {
        if (auto* const with = of(review.course)) with->review(review.rating, review.at);
    });
    std::sort(taste.enrolled.begin(), taste.enrolled.end());
    auto newest = Timestamp::min();
    for (auto const& [item, with] : done)
        newest = std::max(newest, with.last_at);
    for (auto const& [item, with] : done) {
        auto const weight = static_cast<float>(weight_of(with, options, newest));
        if (weight <= 0) continue;
        taste.items.push_back(item);
        taste.weights.push_back(weight);
    }
    // Who has only looked round is known by that: beside popularity it counts as if he had begun.
    auto const greatest = std::max_element(taste.weights.begin(), taste.weights.end());
    if (greatest != taste.weights.end() && *greatest < 1) {
        for (auto const by = 1 / *greatest; auto& weight : taste.weights)
            weight *= by;
    }
    taste.interests = interests_of(repositories::personas::find(connection, user), searched);
    return taste;
}

CourseRanking::CourseRanking(LoadedRecommender const& loaded, Taste const& taste)
    : loaded_(loaded), taste_(taste), total_(loaded.courses.size()), order_(total_.size()) {
    score_taste();
    score_interests();
    score_popularity();
    std::iota(order_.begin(), order_.end(), 0);
    std::sort(order_.begin(), order_.end(), [&](Index one, Index other) {
        auto const a = total_[static_cast<std::size_t>(one)];
        auto const b = total_[static_cast<std::size_t>(other)];
        return a != b ? a > b : one > other;
    });
}

void CourseRanking::score_taste() {
    if (taste_.items.empty()) return;
    auto scores = loaded_.model->score(0, taste_.row(), all_of(loaded_), true);
    for (auto const item : taste_.items) {
        if (taste_.has(item)) continue;
        Index const itself[] = {item};
        scores[static_cast<std::size_t>(item)] =
            loaded_.model->score(0, taste_.without(item).row(), itself, true).front();
    }
    for (auto const score : scores)
        by_taste_.push_back(score - loaded_.least_popularity);
    learned_ = spoken_for_by_learners(loaded_, taste_.row());
    greatest_ = scale(by_taste_, taste_);
    total_ = by_taste_;
}

void CourseRanking::score_interests() {
    if (taste_.interests.empty() || loaded_.content == nullptr) return;
    recommender::ItemProfile profile;
    for (auto const& interest : taste_.interests)
        add_words(profile, interest);
    auto const n = std::min<std::size_t>(total_.size(), limits::recommend_n_max);
    auto const found = loaded_.content->recommend_for(profile, {.n = static_cast<int>(n)});
    auto const best = found.empty() ? 0.0F : found.front().score;
    if (best <= 0) return;
    by_interest_.assign(total_.size(), 0);
    double const share = by_taste_.empty() ? 1 : interest_share;
    for (auto const& [item, score] : found) {
        auto const i = static_cast<std::size_t>(item);
        by_interest_[i] = share * std::max(0.0F, score) / best;
        total_[i] += by_interest_[i];
    }
}

void CourseRanking::score_popularity() {
    if (loaded_.weight_max <= 0) return;
    double const share = by_taste_.empty() && by_interest_.empty() ? 1 : popular_share;
    for (std::size_t i = 0; i < total_.size(); ++i)
        total_[i] += share * loaded_.courses[i].weight / loaded_.weight_max;
}

Recommendation CourseRanking::recommendation(Index item) const {
    auto const i = static_cast<std::size_t>(item);
    return {.course = loaded_.courses[i].course, .score = total_[i], .because = because(item)};
}

Because CourseRanking::because(Index item) const {
    auto const i = static_cast<std::size_t>(item);
    double const interest = by_interest_.empty() ? 0 : by_interest_[i];
    double const taste = by_taste_.empty() ? 0 : by_taste_[i];
    double const popularity = greatest_ > 0 ? loaded_.popularity[i] / greatest_ : 0;
    if (interest > 0 && interest >= taste - popularity)
        return {.reason = RecommendationReason::interests};
    return taste > 0 ? because_of_taste(item) : Because{.reason = RecommendationReason::popular};
}

Because CourseRanking::because_of_taste(Index item) const {
    auto const i = static_cast<std::size_t>(item);
    auto const why = loaded_.model->explain(0, taste_.without(item).row(), item, reasons_max);
    Because because{.reason = RecommendationReason::popular};
    // Not all contributions: only the greatest are told, and some speak against it.
    if (why.total - why.rest <= loaded_.popularity[i]) return because;
    for (auto const& contribution : why.contributions) {
        if (contribution.score <= 0) continue;
        because.courses.push_back(
            loaded_.courses[static_cast<std::size_t>(contribution.item)].course);
    }
    if (because.courses.empty()) return because;
    because.reason =
        learned_[i] ? RecommendationReason::learned_with : RecommendationReason::similar_content;
    return because;
}

std::vector<bool> spoken_for_by_learners(LoadedRecommender const& loaded,
                                         recommender::SparseRow row) {
    std::vector<double> learners(loaded.courses.size());
    std::vector<double> content(loaded.courses.size());
    std::vector<bool> spoken(loaded.courses.size());
    if (!loaded.collaborative) return spoken;
    auto const& hybrid = *loaded.hybrid;
    for (std::size_t p = 0; p < hybrid.parts(); ++p) {
        auto const& part = hybrid.part(p);
        bool const is_content = &part == loaded.content;
        if (part.name() == "popularity" || hybrid.weights()[p] <= 0) continue;
        add_scaled(is_content ? content : learners, part.score(0, row, all_of(loaded), true),
                   hybrid.weights()[p]);
    }
    for (std::size_t i = 0; i < spoken.size(); ++i)
        spoken[i] = loaded.courses[i].learners > 0 && learners[i] > 0 && learners[i] >= content[i];
    return spoken;
}

std::vector<Recommendation> courses_like(LoadedRecommender const& loaded, CourseId course,
                                         recommender::ItemProfile const* profile) {
    auto const item = loaded.number_of(course);
    if (item && loaded.collaborative) return like_known(loaded, *item);
    auto const n =
        static_cast<int>(std::min<std::size_t>(loaded.courses.size(), limits::recommend_n_max));
    std::vector<recommender::Scored> scored;
    if (item) {
        scored = loaded.model->similar_items(*item, n);
    } else if (profile != nullptr && loaded.content != nullptr) {
        scored = loaded.content->recommend_for(*profile, {.n = n});
    }
    std::vector<Recommendation> found;
    for (auto const& [id, score] : scored) {
        if (score <= 0) break;
        found.push_back(
            {.course = loaded.courses[static_cast<std::size_t>(id)].course,
             .score = score,
             .because = {.reason = RecommendationReason::similar_content, .courses = {course}}});
    }
    return found;
}

std::vector<std::string> matching_interests(input::CourseTexts const& texts,
                                            std::vector<std::string> const& interests) {
    auto known = terms_of(texts.text);
    for (auto const* labels : {&texts.tags, &texts.concepts}) {
        for (auto const& label : *labels)
            known.merge(terms_of(label));
    }
    std::vector<std::string> matching;
    for (auto const& interest : interests) {
        auto const terms = terms_of(interest);
        bool const matches = std::any_of(terms.begin(), terms.end(),
                                         [&](auto const& term) { return known.contains(term); });
        if (matches && matching.size() < reasons_max) matching.push_back(interest);
    }
    return matching;
}

}  // namespace eduplat
