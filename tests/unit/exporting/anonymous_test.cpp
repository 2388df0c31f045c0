#include "sample_tables.hpp"
#include "written.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/exporting/anonymous.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;

namespace {

using Integers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;

/// Six learners in two towns and four ages, the third with two rows.
Table learners() {
    auto const day = [](char const* date) {
        return parse_timestamp(std::string{date} + "T12:00:00Z");
    };
    return {.name = "learners",
            .columns = {column("learner", Integers{1, 2, 3, 3, 4, 5, 6}),
                        column("age", Integers{21, 24, 25, 25, 33, 38, 39}),
                        column("town", Texts{"A", "A", "A", "A", "B", "B", "B"}),
                        column("joined",
                               std::vector{day("2026-03-02"), day("2026-03-03"), day("2026-03-08"),
                                           day("2026-03-09"), day("2026-03-31"), day("2026-04-01"),
                                           day("2026-12-31")}),
                        column("score", Integers{1, 2, 3, 4, 5, 6, 7})}};
}

AnonymityOptions by_age(int k) {
    return {.learner = "learner",
            .quasi_identifiers = {{"age", {Band{10}, Band{100}, Hidden{}}}},
            .k = k};
}

Refusal refused(Table const& table, AnonymityOptions const& options) {
    return refusal([&] { return k_anonymize(table, options); });
}

Refusal not_anonymous(std::int64_t smallest) {
    return {ErrorCode::failed_precondition, {"k", "not_k_anonymous", smallest}};
}

std::string rows_of(Table const& table) {
    return csv_of(table, {.line_end = LineEnd::lf, .header = false, .whole_seconds = true});
}

Pseudonyms::Key key_of(std::uint8_t first) {
    Pseudonyms::Key key{};
    for (auto& byte : key)
        byte = std::byte{first++};
    return key;
}

}  // namespace

TEST_CASE("a pseudonym is BLAKE2b with a key", "[pseudonyms]") {
    auto const pseudonyms = Pseudonyms{key_of(0)};
    // hashlib.blake2b(b"17", digest_size=16, key=bytes(range(32))).hexdigest()
    CHECK(pseudonyms.of("17") == "f664a8d9232724e8a197a4d63339f068");
    CHECK(pseudonyms.of(std::int64_t{17}) == pseudonyms.of("17"));
    CHECK(pseudonyms.of("") == "3daf97bce7888fd59773c66bf647459c");
    CHECK(pseudonyms.of("18") != pseudonyms.of("17"));
    CHECK(Pseudonyms{key_of(1)}.of("17") != pseudonyms.of("17"));
    auto const copy = pseudonyms;
    CHECK(copy.of("17") == pseudonyms.of("17"));
}

TEST_CASE("a column becomes pseudonyms, the others stay", "[pseudonyms]") {
    auto const pseudonyms = Pseudonyms{key_of(0)};
    auto const table = pseudonymize(learners(), "learner", pseudonyms);
    std::map<std::string, std::set<std::int64_t>> ages;
    for (std::size_t row = 0; row < table.rows(); ++row)
        ages[std::get<Texts>(table.columns[0].values)[row]].insert(
            std::get<Integers>(table.columns[1].values)[row]);
    CHECK(ages[pseudonyms.of(1)] == std::set<std::int64_t>{21});
    CHECK(ages[pseudonyms.of(3)] == std::set<std::int64_t>{25});
    CHECK(ages.size() == 6);

    auto const towns = pseudonymize(learners(), "town", pseudonyms);
    auto const& names = std::get<Texts>(towns.columns[2].values);
    CHECK(std::count(names.begin(), names.end(), pseudonyms.of("A")) == 4);

    auto const some = pseudonymize(texts({"a", std::nullopt}), "text", pseudonyms);
    CHECK(some.columns[0].is_absent(0));
    CHECK(std::get<Texts>(some.columns[0].values) == Texts{"", pseudonyms.of("a")});

    auto const of = [&](std::string_view column) {
        return refusal([&] { return pseudonymize(learners(), column, pseudonyms); });
    };
    CHECK(of("name") == invalid("column", "unknown"));
    CHECK(of("joined") == invalid("column", "type"));
}

