#include "recommendations_fixture.hpp"
#include "services/recommender_models.hpp"
#include "services/recommender_serving.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;
using storage::Sql;

namespace {

constexpr Sql damage_newest_sql =
    "UPDATE recommender_chunks SET bytes = x'00' WHERE model_id = "
    "(SELECT max(id) FROM recommender_models)";

using Loaded = std::shared_ptr<LoadedRecommender const>;

struct Fixture : TrainingSchool {
    Loaded current() {
        return storage.read(
            [&](Connection& connection) { return cache.current(connection, problems); });
    }

    std::int64_t statements_of_current() {
        auto const before = storage.statistics().statements;
        static_cast<void>(current());
        return storage.statistics().statements - before;
    }

    RecommenderCache cache;
    std::vector<std::string> problems;
};

/// A connection to a school whose one recommender is gone when it is looked for: it calls `then`
/// in the midst of a load.
class LoadingConnection final : public Connection {
  public:
    explicit LoadingConnection(std::function<void()> then) : statement_(std::move(then)) {}

  private:
    class Prepared final : public storage::PreparedStatement {
      public:
        explicit Prepared(std::function<void()> then) : then_(std::move(then)) {}

        void run(bool lists_models) {
            lists_models_ = lists_models;
            rows_left_ = lists_models ? 1 : 0;
        }

        void bind_null(int /*parameter*/) override {}
        void bind_int64(int /*parameter*/, std::int64_t /*value*/) override {}
        void bind_double(int /*parameter*/, double /*value*/) override {}
        void bind_text(int /*parameter*/, std::string_view /*value*/) override {}
        void bind_blob(int /*parameter*/, std::span<std::byte const> /*value*/) override {}
        bool step() override {
            if (!lists_models_) then_();
            return rows_left_-- > 0;
        }
        void reset() noexcept override {}
        [[nodiscard]] bool is_null(int /*column*/) const override { return false; }
        [[nodiscard]] std::int64_t int64(int /*column*/) const override { return 1'000; }
        [[nodiscard]] double real(int /*column*/) const override { return 0; }
        [[nodiscard]] std::string_view text(int /*column*/) const override { return {}; }
        [[nodiscard]] std::span<std::byte const> blob(int /*column*/) const override { return {}; }
        void release() noexcept override {}

      private:
        std::function<void()> then_;
        bool lists_models_ = false;
        int rows_left_ = 0;
    };

    storage::PreparedStatement& prepare(Sql sql) override {
        statement_.run(sql.text().find("ORDER BY id DESC LIMIT") != std::string_view::npos);
        return statement_;
    }
    [[nodiscard]] std::int64_t changes() const override { return 0; }

    Prepared statement_;
};

}  // namespace

// -- What is loaded

TEST_CASE_METHOD(Fixture, "a recommender is loaded once, and the next one when it is there",
                 "[recommendations]") {
    CHECK(current() == nullptr);
    train();
    auto const first = current();
    REQUIRE(first != nullptr);
    CHECK(first->courses.size() == 10);
    CHECK(current() == first);
    CHECK(statements_of_current() == 1);
    train();
    auto const second = current();
    CHECK(second->id > first->id);
    CHECK(current() == second);
    CHECK(statements_of_current() == 1);
    CHECK(first->number_of(paintings[0]) == second->number_of(paintings[0]));
    CHECK(problems.empty());
}

TEST_CASE_METHOD(Fixture, "what cannot be read is told once, and read no second time",
                 "[recommendations]") {
    train();
    auto const before = current();
    train();
    execute(damage_newest_sql);
    CHECK(current() == before);
    CHECK(problems.size() == 1);
    CHECK(current() == before);
    CHECK(problems.size() == 1);
    CHECK(statements_of_current() == 1);
    train();
    CHECK(current()->id > before->id);
    CHECK(problems.size() == 1);
}

TEST_CASE_METHOD(Fixture, "while nothing can be read, what was loaded before goes on",
                 "[recommendations]") {
    train();
    auto const before = current();
    for (int i = 0; i < recommenders_kept; ++i) {
        train();
        execute(damage_newest_sql);
    }
    CHECK(current() == before);
    CHECK(problems.size() == recommenders_kept);
    CHECK(current() == before);
    CHECK(problems.size() == recommenders_kept);
    train();
    CHECK(current()->id > before->id);
}

TEST_CASE_METHOD(Fixture, "nobody waits for a load", "[recommendations]") {
    Loaded before;
    SECTION("without a recommender there is none") {}
    SECTION("what there is goes on") {
        train();
        before = current();
        REQUIRE(before != nullptr);
    }
    int loads = 0;
    LoadingConnection loading{[&] {
        ++loads;
        std::vector<std::string> none;
        LoadingConnection second{[&] { ++loads; }};
        auto answer = std::async(std::launch::async, [&] { return cache.current(second, none); });
        CHECK(answer.wait_for(std::chrono::seconds{10}) == std::future_status::ready);
        CHECK(answer.get() == before);
        CHECK(none.empty());
    }};
    CHECK(cache.current(loading, problems) == before);
    CHECK(loads == 1);
    CHECK(problems.size() == 1);
}

// -- Which models a school has

namespace {

/// Forty learners who took three of ten courses each.
recommender::Interactions learners_of(recommender::Index courses) {
    recommender::InteractionsBuilder builder;
    for (recommender::Index user = 0; user < 40; ++user) {
        for (recommender::Index i = 0; i < 3; ++i)
            builder.add(user, (user + i * i) % courses);
    }
    return std::move(builder).build();
}

/// The names of a trained hybrid's parts, "content learned" where it learned from the learners.
std::vector<std::string> parts_for(recommender::Index courses, int ease_items_max) {
    std::vector<recommender::ItemProfile> profiles;
    for (recommender::Index i = 0; i < courses; ++i)
        profiles.push_back({.text = "course of " + std::to_string(i % 3) + " things"});
    recommender::Split const nothing{};
    RecommendationOptions const options{
        .pairs_min = 1, .factors = 4, .ease_items_max = ease_items_max};
    auto const trained = train(profiles, learners_of(courses), nothing, options, {});
    auto const* const hybrid = dynamic_cast<recommender::HybridModel const*>(trained.model.get());
    REQUIRE(hybrid != nullptr);
    std::vector<std::string> names;
    for (std::size_t p = 0; p < hybrid->parts(); ++p) {
        auto name = std::string{hybrid->part(p).name()};
        auto const bytes = recommender::to_npz(hybrid->part(p));
        std::string_view const text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
        bool const learned = text.find("item_weights") != std::string_view::npos;
        names.push_back(name == "content" && learned ? name + " learned" : name);
    }
    return names;
}

}  // namespace

TEST_CASE("weights between all pairs of courses are for so many courses", "[recommendations]") {
    using Names = std::vector<std::string>;
    Names const with{"als", "ease", "content learned", "popularity"};
    Names const without{"als", "content", "popularity"};
    CHECK(parts_for(9, 10) == with);
    CHECK(parts_for(10, 10) == with);
    CHECK(parts_for(11, 10) == without);
    CHECK(parts_for(10, 0) == without);
    CHECK(parts_for(10, limits::ease_items_max) == with);
}
