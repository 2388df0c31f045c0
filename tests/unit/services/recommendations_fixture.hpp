#pragma once

#include "learning_fixture.hpp"
#include "services/recommender_training.hpp"

#include <eduplat/services/payments.hpp>
#include <eduplat/services/recommendations.hpp>
#include <eduplat/testing/fake_gateway.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

/// A school that recommends: by texts and popularity alone, unless a test asks for more.
struct RecommendationSchool : LearningSchool {
    using LearningSchool::course;

    Dependencies everything(RecommendationOptions const& given = {}) {
        auto all = dependencies();
        all.gateways = {&gateway};
        all.recommendations = given;
        return all;
    }

    /// A published course of one lecture.
    CourseId course(std::string const& title, NewCourse made = {}) {
        made.title = {{"en", title}};
        return LearningSchool::course({by_opening}, made);
    }

    /// Free courses of two crafts, which different people learn.
    void open_crafts() {
        for (auto const* const title :
             {"Painting oil", "Painting chalk", "Painting glass", "Painting silk", "Painting ink"})
            paintings.push_back(course(title));
        for (auto const* const title :
             {"Baking bread", "Baking cakes", "Baking pies", "Baking biscuits", "Baking buns"})
            bakings.push_back(course(title));
    }

    /// Learners who took all of one craft, but one course each.
    void fill_crafts(int each) {
        for (int i = 0; i < each; ++i) {
            auto const left_out = static_cast<std::size_t>(i) % paintings.size();
            enroll_but(with_role("painter" + std::to_string(i), Role::learner), paintings,
                       left_out);
            enroll_but(with_role("baker" + std::to_string(i), Role::learner), bakings, left_out);
        }
    }

    void enroll_but(Actor const& learner, std::vector<CourseId> const& craft,
                    std::size_t left_out) {
        for (std::size_t i = 0; i < craft.size(); ++i) {
            if (i == left_out) continue;
            enroll(learner, craft[i]);
            clock.advance(1min);
        }
    }

    void train() { recommendations.train(Actor::system()); }

    std::vector<Recommendation> ask(Actor const& actor, int n = 100) {
        return recommendations.for_user(actor, n);
    }

    /// The recommended courses, best first.
    std::vector<CourseId> courses_for(Actor const& actor, int n = 100) {
        std::vector<CourseId> found;
        for (auto const& each : ask(actor, n))
            found.push_back(each.course);
        return found;
    }

    bool is_recommended(Actor const& actor, CourseId course) {
        auto const found = courses_for(actor);
        return std::find(found.begin(), found.end(), course) != found.end();
    }

    std::optional<Because> reason_for(Actor const& actor, CourseId course) {
        for (auto const& each : ask(actor)) {
            if (each.course == course) return each.because;
        }
        return std::nullopt;
    }

    void set_interests(Actor const& actor, std::vector<std::string> interests) {
        auto persona = accounts->get_persona(actor, actor.user());
        persona.interests = std::move(interests);
        static_cast<void>(accounts->set_persona(actor, actor.user(), persona));
    }

    int models() {
        static constexpr storage::Sql sql = "SELECT count(*) FROM recommender_models WHERE id > 0";
        return storage.read([&](storage::Connection& connection) {
            auto row = connection.query(sql);
            row.step();
            return static_cast<int>(row.int64(0));
        });
    }

    testing::FakeGateway gateway;
    std::vector<CourseId> paintings;
    std::vector<CourseId> bakings;
    Payments payments{everything()};
    Recommendations recommendations{everything()};
};

inline constexpr storage::Sql trained_sql =
    "SELECT count(*) FROM journal WHERE action = 'recommender.trained'";
inline constexpr storage::Sql incomplete_sql =
    "SELECT count(*) FROM recommender_models WHERE id > 0 AND complete = 0";
/// Rows of recommenders that are not complete.
inline constexpr storage::Sql stray_rows_sql =
    "SELECT (SELECT count(*) FROM recommender_chunks JOIN recommender_models "
    "ON recommender_models.id = recommender_chunks.model_id WHERE complete = 0) + "
    "(SELECT count(*) FROM recommender_courses JOIN recommender_models "
    "ON recommender_models.id = recommender_courses.model_id WHERE complete = 0)";

/// Two crafts, and what their recommenders are asked.
struct TrainingSchool : RecommendationSchool {
    TrainingSchool() { open_crafts(); }

    template <class... Values>
    void execute(storage::Sql sql, Values const&... values) {
        storage.write([&](storage::Connection& connection) { connection.execute(sql, values...); });
    }

    std::int64_t number(storage::Sql sql) {
        return storage.read([&](storage::Connection& connection) {
            auto row = connection.query(sql);
            row.step();
            return row.int64(0);
        });
    }

    JobStep job(RecommendationOptions const& given = {}, bool kept = true) {
        auto const all = everything(given);
        return train_if_changed(all, [&] { return kept; });
    }

    /// Whether the job trains now.
    bool job_trains(RecommendationOptions const& given = {}) {
        auto const before = number(trained_sql);
        CHECK(job(given) == JobStep::finished);
        return number(trained_sql) > before;
    }

    /// Whether the recommender serves, and not only what most have taken.
    bool serves(Recommendations const& service) {
        return !service.similar_courses(Actor::guest(), paintings[0]).empty();
    }
};

}  // namespace eduplat::test
