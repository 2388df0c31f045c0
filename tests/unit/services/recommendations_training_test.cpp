#include "recommendations_fixture.hpp"
#include "repositories/recommender_models.hpp"
#include "services/recommender_data.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <array>
#include <utility>

using namespace eduplat;
using namespace eduplat::test;
using Reason = RecommendationReason;
using storage::Connection;
using storage::Sql;

namespace {

using Fixture = TrainingSchool;

}  // namespace

// -- What is read

TEST_CASE_METHOD(Fixture, "a training reads events, enrollments, purchases and reviews",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, paintings[0]);
    record(ben, {Viewed{paintings[1]}, Viewed{paintings[1]}, Searched{"word"}});
    static_cast<void>(courses.review(ben, {.course = paintings[0], .rating = 5}));
    auto const all = everything();
    auto const data = read_training_data(all, {});
    CHECK(data.courses.size() == 10);
    CHECK(data.interactions.shape() == recommender::Shape{1, 10});
    auto const rows = data.interactions.by_user();
    REQUIRE(data.interactions.pairs() == 2);
    CHECK(rows.weights[0] == Approx(2.0));
    CHECK(rows.weights[1] == Approx(0.3));
    CHECK(data.courses[0].learners == 1);
    CHECK(data.courses[1].weight == Approx(0.3));
    CHECK(data.courses[2].learners == 0);
    CHECK(data.hold_out.test.pairs() == 0);
}

TEST_CASE_METHOD(Fixture, "a training leaves out whom the school has shut out, and who is gone",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    auto const cleo = with_role("cleo", Role::learner);
    auto const dora = Actor{invited("dora").id};
    for (auto const& learner : {ben, cleo, dora})
        enroll(learner, paintings[0]);
    auto const all = everything();
    auto const learners = [&] { return read_training_data(all, {}).interactions.shape().users; };
    CHECK(learners() == 3);
    static_cast<void>(accounts->suspend(*admin, ben.user(), "x"));
    CHECK(learners() == 2);
    static_cast<void>(accounts->erase_user(*admin, cleo.user()));
    CHECK(learners() == 1);
}

TEST_CASE_METHOD(Fixture, "drafts are no courses of a recommender, archived ones are",
                 "[recommendations]") {
    static_cast<void>(courses.create(Actor::system(), {.title = {{"en", "Draft"}}}));
    static_cast<void>(courses.archive(Actor::system(), paintings[0]));
    auto const all = everything();
    auto const data = read_training_data(all, {});
    REQUIRE(data.courses.size() == 10);
    CHECK(data.courses[0].course == paintings[0]);
}

TEST_CASE_METHOD(Fixture, "a school that rests for years forgets nothing", "[recommendations]") {
    fill_crafts(3);
    auto const all = everything();
    auto const weights = [&] {
        auto const data = read_training_data(all, {});
        auto const rows = data.interactions.by_user();
        return std::vector<float>(rows.weights.begin(), rows.weights.end());
    };
    auto const before = weights();
    CHECK(before.size() == 24);
    clock.advance(std::chrono::days{8 * 365});
    CHECK(weights() == before);
    // What is forty years older than the newest is still there.
    clock.advance(std::chrono::days{32 * 365});
    enroll(with_role("ben", Role::learner), paintings[0]);
    auto const after = weights();
    REQUIRE(after.size() == 25);
    for (auto const weight : after)
        CHECK(weight >= 1e-6F);
}

TEST_CASE_METHOD(Fixture, "revoked enrollments say nothing", "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    auto const grant =
        enrollments.give(Actor::system(), {.user = ben.user(), .course = paintings[0]}).id;
    auto const all = everything();
    CHECK(read_training_data(all, {}).interactions.pairs() == 1);
    static_cast<void>(enrollments.take_back(Actor::system(), grant));
    CHECK(read_training_data(all, {}).interactions.pairs() == 0);
}

