#include "analytics/scan_percentiles.hpp"
#include "property.hpp"

#include <algorithm>
#include <array>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

constexpr std::array probabilities{0.5, 0.0, 0.05, 0.35, 0.95, 1.0};

/// Mostly few, as what learners do is; some around the numbers up to which they are only counted.
std::int64_t any_value() {
    switch (*rc::gen::inRange(0, 4)) {
        case 0:
            return *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
        case 1:
            return *rc::gen::inRange<std::int64_t>(500, 520);
        default:
            return *rc::gen::inRange<std::int64_t>(0, 10);
    }
}

void check(std::vector<Percentile> const& found, std::vector<std::int64_t> values) {
    std::ranges::sort(values);
    RC_ASSERT(found.size() == probabilities.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        RC_ASSERT(found[i].probability == probabilities[i]);
        RC_ASSERT(found[i].value.has_value() == !values.empty());
        if (values.empty()) continue;
        RC_ASSERT(*found[i].value == values[nearest_rank(probabilities[i], values.size())]);
    }
}

}  // namespace

TEST_CASE("samples: percentiles of groups, and of all, are those of their sorted values",
          "[property]") {
    holds([] {
        // Of very many groups no number is small.
        auto const groups = *rc::gen::element<std::size_t>(1, 3, 200, 1'000, 100'000);
        auto const used = std::min<std::size_t>(groups, 4);
        auto const count = *rc::gen::inRange(0, 100);
        std::vector<Samples> parts(2, Samples{groups});
        std::vector<std::vector<std::int64_t>> plain(used);
        std::vector<std::int64_t> all;
        for (int i = 0; i < count; ++i) {
            auto const group = *rc::gen::inRange<std::size_t>(0, used);
            auto const value = any_value();
            parts[*rc::gen::inRange<std::size_t>(0, 2)].add(group, value);
            plain[group].push_back(value);
            all.push_back(value);
        }
        auto const found = Samples::groups(parts, probabilities);
        RC_ASSERT(found.size() == groups);
        for (std::size_t group = 0; group < used; ++group) {
            RC_ASSERT(found[group].size == std::ssize(plain[group]));
            check(found[group].percentiles, plain[group]);
        }
        if (groups > used) check(found.back().percentiles, {});
        check(Samples::all(parts, probabilities), all);
    });
}
