#pragma once

#include "repositories/recommender_models.hpp"

#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/model.hpp>
#include <eduplat/services/dependencies.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

/// The recommender that a process serves from.
namespace eduplat {

/// A stored recommender in memory. It never changes.
struct LoadedRecommender {
    repositories::recommender_models::ModelId id{0};
    std::unique_ptr<recommender::Model const> model;
    recommender::ContentModel const* content = nullptr;  ///< the part of the model that reads texts
    recommender::HybridModel const* hybrid = nullptr;    ///< the model, if it has parts
    bool collaborative = false;  ///< whether it knows more of learners than texts and popularity
    std::vector<repositories::recommender_models::CourseRow> courses;  ///< by number
    std::unordered_map<CourseId, recommender::Index> numbers;
    double weight_max = 0;  ///< of all courses
    /// What of a course's score is owed to nothing that a learner did, above the least of it; by
    /// number.
    std::vector<float> popularity;
    float least_popularity = 0;

    [[nodiscard]] std::optional<recommender::Index> number_of(CourseId course) const;
};

/// Whether a stored recommender can be read, which is found out by reading it: neither damaged nor
/// of a newer eduplat.
[[nodiscard]] bool is_readable(storage::Connection& connection,
                               repositories::recommender_models::ModelId id);

/// The newest recommender of the school that can be read, loaded when another process or thread has
/// trained it.
///
/// Thread safety: any thread. Nobody waits for a load: while one thread loads, others go on with
/// what there was; without any they have none, and answer by popularity.
class RecommenderCache {
  public:
    /// Inside a transaction of the caller's. Null if there is none that serves: of those that can
    /// be read the newest, or else what was loaded before. What cannot be read is told once, in
    /// `problems`, for the log.
    [[nodiscard]] std::shared_ptr<LoadedRecommender const> current(
        storage::Connection& connection, std::vector<std::string>& problems);

  private:
    using ModelId = repositories::recommender_models::ModelId;
    using Loaded = std::shared_ptr<LoadedRecommender const>;

    [[nodiscard]] Loaded load(storage::Connection& connection, std::vector<ModelId> const& newest,
                              std::vector<std::string>& problems);
    [[nodiscard]] Loaded load_one(storage::Connection& connection, ModelId id,
                                  std::vector<std::string>& problems);
    [[nodiscard]] Loaded held() const;
    void hold(Loaded const& loaded);
    [[nodiscard]] bool is_broken(ModelId id) const;
    void note_broken(ModelId id);

    std::mutex loading_;
    mutable std::mutex mutex_;  ///< of what follows
    Loaded held_;
    std::set<ModelId> broken_;
};

}  // namespace eduplat