TEST_CASE_METHOD(Fixture, "imported history counts as often as it says", "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, paintings[0]);
    auto const lecture = courses.outline(ben, paintings[0]).lectures.front().id;
    std::array const events{ImportedEvent{.user = ben.user(),
                                          .lecture = lecture,
                                          .at = clock.now() - std::chrono::hours{1},
                                          .count = 2}};
    static_cast<void>(learning.import_events(Actor::system(), {.batch = "one", .events = events}));
    auto const all = everything();
    auto const data = read_training_data(all, {});
    REQUIRE(data.interactions.pairs() == 1);
    // Started, perhaps completed, and opened twice.
    auto const weights = InteractionWeights{};
    auto const completed = learning.progress(ben, paintings[0], ben.user()).completed_at ? 1 : 0;
    CHECK(data.interactions.by_user().weights[0] ==
          Approx(weights.started + completed * weights.completed + 1.5 * weights.opened)
              .epsilon(1e-3));
}

TEST_CASE_METHOD(Fixture, "of learners of three courses the newest is held out",
                 "[recommendations]") {
    auto const ben = with_role("ben", Role::learner);
    auto const cleo = with_role("cleo", Role::learner);
    for (auto const i : {2U, 0U, 1U}) {
        enroll(ben, paintings[i]);
        clock.advance(1min);
    }
    enroll(cleo, paintings[0]);
    enroll(cleo, paintings[1]);
    auto const all = everything();
    auto const data = read_training_data(all, {});
    CHECK(data.hold_out.train.pairs() == 4);
    REQUIRE(data.hold_out.test.pairs() == 1);
    CHECK(data.hold_out.test.by_user().ids[0] == 1);
}

TEST_CASE_METHOD(Fixture, "profiles name teachers by numbers of the training",
                 "[recommendations]") {
    auto const profile = profile_of({.course = CourseId{1},
                                     .text = "Words",
                                     .tags = {"tag"},
                                     .concepts = {"concept"},
                                     .teachers = {UserId{17}}});
    CHECK(profile.text == "Words");
    CHECK(profile.tags == std::vector<std::string>{"tag"});
    CHECK(profile.concepts == std::vector<std::string>{"concept"});
    CHECK(profile.teachers.empty());
    auto const teacher = with_role("teacher", Role::teacher);
    for (auto const course : {paintings[1], bakings[0]})
        static_cast<void>(
            courses.add_teacher(Actor::system(), course, {.user = teacher.user(), .share = 1}));
    REQUIRE(teacher.user().value() > 1);
    auto const all = everything();
    auto const profiles = read_training_data(all, {}).profiles;
    CHECK(profiles[0].teachers.empty());
    CHECK(profiles[1].teachers == std::vector<std::string>{"0"});
    CHECK(profiles[5].teachers == profiles[1].teachers);
}

// -- What is stored

TEST_CASE_METHOD(Fixture, "a training tells its quality, and staff can ask for it",
                 "[recommendations]") {
    auto const staff = with_role("staff", Role::staff);
    CHECK_FALSE(recommendations.quality(staff));
    fill_crafts(20);
    Recommendations service{everything({.pairs_min = 10})};
    auto const told = service.train(Actor::system());
    auto const quality = recommendations.quality(staff).value();
    CHECK(quality.trained_at == clock.now());
    CHECK(quality.learners == 40);
    CHECK(quality.courses == 10);
    CHECK(quality.pairs == 160);
    CHECK(quality.k == 5);
    CHECK(quality.evaluated == 40);
    REQUIRE(quality.metrics);
    REQUIRE(quality.popularity);
    // Of each craft of five courses the hidden one is among the first.
    CHECK(quality.metrics->hr == 1);
    CHECK(quality.metrics->recall == 1);
    CHECK(quality.metrics->ndcg > quality.popularity->ndcg);
    CHECK(quality.metrics->ndcg <= 1);
    CHECK(quality.coverage == 1);
    CHECK(told.metrics->ndcg == quality.metrics->ndcg);
    auto const cleo = with_role("cleo", Role::learner);
    CHECK(refusal([&] { return recommendations.quality(cleo); }) ==
          denied("actor", "recommendations_quality"));
}

