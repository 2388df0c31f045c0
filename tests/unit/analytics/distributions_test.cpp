#include "analytics/distributions.hpp"

#include "analytics/peaks.hpp"
#include "close.hpp"
#include "reference_values.hpp"

#include <eduplat/analytics/proportion.hpp>
#include <eduplat/core/error.hpp>

#include <support/catch.hpp>

#include <limits>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::close;
namespace reference = eduplat::test::reference;

TEST_CASE("distributions are those of scipy", "[analytics][distributions]") {
    for (auto const& [probability, z] : reference::normal_within_values) {
        CAPTURE(probability);
        CHECK(close(normal_within(probability), z));
    }
    for (auto const& [x, degrees, p] : reference::chi_squared_values) {
        CAPTURE(x, degrees);
        CHECK(close(chi_squared_tail(x, degrees), p));
    }
    CHECK(chi_squared_tail(1e9, 255) == 0);
}

TEST_CASE("Wilson's intervals are those of statsmodels", "[analytics][distributions]") {
    for (auto const& row : reference::proportion_values) {
        CAPTURE(row.count, row.of, row.confidence);
        auto const found = proportion(row.count, row.of, row.confidence);
        CHECK(found.count == row.count);
        CHECK(found.of == row.of);
        CHECK(close(found.share, double(row.count) / row.of));
        CHECK(close(found.low, row.low));
        CHECK(close(found.high, row.high));
    }
    CHECK(proportion(0, 0) == Proportion{});
}

TEST_CASE("a proportion is no more than the whole", "[analytics][distributions]") {
    auto const rule = [](std::int64_t count, std::int64_t of, double confidence) {
        try {
            (void)proportion(count, of, confidence);
        } catch (Error const& error) {
            CHECK(error.code() == ErrorCode::invalid_argument);
            return error.violations()[0].field + ":" + error.violations()[0].rule;
        }
        return std::string{};
    };
    CHECK(rule(2, 1, .95) == "count:out_of_range");
    CHECK(rule(-1, 1, .95) == "count:out_of_range");
    CHECK(rule(0, -1, .95) == "count:out_of_range");
    CHECK(rule(0, 0, 1) == "confidence:out_of_range");
    CHECK(rule(0, 0, std::numeric_limits<double>::quiet_NaN()) == "confidence:out_of_range");
    CHECK(rule(1, 1, 1e-300).empty());
}

TEST_CASE("peaks are those of scipy.signal.find_peaks", "[analytics][distributions]") {
    auto const found = peaks(reference::peak_input);
    REQUIRE(found.size() == std::size(reference::peak_values));
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(static_cast<double>(found[i].at) == reference::peak_values[i][0]);
        CHECK(found[i].prominence == reference::peak_values[i][1]);
    }
    CHECK(peaks({}).empty());
    CHECK(peaks(std::vector<double>(5)).empty());
    auto const edges = peaks(std::vector<double>{2, 2, 1, 3});
    REQUIRE(edges.size() == 2);
    CHECK(edges[0].at == 0);
    CHECK(edges[0].prominence == 1);
    CHECK(edges[1].at == 3);
    CHECK(edges[1].prominence == 3);
}
