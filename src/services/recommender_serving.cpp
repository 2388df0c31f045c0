#include "services/recommender_serving.hpp"

#include "services/recommender_training.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace eduplat {

namespace models = repositories::recommender_models;
using storage::Connection;

namespace {

/// Finds among the parts of a hybrid what is asked for beside the whole.
void find_parts(LoadedRecommender& loaded) {
    loaded.content = dynamic_cast<recommender::ContentModel const*>(loaded.model.get());
    auto const* const hybrid = dynamic_cast<recommender::HybridModel const*>(loaded.model.get());
    if (hybrid == nullptr) return;
    loaded.hybrid = hybrid;
    for (std::size_t i = 0; i < hybrid->parts(); ++i) {
        auto const& part = hybrid->part(i);
        auto const* const content = dynamic_cast<recommender::ContentModel const*>(&part);
        if (content != nullptr) loaded.content = content;
        if (part.name() == "als" || part.name() == "ease") loaded.collaborative = true;
    }
}

void find_popularity(LoadedRecommender& loaded) {
    std::vector<recommender::Index> all(loaded.courses.size());
    std::iota(all.begin(), all.end(), 0);
    loaded.popularity = loaded.model->score(0, {}, all, true);
    loaded.least_popularity = *std::min_element(loaded.popularity.begin(), loaded.popularity.end());
    for (auto& score : loaded.popularity)
        score -= loaded.least_popularity;
}

/// Errors: data_loss, failed_precondition.
std::shared_ptr<LoadedRecommender const> read(Connection& connection, models::ModelId id) {
    auto const row = models::find(connection, id);
    if (!row) fail(ErrorCode::data_loss, "recommender_models", "incomplete");
    if (row->format > recommender_format) {
        fail(ErrorCode::failed_precondition, "format_version", "too_new");
    }
    auto loaded = std::make_shared<LoadedRecommender>();
    loaded->id = id;
    loaded->courses = models::courses(connection, id);
    if (loaded->courses.empty()) return loaded;
    loaded->model = recommender::from_npz(models::bytes(connection, id));
    if (static_cast<std::size_t>(loaded->model->shape().items) != loaded->courses.size()) {
        fail(ErrorCode::data_loss, "recommender_courses", "incomplete");
    }
    find_parts(*loaded);
    find_popularity(*loaded);
    for (std::size_t i = 0; i < loaded->courses.size(); ++i) {
        auto const& course = loaded->courses[i];
        loaded->numbers.emplace(course.course, static_cast<recommender::Index>(i));
        loaded->weight_max = std::max(loaded->weight_max, course.weight);
    }
    return loaded;
}

/// Whether a failure is the fault of what is stored, and will not go away.
bool is_of_the_bytes(Error const& error) noexcept {
    return error.code() == ErrorCode::data_loss || error.code() == ErrorCode::failed_precondition ||
           error.code() == ErrorCode::invalid_argument;
}

}  // namespace

bool is_readable(Connection& connection, models::ModelId id) {
    try {
        static_cast<void>(read(connection, id));
    } catch (Error const& error) {
        if (!is_of_the_bytes(error)) throw;
        return false;
    }
    return true;
}

std::optional<recommender::Index> LoadedRecommender::number_of(CourseId course) const {
    auto const found = numbers.find(course);
    if (found == numbers.end()) return std::nullopt;
    return found->second;
}

std::shared_ptr<LoadedRecommender const> RecommenderCache::current(
    Connection& connection, std::vector<std::string>& problems) {
    auto const newest = models::newest(connection, recommenders_kept);
    auto before = held();
    for (auto const id : newest) {
        if (before && before->id == id) return before;
        if (!is_broken(id)) break;
    }
    // Not waited for: its holder may wait for the connection that this thread has.
    std::unique_lock const lock{loading_, std::try_to_lock};
    if (!lock) return before;
    before = held();
    for (auto const id : newest) {
        if (before && before->id == id) return before;
        if (!is_broken(id)) break;
    }
    auto loaded = load(connection, newest, problems);
    return loaded ? loaded : before;
}

RecommenderCache::Loaded RecommenderCache::load(Connection& connection,
                                                std::vector<ModelId> const& newest,
                                                std::vector<std::string>& problems) {
    for (auto const id : newest) {
        if (is_broken(id)) continue;
        if (auto before = held(); before && before->id == id) return before;
        if (auto loaded = load_one(connection, id, problems)) {
            hold(loaded);
            return loaded;
        }
    }
    return nullptr;
}

RecommenderCache::Loaded RecommenderCache::load_one(Connection& connection, ModelId id,
                                                    std::vector<std::string>& problems) {
    try {
        return read(connection, id);
    } catch (Error const& error) {
        if (!is_of_the_bytes(error)) throw;
        note_broken(id);
        problems.push_back("recommender " + std::to_string(id.value()) +
                           " cannot be read: " + error.what());
    }
    return nullptr;
}

RecommenderCache::Loaded RecommenderCache::held() const {
    std::lock_guard const lock{mutex_};
    return held_;
}

void RecommenderCache::hold(Loaded const& loaded) {
    std::lock_guard const lock{mutex_};
    // A reader of an older snapshot may come last.
    if (!held_ || held_->id < loaded->id) held_ = loaded;
}

bool RecommenderCache::is_broken(ModelId id) const {
    std::lock_guard const lock{mutex_};
    return broken_.contains(id);
}

void RecommenderCache::note_broken(ModelId id) {
    std::lock_guard const lock{mutex_};
    broken_.insert(id);
}

}  // namespace eduplat