TEST_CASE_METHOD(Fixture, "without somebody to evaluate nothing is measured", "[recommendations]") {
    train();
    auto const quality = recommendations.quality(*admin).value();
    CHECK(quality.evaluated == 0);
    CHECK_FALSE(quality.metrics);
    CHECK_FALSE(quality.popularity);
    CHECK(quality.coverage == 0);
}

TEST_CASE_METHOD(Fixture, "only hosts and admins train", "[recommendations]") {
    auto const staff = with_role("staff", Role::staff);
    CHECK(refusal([&] { return recommendations.train(staff); }) ==
          denied("actor", "recommendations_train"));
    CHECK(refusal([&] { return recommendations.train(Actor::guest()); }) ==
          unauthenticated("actor", "guest"));
    CHECK(models() == 0);
    static_cast<void>(recommendations.train(*admin));
    CHECK(models() == 1);
    CHECK(number(trained_sql) == 1);
}

TEST_CASE_METHOD(Fixture, "threads of a training are bounded", "[recommendations]") {
    auto const refused = [&](int threads) {
        return broken_rules(
            [&] { return recommendations.train(Actor::system(), {.num_threads = threads}); });
    };
    using Rules = std::vector<std::string>;
    CHECK(refused(-1) == Rules{"num_threads: too_small"});
    CHECK(refused(0) == Rules{});
    CHECK(refused(2) == Rules{});
    CHECK(refused(limits::threads_max) == Rules{});
    CHECK(refused(limits::threads_max + 1) == Rules{"num_threads: too_large"});
}

TEST_CASE_METHOD(Fixture, "a training is none of a host's transaction", "[recommendations]") {
    storage.write([&](Connection&) {
        CHECK(refusal([&] { return recommendations.train(Actor::system()); }) ==
              precondition("transaction", "not_allowed_inside"));
        CHECK(ask(Actor::guest()).size() == 10);
    });
}

TEST_CASE_METHOD(Fixture, "a few recommenders are kept", "[recommendations]") {
    for (int i = 0; i < recommenders_kept + 2; ++i) {
        train();
        CHECK(models() == std::min(i + 1, recommenders_kept));
    }
    CHECK(serves(recommendations));
    CHECK(number("SELECT count(DISTINCT model_id) FROM recommender_chunks WHERE model_id > 0") ==
          recommenders_kept);
    CHECK(number("SELECT count(DISTINCT model_id) FROM recommender_courses WHERE model_id > 0") ==
          recommenders_kept);
}

TEST_CASE_METHOD(Fixture, "a training that is canceled changes nothing that serves",
                 "[recommendations]") {
    train();
    for (int steps = 0;; ++steps) {
        CAPTURE(steps);
        int left = steps;
        recommender::FitControl const control{
            .on_progress = [&](recommender::FitProgress const&) { return left-- > 0; }};
        try {
            static_cast<void>(recommendations.train(Actor::system(), control));
            break;
        } catch (Error const& error) {
            CHECK(error.code() == ErrorCode::canceled);
            CHECK(number(trained_sql) == 1);
            CHECK(serves(recommendations));
            // Nothing of it is left.
            CHECK(models() == 1);
            CHECK(number(stray_rows_sql) == 0);
        }
        REQUIRE(steps < 1000);
    }
    CHECK(number(trained_sql) == 2);
    CHECK(models() == 2);
}

TEST_CASE_METHOD(Fixture, "another service over the school serves what one has trained",
                 "[recommendations]") {
    Recommendations other{everything()};
    CHECK_FALSE(serves(other));
    train();
    CHECK(serves(other));
    auto const before = other.similar_courses(Actor::guest(), paintings[0], 100);
    auto const late = course("Painting in water");
    train();
    CHECK(other.similar_courses(Actor::guest(), paintings[0], 100).size() == before.size() + 1);
    CHECK(other.similar_courses(Actor::guest(), paintings[0], 100) ==
          recommendations.similar_courses(Actor::guest(), paintings[0], 100));
    CHECK(late != paintings[0]);
}

// -- What is damaged