TEST_CASE("rows come in the order of their pseudonyms, those of one as they were", "[pseudonyms]") {
    auto const pseudonyms = Pseudonyms{key_of(0)};
    auto const table = pseudonymize(learners(), "learner", pseudonyms);
    auto const& names = std::get<Texts>(table.columns[0].values);
    auto const& scores = std::get<Integers>(table.columns[4].values);
    CHECK(std::is_sorted(names.begin(), names.end()));
    CHECK_FALSE(std::is_sorted(scores.begin(), scores.end()));
    auto const first_of_3 = std::find(names.begin(), names.end(), pseudonyms.of(3));
    auto const row = static_cast<std::size_t>(first_of_3 - names.begin());
    CHECK(scores[row] == 3);
    CHECK(scores[row + 1] == 4);
}

TEST_CASE("nothing is left in the places of values that are hidden or absent", "[k_anonymity]") {
    auto table = learners();
    auto& score = *std::find_if(table.columns.begin(), table.columns.end(),
                                [](auto const& column) { return column.name == "score"; });
    score.absent = {true, false, false, false, false, false, false};
    auto const options = AnonymityOptions{
        .learner = "learner",
        .quasi_identifiers = {{"age", {Hidden{}}}, {"town", {Hidden{}}}, {"joined", {Hidden{}}}},
        .k = 6};
    auto const hidden = k_anonymize(table, options).table;
    CHECK(hidden.find("age")->values == Column::Values{Integers(7)});
    CHECK(hidden.find("town")->values == Column::Values{Texts(7)});
    CHECK(hidden.find("joined")->values == Column::Values{std::vector<Timestamp>(7)});
    auto const left = std::get<Integers>(hidden.find("score")->values);
    CHECK(std::count(left.begin(), left.end(), 1) == 0);

    auto const named = pseudonymize(table, "learner", Pseudonyms{key_of(0)});
    auto const scores = std::get<Integers>(named.find("score")->values);
    CHECK(std::count(scores.begin(), scores.end(), 1) == 0);
    CHECK(std::count(scores.begin(), scores.end(), 2) == 1);
}

TEST_CASE("ages in bands make a table k-anonymous, without the column of learners",
          "[k_anonymity]") {
    auto const anonymous = k_anonymize(learners(), by_age(3));
    CHECK(anonymous.steps == std::vector<std::size_t>{1});
    CHECK(anonymous.groups == 2);
    CHECK(anonymous.smallest_group == 3);
    CHECK(anonymous.rows_suppressed == 0);
    CHECK(anonymous.table.find("learner") == nullptr);
    CHECK(std::get<Integers>(anonymous.table.find("age")->values) ==
          Integers{20, 20, 20, 20, 30, 30, 30});
    CHECK(std::get<Integers>(anonymous.table.find("score")->values).size() == 7);
}

TEST_CASE("the fewest steps that do are taken, and a learner counts once in a group",
          "[k_anonymity]") {
    CHECK(k_anonymize(learners(), by_age(4)).steps == std::vector<std::size_t>{2});
    auto const twice =
        AnonymityOptions{.learner = "learner", .quasi_identifiers = {{"age"}}, .k = 2};
    CHECK(refused(learners(), twice) == not_anonymous(1));  // 25 has two rows of one learner

    auto options = by_age(3);
    options.quasi_identifiers.push_back({"town", {Hidden{}}});
    CHECK(k_anonymize(learners(), options).steps == std::vector<std::size_t>{1, 0});
    options.k = 6;
    auto const all = k_anonymize(learners(), options);
    CHECK(all.steps == std::vector<std::size_t>{2, 1});
    CHECK(all.table.find("town")->is_absent(0));
    CHECK(all.groups == 1);
}

TEST_CASE("times are cut to days, weeks, months and years", "[k_anonymity]") {
    auto const joined = [](Period period) {
        auto const times = std::get<std::vector<Timestamp>>(learners().find("joined")->values);
        Integers ids;
        std::vector<Timestamp> moments;
        for (auto const time : times) {  // each has a neighbor a second later
            for (auto const shift_s : {0, 1}) {
                ids.push_back(static_cast<std::int64_t>(ids.size()));
                moments.push_back(time + std::chrono::seconds{shift_s});
            }
        }
        auto const table =
            Table{.name = "t", .columns = {column("learner", ids), column("joined", moments)}};
        auto const options = AnonymityOptions{
            .learner = "learner", .quasi_identifiers = {{"joined", {period}}}, .k = 2};
        return rows_of(k_anonymize(table, options).table);
    };
    auto const twice = [](std::vector<std::string> const& dates) {
        std::string rows;
        for (auto const& date : dates)
            rows += date + "T00:00:00Z\n" + date + "T00:00:00Z\n";
        return rows;
    };
    CHECK(joined(Period::day) == twice({"2026-03-02", "2026-03-03", "2026-03-08", "2026-03-09",
                                        "2026-03-31", "2026-04-01", "2026-12-31"}));
    CHECK(joined(Period::week) == twice({"2026-03-02", "2026-03-02", "2026-03-02", "2026-03-09",
                                         "2026-03-30", "2026-03-30", "2026-12-28"}));
    CHECK(joined(Period::month) == twice({"2026-03-01", "2026-03-01", "2026-03-01", "2026-03-01",
                                          "2026-03-01", "2026-04-01", "2026-12-01"}));
    CHECK(joined(Period::year) == twice(std::vector<std::string>(7, "2026-01-01")));
}

