#pragma once

#include "repositories/recommender_input.hpp"
#include "services/recommender_serving.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/recommendations_types.hpp>
#include <eduplat/storage/storage.hpp>

#include <string>
#include <vector>

/// How courses are ranked for one who asks, and why.
namespace eduplat {

/// What is known of who asks, at this moment; of guests nothing.
struct Taste {
    std::vector<recommender::Index> items;  ///< ascending
    std::vector<float> weights;
    std::vector<recommender::Index> enrolled;  ///< ascending: those of the items that he has
    /// Goals and interests that were declared, most important first, then what was searched for,
    /// newest first; no two equal.
    std::vector<std::string> interests;

    [[nodiscard]] recommender::SparseRow row() const noexcept { return {items, weights}; }
    [[nodiscard]] bool has(recommender::Index item) const noexcept;
    /// Items and weights but this one's: no course speaks for itself.
    [[nodiscard]] Taste without(recommender::Index item) const;
};

/// Five statements.
[[nodiscard]] Taste read_taste(storage::Connection& connection, LoadedRecommender const& loaded,
                               UserId user, RecommendationOptions const& options);

/// All courses of a recommender, ranked for one taste. Both outlive it.
class CourseRanking {
  public:
    CourseRanking(LoadedRecommender const& loaded, Taste const& taste);

    /// Best first; equal ones newest first.
    [[nodiscard]] std::vector<recommender::Index> const& order() const noexcept { return order_; }
    /// Without the words of an interest.
    [[nodiscard]] Recommendation recommendation(recommender::Index item) const;

  private:
    void score_taste();
    void score_interests();
    void score_popularity();
    [[nodiscard]] Because because(recommender::Index item) const;
    [[nodiscard]] Because because_of_taste(recommender::Index item) const;

    LoadedRecommender const& loaded_;
    Taste const& taste_;
    // Up to 1 for what the learner does not have yet; empty: nothing is known.
    std::vector<double> by_taste_;
    std::vector<double> by_interest_;
    std::vector<bool> learned_;  ///< by the learners more than by content
    double greatest_ = 0;        ///< the score that became 1 of taste
    std::vector<double> total_;
    std::vector<recommender::Index> order_;
};

/// Of each course, whether what others learned speaks for it more than what it is about: each
/// part's score counts by its weight, over its deviation among these courses.
[[nodiscard]] std::vector<bool> spoken_for_by_learners(LoadedRecommender const& loaded,
                                                       recommender::SparseRow row);

/// Courses like one, best first; that they are popular counts for nothing.
[[nodiscard]] std::vector<Recommendation> courses_like(LoadedRecommender const& loaded,
                                                       CourseId course,
                                                       recommender::ItemProfile const* profile);

/// Those of the interests that are words of the course, at most three.
[[nodiscard]] std::vector<std::string> matching_interests(
    repositories::recommender_input::CourseTexts const& texts,
    std::vector<std::string> const& interests);

}  // namespace eduplat