TEST_CASE_METHOD(Fixture, "a damaged recommender is told of once, and popularity serves",
                 "[recommendations]") {
    train();
    SECTION("other bytes") {
        execute("UPDATE recommender_chunks SET bytes = x'00' WHERE model_id > 0");
    }
    SECTION("too few bytes") {
        execute(
            "UPDATE recommender_chunks SET bytes = substr(bytes, 1, length(bytes) / 2) "
            "WHERE model_id > 0");
    }
    SECTION("no bytes") {
        execute("DELETE FROM recommender_chunks WHERE model_id > 0");
    }
    SECTION("a piece is missing") {
        execute("UPDATE recommender_chunks SET position = position + 1 WHERE model_id > 0");
    }
    SECTION("too few courses") {
        execute("DELETE FROM recommender_courses WHERE model_id > 0 AND item = 9");
    }
    SECTION("a course is missing") {
        execute("DELETE FROM recommender_courses WHERE model_id > 0 AND item = 4");
    }
    SECTION("a newer format") {
        execute("UPDATE recommender_models SET format = 99 WHERE id > 0");
    }
    Recommendations other{everything()};
    auto const ben = with_role("ben", Role::learner);
    enroll(ben, paintings[0]);
    log.clear();
    CHECK(other.for_user(ben, 100).size() == 9);
    CHECK_FALSE(serves(other));
    REQUIRE(log.lines().size() == 1);
    CHECK(log.lines().front().message.find("recommender") != std::string::npos);
    // The one before serves, if there is one.
    train();
    train();
    execute(
        "UPDATE recommender_chunks SET bytes = x'00' WHERE model_id = "
        "(SELECT max(id) FROM recommender_models)");
    CHECK(serves(other));
}

TEST_CASE_METHOD(Fixture, "rights are asked before a recommender is loaded", "[recommendations]") {
    train();
    execute("UPDATE recommender_chunks SET bytes = x'00' WHERE model_id > 0");
    auto const ben = with_role("ben", Role::learner);
    Recommendations other{everything()};
    log.clear();
    CHECK(refusal([&] { return other.for_learner(Actor::guest(), ben.user()); }) ==
          unauthenticated("actor", "guest"));
    CHECK(log.lines().empty());
    static_cast<void>(other.for_learner(*admin, ben.user()));
    CHECK(log.lines().size() == 1);
}

TEST_CASE_METHOD(Fixture, "who has loaded a recommender goes on when its bytes are damaged",
                 "[recommendations]") {
    train();
    CHECK(serves(recommendations));
    execute("UPDATE recommender_chunks SET bytes = x'00' WHERE model_id > 0");
    CHECK(serves(recommendations));
}

// -- The job

TEST_CASE_METHOD(Fixture, "the job trains when something has changed", "[recommendations][jobs]") {
    CHECK(job() == JobStep::finished);
    CHECK(models() == 1);
    auto const trained_again = [&] {
        auto const before = number(trained_sql);
        CHECK(job() == JobStep::finished);
        return number(trained_sql) > before;
    };
    CHECK_FALSE(trained_again());
    auto const ben = with_role("ben", Role::learner);
    CHECK(trained_again());
    CHECK_FALSE(trained_again());
    static_cast<void>(sign_in("ben"));
    CHECK_FALSE(trained_again());
    record(ben, {Viewed{paintings[0]}});
    CHECK(trained_again());
    enroll(ben, paintings[0]);
    CHECK(trained_again());
    static_cast<void>(courses.review(ben, {.course = paintings[0], .rating = 5}));
    CHECK(trained_again());
    course("Painting in water");
    CHECK(trained_again());
    CHECK_FALSE(trained_again());
    execute("UPDATE recommender_models SET tokenizer = tokenizer + 1 WHERE id > 0");
    CHECK(trained_again());
}

TEST_CASE_METHOD(Fixture, "for a hundredth of new entries the job trains, for fewer once a day",
                 "[recommendations][jobs]") {
    auto const ben = with_role("ben", Role::learner);
    std::vector<Reported> const views(100, Viewed{paintings[0]});
    for (int i = 0; i < 5; ++i)
        record(ben, views);
    job();
    REQUIRE(number(trained_sql) == 1);
    record(ben, {Viewed{paintings[0]}});
    job();
    CHECK(number(trained_sql) == 1);
    SECTION("for as many as are worth it") {
        record(ben, {Viewed{paintings[0]}, Viewed{paintings[0]}, Viewed{paintings[0]},
                     Viewed{paintings[0]}, Viewed{paintings[0]}, Viewed{paintings[0]}});
    }
    SECTION("after a day") {
        clock.advance(std::chrono::days{1});
    }
    job();
    CHECK(number(trained_sql) == 2);
    job();
    CHECK(number(trained_sql) == 2);
}

