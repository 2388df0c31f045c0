#include "refusal.hpp"

#include <eduplat/core/time.hpp>

#include <support/catch.hpp>

using namespace eduplat;
using namespace std::chrono;
using namespace std::chrono_literals;
using test::invalid, test::refusal;

namespace {

test::Refusal parse_refusal(std::string_view text) {
    INFO(text);
    return refusal([text] { return parse_timestamp(text); });
}

Timestamp at(year_month_day day, microseconds time = 0us) {
    return Timestamp{sys_days{day}} + time;
}

}  // namespace

TEST_CASE("a timestamp is written in UTC with six decimals", "[core][time]") {
    CHECK(to_string(Timestamp{}) == "1970-01-01T00:00:00.000000Z");
    CHECK(to_string(at(2026y / 3 / 1, 9h + 30min)) == "2026-03-01T09:30:00.000000Z");
    CHECK(to_string(at(2024y / 2 / 29, 23h + 59min + 59s + 7us)) == "2024-02-29T23:59:59.000007Z");
}

TEST_CASE("a moment before 1970 is written with a positive time of day", "[core][time]") {
    CHECK(to_string(Timestamp{-1us}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("only the years 0 to 9999 are written and read", "[core][time]") {
    auto const earliest = at(year{0} / 1 / 1);
    auto const latest = at(year{9999} / 12 / 31, 24h - 1us);
    CHECK(to_string(earliest) == "0000-01-01T00:00:00.000000Z");
    CHECK(to_string(latest) == "9999-12-31T23:59:59.999999Z");
    CHECK(parse_timestamp(to_string(earliest)) == earliest);
    CHECK(parse_timestamp(to_string(latest)) == latest);
    for (auto const beyond : {earliest - 1us, latest + 1us, Timestamp::min(), Timestamp::max()}) {
        CHECK(refusal([=] { return to_string(beyond); }) == invalid("timestamp", "out_of_range"));
    }
    CHECK(parse_refusal("0000-01-01T00:00:00+00:01") == invalid("timestamp", "out_of_range"));
    CHECK(parse_refusal("9999-12-31T23:59:59-00:01") == invalid("timestamp", "out_of_range"));
}

TEST_CASE("zero to six decimals are read", "[core][time]") {
    auto const second = at(2026y / 3 / 1, 9h);
    CHECK(parse_timestamp("2026-03-01T09:00:00Z") == second);
    CHECK(parse_timestamp("2026-03-01T09:00:00.5Z") == second + 500ms);
    CHECK(parse_timestamp("2026-03-01T09:00:00.05Z") == second + 50ms);
    CHECK(parse_timestamp("2026-03-01T09:00:00.000001Z") == second + 1us);
    CHECK(parse_refusal("2026-03-01T09:00:00.0000010Z") == invalid("timestamp", "malformed"));
    CHECK(parse_refusal("2026-03-01T09:00:00.Z") == invalid("timestamp", "malformed"));
}

TEST_CASE("a numeric offset is taken off", "[core][time]") {
    auto const noon = at(2026y / 3 / 1, 12h);
    CHECK(parse_timestamp("2026-03-01T20:00:00+08:00") == noon);
    CHECK(parse_timestamp("2026-03-01T08:30:00-03:30") == noon);
    CHECK(parse_timestamp("2026-03-01T12:00:00-00:00") == noon);
    CHECK(parse_timestamp("2026-03-02T11:59:00+23:59") == noon);
    CHECK(parse_timestamp("2026-03-01t12:00:00z") == noon);
}

TEST_CASE("a time that no calendar or clock shows is out of range", "[core][time]") {
    for (auto const* text :
         {"2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
          "2026-04-31T00:00:00Z", "2026-04-00T00:00:00Z", "2026-04-01T24:00:00Z",
          "2026-04-01T00:60:00Z", "2016-12-31T23:59:60Z", "2026-04-01T00:00:00+24:00",
          "2026-04-01T00:00:00+00:60", "1900-02-29T00:00:00Z"}) {
        CHECK(parse_refusal(text) == invalid("timestamp", "out_of_range"));
    }
    CHECK_NOTHROW(parse_timestamp("2000-02-29T00:00:00Z"));
}

TEST_CASE("any other text is malformed", "[core][time]") {
    for (auto const* text :
         {"", "2026", "2026-03-01", "2026-03-01 09:00:00Z", "2026-03-01T09:00:00",
          "2026-03-01T09:00Z", "2026-3-1T09:00:00Z", "2026-03-01T09:00:00ZZ",
          "+2026-03-01T09:00:00Z", "2026-03-01T09:00:00+0100", "2026-03-01T09:00:00+01",
          " 2026-03-01T09:00:00Z", "2026-03-01T09:00:00,5Z", "2026-03-01T-9:00:00Z",
          "20260301T090000Z"}) {
        CHECK(parse_refusal(text) == invalid("timestamp", "malformed"));
    }
}
