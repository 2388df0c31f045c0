#include "metric_log.hpp"

#include <eduplat/analytics/retention.hpp>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

using Cells = std::vector<std::int64_t>;

/// Born on day 0: user 1, there on 0, 1 and 3, user 2, there on 0 and 3. On day 1: user 3 alone.
EventFrame three_learners() {
    return frame_of({viewed(1, day(0)), viewed(1, day(1)), viewed(1, day(3)), viewed(2, day(0)),
                     viewed(2, day(3) + 1h), viewed(3, day(1)), viewed(4, day(-1)),
                     viewed(4, day(1))});
}

std::vector<Cells> cells(RetentionOptions const& options) {
    std::vector<Cells> all;
    for (auto const& cohort : cohorts(three_learners(), {}, days(4), options))
        all.push_back(cohort.retained);
    return all;
}

std::string refused(std::span<Timestamp const> edges, RetentionOptions const& options = {}) {
    return refusal([&] { return cohorts({}, {}, edges, options); });
}

}  // namespace

TEST_CASE("cohorts are by first event, and the future is not there", "[analytics]") {
    auto const found = cohorts(three_learners(), {}, days(4));
    REQUIRE(found.size() == 4);
    CHECK(found[0].size == 2);
    CHECK(found[0].retained == Cells{2, 1, 0, 2});
    CHECK(found[0].rate(1) == 0.5);
    CHECK(found[0].rate(2) == 0.0);
    CHECK_FALSE(found[0].rate(4));
    CHECK(found[1].size == 1);  // user 4 was born before all buckets
    CHECK(found[1].retained == Cells{1, 0, 0});
    CHECK(found[2].size == 0);
    CHECK(found[2].retained == Cells{0, 0});
    CHECK_FALSE(found[2].rate(0));
    CHECK(found[3].retained == Cells{0});
    CHECK(found[3].to == day(4));
}

TEST_CASE("retention is exact, unbounded, rolling or by brackets", "[analytics]") {
    CHECK(cells({RetentionKind::unbounded}) ==
          std::vector<Cells>{{2, 2, 2, 2}, {1, 0, 0}, {0, 0}, {0}});
    CHECK(cells({RetentionKind::rolling, 2}) ==
          std::vector<Cells>{{2, 2, 1, 2}, {1, 1, 0}, {0, 0}, {0}});
    CHECK(cells({RetentionKind::rolling, 1}) == cells({}));
    CHECK(cells({RetentionKind::bracket, 1, {1, 3, 4, 9}}) ==
          std::vector<Cells>{{1, 2}, {0}, {}, {}});
}

TEST_CASE("births may be given, and what was before them does not count", "[analytics]") {
    std::vector<Birth> const births{{UserId{1}, day(1)},      {UserId{3}, day(1) + 1h},
                                    {UserId{9}, day(1) + 2h}, {UserId{9}, day(3)},
                                    {UserId{2}, day(40)},     {UserId{4}, day(0)}};
    auto const found = cohorts(three_learners(), {}, days(4), births);
    CHECK(found[0].size == 1);
    CHECK(found[0].retained == Cells{0, 1, 0, 0});
    CHECK(found[1].size == 3);  // user 9 never did anything
    CHECK(found[1].retained == Cells{1, 0, 1});
    CHECK(found[3].size == 0);
    auto const selected = cohorts(three_learners(), {.users = {UserId{9}}}, days(4), births);
    CHECK(selected[1].size == 1);
    CHECK(selected[1].retained == Cells{0, 0, 0});
}

TEST_CASE("cohorts of an empty frame are empty", "[analytics]") {
    auto const found = cohorts({}, {}, days(2));
    CHECK(found[0].size == 0);
    CHECK(found[0].retained == Cells{0, 0});
    CHECK(cohorts({}, {}, days(2), std::vector<Birth>{})[1].retained == Cells{0});
}

TEST_CASE("cohorts are refused what makes no cells, or too many", "[analytics]") {
    CHECK(refused({}) == "edges: too_few");
    CHECK(refused(days(1), {RetentionKind::rolling, 0}) == "window: too_small");
    CHECK(refused(days(1), {RetentionKind::exact, 0}).empty());
    CHECK(refused(days(1), {RetentionKind::bracket, 1, {1}}) == "brackets: too_few");
    CHECK(refused(days(1), {RetentionKind::bracket, 1, {1, 1}}) == "brackets: not_ascending");
    constexpr int most = 4471;  // buckets with at most limits::analytics_cells_max cells
    static_assert(most * (most + 1) / 2 <= limits::analytics_cells_max);
    static_assert((most + 1) * (most + 2) / 2 > limits::analytics_cells_max);
    CHECK(refused(days(most)).empty());
    CHECK(refused(days(most + 1)) == "edges: too_many");
}