TEST_CASE("numbers are cut to the lower end of their band", "[k_anonymity]") {
    auto const banded = [](Column values, double width) {
        auto const rows = values.size();
        Integers ids;
        for (std::size_t i = 0; i < rows; ++i)
            ids.push_back(static_cast<std::int64_t>(i));
        values.name = "value";
        auto const table = Table{.name = "t", .columns = {column("learner", ids), values}};
        auto const options = AnonymityOptions{.learner = "learner",
                                              .quasi_identifiers = {{"value", {Band{width}}}},
                                              .k = static_cast<int>(rows)};
        return rows_of(k_anonymize(table, options).table);
    };
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    CHECK(banded(column("", Integers{-10, -1, -9}), 10) == "-10\n-10\n-10\n");
    CHECK(banded(column("", Integers{0, 9}), 10) == "0\n0\n");
    CHECK(banded(column("", Integers{lowest, lowest + 1}), 1000) ==
          "-9223372036854775808\n-9223372036854775808\n");
    CHECK(banded(column("", std::vector{0.25, 0.49, 0.3}), 0.25) == "0.25\n0.25\n0.25\n");
    CHECK(banded(column("", std::vector{-0.1, -0.25}), 0.25) == "-0.25\n-0.25\n");
    CHECK(banded(column("", std::vector{-0.0, 0.0}), 0.25) == "0\n0\n");
    CHECK(banded(column("", std::vector<std::optional<double>>{{}, {}}), 0.25) == "\"\"\n\"\"\n");
}

TEST_CASE("small groups are left out up to a share of the rows", "[k_anonymity]") {
    auto options = by_age(2);
    options.quasi_identifiers[0].steps = {Band{5}};
    // groups 20: 1, 2; 25: 3; 30: 4; 35: 5, 6
    options.suppressed_share_max = 3.0 / 7;
    auto const anonymous = k_anonymize(learners(), options);
    CHECK(anonymous.rows_suppressed == 3);
    CHECK(anonymous.groups == 2);
    CHECK(anonymous.smallest_group == 2);
    CHECK(std::get<Integers>(anonymous.table.find("age")->values) == Integers{20, 20, 35, 35});
    options.suppressed_share_max = 2.0 / 7;
    CHECK(refused(learners(), options) == not_anonymous(1));
    options.suppressed_share_max = 1;
    options.k = 3;  // every group is too small: an empty table is no answer
    CHECK(refused(learners(), options) == not_anonymous(1));
}

TEST_CASE("a k that is larger than the school is refused, with the reason", "[k_anonymity]") {
    auto options = by_age(7);
    options.suppressed_share_max = 1;
    CHECK(refused(learners(), options) == not_anonymous(6));
    auto const narrow =
        AnonymityOptions{.learner = "learner", .quasi_identifiers = {{"age", {Band{10}}}}, .k = 4};
    try {
        static_cast<void>(k_anonymize(learners(), narrow));
        FAIL("not refused");
    } catch (Error const& error) {
        CHECK(error.message() ==
              "even after all steps the smallest of 2 groups have 3, 3 learners, and groups of "
              "fewer than 4 hold 7 of 7 rows");
    }
}

TEST_CASE("an anonymous table tells nothing by its order, its learners or its chart",
          "[k_anonymity]") {
    auto backwards = learners();
    for (auto& column : backwards.columns)
        std::visit([](auto& values) { std::reverse(values.begin(), values.end()); }, column.values);
    CHECK(rows_of(k_anonymize(learners(), by_age(3)).table) ==
          rows_of(k_anonymize(backwards, by_age(3)).table));

    auto charted = learners();
    charted.chart = Chart{.x = "learner", .y = "score"};
    CHECK_FALSE(k_anonymize(charted, by_age(3)).table.chart);
    charted.chart->x = "age";
    CHECK(k_anonymize(charted, by_age(3)).table.chart);

    auto kept = by_age(3);
    kept.keep_learner = true;
    CHECK(refused(learners(), kept) ==
          Refusal{ErrorCode::failed_precondition, {"learner", "not_unique", std::nullopt}});
    auto unique = learners();
    std::get<Integers>(unique.columns[0].values) = {1, 2, 3, 7, 4, 5, 6};
    auto const table = k_anonymize(unique, kept).table;
    REQUIRE(table.find("learner") != nullptr);
    CHECK(std::get<Integers>(table.find("learner")->values).size() == 7);
}

