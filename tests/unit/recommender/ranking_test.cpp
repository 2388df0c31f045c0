#include "recommender/ranking.hpp"

#include "recommender/seeded.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace eduplat::recommender;

namespace {

/// By sorting everything.
std::vector<Scored> reference(std::vector<float> const& scores, int n) {
    std::vector<Scored> all;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (scores[i] != filtered_out) all.push_back({static_cast<Index>(i), scores[i]});
    }
    std::sort(all.begin(), all.end(), [](Scored const& a, Scored const& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
    });
    all.resize(std::min(all.size(), static_cast<std::size_t>(n)));
    return all;
}

std::vector<float> random_scores(Seeded& random, std::size_t count, std::uint64_t levels,
                                 double filtered) {
    std::vector<float> scores(count);
    for (auto& score : scores) {
        auto const level =
            static_cast<float>(random.below(levels)) - static_cast<float>(levels / 2);
        score = random.uniform() < filtered ? filtered_out : level / 7;
    }
    return scores;
}

}  // namespace

TEST_CASE("the best n are those of a sort, for any sizes, ties and filters", "[recommender]") {
    Seeded random{1};
    TopN best;
    for (std::size_t const count : {0U, 1U, 15U, 16U, 17U, 63U, 640U, 1000U, 2297U, 20'000U}) {
        for (int const n : {1, 2, 10, 16, 100, 3000}) {
            for (std::uint64_t const levels : {1U, 3U, 1000U, 1'000'000'000U}) {
                for (double const filtered : {0.0, 0.3, 0.99, 1.0}) {
                    auto const scores = random_scores(random, count, levels, filtered);
                    auto const selected = best.select(scores, n);
                    auto const expected = reference(scores, n);
                    CHECK(std::equal(selected.begin(), selected.end(), expected.begin(),
                                     expected.end()));
                }
            }
        }
    }
}

TEST_CASE("scores come back as they are", "[recommender]") {
    constexpr auto most = std::numeric_limits<float>::max();
    constexpr auto least = std::numeric_limits<float>::denorm_min();
    std::vector<float> const scores{-most, 0, least, -0.0F, most, -least, 1};
    auto const ranking = top_n(scores, 10);
    CHECK(ranking == std::vector<Scored>{
                         {4, most}, {6, 1}, {2, least}, {1, 0}, {3, 0}, {5, -least}, {0, -most}});
}

TEST_CASE("seeded numbers are the same everywhere", "[recommender]") {
    // Of the authors' C programs: xoshiro256** after four numbers of splitmix64 from 42.
    Seeded random{42};
    CHECK(random() == 1546998764402558742U);
    CHECK(random() == 6990951692964543102U);
    CHECK(random() == 12544586762248559009U);
}

TEST_CASE("seeded numbers are spread as they say", "[recommender]") {
    Seeded random{3};
    double sum = 0;
    double squares = 0;
    std::vector<int> counts(5);
    constexpr int draws = 100'000;
    for (int i = 0; i < draws; ++i) {
        auto const normal = random.normal();
        sum += normal;
        squares += normal * normal;
        ++counts[static_cast<std::size_t>(random.below(5))];
        auto const uniform = random.uniform();
        REQUIRE((uniform >= 0 && uniform < 1));
    }
    CHECK(std::abs(sum / draws) < 0.02);
    CHECK(std::abs(squares / draws - 1) < 0.02);
    for (auto const count : counts)
        CHECK(std::abs(count - draws / 5) < 600);
    std::vector<int> order{0, 1, 2, 3, 4, 5, 6, 7};
    random.shuffle(order);
    CHECK(std::set<int>{order.begin(), order.end()}.size() == 8);
    CHECK(order != std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
}
