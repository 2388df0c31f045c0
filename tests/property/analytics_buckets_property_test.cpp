#include "analytics/buckets.hpp"
#include "property.hpp"

#include <chrono>
#include <limits>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

constexpr std::int64_t time_max = std::numeric_limits<std::uint32_t>::max();

/// Edges of buckets that are one as wide as the other, nearly so (as days with a change of the
/// clock), or of any widths; from before 1970 to after 2106.
std::vector<Timestamp> any_edges() {
    auto const count = *rc::gen::inRange(1, 200);
    auto const width =
        *rc::gen::element<std::int64_t>(1, 2, 7, 60, 86'400, 604'800, 1 << 22, 1 << 30, time_max);
    auto const kind = *rc::gen::inRange(0, 3);
    std::vector<Timestamp> edges{
        timestamp(*rc::gen::inRange<std::int64_t>(-time_max / 8, time_max))};
    for (int i = 0; i < count; ++i) {
        auto next = width;
        if (kind == 1) next += *rc::gen::inRange<std::int64_t>(0, 3) * (width / 24);
        if (kind == 2) next = *rc::gen::inRange<std::int64_t>(1, width + 1);
        edges.push_back(edges.back() + std::chrono::seconds{next});
    }
    return edges;
}

std::size_t plainly_found(std::vector<Timestamp> const& edges, std::int64_t time_s) {
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
        if (edges[i] <= timestamp(time_s) && timestamp(time_s) < edges[i + 1]) return i;
    return edges.size() - 1;
}

}  // namespace

TEST_CASE("buckets: a time is found in the bucket that holds it", "[property]") {
    holds([] {
        auto const edges = any_edges();
        Buckets const buckets{edges};
        auto const check = [&](std::int64_t time_s) {
            RC_ASSERT(buckets.find(time_s) == plainly_found(edges, time_s));
        };
        for (auto const edge : edges) {
            for (auto const beside : {-1, 0, 1})
                check(whole_seconds(edge) + beside);
        }
        auto const from_s = whole_seconds(edges.front());
        auto const to_s = whole_seconds(edges.back());
        for (int i = 0; i < 20; ++i)
            check(*rc::gen::inRange(from_s - 10, to_s + 10));
        for (auto const bound_s : {std::int64_t{0}, time_max, time_max + 1})
            check(bound_s);
    });
}

TEST_CASE("buckets: a bucket far wider than the rest", "[property]") {
    std::vector edges{timestamp(0), timestamp(2'000'000'000)};
    for (int i = 0; i < 50; ++i)
        edges.push_back(edges.back() + std::chrono::seconds{60});
    Buckets const buckets{edges};
    CHECK(buckets.find(1'999'999'999) == 0);
    for (std::size_t i = 1; i + 1 < edges.size(); ++i) {
        CHECK(buckets.find(whole_seconds(edges[i])) == i);
        CHECK(buckets.find(whole_seconds(edges[i]) + 59) == i);
    }
    CHECK(buckets.find(whole_seconds(edges.back())) == buckets.size());
}
