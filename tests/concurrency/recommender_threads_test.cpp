#include "recommender/seeded.hpp"
#include "support/catch.hpp"

#include <eduplat/recommender/als.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;

namespace {

constexpr Shape shape{600, 300};
constexpr int readers_count = 8;
constexpr int rounds = 40;

Interactions some_pairs(std::uint64_t seed) {
    InteractionsBuilder builder{shape};
    Seeded random{seed};
    for (int i = 0; i < 6'000; ++i)
        builder.add(static_cast<Index>(random.below(600)), static_cast<Index>(random.below(300)));
    return std::move(builder).build();
}

/// What one reader sees of a model: users as they are, folded in, items folded in, similar ones.
struct Seen {
    std::vector<Scored> known;
    std::vector<Scored> folded_in;
    std::vector<float> item;
    std::vector<Scored> similar;
    float explained = 0;

    friend bool operator==(Seen const&, Seen const&) = default;
};

Seen look(AlsModel const& model, Interactions const& user_items, Index id) {
    auto const row = user_items.by_user().row(id);
    return {.known = model.recommend(id, row),
            .folded_in = model.recommend(id, row, {.recalculate_user = true}),
            .item = model.recalculate_item(user_items.by_item().row(id)),
            .similar = model.similar_items(id),
            .explained = model.explain(id, row, id).total};
}

}  // namespace

TEST_CASE("many recommend with one model while another is trained by threads", "[recommender]") {
    auto const user_items = some_pairs(1);
    AlsOptions const options{.factors = 20, .iterations = 2};
    AlsModel expected_of{options};
    expected_of.fit(user_items);
    std::vector<Seen> expected;
    for (Index id = 0; id < 10; ++id)
        expected.push_back(look(expected_of, user_items, id));

    AlsModel serving{options};  // nobody has asked it for the basis of its users yet
    serving.fit(user_items, {.num_threads = 3});
    std::atomic<int> mistakes{0};
    std::vector<std::thread> readers;
    for (int reader = 0; reader < readers_count; ++reader) {
        readers.emplace_back([&, reader] {
            for (int round = 0; round < rounds; ++round) {
                auto const id = (reader + round) % 10;
                auto const seen = look(serving, user_items, id);
                if (seen != expected[static_cast<std::size_t>(id)]) ++mistakes;
            }
        });
    }
    auto const other = some_pairs(2);
    AlsModel trained{options};
    trained.fit(other, {.num_threads = 4});
    AlsModel again{options};
    again.fit(other, {.num_threads = 1});
    for (auto& thread : readers)
        thread.join();
    CHECK(mistakes == 0);
    CHECK(std::vector<float>(trained.user_factors().begin(), trained.user_factors().end()) ==
          std::vector<float>(again.user_factors().begin(), again.user_factors().end()));
}

TEST_CASE("one set of interactions is transposed once for fits that begin together",
          "[recommender]") {
    auto const user_items = some_pairs(3);
    std::vector<std::vector<float>> factors(4);
    std::vector<std::thread> trainers;
    for (auto& result : factors) {
        trainers.emplace_back([&user_items, &result] {
            AlsModel model{{.factors = 9, .iterations = 1}};
            model.fit(user_items, {.num_threads = 2});
            result.assign(model.item_factors().begin(), model.item_factors().end());
        });
    }
    for (auto& thread : trainers)
        thread.join();
    for (auto const& result : factors)
        CHECK(result == factors.front());
}
