#include <eduplat/core/error.hpp>
#include <eduplat/exporting/anonymous.hpp>
#include <eduplat/exporting/csv.hpp>

#include <property/property.hpp>
#include <unit/exporting/csv_reader.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;

namespace {

using Integers = std::vector<std::int64_t>;

/// Texts of the characters that CSV is about.
rc::Gen<std::string> hard_text() {
    return rc::gen::container<std::string>(
        rc::gen::element('"', ',', ';', '\r', '\n', ' ', '=', '-', '\t', '\'', 'a', 'b'));
}

/// Rows of learners: an age and a day, both drawn from few values, and something else.
Table learners() {
    auto const rows = *rc::gen::inRange<std::size_t>(1, 60);
    auto const numbers = [&](int below) {
        return *rc::gen::container<Integers>(rows, rc::gen::inRange<std::int64_t>(-3, below));
    };
    auto const ids = numbers(*rc::gen::inRange(0, 40));
    auto const ages = numbers(*rc::gen::inRange(0, 40));
    std::vector<std::optional<Timestamp>> days;
    for (auto const number : numbers(50)) {
        auto const at = Timestamp{std::chrono::days{number * 5}};
        days.push_back(number == 0 ? std::nullopt : std::optional{at});
    }
    return {.name = "t",
            .columns = {column("learner", ids), column("age", ages), column("day", days),
                        column("row", Integers(rows, 0))}};
}

AnonymityOptions options() {
    auto const steps = [](std::vector<Generalization> all) {
        all.resize(*rc::gen::inRange<std::size_t>(0, all.size() + 1));
        return all;
    };
    return {.learner = "learner",
            .quasi_identifiers = {{"age", steps({Band{5}, Band{20}, Hidden{}})},
                                  {"day", steps({Period::week, Period::month, Hidden{}})}},
            .k = *rc::gen::inRange(2, 7),
            .suppressed_share_max = *rc::gen::element(0.0, 0.1, 0.5, 1.0)};
}

/// Numbers each row, so that rows of an anonymous table can be found again.
void number_rows(Table& table) {
    auto& numbers = std::get<Integers>(table.columns[3].values);
    for (std::size_t row = 0; row < numbers.size(); ++row)
        numbers[row] = static_cast<std::int64_t>(row);
}

/// The number of distinct learners by what the output shows of the quasi-identifiers.
std::map<std::tuple<bool, std::int64_t, bool, Timestamp>, std::set<std::int64_t>> groups_of(
    Table const& anonymous, Table const& original) {
    auto const& ids = std::get<Integers>(original.find("learner")->values);
    auto const& age = *anonymous.find("age");
    auto const& day = *anonymous.find("day");
    auto const& row = std::get<Integers>(anonymous.find("row")->values);
    std::map<std::tuple<bool, std::int64_t, bool, Timestamp>, std::set<std::int64_t>> groups;
    for (std::size_t i = 0; i < row.size(); ++i) {
        auto const shown_age = age.is_absent(i) ? 0 : std::get<Integers>(age.values)[i];
        auto const shown_day =
            day.is_absent(i) ? Timestamp{} : std::get<std::vector<Timestamp>>(day.values)[i];
        groups[{age.is_absent(i), shown_age, day.is_absent(i), shown_day}].insert(
            ids[static_cast<std::size_t>(row[i])]);
    }
    return groups;
}

}  // namespace

TEST_CASE("every group of an anonymous table has k learners or more", "[k_anonymity]") {
    holds([] {
        auto table = learners();
        number_rows(table);
        auto const wanted = options();
        try {
            auto const anonymous = k_anonymize(table, wanted);
            auto const groups = groups_of(anonymous.table, table);
            RC_ASSERT(groups.size() == anonymous.groups);
            auto smallest = table.rows();
            for (auto const& [values, ids] : groups)
                smallest = std::min(smallest, ids.size());
            RC_ASSERT(smallest >= static_cast<std::size_t>(wanted.k));
            RC_ASSERT(smallest == anonymous.smallest_group);
            RC_ASSERT(anonymous.table.find("learner") == nullptr);
            RC_ASSERT(anonymous.table.rows() + anonymous.rows_suppressed == table.rows());
            RC_ASSERT(static_cast<double>(anonymous.rows_suppressed) <=
                      wanted.suppressed_share_max * static_cast<double>(table.rows()));
        } catch (Error const& error) {
            RC_ASSERT(error.violations()[0].rule == "not_k_anonymous");
            // With all hidden there is one group: only too few learners are a reason then.
            auto const& ids = std::get<Integers>(table.columns[0].values);
            auto const count = std::set<std::int64_t>(ids.begin(), ids.end()).size();
            auto const all_hidden = wanted.quasi_identifiers[0].steps.size() == 3 &&
                                    wanted.quasi_identifiers[1].steps.size() == 3;
            RC_ASSERT(!all_hidden || count < static_cast<std::size_t>(wanted.k));
        }
    });
}

TEST_CASE("any texts read back from CSV, led by an apostrophe where that is asked for", "[csv]") {
    holds([] {
        auto const texts = *rc::gen::container<std::vector<std::string>>(hard_text());
        auto const more = *rc::gen::container<std::vector<std::string>>(texts.size(), hard_text());
        auto const defuse = *rc::gen::arbitrary<bool>();
        auto const delimiter = *rc::gen::element(',', ';', '\t');
        auto const table = Table{.name = "t", .columns = {column("a", texts), column("b", more)}};
        std::string written;
        write_csv(table, [&](std::string_view part) { written += part; },
                  {.delimiter = delimiter, .defuse_formulas = defuse});
        auto const expected = [&](std::string const& text) {
            auto const formula =
                !text.empty() && std::string_view{"=-\t\r\n"}.find(text[0]) != std::string::npos;
            return CsvField{defuse && formula ? "'" + text : text};
        };
        auto const rows = read_csv(written, delimiter);
        RC_ASSERT(rows.size() == texts.size() + 1);
        for (std::size_t i = 0; i < texts.size(); ++i)
            RC_ASSERT((rows[i + 1] == CsvRow{expected(texts[i]), expected(more[i])}));
    });
}
