#include "support/service_results.hpp"
#include "support/service_tables.hpp"

#include <array>
#include <string>
#include <vector>

namespace eduplat::test {
namespace {

// -- What calls need

CourseId make_course(Scene& scene, std::string_view title) {
    auto& courses = scene.school.courses;
    auto const course = courses.create(
        Actor::system(), {.title = {{"en", std::string{title} + ' ' + scene.school.fresh("no")}}});
    static_cast<void>(courses.add_lecture(Actor::system(),
                                          {.course = course.id, .title = {{"en", "A lecture"}}}));
    static_cast<void>(courses.publish(Actor::system(), {.course = course.id}));
    return course.id;
}

/// Two courses alike, one of them the target's, and a recommender that knows them.
void make_recommender(Scene& scene) {
    scene.course = make_course(scene, "Painting with oil");
    static_cast<void>(make_course(scene, "Painting with chalk"));
    static_cast<void>(scene.school.enrollments.give(
        Actor::system(), {.user = scene.target.id, .course = *scene.course}));
    static_cast<void>(scene.school.recommendations.train(Actor::system()));
}

// -- The calls

std::string show(std::vector<Recommendation> const& recommendations) {
    std::string text;
    for (auto const& each : recommendations) {
        text += std::to_string(each.course.value()) + ' ' + std::to_string(each.score) + ' ' +
                std::string{name(each.because.reason)};
        for (auto const course : each.because.courses)
            text += ' ' + std::to_string(course.value());
        for (auto const& word : each.because.words)
            text += ' ' + word;
        text += '\n';
    }
    return text;
}

std::string show(RecommenderQuality const& quality) {
    return std::to_string(quality.learners) + ' ' + std::to_string(quality.courses) + ' ' +
           std::to_string(quality.pairs);
}

std::string for_user(Scene& s) {
    return show(s.school.recommendations.for_user(s.actor));
}

std::string for_learner(Scene& s) {
    return show(s.school.recommendations.for_learner(s.actor, s.target.id));
}

std::string similar_courses(Scene& s) {
    return show(s.school.recommendations.similar_courses(s.actor, *s.course));
}

std::string train(Scene& s) {
    return show(s.school.recommendations.train(s.actor));
}

std::string quality(Scene& s) {
    return show(s.school.recommendations.quality(s.actor).value());
}

using enum Subject;

constexpr std::array table{
    ServiceCall{.call = Call::recommendations_for_user,
                .member = "Recommendations::for_user",
                .prepare = make_recommender,
                .invoke = for_user},
    ServiceCall{.call = Call::recommendations_for_learner,
                .member = "Recommendations::for_learner",
                .about = user,
                .prepare = make_recommender,
                .invoke = for_learner},
    ServiceCall{.call = Call::recommendations_similar_courses,
                .member = "Recommendations::similar_courses",
                .prepare = make_recommender,
                .invoke = similar_courses},
    ServiceCall{.call = Call::recommendations_train,
                .member = "Recommendations::train",
                .writes = true,
                .prepare = make_recommender,
                .invoke = train,
                .leaves = {"recommender_models", "recommender_courses", "recommender_chunks",
                           "sqlite_sequence"},
                .tidies = true},
    ServiceCall{.call = Call::recommendations_quality,
                .member = "Recommendations::quality",
                .prepare = make_recommender,
                .invoke = quality},
};

}  // namespace

std::span<ServiceCall const> recommendations_calls() {
    return table;
}

}  // namespace eduplat::test