TEST_CASE("a table without rows stays one", "[k_anonymity]") {
    auto empty = learners();
    for (auto& column : empty.columns)
        std::visit([](auto& values) { values.clear(); }, column.values);
    auto const anonymous = k_anonymize(empty, by_age(5));
    CHECK(anonymous.table.rows() == 0);
    CHECK(anonymous.table.find("learner") == nullptr);
    CHECK(anonymous.groups == 0);
    CHECK(anonymous.smallest_group == 0);
}

TEST_CASE("what is asked of anonymity is checked", "[k_anonymity]") {
    auto const with = [](auto change) {
        auto options = by_age(3);
        change(options);
        return refused(learners(), options);
    };
    auto const with_step = [&](std::string const& column, Generalization step) {
        return with([&](auto& o) { o.quasi_identifiers = {{column, {step}}}; });
    };
    CHECK(with([](auto& o) { o.k = 1; }) == invalid("k", "too_small", 2));
    CHECK(with([](auto& o) { o.k = 2; }).code == ErrorCode::internal);  // not refused
    CHECK(with([](auto& o) { o.k = limits::anonymity_k_max + 1; }) ==
          invalid("k", "too_large", limits::anonymity_k_max));
    CHECK(with([](auto& o) { o.k = limits::anonymity_k_max; }) == not_anonymous(6));
    CHECK(with([](auto& o) { o.suppressed_share_max = -0.1; }) ==
          invalid("suppressed_share_max", "out_of_range"));
    CHECK(with([](auto& o) { o.suppressed_share_max = 1.1; }) ==
          invalid("suppressed_share_max", "out_of_range"));
    CHECK(with([](auto& o) { o.suppressed_share_max = std::nan(""); }) ==
          invalid("suppressed_share_max", "out_of_range"));
    CHECK(with([](auto& o) { o.learner = "nobody"; }) == invalid("learner", "unknown"));
    CHECK(with([](auto& o) { o.learner = "joined"; }) == invalid("learner", "type"));
    CHECK(with([](auto& o) { o.quasi_identifiers.clear(); }) ==
          invalid("quasi_identifiers", "required"));
    CHECK(with([](auto& o) { o.quasi_identifiers.push_back({"age"}); }) ==
          invalid("quasi_identifiers[1].column", "duplicate"));
    CHECK(with_step("none", Hidden{}) == invalid("quasi_identifiers[0].column", "unknown"));
    CHECK(with_step("learner", Hidden{}) == invalid("quasi_identifiers[0].column", "learner"));
    CHECK(with_step("town", Band{5}) == invalid("quasi_identifiers[0].steps[0]", "type"));
    CHECK(with_step("age", Period::day) == invalid("quasi_identifiers[0].steps[0]", "type"));
    for (auto const width : {0.0, -1.0, 1.5, 1e300, std::nan("")})
        CHECK(with_step("age", Band{width}) ==
              invalid("quasi_identifiers[0].steps[0]", "malformed"));

    auto absent = learners();
    absent.columns[0].absent.assign(absent.rows(), false);
    absent.columns[0].absent[2] = true;
    CHECK(refused(absent, by_age(3)) == invalid("learner", "required"));
}

TEST_CASE("combinations of steps are limited", "[k_anonymity]") {
    auto table = learners();
    auto options = AnonymityOptions{.learner = "learner", .k = 2};
    for (auto i = 0; i < 4; ++i) {  // 10 numbers of steps each
        auto const name = "q" + std::to_string(i);
        table.columns.push_back(column(name, Integers(table.rows(), 1)));
        options.quasi_identifiers.push_back({name, std::vector<Generalization>(9, Hidden{})});
    }
    CHECK(k_anonymize(table, options).groups == 1);
    options.quasi_identifiers[0].steps.emplace_back(Hidden{});
    CHECK(refused(table, options) ==
          invalid("quasi_identifiers", "too_many", limits::anonymity_combinations_max));
}
