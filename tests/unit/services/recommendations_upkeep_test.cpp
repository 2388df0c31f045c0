#include "recommendations_fixture.hpp"
#include "repositories/recommender_models.hpp"
#include "services/recommendation_weights.hpp"

#include <eduplat/core/text.hpp>

#include <array>
#include <functional>
#include <map>
#include <set>
#include <utility>

using namespace eduplat;
using namespace eduplat::test;
namespace models_table = repositories::recommender_models;
using recommender::FitControl;
using recommender::FitProgress;
using storage::Connection;
using storage::Sql;

namespace {

constexpr Sql damage_newest_sql =
    "UPDATE recommender_chunks SET bytes = x'00' WHERE model_id = "
    "(SELECT max(id) FROM recommender_models WHERE complete = 1)";
constexpr Sql from_the_future_sql =
    "UPDATE recommender_models SET format = 99 WHERE id = "
    "(SELECT max(id) FROM recommender_models WHERE complete = 1)";

struct Fixture : TrainingSchool {
    /// What a process leaves that is killed while it writes a recommender begun at `at`.
    models_table::ModelId leave_draft(Timestamp at) {
        return storage.write([&](Connection& connection) {
            auto row = *models_table::find(connection, models_table::newest(connection, 1).front());
            row.uid = Uid::v7(at, std::array<std::byte, 8>{});
            row.created_at = at;
            auto const id = models_table::insert(connection, row);
            models_table::add_courses(connection, id, 0,
                                      std::array{models_table::CourseRow{paintings[0], 0, 0}});
            models_table::add_chunk(connection, id, 0, std::array{std::byte{1}});
            return id;
        });
    }
};

/// One of each option that decides what comes of a training.
std::vector<RecommendationOptions> other_options() {
    std::vector<RecommendationOptions> others;
    for (auto const weight :
         {&InteractionWeights::viewed, &InteractionWeights::opened, &InteractionWeights::watched,
          &InteractionWeights::answered, &InteractionWeights::marked, &InteractionWeights::clicked,
          &InteractionWeights::downloaded, &InteractionWeights::started,
          &InteractionWeights::purchased, &InteractionWeights::completed,
          &InteractionWeights::star}) {
        others.emplace_back().weights.*weight += 1e-9;
    }
    others.push_back({.half_life = std::chrono::days{364}});
    others.push_back({.pairs_min = 201});
    others.push_back({.factors = 65});
    others.push_back({.ease_items_max = 1'999});
    return others;
}

}  // namespace

// -- When the job trains anew

TEST_CASE("a digest tells options apart by all that a training depends on", "[recommendations]") {
    std::set<std::array<std::byte, 32>> digests{digest_of({})};
    auto const others = other_options();
    for (auto const& options : others)
        digests.insert(digest_of(options));
    CHECK(digests.size() == others.size() + 1);
    CHECK(digest_of({.num_threads = 2, .train_in_jobs = false}) == digest_of({}));
}

TEST_CASE_METHOD(Fixture, "by other options the job trains anew, once", "[recommendations][jobs]") {
    CHECK(job_trains());
    CHECK_FALSE(job_trains({.num_threads = 2}));
    RecommendationOptions const other{.factors = 8};
    // Until then what there is serves.
    Recommendations service{everything(other)};
    CHECK(serves(service));
    CHECK(job_trains(other));
    CHECK(serves(service));
    CHECK_FALSE(job_trains(other));
    clock.advance(std::chrono::days{2});
    CHECK_FALSE(job_trains(other));
    CHECK(job_trains());
}

TEST_CASE_METHOD(Fixture, "what cannot be read the job trains anew, once",
                 "[recommendations][jobs]") {
    CHECK(job_trains());
    SECTION("damaged") {
        execute(damage_newest_sql);
    }
    SECTION("of a newer eduplat") {
        execute(from_the_future_sql);
    }
    SECTION("without its courses") {
        execute("DELETE FROM recommender_courses WHERE model_id > 0 AND item = 4");
    }
    Recommendations service{everything()};
    CHECK_FALSE(serves(service));
    CHECK(job_trains());
    CHECK(serves(service));
    // That an older one is damaged matters to nobody.
    CHECK_FALSE(job_trains());
    clock.advance(std::chrono::days{2});
    CHECK_FALSE(job_trains());
}

TEST_CASE("a school without courses is trained once", "[recommendations][jobs]") {
    RecommendationSchool school;
    auto const all = school.everything();
    auto const keep = [] { return true; };
    for (int i = 0; i < 3; ++i)
        CHECK(train_if_changed(all, keep) == JobStep::finished);
    CHECK(school.models() == 1);
}

// -- What is removed

TEST_CASE_METHOD(Fixture, "old recommenders are removed in short transactions",
                 "[recommendations]") {
    static constexpr Sql more_courses_sql =
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 2599) "
        "INSERT INTO recommender_courses (model_id, item, course_id, learners, weight) "
        "SELECT (SELECT max(id) FROM recommender_models), i, ?1, 0, 0 FROM n";
    static constexpr Sql more_chunks_sql =
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 139) "
        "INSERT INTO recommender_chunks (model_id, position, bytes) "
        "SELECT (SELECT max(id) FROM recommender_models), i, x'00' FROM n";
    static constexpr Sql courses_sql = "SELECT count(*) FROM recommender_courses";
    static constexpr Sql chunks_sql = "SELECT count(*) FROM recommender_chunks";
    train();
    execute(more_courses_sql, paintings[0]);
    execute(more_chunks_sql);
    for (int i = 1; i < recommenders_kept; ++i)
        train();
    std::vector<std::int64_t> courses_left;
    std::vector<std::int64_t> chunks_left;
    bool goes_on = true;
    FitControl const control{.on_progress = [&](FitProgress const& progress) {
        if (progress.stage != "remove") return true;
        courses_left.push_back(number(courses_sql));
        chunks_left.push_back(number(chunks_sql));
        CHECK(number("SELECT count(*) FROM recommender_models WHERE complete = 1") <=
              recommenders_kept + 1);
        return goes_on || courses_left.size() < 2;
    }};
    SECTION("all at once") {
        static_cast<void>(recommendations.train(Actor::system(), control));
        REQUIRE(courses_left.size() >= 4);
        for (std::size_t i = 1; i < courses_left.size(); ++i) {
            CHECK(courses_left[i - 1] - courses_left[i] <= 1'000);
            CHECK(chunks_left[i - 1] - chunks_left[i] <= 16);
        }
    }
    SECTION("the rest of it by the next training") {
        goes_on = false;
        static_cast<void>(recommendations.train(Actor::system(), control));
        CHECK(number(trained_sql) == recommenders_kept + 1);
        CHECK(number(stray_rows_sql) > 1'000);
        CHECK(serves(recommendations));
        train();
    }
    CHECK(models() == recommenders_kept);
    CHECK(number(stray_rows_sql) == 0);
    CHECK(number(courses_sql) == recommenders_kept * 10);
}

TEST_CASE_METHOD(Fixture, "a training that fails leaves nothing behind", "[recommendations]") {
    train();
    FitControl const control{.on_progress = [&](FitProgress const& progress) {
        // Rights are asked in the last transaction too.
        if (progress.stage == "store" && number(stray_rows_sql) == 0)
            accounts->revoke_role(Actor::system(), admin->user(), Role::admin);
        return true;
    }};
    static_cast<void>(with_role("other", Role::admin));
    CHECK(refusal([&] { return recommendations.train(*admin, control); }) ==
          denied("actor", "recommendations_train"));
    CHECK(number(trained_sql) == 1);
    CHECK(models() == 1);
    CHECK(number(stray_rows_sql) == 0);
    CHECK(serves(recommendations));
}

TEST_CASE_METHOD(Fixture, "what a killed process left is removed later", "[recommendations]") {
    train();
    auto const now = clock.now();
    SECTION("a day after it was begun") {
        leave_draft(now);
        train();
        CHECK(number(incomplete_sql) == 1);
        clock.advance(std::chrono::days{1});
        train();
        CHECK(number(incomplete_sql) == 1);
        clock.advance(1us);
    }
    SECTION("begun while the clock was ahead") {
        leave_draft(now + std::chrono::days{1} + 1us);
    }
    SECTION("when enough others have been trained") {
        leave_draft(now);
        for (int i = 1; i < recommenders_kept; ++i)
            train();
        CHECK(number(incomplete_sql) == 1);
    }
    train();
    CHECK(number(incomplete_sql) == 0);
    CHECK(number(stray_rows_sql) == 0);
    CHECK(serves(recommendations));
}

TEST_CASE_METHOD(Fixture, "a recommender whose rows are gone is not completed",
                 "[recommendations]") {
    train();
    FitControl const control{.on_progress = [&](FitProgress const& progress) {
        if (progress.stage == "store" && number(stray_rows_sql) > 10) {
            execute("DELETE FROM recommender_chunks WHERE model_id = 2");
            execute("DELETE FROM recommender_courses WHERE model_id = 2");
            execute("DELETE FROM recommender_models WHERE id = 2");
        }
        return true;
    }};
    CHECK(refusal([&] { return recommendations.train(Actor::system(), control); }).code ==
          ErrorCode::data_loss);
    CHECK(number(trained_sql) == 1);
    CHECK(models() == 1);
}

// -- The lease

namespace {

std::function<JobStep(Dependencies const&, KeepLease)> what_long_does;

JobStep do_long(Dependencies const& dependencies, KeepLease keep) {
    return what_long_does(dependencies, keep);
}

constexpr std::array long_job{Job{"long", std::chrono::hours{1}, nullptr, do_long}};

}  // namespace

TEST_CASE_METHOD(Fixture, "a lease outlasts a long silence right after it was kept",
                 "[recommendations][jobs]") {
    auto const all = everything();
    JobRunner holder{all, long_job};
    JobRunner other{all, long_job};
    int begun = 0;
    what_long_does = [&](Dependencies const&, KeepLease keep) {
        ++begun;
        for (int i = 0; i < 3; ++i) {
            clock.advance(JobRunner::renew_after - 1us);
            CHECK(keep());
            clock.advance(JobRunner::lease - JobRunner::renew_after);
            CHECK(other.run_due(1s).ran == 0);
            CHECK(keep());
        }
        return JobStep::finished;
    };
    CHECK(holder.run_due(1s).ran == 1);
    CHECK(begun == 1);
}

TEST_CASE_METHOD(Fixture, "what a training has written goes when its lease is lost",
                 "[recommendations][jobs]") {
    auto const all = everything();
    bool lost = false;
    auto const keep = [&] {
        if (number(stray_rows_sql) <= 10) return true;
        // Another one has begun meanwhile, and is done.
        lost = true;
        train();
        return false;
    };
    CHECK(train_if_changed(all, keep) == JobStep::more);
    CHECK(lost);
    CHECK(number(trained_sql) == 1);
    CHECK(models() == 1);
    CHECK(serves(recommendations));
    CHECK_FALSE(job_trains());
}

TEST_CASE_METHOD(Fixture, "two trainings at once do no harm", "[recommendations][jobs]") {
    auto const all = everything();
    int trained = 0;
    auto const keep = [&] {
        // The other one does not even know of this one.
        if (number(stray_rows_sql) > 10 && ++trained == 1) train();
        return true;
    };
    CHECK(train_if_changed(all, keep) == JobStep::finished);
    CHECK(number(trained_sql) == 2);
    CHECK(models() == 2);
    CHECK(number(incomplete_sql) == 0);
    CHECK(serves(recommendations));
    CHECK_FALSE(job_trains());
}

TEST_CASE_METHOD(Fixture, "a training reports from all that takes long", "[recommendations]") {
    fill_crafts(20);
    for (int i = 0; i < 60; ++i)
        enroll(with_role("learner" + std::to_string(i), Role::learner),
               course("Course " + std::to_string(i)));
    std::map<std::string, std::set<int>> steps;
    FitControl const control{.on_progress = [&](FitProgress const& progress) {
        steps[std::string{progress.stage}].insert(progress.step);
        return true;
    }};
    Recommendations service{everything({.pairs_min = 10})};
    static_cast<void>(service.train(Actor::system(), control));
    // 70 courses are two pieces of what is learned from texts.
    CHECK(steps["features"] == std::set{0, 1});
    CHECK(steps["multiply"] == std::set{0, 1});
    CHECK(steps["evaluate"].size() == 1);
    CHECK(steps["store"].size() == 1);
    CHECK(steps["remove"].size() == 1);
}