TEST_CASE_METHOD(Fixture, "a job that has nothing to do asks little", "[recommendations][jobs]") {
    job();
    auto const before = storage.statistics().statements;
    job();
    // Three of them are to see whether the newest recommender can be read.
    CHECK(storage.statistics().statements - before <= 7);
}

TEST_CASE_METHOD(Fixture, "a host may keep the job from training", "[recommendations][jobs]") {
    CHECK(job({.train_in_jobs = false}) == JobStep::finished);
    CHECK(models() == 0);
}

TEST_CASE_METHOD(Fixture, "a training ends when its lease is lost", "[recommendations][jobs]") {
    CHECK(job({}, false) == JobStep::more);
    CHECK(number(trained_sql) == 0);
}

TEST_CASE_METHOD(Fixture, "run_due trains", "[recommendations][jobs]") {
    static_cast<void>(jobs.run_due(Actor::system(), 1s));
    CHECK(models() == 1);
    CHECK(serves(recommendations));
    clock.advance(1h);
    static_cast<void>(jobs.run_due(Actor::system(), 1s));
    CHECK(number(trained_sql) == 1);
    course("Painting in water");
    static_cast<void>(jobs.run_due(Actor::system(), 1s));
    CHECK(number(trained_sql) == 1);
    clock.advance(1h);
    static_cast<void>(jobs.run_due(Actor::system(), 1s));
    CHECK(number(trained_sql) == 2);
}

// -- Persons

namespace {

/// What a recommender keeps of a school whose learners go by these words.
std::vector<std::byte> bytes_with(std::string const& word) {
    RecommendationSchool school;
    school.open_crafts();
    school.fill_crafts(20);
    auto const teacher = school.with_role(word + "_teaches", Role::teacher);
    static_cast<void>(
        school.courses.add_teacher(Actor::system(), school.paintings[0], {.user = teacher.user()}));
    auto const ben = school.with_role(word, Role::learner);
    school.enroll(ben, school.paintings[0]);
    school.set_interests(ben, {word});
    school.record(ben, {Searched{word}, Clicked{word, school.paintings[0]}});
    static_cast<void>(
        school.courses.review(ben, {.course = school.paintings[0], .rating = 5, .body = word}));
    Recommendations service{school.everything({.pairs_min = 10})};
    static_cast<void>(service.train(Actor::system()));
    return school.storage.read([](Connection& connection) {
        auto const id = repositories::recommender_models::newest(connection, 1).front();
        return repositories::recommender_models::bytes(connection, id);
    });
}

}  // namespace

TEST_CASE("no name, search, interest or review goes into a recommender",
          "[recommendations][privacy]") {
    auto const bytes = bytes_with("zebrafinch");
    CHECK(bytes.size() > 1000);
    CHECK(bytes == bytes_with("quicksilver"));
}

TEST_CASE("a recommender has vectors of courses, of learners none", "[recommendations][privacy]") {
    auto const bytes = bytes_with("zebrafinch");
    auto const model = recommender::from_npz(bytes);
    auto const* const hybrid = dynamic_cast<recommender::HybridModel const*>(model.get());
    REQUIRE(hybrid != nullptr);
    bool has_als = false;
    for (std::size_t i = 0; i < hybrid->parts(); ++i) {
        auto const* const als = dynamic_cast<recommender::AlsModel const*>(&hybrid->part(i));
        if (als == nullptr) continue;
        has_als = true;
        CHECK(als->shape() == recommender::Shape{0, 10});
        CHECK(als->user_factors().empty());
        CHECK(als->item_factors().size() == 640);
    }
    CHECK(has_als);
}
