#include "repositories/recommendable.hpp"
#include "services/access.hpp"
#include "services/courses_impl.hpp"
#include "services/recommender_data.hpp"
#include "services/recommender_ranking.hpp"
#include "services/recommender_training.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/services/recommendations.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace eduplat {

namespace input = repositories::recommender_input;
namespace models = repositories::recommender_models;
namespace recommendable = repositories::recommendable;
using storage::Connection;

namespace {

Dependencies const& checked(Dependencies const& given) {
    check_options(given.recommendations);
    return given;
}

void check_n(int n) {
    Validation validation;
    if (n < 1) validation.add("n", "too_small", 1);
    if (n > limits::recommendations_max) {
        validation.add("n", "too_large", limits::recommendations_max);
    }
    validation.check("recommendations");
}

/// Goals, interests and searches of those with rights over others are not for everybody.
bool may_read_persona(Access const& access) {
    auto const own = access.asker.is(access.target.id);
    auto const call = Call::accounts_get_persona;
    if (!access.asker.may(call, own ? Relation::own : Relation::other)) return false;
    bool const privileged = access.target.roles.intersects(privileged_roles);
    return own || !privileged || access.asker.may(call, Relation::privileged);
}

/// Who asks, when, and for how many.
struct Question {
    std::optional<UserId> user;
    Timestamp now;
    std::size_t n;
};

/// The first of some ranked courses that may be recommended, as `make` makes them.
template <class CourseOf, class Item, class Make>
std::vector<Recommendation> pick(Connection& connection, Question const& question,
                                 std::vector<Item> const& ranked, CourseOf course_of, Make make) {
    std::vector<Recommendation> picked;
    for (std::size_t i = 0; i < ranked.size() && picked.size() < question.n;) {
        auto const end = std::min<std::size_t>(i + limits::page_size_max, ranked.size());
        std::vector<CourseId> some;
        for (auto j = i; j < end; ++j)
            some.push_back(course_of(ranked[j]));
        auto const open = recommendable::among(connection, some, question.user, question.now);
        for (; i < end && picked.size() < question.n; ++i) {
            if (std::binary_search(open.begin(), open.end(), course_of(ranked[i])))
                picked.push_back(make(ranked[i]));
        }
    }
    return picked;
}

/// Says which interests speak for courses; those for which none does are just popular.
void add_words(Connection& connection, std::vector<Recommendation>& picked,
               std::vector<std::string> const& interests) {
    std::vector<CourseId> courses;
    for (auto const& recommendation : picked) {
        if (recommendation.because.reason == RecommendationReason::interests)
            courses.push_back(recommendation.course);
    }
    if (courses.empty()) return;
    for (auto const& texts : input::texts(connection, courses)) {
        auto const found = std::find_if(picked.begin(), picked.end(), [&](auto const& each) {
            return each.course == texts.course;
        });
        auto& because = found->because;
        because.words = matching_interests(texts, interests);
        if (because.words.empty()) because.reason = RecommendationReason::popular;
    }
}

Recommendation popular(CourseId course, double score) {
    return {.course = course, .score = score, .because = {.reason = RecommendationReason::popular}};
}

/// What most learners have taken, where there is no recommender.
std::vector<Recommendation> most_taken(Connection& connection, Question const& question) {
    std::vector<Recommendation> found;
    for (auto const& [course, weight] : recommendable::most_taken(
             connection, question.user, question.now, static_cast<int>(question.n))) {
        found.push_back(popular(course, weight));
    }
    return found;
}

/// Fills up with courses that the recommender does not know. All that it knows was looked at.
void add_unknown(Connection& connection, Question const& question, LoadedRecommender const& loaded,
                 std::vector<Recommendation>& picked) {
    if (picked.size() >= question.n) return;
    auto unknown = recommendable::latest(connection, limits::page_size_max);
    std::erase_if(unknown, [&](CourseId course) { return loaded.number_of(course).has_value(); });
    auto const added = pick(
        connection, {question.user, question.now, question.n - picked.size()}, unknown,
        [](CourseId course) { return course; }, [](CourseId course) { return popular(course, 0); });
    picked.insert(picked.end(), added.begin(), added.end());
}

/// Leaves out of the reasons courses that are archived meanwhile and that the learner has not.
void hide_archived(Connection& connection, std::vector<Recommendation>& picked, UserId user) {
    std::set<CourseId> named;
    for (auto const& recommendation : picked)
        named.insert(recommendation.because.courses.begin(), recommendation.because.courses.end());
    std::set<CourseId> seen;
    for (auto next = named.begin(); next != named.end();) {
        std::vector<CourseId> some;
        while (next != named.end() && some.size() < limits::page_size_max)
            some.push_back(*next++);
        auto const visible = recommendable::visible(connection, some, user);
        seen.insert(visible.begin(), visible.end());
    }
    for (auto& [course, score, because] : picked) {
        if (because.courses.empty()) continue;
        std::erase_if(because.courses, [&](CourseId each) { return !seen.contains(each); });
        if (because.courses.empty()) because.reason = RecommendationReason::popular;
    }
}

}  // namespace

class Recommendations::Impl {
  public:
    explicit Impl(Dependencies given) : dependencies(std::move(given)) {}

    [[nodiscard]] Timestamp now() const { return dependencies.clock.now(); }

    /// Reads, and says in the log what could not be loaded, also if the call fails. `load` gives
    /// `read` the recommender: rights come first.
    template <class Read>
    auto read(Read read) {
        std::vector<std::string> problems;
        auto const tell = [&] {
            for (auto const& problem : problems)
                dependencies.log.write(LogLevel::error, problem);
        };
        try {
            auto result = dependencies.storage.read([&](Connection& connection) {
                return read(connection, [&] { return cache.current(connection, problems); });
            });
            tell();
            return result;
        } catch (...) {
            tell();
            throw;
        }
    }

    using Loaded = std::shared_ptr<LoadedRecommender const>;

    [[nodiscard]] std::vector<Recommendation> recommend(Connection& connection,
                                                        Loaded const& loaded,
                                                        Question const& question) const {
        if (!loaded || !loaded->model) return most_taken(connection, question);
        auto const taste = question.user ? read_taste(connection, *loaded, *question.user,
                                                      dependencies.recommendations)
                                         : Taste{};
        CourseRanking const ranking{*loaded, taste};
        auto picked = pick(
            connection, question, ranking.order(),
            [&](auto item) { return loaded->courses[static_cast<std::size_t>(item)].course; },
            [&](auto item) { return ranking.recommendation(item); });
        add_words(connection, picked, taste.interests);
        if (question.user) hide_archived(connection, picked, *question.user);
        add_unknown(connection, question, *loaded, picked);
        return picked;
    }

    Dependencies dependencies;
    RecommenderCache cache;
};

Recommendations::Recommendations(Dependencies const& dependencies)
    : impl_(std::make_unique<Impl>(checked(dependencies))) {}
Recommendations::Recommendations(Recommendations&&) noexcept = default;
Recommendations& Recommendations::operator=(Recommendations&&) noexcept = default;
Recommendations::~Recommendations() = default;

std::vector<Recommendation> Recommendations::for_user(Actor const& actor, int n) const {
    check_n(n);
    auto const now = impl_->now();
    return impl_->read([&](Connection& connection, auto const& load) {
        auto const asker = authorize(connection, actor, Call::recommendations_for_user, now);
        return impl_->recommend(connection, load(), {asker.user, now, static_cast<std::size_t>(n)});
    });
}

std::vector<Recommendation> Recommendations::for_learner(Actor const& actor, UserId user,
                                                         int n) const {
    check_n(n);
    auto const now = impl_->now();
    return impl_->read([&](Connection& connection, auto const& load) {
        auto const access =
            authorize(connection, actor, Call::recommendations_for_learner, user, now);
        auto const state = access.target.state;
        if (state != UserState::active && state != UserState::invited)
            return std::vector<Recommendation>{};
        auto found = impl_->recommend(connection, load(), {user, now, static_cast<std::size_t>(n)});
        if (!may_read_persona(access)) {
            for (auto& recommendation : found)
                recommendation.because.words.clear();
        }
        return found;
    });
}

std::vector<Recommendation> Recommendations::similar_courses(Actor const& actor, CourseId course,
                                                             int n) const {
    check_n(n);
    auto const now = impl_->now();
    return impl_->read([&](Connection& connection, auto const& load) {
        auto const access =
            see_course(connection, actor, Call::recommendations_similar_courses, course, now);
        auto const loaded = load();
        if (!loaded || !loaded->model) return std::vector<Recommendation>{};
        std::optional<recommender::ItemProfile> profile;
        if (!loaded->number_of(course))
            profile = profile_of(input::texts(connection, {course}).front());
        auto const like = courses_like(*loaded, course, profile ? &*profile : nullptr);
        return pick(
            connection, {access.asker.user, now, static_cast<std::size_t>(n)}, like,
            [](Recommendation const& each) { return each.course; },
            [](Recommendation const& each) { return each; });
    });
}

RecommenderQuality Recommendations::train(Actor const& actor,
                                          recommender::FitControl const& control) {
    Validation validation;
    if (control.num_threads < 0) validation.add("num_threads", "too_small", 0);
    if (control.num_threads > limits::threads_max) {
        validation.add("num_threads", "too_large", limits::threads_max);
    }
    validation.check("train");
    auto const& dependencies = impl_->dependencies;
    if (dependencies.storage.in_write())
        fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
    dependencies.storage.read([&](Connection& connection) {
        static_cast<void>(authorize(connection, actor, Call::recommendations_train, impl_->now()));
    });
    return train_recommender(dependencies, actor, control);
}

std::optional<RecommenderQuality> Recommendations::quality(Actor const& actor) const {
    auto const now = impl_->now();
    return impl_->dependencies.storage.read(
        [&](Connection& connection) -> std::optional<RecommenderQuality> {
            static_cast<void>(authorize(connection, actor, Call::recommendations_quality, now));
            auto const newest = models::newest(connection, 1);
            if (newest.empty()) return std::nullopt;
            auto const row = models::find(connection, newest.front());
            return row ? std::optional{quality_of(*row)} : std::nullopt;
        });
}

std::string_view name(RecommendationReason reason) noexcept {
    switch (reason) {
        case RecommendationReason::learned_with:
            return "learned_with";
        case RecommendationReason::similar_content:
            return "similar_content";
        case RecommendationReason::interests:
            return "interests";
        case RecommendationReason::popular:
            return "popular";
    }
    return {};
}

}  // namespace eduplat
